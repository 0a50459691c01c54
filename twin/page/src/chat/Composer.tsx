// Where one writes: messages, and slash commands with what they take.
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { act } from "../api";
import { usePage } from "../context";
import type { Channel } from "../types";
import { Icon } from "../ui/Icon";
import { clientRefusal, commandFailure, failureOf } from "../words";
import { offerOf, offersFor, readLine, type Offer } from "./commands";
import { CommandList } from "./CommandList";
import { mentionsFor, writeMentions } from "./mentions";
import { ShortcutMenu } from "./ShortcutMenu";

interface Props {
  channel: Channel;
  name: string;
  thread: string | null;
}

// What was begun and not sent, by person and place, until the page is closed.
const drafts = new Map<string, string>();

export function Composer({ channel, name, thread }: Props) {
  const page = usePage();
  const draft = `${page.state.me.id} ${channel.id} ${thread ?? ""}`;
  const [text, setText] = useState(() => drafts.get(draft) ?? "");
  const [active, setActive] = useState(0);
  const [isBusy, setIsBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [closed, setClosed] = useState<string | null>(null);
  const offers =
    closed === text ? [] : [...offersFor(page.state, text), ...mentionsFor(page.state, text)];
  const offer = offerOf(page.state, text);
  useEffect(() => void drafts.set(draft, text), [draft, text]);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 220)}px`;
  }, [text]);

  const send = async () => {
    const line = text.trim();
    if (!line || isBusy) return;
    setIsBusy(true);
    const isKept = await (line.startsWith("/") ? runCommand(line) : say(line));
    setIsBusy(false);
    if (!isKept) setText("");
    await page.refresh();
    field.current?.focus();
  };
  const ids = { user: page.state.me.id, channel: channel.id };
  const say = async (line: string) => {
    const told = await act("say", { ...ids, text: writeMentions(page.state, line), thread_ts: thread ?? undefined });
    if (told.error) page.note(failureOf(told.error), thread);
    return told.error !== null;
  };
  const runCommand = async (line: string) => {
    const { command, text: rest } = readLine(line) ?? { command: line, text: "" };
    const body = { ...ids, command, text: rest, thread_ts: thread ?? undefined };
    const told = await act("command", body);
    if (told.error) page.note(commandFailure(command, told.error), thread);
    return told.error !== null && clientRefusal(told.error) !== null;
  };
  const complete = (one: Offer) => {
    setText(one.line);
    setActive(0);
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    const chosen = offers[active];
    if (offers.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + offers.length) % offers.length);
    } else if (chosen && event.key === "Escape") {
      setClosed(text);
    } else if (
      chosen &&
      (event.key === "Tab" || (event.key === "Enter" && chosen.name !== text))
    ) {
      event.preventDefault();
      complete(chosen);
    } else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void send();
    }
  };
  const label = thread ? "Reply" : `Message ${name}`;
  return (
    <div className="composer">
      {offers.length > 0 && (
        <CommandList id={listId} offers={offers} active={active} pick={complete} />
      )}
      {offer && (
        <p className="usage-hint">
          <strong>{offer.name}</strong> {offer.usage} <span>{offer.description}</span>
        </p>
      )}
      <div className="composer-box">
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-label={label}
          placeholder={thread ? "Reply …" : `${label} – or type / for commands, @ for people`}
          aria-controls={offers.length > 0 ? listId : undefined}
          aria-activedescendant={offers.length > 0 ? `${listId}-${active}` : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={pressed}
        />
        <div className="composer-bar">
          <ShortcutMenu />
          <span className="composer-tip">
            <kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> begins a new line
          </span>
          <button
            type="button"
            className="send-button"
            aria-label="Send"
            disabled={!text.trim() || isBusy}
            onClick={() => void send()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
    </div>
  );
}
