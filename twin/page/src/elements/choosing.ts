// What a select offers and holds, brought to one form: groups of options with a value and a text.
import type { Told } from "../api";
import { botIdOf, nameOf, titleOf } from "../context";
import { plainOf } from "../text/Mrkdwn";
import type { Channel, Element, Option, OptionGroup, State } from "../types";
import type { Value } from "./values";

export function isMany(element: Element): boolean {
  return element.type.startsWith("multi_");
}

export function isExternal(element: Element): boolean {
  return element.type.endsWith("external_select");
}

// Selects of people and places hold ids; the others hold whole options.
function holdsIds(element: Element): boolean {
  return /(users|channels|conversations)_select$/.test(element.type);
}

function option(value: string, text: string): Option {
  return { value, text: { type: "plain_text", text } };
}

export function offeredBy(element: Element, state: State): OptionGroup[] {
  if (element.type.endsWith("users_select")) return [group(people(state))];
  if (element.type.endsWith("channels_select")) return [group(places(state, isPublic))];
  if (element.type.endsWith("conversations_select")) {
    return [group(places(state, (one) => isIncluded(one, element)))];
  }
  return element.option_groups ?? [group(element.options ?? [])];
}

// What an app offers while one types: in groups, or the list of `options`, which is always there.
export function suggested(told: Told): OptionGroup[] {
  return told.option_groups?.length ? told.option_groups : [group(told.options ?? [])];
}

export function group(options: Option[]): OptionGroup {
  return { label: { type: "plain_text", text: "" }, options };
}

function people(state: State): Option[] {
  const there = state.people.filter((one) => one.role !== "deactivated");
  return there.map((one) => option(one.id, nameOf(one)));
}

function isPublic(channel: Channel): boolean {
  return channel.dm_with === null && !channel.is_private;
}

function isIncluded(channel: Channel, element: Element): boolean {
  const include = element.filter?.include;
  const kind = channel.dm_with !== null ? "im" : channel.is_private ? "private" : "public";
  if (kind === "im" && element.filter?.exclude_bot_users) return false;
  return !include || include.includes(kind);
}

function places(state: State, isWanted: (channel: Channel) => boolean): Option[] {
  const open = state.channels.filter((one) => !one.is_archived && isWanted(one));
  return open.map((one) => option(one.id, (one.dm_with === null ? "#" : "") + titleOf(state, one)));
}

// Gives what is chosen as options, whatever the element holds.
export function chosenIn(element: Element, value: Value, state: State): Option[] {
  const list = Array.isArray(value) ? value : value === null || value === "" ? [] : [value];
  if (!holdsIds(element)) return list as Option[];
  const known = offeredBy(element, state).flatMap((one) => one.options);
  return (list as string[]).map((id) => known.find((one) => one.value === id) ?? named(id, state));
}

function named(id: string, state: State): Option {
  const bot = state.apps.find((app) => botIdOf(app, state.me.team_id) === id);
  const person = state.people.find((one) => one.id === id);
  return option(id, bot?.name ?? (person ? nameOf(person) : id));
}

// Gives what the element shall hold after these options are chosen.
export function holding(element: Element, options: Option[]): Value {
  const values = holdsIds(element) ? options.map((one) => one.value) : options;
  return isMany(element) ? (values as Option[] | string[]) : (values[0] ?? null);
}

export function filtered(groups: OptionGroup[], typed: string): OptionGroup[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return groups;
  const fits = (one: Option) => plainOf(one.text).toLowerCase().includes(wanted);
  return groups
    .map((one) => ({ ...one, options: one.options.filter(fits) }))
    .filter((one) => one.options.length > 0);
}
