import { call, reasonOf } from "../api";
import { titleOf, usePage, type Page } from "../context";
import type { Channel } from "../types";
import { Spinner } from "../ui/Spinner";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { PaneHead } from "./PaneHead";

export function ChannelPane() {
  const page = usePage();
  const { state, channel } = page;
  if (channel === null) {
    return (
      <main className="pane" aria-label="Channel">
        <PaneHead title="Nothing here" />
        <p className="pane-empty">{state.me.real_name} cannot see any conversation.</p>
      </main>
    );
  }
  const shown = state.channel?.id === channel.id ? state.channel : null;
  const name = titleOf(state, channel);
  const full = channel.dm_with === null ? `#${name}` : name;
  return (
    <main className="pane" aria-label={full}>
      <PaneHead title={name} channel={channel} />
      {shown === null ? (
        <div className="pane-empty">
          <Spinner />
        </div>
      ) : (
        <MessageList
          channel={channel.id}
          messages={shown.messages}
          ephemerals={shown.ephemerals}
          place={`${state.me.id} ${channel.id}`}
        >
          <Beginning channel={channel} name={full} />
        </MessageList>
      )}
      <Foot page={page} channel={channel} name={full} />
    </main>
  );
}

function Beginning({ channel, name }: { channel: Channel; name: string }) {
  const words =
    channel.dm_with === null
      ? `This is the beginning of ${name}.`
      : `This is the beginning of your conversation with ${name}.`;
  return <p className="beginning">{words}</p>;
}

function Foot({ page, channel, name }: { page: Page; channel: Channel; name: string }) {
  if (channel.is_archived) {
    return (
      <p className="composer-closed">
        {name} is archived. It can be read, and nothing can be written.
      </p>
    );
  }
  if (channel.is_member)
    return (
      <Composer key={page.state.me.id + channel.id} channel={channel} name={name} thread={null} />
    );
  return (
    <p className="composer-closed">
      You are not in {name}.{" "}
      <button
        type="button"
        className="button button-primary"
        onClick={() => void join(page, channel)}
      >
        Join channel
      </button>
    </p>
  );
}

async function join(page: Page, channel: Channel): Promise<void> {
  try {
    await call("POST", `channels/${channel.id}`, { add: [page.state.me.id] });
  } catch (error) {
    page.toast(reasonOf(error));
  }
  await page.refresh();
}
