import { Fragment, type ReactNode } from "react";
import { dateText } from "../text/dates";
import { ChannelMention, Emoji, GroupMention, Link, UserMention } from "../text/Mrkdwn";
import type { RichPart, RichStyle } from "../types";

export function RichText(props: { elements: RichPart[] }) {
  return (
    <div className="rich-text">
      {props.elements.map((part, index) => (
        <Fragment key={index}>{drawOuter(part)}</Fragment>
      ))}
    </div>
  );
}

function drawOuter(part: RichPart): ReactNode {
  const inside = drawAll(part.elements ?? []);
  switch (part.type) {
    case "rich_text_preformatted":
      return <pre>{inside}</pre>;
    case "rich_text_quote":
      return <blockquote>{inside}</blockquote>;
    case "rich_text_list":
      return drawList(part);
    default:
      return <div className="rich-section">{inside}</div>;
  }
}

function drawList(part: RichPart): ReactNode {
  const items = (part.elements ?? []).map((item, index) => (
    <li key={index}>{drawAll(item.elements ?? [])}</li>
  ));
  const className = `indent-${Math.min(part.indent ?? 0, 8)}`;
  return part.style === "ordered" ? (
    <ol className={className}>{items}</ol>
  ) : (
    <ul className={className}>{items}</ul>
  );
}

function drawAll(parts: RichPart[]): ReactNode {
  return parts.map((part, index) => (
    <Fragment key={index}>{styled(part, drawPart(part))}</Fragment>
  ));
}

function styled(part: RichPart, inside: ReactNode): ReactNode {
  if (typeof part.style !== "object") return inside;
  const style: RichStyle = part.style;
  let found = inside;
  if (style.code) found = <code>{found}</code>;
  if (style.bold) found = <strong>{found}</strong>;
  if (style.italic) found = <em>{found}</em>;
  if (style.strike) found = <s>{found}</s>;
  if (style.underline) found = <u>{found}</u>;
  return found;
}

function drawPart(part: RichPart): ReactNode {
  switch (part.type) {
    case "text":
      return part.text;
    case "link":
      return <Link url={part.url ?? ""}>{part.text ?? part.url}</Link>;
    case "emoji":
      return <Emoji name={part.name ?? ""} />;
    case "user":
      return <UserMention id={part.user_id ?? ""} />;
    case "channel":
      return <ChannelMention id={part.channel_id ?? ""} />;
    case "usergroup":
      return <GroupMention id={part.usergroup_id ?? ""} />;
    case "broadcast":
      return <span className="mention mention-me">@{part.range}</span>;
    case "date":
      return <time>{dateText(part.timestamp ?? 0, part.format ?? "{date}") || part.fallback}</time>;
    case "color":
      return <ColorSwatch value={part.value ?? ""} />;
    default:
      return part.text ?? null;
  }
}

function ColorSwatch(props: { value: string }) {
  return (
    <>
      <span className="swatch" style={{ backgroundColor: props.value }} /> {props.value}
    </>
  );
}
