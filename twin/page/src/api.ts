// Every call the page makes. Acts never throw: a refusal is something the person gets to read.
import type { Option, OptionGroup, State, View } from "./types";

const CONTROL = "/__twin/";

export interface Told {
  error: string | null;
  response_action?: string | null;
  errors?: Record<string, string>;
  view?: View | null;
  url?: string | null;
  options?: Option[];
  option_groups?: OptionGroup[];
  files?: (string | { id: string; name?: string })[];
  ts?: string;
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(CONTROL + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return readAnswer<T>(answer);
}

async function readAnswer<T>(answer: Response): Promise<T> {
  const found = (await answer.json().catch(() => ({}))) as T & { error?: string };
  if (!answer.ok) throw new Error(found.error ?? `the twin answered ${answer.status}`);
  return found;
}

export async function act(name: string, body: Record<string, unknown>): Promise<Told> {
  try {
    return await call<Told>("POST", name, body);
  } catch (error) {
    return { error: `client: ${reasonOf(error)}` };
  }
}

export async function upload(user: string, channel: string | null, files: File[]): Promise<Told> {
  const form = new FormData();
  form.set("user", user);
  if (channel) form.set("channel", channel);
  for (const file of files) form.append("file", file);
  try {
    return await readAnswer<Told>(await fetch(`${CONTROL}upload`, { method: "POST", body: form }));
  } catch (error) {
    return { error: `client: ${reasonOf(error)}` };
  }
}

export interface Looking {
  user: string | null;
  channel: string | null;
  thread: string | null;
}

export function fetchState(looking: Looking): Promise<State> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(looking)) if (value) query.set(name, value);
  return call<State>("GET", `page/state?${query}`);
}

export function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return "the twin does not answer";
  return error instanceof Error ? error.message : String(error);
}
