// What every part of the page may need: the state, where one is, and who is who.
import { createContext, useContext } from "react";
import type { Place } from "./route";
import type { App, Channel, Person, State } from "./types";

// Something only this browser knows, drawn like a private message: what a refusal says.
export interface Note {
  id: number;
  user: string;
  channel: string;
  thread: string | null;
  // The message it stands after.
  ts: string;
  text: string;
}

export interface Page {
  state: State;
  place: Place;
  channel: Channel | null;
  notes: Note[];
  // Quietly: without a step that the back button undoes.
  go: (change: Partial<Place>, isQuiet?: boolean) => void;
  refresh: () => Promise<void>;
  note: (text: string, thread: string | null) => void;
  forget: (id: number) => void;
  toast: (text: string) => void;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error("no page around this part");
  return page;
}

export function personOf(state: State, id: string | undefined | null): Person | null {
  return state.people.find((one) => one.id === id) ?? null;
}

export function nameOf(person: Person): string {
  return person.real_name || person.name;
}

// A person's conversation with an app belongs to the app's bot user.
export function botIdOf(app: App, teamId: string): string | undefined {
  const here = app.installations.find((one) => one.team_id === teamId) ?? app.installations[0];
  return app.bot_user_id ?? here?.bot_user_id;
}

export function partnerOf(state: State, channel: Channel): Person | null {
  if (channel.dm_with === null) return null;
  if (channel.dm_with !== state.me.id) return personOf(state, channel.dm_with);
  const bots = state.apps.map((app) => personOf(state, botIdOf(app, state.me.team_id)));
  return bots.find((bot) => bot !== null) ?? null;
}

export function titleOf(state: State, channel: Channel): string {
  if (channel.dm_with === null) return channel.name ?? channel.id;
  const partner = partnerOf(state, channel);
  return partner ? nameOf(partner) : channel.dm_with;
}
