// What an element holds: where it stands in Slack's state, and how it is sent to the twin.
import type { Block, Element, Held, Option } from "../types";

export interface Picked {
  id: string;
  name: string;
}

// Text, one option or id, several of them, files, a moment in seconds, or rich text.
export type Value = string | number | null | Option | Option[] | string[] | Picked[] | Block;

interface Kind {
  key: string;
  initial: `initial_${string}`;
  isMany?: boolean;
}

const TEXT: Kind = { key: "value", initial: "initial_value" };
const OPTION: Kind = { key: "selected_option", initial: "initial_option" };
const OPTIONS: Kind = { key: "selected_options", initial: "initial_options", isMany: true };

const KINDS: Record<string, Kind> = {
  plain_text_input: TEXT,
  email_text_input: TEXT,
  url_text_input: TEXT,
  number_input: TEXT,
  rich_text_input: { key: "rich_text_value", initial: "initial_value" },
  file_input: { key: "files", initial: "initial_files", isMany: true },
  static_select: OPTION,
  external_select: OPTION,
  radio_buttons: OPTION,
  multi_static_select: OPTIONS,
  multi_external_select: OPTIONS,
  checkboxes: OPTIONS,
  users_select: { key: "selected_user", initial: "initial_user" },
  channels_select: { key: "selected_channel", initial: "initial_channel" },
  conversations_select: { key: "selected_conversation", initial: "initial_conversation" },
  multi_users_select: { key: "selected_users", initial: "initial_users", isMany: true },
  multi_channels_select: { key: "selected_channels", initial: "initial_channels", isMany: true },
  multi_conversations_select: {
    key: "selected_conversations",
    initial: "initial_conversations",
    isMany: true,
  },
  datepicker: { key: "selected_date", initial: "initial_date" },
  timepicker: { key: "selected_time", initial: "initial_time" },
  datetimepicker: { key: "selected_date_time", initial: "initial_date_time" },
};

export function heldValue(element: Element, held: Held | undefined): Value {
  const kind = KINDS[element.type];
  if (!kind) return null;
  const found = held?.[kind.key] ?? element[kind.initial];
  return (found ?? (kind.isMany ? [] : null)) as Value;
}

export function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === "";
}

// Files go by their ids; everything else goes as it is held, options as whole objects.
export function sentValue(element: Element, value: Value): unknown {
  if (element.type === "file_input") return (value as Picked[]).map((file) => file.id);
  return value;
}

export function fieldKey(block: Block, element: Element): string {
  return [block.block_id, element.action_id, element.type].join("/");
}
