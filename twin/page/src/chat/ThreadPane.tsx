import { titleOf, usePage } from "../context";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";

export function ThreadPane({ ts }: { ts: string }) {
  const { state, channel, go } = usePage();
  if (channel === null) return null;
  const thread = state.thread?.ts === ts ? state.thread : null;
  const name = titleOf(state, channel);
  const canWrite = channel.is_member && !channel.is_archived;
  return (
    <aside className="thread" role="complementary" aria-label="Thread">
      <header className="pane-head">
        <button
          type="button"
          className="icon-button back-button"
          aria-label="Back to channel"
          onClick={() => go({ thread: null, at: null })}
        >
          <Icon name="back" />
        </button>
        <h2>
          Thread <small>{channel.dm_with === null ? `#${name}` : name}</small>
        </h2>
        <button
          type="button"
          className="icon-button thread-close"
          aria-label="Close thread"
          onClick={() => go({ thread: null, at: null })}
        >
          <Icon name="close" />
        </button>
      </header>
      {thread === null && (
        <div className="pane-empty">
          <Spinner />
        </div>
      )}
      {thread !== null && thread.messages.length === 0 && (
        <p className="pane-empty">This message is gone.</p>
      )}
      {thread !== null && thread.messages.length > 0 && (
        <MessageList
          channel={channel.id}
          messages={thread.messages}
          ephemerals={thread.ephemerals}
          isThread
          place={ts}
        />
      )}
      {canWrite && <Composer key={state.me.id + ts} channel={channel} name={name} thread={ts} />}
    </aside>
  );
}
