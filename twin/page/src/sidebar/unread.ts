// Which conversations hold something this person has not had before them in this browser.
import type { Channel } from "../types";

const seen = new Map<string, string>();

export function isUnread(user: string, channel: Channel, isHere: boolean): boolean {
  const key = `${user} ${channel.id}`;
  const latest = channel.latest_ts ?? "";
  // What was there when the page was opened counts as read.
  if (isHere || !seen.has(key)) seen.set(key, latest);
  return latest > (seen.get(key) ?? "");
}
