// The slash commands one can type here, and what a line means.
import type { App, State } from "../types";

export interface Offer {
  command: string;
  description: string;
  usage: string;
  app: App;
}

export function offersFor(state: State, text: string): Offer[] {
  const typed = /^\/(\S*)$/.exec(text);
  return typed ? allOffers(state).filter((one) => one.command.startsWith(text)) : [];
}

export function offerOf(state: State, text: string): Offer | null {
  const word = /^(\/\S+)\s/.exec(text)?.[1];
  return allOffers(state).find((one) => one.command === word) ?? null;
}

function allOffers(state: State): Offer[] {
  return state.apps.flatMap((app) =>
    app.commands.map((one) => ({
      command: one.command,
      description: one.description ?? "",
      usage: one.usage_hint ?? "",
      app,
    })),
  );
}

export function readLine(line: string): { command: string; text: string } | null {
  const found = /^(\/\S+)\s*([\s\S]*)$/.exec(line);
  return found ? { command: found[1] ?? "", text: found[2]?.trim() ?? "" } : null;
}
