// Messages oldest first, by day, staying at the bottom while one is there.
import { Fragment, useLayoutEffect, useRef, type ReactNode } from "react";
import { usePage, type Note } from "../context";
import { dayKey, dayName } from "../text/dates";
import type { Message as MessageOf } from "../types";
import { isGrouped } from "./authors";
import { Message } from "./Message";
import { NoteLine } from "./NoteLine";

interface Props {
  channel: string;
  messages: MessageOf[];
  ephemerals: MessageOf[];
  isThread?: boolean;
  // What stands above the first message.
  children?: ReactNode;
  // Changes when another conversation is shown, which begins at its end.
  place: string;
}

const NEAR_PX = 80;

export function MessageList(props: Props) {
  const { notes, state } = usePage();
  const own = notes.filter(
    (note) =>
      note.user === state.me.id &&
      note.channel === props.channel &&
      (note.thread !== null) === Boolean(props.isThread),
  );
  const hidden = new Set(props.ephemerals.map((one) => one.ts));
  const all = [...props.messages, ...props.ephemerals].sort(
    (one, two) => Number(one.ts) - Number(two.ts),
  );
  const newest = own.at(-1)?.id ?? newestFor(state.me.id, all, hidden);
  const scroller = useScroller(props.place, newest);
  return (
    <div
      className="scroller"
      ref={scroller}
      role="log"
      aria-label={props.isThread ? "Replies" : "Messages"}
      tabIndex={0}
    >
      <div className="scroller-inside">
        {props.children}
        {all.map((message, index) => {
          const before = all[index - 1];
          const isNewDay = !before || dayKey(before.ts) !== dayKey(message.ts);
          const isFirstReply = props.isThread && index === 1;
          const isPrivate = hidden.has(message.ts);
          const isSameKind =
            before !== undefined && hidden.has(before.ts) === isPrivate && !isPrivate;
          return (
            <Fragment key={message.ts}>
              {isNewDay && !props.isThread && <DayLine ts={message.ts} />}
              <Message
                message={message}
                channel={props.channel}
                isInThread={props.isThread}
                isPrivate={isPrivate}
                isGrouped={!isNewDay && !isFirstReply && isSameKind && isGrouped(before, message)}
              />
              {props.isThread && index === 0 && <ReplyCount count={props.messages.length - 1} />}
              <Notes notes={own.filter((note) => note.ts === message.ts)} />
            </Fragment>
          );
        })}
        <Notes notes={own.filter((note) => !all.some((one) => one.ts === note.ts))} />
      </div>
    </div>
  );
}

function Notes({ notes }: { notes: Note[] }) {
  return notes.map((note) => <NoteLine key={note.id} note={note} />);
}

function DayLine({ ts }: { ts: string }) {
  return (
    <div className="day-line" role="separator" aria-label={dayName(ts)}>
      <span>{dayName(ts)}</span>
    </div>
  );
}

function ReplyCount({ count }: { count: number }) {
  if (count < 1) return null;
  return <p className="reply-count">{count === 1 ? "1 reply" : `${count} replies`}</p>;
}

// What is new because of this person (their own words, an answer to them), to be shown at once.
function newestFor(me: string, all: MessageOf[], hidden: Set<string>): string | null {
  const last = all.at(-1);
  return last && (last.user === me || hidden.has(last.ts)) ? last.ts : null;
}

// Keeps the end in sight while it was in sight, or when `newest` changes; otherwise the place.
function useScroller(place: string, newest: string | number | null) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [place]);
  useLayoutEffect(() => {
    if (newest === null || !box.current) return;
    isAtEnd.current = true;
    box.current.scrollTop = box.current.scrollHeight;
  }, [newest]);
  useLayoutEffect(() => {
    const element = box.current;
    const inside = element?.firstElementChild;
    if (!element || !inside) return;
    // What is below may have grown since our own scrolling: only going up leaves the end.
    let topPx = element.scrollTop;
    const scrolled = () => {
      const belowPx = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (belowPx < NEAR_PX) isAtEnd.current = true;
      else if (element.scrollTop < topPx) isAtEnd.current = false;
      topPx = element.scrollTop;
    };
    const stick = () => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    };
    stick();
    const watcher = new ResizeObserver(stick);
    watcher.observe(inside);
    watcher.observe(element);
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", scrolled);
    };
  }, [place]);
  return box;
}
