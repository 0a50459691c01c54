import { Blocks } from "../blocks/Blocks";
import { withEmoji } from "../emoji";
import { safeUrl } from "../text/links";
import { Link, Mrkdwn } from "../text/Mrkdwn";
import type { Attachment, Message, SlackFile } from "../types";
import { Icon } from "../ui/Icon";

export function MessageBody({ message }: { message: Message }) {
  if (message.subtype === "tombstone")
    return <p className="tombstone">This message was deleted.</p>;
  const hasBlocks = (message.blocks ?? []).length > 0;
  return (
    <div className="message-body">
      {hasBlocks ? (
        <Blocks blocks={message.blocks ?? []} />
      ) : (
        message.text && <PlainText text={message.text} />
      )}
      {message.edited && <span className="edited">(edited)</span>}
      {(message.attachments ?? []).map((one, index) => (
        <AttachmentBox key={index} of={one} />
      ))}
      {(message.files ?? []).map((file) => (
        <FileBox key={file.id} file={file} />
      ))}
      {message.reactions && (
        <p className="reactions">
          {message.reactions.map((one) => (
            <span key={one.name} className="reaction" title={one.name}>
              {withEmoji(`:${one.name}:`)} {one.count}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

function PlainText({ text }: { text: string }) {
  return (
    <div className="message-text">
      <Mrkdwn text={text} />
    </div>
  );
}

function AttachmentBox({ of }: { of: Attachment }) {
  const color =
    of.color && /^#?[0-9a-f]{6}$/i.test(of.color) ? `#${of.color.replace("#", "")}` : undefined;
  return (
    <div className="attachment" style={{ borderColor: color }}>
      {of.pretext && <Mrkdwn text={of.pretext} />}
      {of.title && (
        <p>
          <strong>
            {safeUrl(of.title_link) ? <Link url={of.title_link ?? ""}>{of.title}</Link> : of.title}
          </strong>
        </p>
      )}
      {of.blocks ? <Blocks blocks={of.blocks} /> : <Mrkdwn text={of.text ?? of.fallback ?? ""} />}
      {(of.fields ?? []).map((field, index) => (
        <p key={index}>
          <strong>{field.title}</strong> <Mrkdwn text={field.value ?? ""} />
        </p>
      ))}
      {of.footer && <small>{of.footer}</small>}
    </div>
  );
}

function FileBox({ file }: { file: SlackFile }) {
  if (file.mode === "tombstone") return <p className="tombstone">This file was deleted.</p>;
  const size = file.size === undefined ? null : sizeText(file.size);
  return (
    <div className="file-box">
      <Icon name="file" size={24} />
      <span>
        <a href={`/__twin/files/${encodeURIComponent(file.id)}`} target="_blank" rel="noreferrer">
          <strong>{file.title || file.name || file.id}</strong>
        </a>
        <small>{[file.mimetype, size].filter(Boolean).join(" · ")}</small>
      </span>
    </div>
  );
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
