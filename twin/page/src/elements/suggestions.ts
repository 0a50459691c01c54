// Asks the app for an external select's options while one types, not at every letter.
import { useEffect, useRef, useState } from "react";
import type { Block, Element, OptionGroup } from "../types";
import { isExternal } from "./choosing";
import { useSurface } from "./surface";

const PAUSE_MS = 250;
// Slack's default: docs.slack.dev, "Select menu element", 2026-11-22.
const LEAST_QUERY = 3;

export interface Suggestions {
  groups: OptionGroup[];
  status: string | null;
}

const NONE: Suggestions = { groups: [], status: null };

export function useSuggestions(
  block: Block,
  element: Element,
  typed: string,
  isOpen: boolean,
): Suggestions {
  const surface = useSurface();
  const suggest = useRef(surface.suggest);
  suggest.current = surface.suggest;
  const newest = useRef({ block, element });
  newest.current = { block, element };
  const [found, setFound] = useState<Suggestions>(NONE);
  const isWanted = isOpen && isExternal(element);
  const least = element.min_query_length ?? LEAST_QUERY;
  useEffect(() => {
    if (!isWanted) return;
    if (typed.length < least) {
      setFound({ groups: [], status: `Type at least ${least} characters.` });
      return;
    }
    let isOver = false;
    setFound((old) => ({ ...old, status: "Loading …" }));
    const ask = async () => {
      const next = await answerOf(() => suggest.current(newest.current.block, newest.current.element, typed));
      if (!isOver) setFound(next);
    };
    const timer = setTimeout(() => void ask(), typed ? PAUSE_MS : 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isWanted, typed, least]);
  return isWanted ? found : NONE;
}

async function answerOf(ask: () => Promise<OptionGroup[]>): Promise<Suggestions> {
  try {
    const groups = await ask();
    const isNone = groups.every((group) => group.options.length === 0);
    return { groups, status: isNone ? "Nothing fits." : null };
  } catch {
    return { groups: [], status: "The app gave no options. Try again." };
  }
}
