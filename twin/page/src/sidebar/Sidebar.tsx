import { botIdOf, partnerOf, titleOf, usePage } from "../context";
import { iconOf } from "../chat/PaneHead";
import type { App, Channel } from "../types";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { PersonSwitch } from "./PersonSwitch";
import { isUnread } from "./unread";

export function Sidebar() {
  const { state } = usePage();
  const channels = state.channels.filter((one) => one.dm_with === null);
  const sorted = [...channels].sort(
    (one, two) => Number(one.is_archived) - Number(two.is_archived),
  );
  const direct = state.channels.filter((one) => one.dm_with !== null);
  return (
    <div className="sidebar">
      <header className="sidebar-head">
        <span className="workspace-mark" aria-hidden="true">
          {state.workspace.name.charAt(0)}
        </span>
        <span className="workspace-name">
          <strong>{state.workspace.name}</strong>
          <small>Local Slack (offline twin)</small>
        </span>
      </header>
      <div className="sidebar-lists">
        <nav aria-label="Channels">
          <h2>Channels</h2>
          {sorted.map((one) => (
            <ChannelLink key={one.id} channel={one} />
          ))}
        </nav>
        <nav aria-label="Direct messages">
          <h2>Direct messages</h2>
          {direct.map((one) => (
            <ChannelLink key={one.id} channel={one} />
          ))}
          {direct.length === 0 && <p className="sidebar-none">None yet</p>}
        </nav>
        <nav aria-label="Apps">
          <h2>Apps</h2>
          {state.apps.map((app) => (
            <AppLink key={app.id} app={app} />
          ))}
          {state.apps.length === 0 && <p className="sidebar-none">No app is installed</p>}
        </nav>
      </div>
      <PersonSwitch />
    </div>
  );
}

function ChannelLink({ channel }: { channel: Channel }) {
  const page = usePage();
  const { state, place, go } = page;
  const icon = iconOf(channel);
  const partner = partnerOf(state, channel);
  const name = titleOf(state, channel);
  const isHere = page.channel?.id === channel.id && place.home === null;
  const classes = ["sidebar-link"];
  if (channel.is_archived) classes.push("sidebar-archived");
  if (!channel.is_member) classes.push("sidebar-outside");
  if (isUnread(state.me.id, channel, isHere)) classes.push("sidebar-unread");
  return (
    <a
      className={classes.join(" ")}
      href={`/?user=${state.me.id}&channel=${channel.id}`}
      aria-current={isHere ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        go({ channel: channel.id, thread: null, home: null, at: null });
      }}
    >
      {icon && <Icon name={icon} size={16} />}
      {partner && (
        <Avatar
          name={partner.real_name || partner.name}
          color={partner.color}
          isApp={partner.role === "bot"}
          size="s"
        />
      )}
      <span>{name}</span>
    </a>
  );
}

function AppLink({ app }: { app: App }) {
  const { state, place, go } = usePage();
  const isHere = place.home === app.id;
  return (
    <a
      className="sidebar-link"
      href={`/?user=${state.me.id}&home=${app.id}`}
      aria-current={isHere ? "page" : undefined}
      data-bot={botIdOf(app, state.me.team_id)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        go({ home: app.id, thread: null, at: null });
      }}
    >
      <Avatar name={app.name} isApp size="s" />
      <span>{app.name}</span>
    </a>
  );
}
