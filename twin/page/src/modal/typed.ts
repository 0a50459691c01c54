// What a person has entered into a view and not sent yet. It outlives every refresh; when the app
// changes the view, fields that stay (same block, same action, same type) keep what was entered.
import { useCallback, useEffect, useRef, useState } from "react";
import { fieldKey, heldValue, sentValue, type Value } from "../elements/values";
import type { Block, Element, View } from "../types";
import { inputsOf } from "./checks";

export interface Typed {
  valueOf: (block: Block, element: Element) => Value;
  set: (block: Block, element: Element, value: Value) => void;
  // All fields as the twin's control takes them: {block_id: {action_id: value}}.
  all: (changed?: [Block, Element, Value]) => Record<string, Record<string, unknown>>;
}

export function useTyped(view: View): Typed {
  const [entered, setEntered] = useState<Record<string, Value>>({});
  const newest = useRef(entered);
  newest.current = entered;
  useEffect(() => {
    const there = keysIn(view.blocks);
    setEntered((old) => Object.fromEntries(Object.entries(old).filter(([key]) => there.has(key))));
    // A new hash means new content; the blocks alone are a new object at every refresh.
  }, [view.hash]);

  const valueOf = useCallback(
    (block: Block, element: Element): Value => {
      const key = fieldKey(block, element);
      if (key in newest.current) return newest.current[key] ?? null;
      const held = view.state.values[block.block_id ?? ""]?.[element.action_id ?? ""];
      return heldValue(element, held);
    },
    [view],
  );
  const set = (block: Block, element: Element, value: Value) => {
    const next = { ...newest.current, [fieldKey(block, element)]: value };
    newest.current = next;
    setEntered(next);
  };
  const all = (changed?: [Block, Element, Value]) => {
    const found: Record<string, Record<string, unknown>> = {};
    for (const { block, element } of inputsOf(view.blocks)) {
      const isChanged = changed && fieldKey(changed[0], changed[1]) === fieldKey(block, element);
      const value = isChanged ? changed[2] : valueOf(block, element);
      found[block.block_id ?? ""] = { [element.action_id ?? ""]: sentValue(element, value) };
    }
    return found;
  };
  return { valueOf, set, all };
}

function keysIn(blocks: Block[]): Set<string> {
  const keys = new Set<string>();
  for (const block of blocks.flatMap((one) => [one, ...(one.child_blocks ?? [])])) {
    const elements = [block.element, block.accessory, ...((block.elements ?? []) as Element[])];
    for (const element of elements) if (element?.action_id) keys.add(fieldKey(block, element));
  }
  return keys;
}
