// Text drawn: mrkdwn, plain text, and the mentions both share with rich text.
import { Fragment, type ReactNode } from "react";
import { personOf, usePage } from "../context";
import { emojiOf, withEmoji } from "../emoji";
import type { TextObject } from "../types";
import { dateText } from "./dates";
import { safeUrl } from "./links";
import { parseMrkdwn, type Node } from "./parse";

export function Link(props: { url: string; children: ReactNode }) {
  const url = safeUrl(props.url);
  if (url === null) return <span className="unsafe-link">{props.children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {props.children}
    </a>
  );
}

export function Emoji(props: { name: string; tone?: string }) {
  const found = emojiOf(props.name, props.tone);
  if (found === null) return <>{`:${props.name}:`}</>;
  return (
    <span className="emoji" role="img" aria-label={props.name.replaceAll("_", " ")}>
      {found}
    </span>
  );
}

export function UserMention(props: { id: string; label?: string | null }) {
  const { state } = usePage();
  const person = personOf(state, props.id);
  const isMe = person?.id === state.me.id;
  const name = person?.real_name || person?.name || props.label || props.id;
  return <span className={isMe ? "mention mention-me" : "mention"}>@{name}</span>;
}

export function ChannelMention(props: { id: string; label?: string | null }) {
  const { state, go } = usePage();
  const channel = state.channels.find((one) => one.id === props.id);
  if (!channel) return <span className="mention">#{props.label || "a private channel"}</span>;
  return (
    <button
      type="button"
      className="mention mention-link"
      onClick={() => go({ channel: channel.id, thread: null, home: null })}
    >
      #{channel.name ?? channel.id}
    </button>
  );
}

export function GroupMention(props: { id: string; label?: string | null }) {
  const { state } = usePage();
  const group = state.groups.find((one) => one.id === props.id);
  const isMine = group?.users.includes(state.me.id) ?? false;
  const name = group?.handle ?? props.label?.replace(/^@/, "") ?? props.id;
  return <span className={isMine ? "mention mention-me" : "mention"}>@{name}</span>;
}

function draw(node: Node): ReactNode {
  switch (node.kind) {
    case "text":
      return node.text;
    case "break":
      return <br />;
    case "emoji":
      return <Emoji name={node.name} tone={node.tone} />;
    case "code":
      return <code>{node.text}</code>;
    case "pre":
      return <pre>{node.text}</pre>;
    case "bold":
      return <strong>{drawAll(node.inside)}</strong>;
    case "italic":
      return <em>{drawAll(node.inside)}</em>;
    case "strike":
      return <s>{drawAll(node.inside)}</s>;
    case "quote":
      return <blockquote>{drawAll(node.inside)}</blockquote>;
    case "link":
      return <Link url={node.url}>{node.label ?? node.url.replace(/^mailto:/, "")}</Link>;
    case "user":
      return <UserMention id={node.id} label={node.label} />;
    case "channel":
      return <ChannelMention id={node.id} label={node.label} />;
    case "group":
      return <GroupMention id={node.id} label={node.label} />;
    case "broadcast":
      return <span className="mention mention-me">@{node.id}</span>;
    case "date":
      return drawDate(node);
  }
}

function drawDate(node: Extract<Node, { kind: "date" }>): ReactNode {
  const text = dateText(node.seconds, node.pattern) || node.fallback;
  const time = <time dateTime={new Date(node.seconds * 1000).toISOString()}>{text}</time>;
  return node.url ? <Link url={node.url}>{time}</Link> : time;
}

function drawAll(nodes: Node[]): ReactNode {
  return nodes.map((node, index) => <Fragment key={index}>{draw(node)}</Fragment>);
}

export function Mrkdwn(props: { text: string }) {
  return <>{drawAll(parseMrkdwn(props.text))}</>;
}

// A text object of either kind. Plain text has emoji by name and nothing else.
export function Text(props: { of: TextObject | string | null | undefined }) {
  const text = props.of;
  if (!text) return null;
  if (typeof text === "string") return <>{withEmoji(text)}</>;
  if (text.type === "mrkdwn") return <Mrkdwn text={text.text} />;
  return <span className="plain">{withEmoji(text.text)}</span>;
}

export function plainOf(text: TextObject | string | null | undefined): string {
  if (!text) return "";
  return withEmoji(typeof text === "string" ? text : text.text);
}
