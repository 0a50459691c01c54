// Everything one types into: text, numbers, addresses, dates and times, rich text.
import { useRef, type ChangeEvent, type KeyboardEvent } from "react";
import { plainOf } from "../text/Mrkdwn";
import type { Element } from "../types";
import { useSurface, type ControlProps } from "./surface";
import { plainRichText, richTextOf } from "./rich";

const TYPES: Record<string, string> = {
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
};
// What a field without a label of its own is called.
const NAMES: Record<string, string> = {
  datepicker: "Date",
  timepicker: "Time",
  datetimepicker: "Date and time",
};
const COUNTER_FROM = 0.8;
const CHARACTER_MS = 400;

export function TextField({ block, element, labelledBy, describedBy }: ControlProps) {
  const surface = useSurface();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const value = shown(element.type, surface.value(block, element));
  const asks = block.dispatch_action
    ? (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"])
    : [];
  const typed = (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    const next = kept(element.type, event.target.value);
    surface.change(block, element, next);
    if (!asks.includes("on_character_entered")) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void surface.press(block, element, next), CHARACTER_MS);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || !asks.includes("on_enter_pressed")) return;
    event.preventDefault();
    void surface.press(block, element, kept(element.type, value));
  };
  const shared = {
    className: "input",
    value,
    placeholder: plainOf(element.placeholder),
    "aria-labelledby": labelledBy,
    "aria-label": labelledBy ? undefined : nameOf(element),
    "aria-describedby": describedBy,
    "aria-invalid": surface.error(block) !== null,
    "aria-required": block.type === "input" && !block.optional,
    "data-autofocus": element.focus_on_load,
    onChange: typed,
    onKeyDown: pressed,
  };
  const isLong = element.multiline || element.type === "rich_text_input";
  return (
    <div className="text-field">
      {isLong ? (
        <textarea {...shared} rows={4} />
      ) : (
        <input
          {...shared}
          type={TYPES[element.type] ?? "text"}
          inputMode={inputMode(element.type)}
        />
      )}
      <Counter length={value.length} most={element.max_length} />
    </div>
  );
}

function nameOf(element: Element): string {
  return (
    element.accessibility_label ?? (plainOf(element.placeholder) || NAMES[element.type] || "Text")
  );
}

function Counter(props: { length: number; most?: number }) {
  if (props.most === undefined || props.length < props.most * COUNTER_FROM) return null;
  const left = props.most - props.length;
  return (
    <span
      className={left < 0 ? "counter counter-over" : "counter"}
      role="status"
      aria-label={`${left} characters left`}
    >
      {left}
    </span>
  );
}

function inputMode(type: string): "decimal" | "email" | "url" | undefined {
  if (type === "number_input") return "decimal";
  return type === "email_text_input" ? "email" : type === "url_text_input" ? "url" : undefined;
}

function shown(type: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (type === "rich_text_input") return plainRichText(value);
  return type === "datetimepicker" && typeof value === "number"
    ? localMinute(value)
    : String(value);
}

function kept(type: string, text: string): string | number | null | ReturnType<typeof richTextOf> {
  if (text === "") return null;
  if (type === "rich_text_input") return richTextOf(text);
  return type === "datetimepicker" ? Math.floor(new Date(text).getTime() / 1000) : text;
}

// The form browsers want: the local time without a zone, to the minute.
function localMinute(seconds: number): string {
  const moment = new Date(seconds * 1000);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 16);
}
