// A message as its elements see it. What is chosen in it is shown here until the app redraws it.
import { useState } from "react";
import { act } from "../api";
import { usePage } from "../context";
import { suggested } from "../elements/choosing";
import type { Surface } from "../elements/surface";
import { fieldKey, heldValue, type Value } from "../elements/values";
import type { Block, Element, Message } from "../types";
import { failureOf } from "../words";

export interface MessageSurface {
  surface: Surface;
  trouble: string | null;
}

export function useMessageSurface(channel: string, message: Message): MessageSurface {
  const page = usePage();
  const [chosen, setChosen] = useState<Record<string, Value>>({});
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const where = { user: page.state.me.id, channel, ts: message.ts };

  const press = async (block: Block, element: Element, option?: Value) => {
    setBusy(fieldKey(block, element));
    setTrouble(null);
    const ids = { action_id: element.action_id, block_id: block.block_id };
    const told = await act("click", { ...where, ...ids, option });
    setBusy(null);
    if (told.error) setTrouble(failureOf(told.error));
    await page.refresh();
  };
  const surface: Surface = {
    kind: "message",
    press,
    value: (block, element) => {
      const key = fieldKey(block, element);
      return key in chosen ? (chosen[key] ?? null) : heldValue(element, undefined);
    },
    change: (block, element, value) => {
      setChosen((old) => ({ ...old, [fieldKey(block, element)]: value }));
      void press(block, element, value);
    },
    suggest: async (block, element, text) => {
      const ids = { action_id: element.action_id, block_id: block.block_id };
      const told = await act("suggest", { ...where, ...ids, value: text });
      if (told.error) throw new Error(told.error);
      return suggested(told);
    },
    error: () => null,
    upload: () => Promise.resolve([]),
    busy,
  };
  return { surface, trouble };
}
