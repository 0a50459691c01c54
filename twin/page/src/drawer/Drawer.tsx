import { usePage } from "../context";
import { TABS, type Tab } from "../route";
import { Icon } from "../ui/Icon";
import { Days } from "./Days";
import { Log } from "./Log";
import { Studio } from "./Studio";

const NAMES: Record<Tab, string> = { switches: "Switches", studio: "Studio", log: "Log" };

export function Drawer() {
  const { place, go } = usePage();
  const tab = place.drawer;
  return (
    <aside className="drawer" aria-label="Bad days">
      <header className="pane-head">
        <h2>Bad days</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close bad days"
          onClick={() => go({ drawer: null })}
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
            onClick={() => go({ drawer: one }, true)}
          >
            {NAMES[one]}
          </button>
        ))}
      </div>
      {tab === "switches" && <Days />}
      {tab === "studio" && <Studio />}
      {tab === "log" && <Log />}
    </aside>
  );
}
