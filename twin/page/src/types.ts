// What the twin's server says (`GET /__twin/page/state`), as far as the page looks at it.
// Blocks and elements are wide on purpose: the twin has checked which field belongs to which type.

export interface TextObject {
  type: "plain_text" | "mrkdwn" | "raw_text" | "raw_number";
  text: string;
  value?: number;
  emoji?: boolean;
}

export interface Option {
  text: TextObject;
  value: string;
  description?: TextObject;
  url?: string;
}

export interface OptionGroup {
  label: TextObject;
  options: Option[];
}

export interface Confirm {
  title: TextObject;
  text: TextObject;
  confirm: TextObject;
  deny: TextObject;
  style?: "primary" | "danger";
}

export interface FeedbackButton {
  text: TextObject;
  value: string;
  accessibility_label?: string;
}

export interface Element {
  type: string;
  action_id?: string;
  text?: TextObject;
  placeholder?: TextObject;
  style?: "primary" | "danger";
  url?: string;
  value?: string;
  confirm?: Confirm;
  accessibility_label?: string;
  options?: Option[];
  option_groups?: OptionGroup[];
  max_selected_items?: number;
  min_query_length?: number;
  filter?: { include?: string[]; exclude_bot_users?: boolean };
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  filetypes?: string[];
  max_files?: number;
  focus_on_load?: boolean;
  dispatch_action_config?: { trigger_actions_on?: string[] };
  image_url?: string;
  alt_text?: string;
  icon?: string;
  positive_button?: FeedbackButton;
  negative_button?: FeedbackButton;
  [initial: `initial_${string}`]: unknown;
}

export interface RichStyle {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  underline?: boolean;
  code?: boolean;
}

export interface RichPart {
  type: string;
  text?: string;
  url?: string;
  name?: string;
  unicode?: string;
  user_id?: string;
  channel_id?: string;
  usergroup_id?: string;
  range?: string;
  value?: string;
  timestamp?: number;
  format?: string;
  fallback?: string;
  // An object on words, a word (`bullet`, `ordered`) on lists.
  style?: RichStyle | string;
  indent?: number;
  elements?: RichPart[];
}

export interface Block {
  type: string;
  block_id?: string;
  text?: TextObject | string;
  fields?: TextObject[];
  accessory?: Element;
  elements?: unknown[];
  element?: Element;
  label?: TextObject;
  hint?: TextObject;
  optional?: boolean;
  dispatch_action?: boolean;
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text?: string;
  title?: TextObject | string;
  title_url?: string;
  video_url?: string;
  thumbnail_url?: string;
  author_name?: string;
  provider_name?: string;
  description?: TextObject;
  level?: string;
  hero_image?: Element;
  icon?: Element;
  subtitle?: TextObject;
  body?: TextObject;
  actions?: Element[];
  child_blocks?: Block[];
  is_collapsible?: boolean;
  default_collapsed?: boolean;
  rows?: Cell[][];
  caption?: string;
  tasks?: Block[];
  status?: string;
  details?: Block;
  output?: Block;
  sources?: { url: string; text: string }[];
  external_id?: string;
}

export type Cell = TextObject & { elements?: RichPart[] };

export interface Attachment {
  color?: string;
  pretext?: string;
  author_name?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fields?: { title?: string; value?: string; short?: boolean }[];
  footer?: string;
  fallback?: string;
  blocks?: Block[];
}

export interface SlackFile {
  id: string;
  mode?: string;
  name?: string;
  title?: string;
  mimetype?: string;
  size?: number;
}

export interface Message {
  ts: string;
  user?: string;
  text?: string;
  blocks?: Block[];
  attachments?: Attachment[];
  files?: SlackFile[];
  subtype?: string;
  bot_id?: string;
  app_id?: string;
  username?: string;
  bot_profile?: { name?: string };
  edited?: { ts: string };
  thread_ts?: string;
  reply_count?: number;
  reply_users?: string[];
  latest_reply?: string;
  reactions?: { name: string; count: number; users?: string[] }[];
}

export interface View {
  id: string;
  type: "modal" | "home";
  hash: string;
  blocks: Block[];
  title?: TextObject | null;
  submit?: TextObject | null;
  close?: TextObject | null;
  callback_id?: string;
  app_id?: string;
  clear_on_close?: boolean;
  state: { values: Record<string, Record<string, Held>> };
}

// What one element holds, such as {"type": "datepicker", "selected_date": "2026-11-22"}.
export type Held = { type: string } & Record<string, unknown>;

export interface Person {
  id: string;
  name: string;
  real_name: string;
  title: string;
  role: string;
  team_id: string;
  color: string;
}

export interface Channel {
  id: string;
  name: string | null;
  is_private: boolean;
  is_archived: boolean;
  is_member: boolean;
  dm_with: string | null;
  latest_ts: string | null;
}

export interface Command {
  command: string;
  description?: string;
  usage_hint?: string;
}

export interface Shortcut {
  callback_id: string;
  type: "global" | "message";
  name: string;
}

export interface App {
  id: string;
  name: string;
  bot_user_id?: string;
  commands: Command[];
  shortcuts: Shortcut[];
  installations: { team_id: string; bot_user_id: string }[];
}

export interface Fault {
  id: string | number;
  label?: string | null;
  match: string;
  kind: string;
  times: number | null;
  probability?: number;
  seconds?: number;
  status?: number;
  // On the clock of the service; null where it never ends by itself.
  ends_at?: string | null;
}

export interface Job {
  id: string;
  topic: string;
  status: string;
  step?: string | number | null;
  actions: string[];
}

export interface Service {
  name: string;
  label: string;
  now: string;
  speed: number;
  faults: Fault[];
  // What will go wrong with the next webhooks.
  mishaps?: { kind: string; late_s?: number }[];
  jobs: Job[];
}

export interface State {
  number: number;
  me: Person;
  workspace: { id: string; name: string; domain: string };
  people: Person[];
  groups: { id: string; handle: string; name: string; users: string[] }[];
  channels: Channel[];
  apps: App[];
  channel: { id: string; messages: Message[]; ephemerals: Message[] } | null;
  thread: { ts: string; messages: Message[]; ephemerals: Message[] } | null;
  views: View[];
  homes: Record<string, View | null>;
  clock: { now: string; speed: number };
  faults: Fault[];
  services: Service[];
}

export interface Entry {
  number: number;
  at: string;
  direction: "in" | "out";
  what: string;
  status: number | null;
  answer: string | null;
  detail: Record<string, unknown>;
}
