// The slash commands one can type here, and what a line means.
import type { State } from "../types";

// What the composer offers while one types.
export interface Offer {
  name: string;
  description: string;
  usage: string;
  // Whose picture stands before it, and what is said beside it.
  face: { name: string; color?: string; isApp: boolean };
  aside: string;
  // The composer's text once it is picked.
  line: string;
}

export function offersFor(state: State, text: string): Offer[] {
  const typed = /^\/(\S*)$/.exec(text);
  return typed ? allOffers(state).filter((one) => one.name.startsWith(text)) : [];
}

export function offerOf(state: State, text: string): Offer | null {
  const word = /^(\/\S+)\s/.exec(text)?.[1];
  return allOffers(state).find((one) => one.name === word) ?? null;
}

function allOffers(state: State): Offer[] {
  return state.apps.flatMap((app) =>
    app.commands.map((one) => ({
      name: one.command,
      description: one.description ?? "",
      usage: one.usage_hint ?? "",
      face: { name: app.name, isApp: true },
      aside: app.name,
      line: `${one.command} `,
    })),
  );
}

export function readLine(line: string): { command: string; text: string } | null {
  const found = /^(\/\S+)\s*([\s\S]*)$/.exec(line);
  return found ? { command: found[1] ?? "", text: found[2]?.trim() ?? "" } : null;
}
