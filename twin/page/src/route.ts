// Where the page is, kept in its address so that a link leads back to it.

// The tabs of the drawer, by their names in the address.
export const TABS = ["switches", "studio", "log"] as const;
export type Tab = (typeof TABS)[number];

export interface Place {
  user: string | null;
  channel: string | null;
  thread: string | null;
  // An app's id while its Home tab is shown in place of a channel.
  home: string | null;
  // A message to show first and to mark.
  at: string | null;
  // The tab the drawer is open at.
  drawer: Tab | null;
  theme: "light" | "dark" | null;
}

const NAMES = ["user", "channel", "thread", "home", "at"] as const;
const PERMALINK = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{7,}))?/;

export function readPlace(address: Location): Place {
  const query = new URLSearchParams(address.search);
  const theme = query.get("theme");
  const place: Place = {
    user: query.get("user"),
    channel: query.get("channel"),
    thread: query.get("thread"),
    home: query.get("home"),
    at: query.get("at"),
    drawer: readTab(query.get("drawer")),
    theme: theme === "dark" || theme === "light" ? theme : null,
  };
  const link = PERMALINK.exec(address.pathname);
  return link ? { ...place, ...readPermalink(link, query) } : place;
}

function readTab(word: string | null): Tab | null {
  if (word === "1") return "switches";
  return TABS.find((one) => one === word) ?? null;
}

function readPermalink(link: RegExpExecArray, query: URLSearchParams): Partial<Place> {
  const digits = link[2];
  if (!digits) return { channel: link[1] ?? null };
  const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  return { channel: link[1] ?? null, thread: query.get("thread_ts") ?? ts, at: ts };
}

export function permalink(channel: string, ts: string, thread?: string): string {
  const path = `/archives/${channel}/p${ts.replace(".", "")}`;
  return thread && thread !== ts ? `${path}?thread_ts=${thread}&cid=${channel}` : path;
}

export function writePlace(place: Place): string {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const value = place[name];
    if (value) query.set(name, value);
  }
  if (place.drawer) query.set("drawer", place.drawer === "switches" ? "1" : place.drawer);
  if (place.theme) query.set("theme", place.theme);
  const text = query.toString();
  return text ? `/?${text}` : "/";
}
