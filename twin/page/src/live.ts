// The state as it is now: fetched when the stream says that something changed.
import { useCallback, useEffect, useRef, useState } from "react";
import { fetchState, reasonOf, type Looking } from "./api";
import { setClock } from "./text/dates";
import type { State } from "./types";

const AGAIN_MS = 1000;

export interface Live {
  state: State | null;
  trouble: string | null;
  refresh: () => Promise<void>;
}

export function useLive(looking: Looking): Live {
  const [state, setState] = useState<State | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { user, channel, thread } = looking;
  // Answers may come in another order than they were asked for: only newer ones count.
  const asked = useRef(0);
  const shown = useRef(0);

  const refresh = useCallback(async () => {
    const number = ++asked.current;
    try {
      const found = await fetchState({ user, channel, thread });
      if (number < shown.current) return;
      shown.current = number;
      setClock(found.clock.now);
      setState(found);
      setTrouble(null);
    } catch (error) {
      if (number >= shown.current) setTrouble(reasonOf(error));
    }
  }, [user, channel, thread]);

  useEffect(() => {
    // What was asked for another place must not be shown in this one.
    shown.current = asked.current + 1;
    void refresh();
  }, [refresh]);
  useStream(refresh);
  useEffect(() => {
    if (trouble === null) return;
    const timer = setTimeout(() => void refresh(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [trouble, refresh]);
  return { state, trouble, refresh };
}

// Calls one after the other, and once more when something changed meanwhile.
function useStream(refresh: () => Promise<void>): void {
  const newest = useRef(refresh);
  newest.current = refresh;
  useEffect(() => {
    let isBusy = false;
    let isOwed = false;
    let isOver = false;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = async () => {
      isOwed = true;
      if (isBusy) return;
      isBusy = true;
      while (isOwed && !isOver) {
        isOwed = false;
        await newest.current();
      }
      isBusy = false;
    };
    const connect = () => {
      source = new EventSource("/__twin/page/stream");
      source.addEventListener("changed", () => void changed());
      source.addEventListener("open", () => void changed());
      source.addEventListener("error", () => {
        // A browser gives up for good after an answer that is no stream.
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN_MS);
      });
    };
    connect();
    return () => {
      isOver = true;
      clearTimeout(timer);
      source?.close();
    };
  }, []);
}
