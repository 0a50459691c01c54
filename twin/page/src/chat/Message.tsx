import { useEffect, useRef } from "react";
import { personOf, nameOf, usePage } from "../context";
import { SurfaceContext } from "../elements/surface";
import { clockTime, fullTime, lastReply } from "../text/dates";
import type { Message as MessageOf, State } from "../types";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { counted } from "../words";
import { authorOf, type Author } from "./authors";
import { MessageBody } from "./MessageBody";
import { useMessageSurface } from "./messageSurface";
import { MessageTools } from "./MessageTools";

interface Props {
  message: MessageOf;
  channel: string;
  isGrouped: boolean;
  isInThread?: boolean;
  isPrivate?: boolean;
}

export function Message(props: Props) {
  const { state, place } = usePage();
  const { message } = props;
  const { surface, trouble } = useMessageSurface(props.channel, message);
  const author = authorOf(message, state);
  const isGone = message.subtype === "tombstone";
  const isMarked = place.at === message.ts;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isMarked) box.current?.scrollIntoView({ block: "center" });
  }, [isMarked]);
  const classes = ["message"];
  if (props.isGrouped) classes.push("message-grouped");
  if (message.blocks?.[0]?.type === "header") classes.push("message-card");
  if (props.isPrivate) classes.push("message-private");
  if (isMarked) classes.push("message-marked");
  return (
    <article
      ref={box}
      className={classes.join(" ")}
      aria-label={labelOf(author, message, props.isPrivate)}
      data-ts={message.ts}
    >
      {props.isPrivate && <PrivateMark />}
      <div className="message-side">
        {props.isGrouped ? (
          <time className="message-time-aside">{clockTime(message.ts).replace(/ [AP]M/, "")}</time>
        ) : (
          !isGone && <Avatar name={author.name} color={author.color} isApp={author.isApp} />
        )}
      </div>
      <div className="message-main">
        {!props.isGrouped && !isGone && <Head author={author} message={message} />}
        {message.subtype === "thread_broadcast" && !props.isInThread && (
          <BroadcastLine message={message} />
        )}
        <SurfaceContext value={surface}>
          <MessageBody message={message} />
        </SurfaceContext>
        {trouble && (
          <p className="message-trouble" role="alert">
            <Icon name="warn" size={14} /> {trouble}
          </p>
        )}
        {!props.isInThread && (message.reply_count ?? 0) > 0 && <ReplyBar message={message} />}
      </div>
      {!isGone && (
        <MessageTools
          message={message}
          channel={props.channel}
          isInThread={props.isInThread ?? false}
          isPrivate={props.isPrivate ?? false}
        />
      )}
    </article>
  );
}

function labelOf(author: Author, message: MessageOf, isPrivate: boolean | undefined): string {
  const who = message.subtype === "tombstone" ? "Deleted message" : author.name;
  const label = `${who}, ${clockTime(message.ts)}`;
  return isPrivate ? `${label}, only visible to you` : label;
}

export function PrivateMark() {
  return (
    <p className="private-mark">
      <Icon name="eye" size={14} /> Only visible to you
    </p>
  );
}

function Head({ author, message }: { author: Author; message: MessageOf }) {
  return (
    <header className="message-head">
      <span className="message-author">{author.name}</span>
      {author.isApp && <span className="badge">APP</span>}
      {author.badge && <span className="badge badge-quiet">{author.badge}</span>}
      <time className="message-time" title={fullTime(message.ts)}>
        {clockTime(message.ts)}
      </time>
    </header>
  );
}

function BroadcastLine({ message }: { message: MessageOf }) {
  const { go } = usePage();
  return (
    <p className="broadcast-line">
      replied to a{" "}
      <button
        type="button"
        className="link-button"
        onClick={() => go({ thread: message.thread_ts ?? null })}
      >
        thread
      </button>
    </p>
  );
}

function ReplyBar({ message }: { message: MessageOf }) {
  const { state, go } = usePage();
  const count = counted(message.reply_count ?? 0, "reply", "replies");
  return (
    <button type="button" className="reply-bar" onClick={() => go({ thread: message.ts })}>
      <span className="reply-faces">
        {(message.reply_users ?? []).slice(0, 4).map((id) => (
          <Face key={id} id={id} state={state} />
        ))}
      </span>
      <strong>{count}</strong>
      {message.latest_reply && (
        <span className="reply-last">{lastReply(message.latest_reply)}</span>
      )}
    </button>
  );
}

function Face({ id, state }: { id: string; state: State }) {
  const person = personOf(state, id);
  return (
    <Avatar
      name={person ? nameOf(person) : id}
      color={person?.color}
      isApp={person?.role === "bot"}
      size="s"
    />
  );
}
