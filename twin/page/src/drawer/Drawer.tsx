import { useState } from "react";
import { usePage } from "../context";
import { Icon } from "../ui/Icon";
import { Days } from "./Days";
import { Log } from "./Log";
import { Studio } from "./Studio";

const TABS = ["Switches", "Studio", "Log"] as const;

export function Drawer() {
  const { go } = usePage();
  const [tab, setTab] = useState<(typeof TABS)[number]>("Switches");
  return (
    <aside className="drawer" aria-label="Bad days">
      <header className="pane-head">
        <h2>Bad days</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close bad days"
          onClick={() => go({ drawer: false })}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="tabs" role="tablist" aria-label="Bad days">
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab === one}
            onClick={() => setTab(one)}
          >
            {one}
          </button>
        ))}
      </div>
      {tab === "Switches" && <Days />}
      {tab === "Studio" && <Studio />}
      {tab === "Log" && <Log />}
    </aside>
  );
}
