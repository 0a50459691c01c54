// Moments as a person reads them, in the browser's time zone; "now" is the twin's, not the browser's.

let aheadMs = 0;

export function setClock(now: string): void {
  aheadMs = Date.parse(now) - Date.now();
}

function nowMs(): number {
  return Date.now() + aheadMs;
}

const FORMATS = {
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
  date: { month: "long", day: "numeric", year: "numeric" },
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_slash: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_short: { month: "short", day: "numeric", year: "numeric" },
  date_long: { weekday: "long", month: "long", day: "numeric", year: "numeric" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
type Format = keyof typeof FORMATS;

const FORMATTERS = new Map<Format, Intl.DateTimeFormat>();

function format(moment: Date, name: Format): string {
  const known = FORMATTERS.get(name) ?? new Intl.DateTimeFormat("en-US", FORMATS[name]);
  FORMATTERS.set(name, known);
  return known.format(moment);
}

export function momentOf(ts: string): Date {
  return new Date(Number.parseFloat(ts) * 1000);
}

export function clockTime(ts: string): string {
  return format(momentOf(ts), "time");
}

export function dayKey(ts: string): string {
  return momentOf(ts).toDateString();
}

export function fullTime(ts: string): string {
  return `${format(momentOf(ts), "date_long")} at ${format(momentOf(ts), "time_secs")}`;
}

function dayWord(moment: Date): string | null {
  const now = new Date(nowMs());
  for (const [word, offset] of [
    ["Today", 0],
    ["Yesterday", -1],
    ["Tomorrow", 1],
  ] as const) {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset);
    if (day.toDateString() === moment.toDateString()) return word;
  }
  return null;
}

export function dayName(ts: string): string {
  const moment = momentOf(ts);
  return dayWord(moment) ?? format(moment, "date_long");
}

export function lastReply(ts: string): string {
  const moment = momentOf(ts);
  const day = dayWord(moment)?.toLowerCase() ?? format(moment, "date_short");
  return `Last reply ${day} at ${format(moment, "time")}`;
}

function ago(moment: Date): string {
  const seconds = (moment.getTime() - nowMs()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = steps.find(([, one]) => Math.abs(seconds) >= one) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(
    Math.round(seconds / size),
    unit,
  );
}

// Fills in the words in braces of `<!date^…>`: docs.slack.dev, "Date formatting", 2026-11-22.
export function dateText(seconds: number, pattern: string): string {
  const moment = new Date(seconds * 1000);
  return pattern.replace(/\{([a-z_]+)\}/g, (all, name: string) => {
    if (name === "ago") return ago(moment);
    const base = name.replace("_pretty", "") as Format;
    if (!(base in FORMATS)) return all;
    const word = name.endsWith("_pretty") ? dayWord(moment) : null;
    if (word) return word.toLowerCase();
    const text = format(moment, base);
    if (base !== "date_num") return text;
    const [month, day, year] = text.split("/");
    return `${year}-${month}-${day}`;
  });
}
