// Names after an @: offered while one types them, and written as Slack's mentions when sent.
import { nameOf } from "../context";
import type { State } from "../types";
import type { Offer } from "./commands";

interface Mention {
  name: string;
  written: string;
  title: string;
  color?: string;
  isApp: boolean;
}

function allMentions(state: State): Mention[] {
  const people = state.people
    .filter((one) => one.role !== "deactivated")
    .map((one) => ({
      name: nameOf(one),
      written: `<@${one.id}>`,
      title: one.title,
      color: one.color,
      isApp: one.role === "bot",
    }));
  const groups = state.groups.map((one) => ({
    name: one.handle,
    written: `<!subteam^${one.id}>`,
    title: one.name,
    isApp: false,
  }));
  return [...people, ...groups];
}

export function mentionsFor(state: State, text: string): Offer[] {
  const found = /(?:^|\s)@([^\s@]*)$/.exec(text);
  if (!found) return [];
  const typed = found[1] ?? "";
  const before = text.slice(0, text.length - typed.length);
  const isMeant = (word: string) => word.toLowerCase().startsWith(typed.toLowerCase());
  return allMentions(state)
    .filter((one) => one.name.split(/\s+/).some(isMeant))
    .map((one) => ({
      name: `@${one.name}`,
      description: one.title,
      usage: "",
      face: { name: one.name, color: one.color, isApp: one.isApp },
      aside: one.isApp ? "App" : "",
      line: `${before}${one.name} `,
    }));
}

// The longest name wins, so that "@Bo Lind" does not become a mention of a "Bo".
export function writeMentions(state: State, text: string): string {
  const longest = allMentions(state).sort((one, two) => two.name.length - one.name.length);
  return text.replaceAll(/(?<=^|\s)@(?=\S)[^\n]*?(?=\s@|\n|$)/g, (words) => {
    const rest = words.slice(1);
    const found = longest.find(
      (one) => rest.startsWith(one.name) && !/^[\p{L}\p{N}]/u.test(rest.slice(one.name.length)),
    );
    return found ? found.written + rest.slice(found.name.length) : words;
  });
}
