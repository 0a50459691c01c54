// The line above the middle: where one is, and the switches that belong to the whole page.
import type { ReactNode } from "react";
import { usePage } from "../context";
import type { Channel } from "../types";
import { Icon, type IconName } from "../ui/Icon";
import { ThemeButton } from "../ui/ThemeButton";

export function iconOf(channel: Channel): IconName | null {
  if (channel.is_archived) return "archive";
  if (channel.dm_with !== null) return null;
  return channel.is_private ? "lock" : "hash";
}

export function PaneHead(props: { title: string; channel?: Channel; children?: ReactNode }) {
  const { place, go } = usePage();
  const icon = props.channel ? iconOf(props.channel) : null;
  return (
    <header className="pane-head">
      <button
        type="button"
        className="icon-button back-button"
        aria-label="Back to channels"
        onClick={() => go({ channel: null, home: null, thread: null })}
      >
        <Icon name="back" />
      </button>
      <h1>
        {icon && <Icon name={icon} />}
        <span>{props.title}</span>
        {props.channel?.is_archived && <span className="badge badge-quiet">archived</span>}
      </h1>
      {props.children}
      <span className="pane-head-tools">
        <ThemeButton />
        <button
          type="button"
          className={place.drawer ? "button button-small button-on" : "button button-small"}
          aria-expanded={place.drawer !== null}
          onClick={() => go({ drawer: place.drawer ? null : "switches" })}
        >
          <Icon name="cloud" size={16} /> Bad days
        </button>
      </span>
    </header>
  );
}
