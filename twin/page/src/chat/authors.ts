// Who a message is from, as its head shows it.
import { nameOf, personOf } from "../context";
import type { Message, State } from "../types";

export interface Author {
  name: string;
  isApp: boolean;
  color?: string;
  // The word beside the name of people who are not plain members.
  badge: string | null;
}

const BADGES: Record<string, string> = {
  guest: "Guest",
  stranger: "Other workspace",
  deactivated: "Deactivated",
};

export function authorOf(message: Message, state: State): Author {
  const person = personOf(state, message.user);
  const isApp = message.bot_id !== undefined || person?.role === "bot";
  const known = person ? nameOf(person) : (message.bot_profile?.name ?? message.user ?? "Somebody");
  const name = message.username ?? known;
  return {
    name,
    isApp,
    color: person?.color || undefined,
    badge: BADGES[person?.role ?? ""] ?? null,
  };
}

const TOGETHER_S = 300;

// What an app has laid out stands by itself; rich text is what people write as well.
function isCard(message: Message): boolean {
  return (message.blocks ?? []).some((block) => block.type !== "rich_text");
}

// Whether a message stands under the head of the one before it.
export function isGrouped(before: Message | undefined, message: Message): boolean {
  if (!before || isCard(message) || message.subtype || before.subtype === "tombstone") return false;
  const isSame = before.user === message.user && before.bot_id === message.bot_id;
  const isNear = Number(message.ts) - Number(before.ts) < TOGETHER_S;
  return isSame && isNear && before.username === message.username;
}
