// What only this browser knows, such as that a command was refused: drawn as a private message.
import { usePage, type Note } from "../context";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { PrivateMark } from "./Message";

export function NoteLine({ note }: { note: Note }) {
  const { forget } = usePage();
  return (
    <article className="message message-private" aria-label="Local Slack, only visible to you">
      <PrivateMark />
      <div className="message-side">
        <Avatar name="Local Slack" color="#475569" />
      </div>
      <div className="message-main">
        <header className="message-head">
          <span className="message-author">Local Slack</span>
        </header>
        <div className="message-text" role="alert">
          {note.text}
        </div>
      </div>
      <div className="message-tools message-tools-kept">
        <button
          type="button"
          className="icon-button"
          aria-label="Dismiss"
          onClick={() => forget(note.id)}
        >
          <Icon name="close" size={14} />
        </button>
      </div>
    </article>
  );
}
