// Every call both ways, filterable, each with what it carried.
import { useState } from "react";
import { useJournal, type Line } from "./journal";

const DIRECTIONS = { all: "Both ways", in: "From the app", out: "To the app" };

export function Log() {
  const lines = useJournal();
  const [wanted, setWanted] = useState("");
  const [direction, setDirection] = useState<keyof typeof DIRECTIONS>("all");
  const shown = lines.filter(
    (line) => fits(line, wanted) && (direction === "all" || line.direction === direction),
  );
  return (
    <div className="drawer-body log" role="tabpanel" aria-label="Log">
      <div className="log-filter">
        <input
          className="input"
          type="search"
          placeholder="Filter"
          aria-label="Filter the log"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <select
          className="input"
          aria-label="Direction"
          value={direction}
          onChange={(event) => setDirection(event.target.value as keyof typeof DIRECTIONS)}
        >
          {Object.entries(DIRECTIONS).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </div>
      {shown.length === 0 && <p className="sidebar-none">No call yet.</p>}
      <ul className="log-lines" aria-label="Calls">
        {[...shown].reverse().map((line) => (
          <li key={line.key}>
            <LogLine line={line} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function fits(line: Line, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${line.source} ${line.what} ${line.status} ${line.answer ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function LogLine({ line }: { line: Line }) {
  const [isOpen, setIsOpen] = useState(false);
  const ms = line.detail.ms ?? line.detail.elapsed_ms;
  const arrow = line.direction === "in" ? "→" : "←";
  const way = line.direction === "in" ? `to ${line.source}` : `from ${line.source}`;
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <time title={`${line.at} on the clock of ${line.source}`}>
          {new Date(line.realMs).toLocaleTimeString("en-GB")}
        </time>
        <span className={`log-arrow log-${line.direction}`} role="img" aria-label={way}>
          {arrow}
        </span>
        <span className="log-what">
          <small>{line.source}</small> {line.what}
        </span>
        <span className={`log-status ${isBad(line) ? "log-bad" : ""}`}>{statusOf(line)}</span>
        <span className="log-ms">{typeof ms === "number" ? `${Math.round(ms)} ms` : ""}</span>
      </summary>
      {isOpen && <pre>{pretty(line)}</pre>}
    </details>
  );
}

function isBad(line: Line): boolean {
  return (
    line.status === null ||
    line.status >= 400 ||
    (line.answer !== null && line.answer !== "ok" && line.source === "Slack")
  );
}

function statusOf(line: Line): string {
  const status = line.status === null ? "cut" : String(line.status);
  return line.answer && line.answer !== "ok" ? `${status} ${line.answer}` : status;
}

function pretty(line: Line): string {
  return JSON.stringify(readable(line.detail), null, 2);
}

// Bodies are kept as text; one that is JSON reads better as such.
function readable(value: unknown): unknown {
  if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readable(one)]));
}
