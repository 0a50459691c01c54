// The calls that went over the wire, Slack's and every service's, newest last.
import { useEffect, useRef, useState } from "react";
import { call } from "../api";
import { usePage } from "../context";
import type { Entry } from "../types";

export interface Line extends Entry {
  key: string;
  source: string;
  // When it was in the time of whoever looks; a service's own clock may run faster, or behind.
  realMs: number;
}

// What a moment is told by.
export interface Clock {
  now: string;
  speed: number;
}

interface Source {
  name: string;
  path: string;
  clock: Clock;
}

const KEPT = 500;

export function useJournal(): Line[] {
  const { state } = usePage();
  const [lines, setLines] = useState<Line[]>([]);
  const read = useRef<Record<string, number>>({});
  const isBusy = useRef(false);
  const sources: Source[] = [
    { name: "Slack", path: "journal", clock: state.clock },
    ...state.services.map((one) => ({
      name: one.label,
      path: `services/${one.name}/journal`,
      clock: one,
    })),
  ];
  useEffect(() => {
    if (isBusy.current) return;
    isBusy.current = true;
    const fetchAll = async () => {
      for (const source of sources) {
        const { name } = source;
        const fresh = await newLines(source, read.current[name] ?? 0);
        read.current[name] = fresh.at(-1)?.number ?? read.current[name] ?? 0;
        if (fresh.length > 0) setLines((old) => merged(old, fresh));
      }
      isBusy.current = false;
    };
    void fetchAll();
  }, [state]);
  return lines;
}

async function newLines(source: Source, after: number): Promise<Line[]> {
  try {
    const found = await call<{ entries: Entry[] }>("GET", `${source.path}?after=${after}`);
    return found.entries.map((entry) => ({
      ...entry,
      source: source.name,
      key: `${source.name} ${entry.number}`,
      realMs: realMs(entry.at, source.clock),
    }));
  } catch {
    return []; // It is asked again at the next change.
  }
}

export function realMs(at: string, clock: Clock): number {
  const ago = Date.parse(clock.now) - Date.parse(at);
  return Date.now() - ago / (clock.speed || 1);
}

function merged(old: Line[], fresh: Line[]): Line[] {
  const known = new Set(old.map((line) => line.key));
  const all = [...old, ...fresh.filter((line) => !known.has(line.key))];
  return all.sort((one, two) => one.realMs - two.realMs).slice(-KEPT);
}
