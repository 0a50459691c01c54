// A view (a form or a Home tab) as its elements see it.
import { useState } from "react";
import { act, upload } from "../api";
import { usePage } from "../context";
import { suggested } from "../elements/choosing";
import type { Surface } from "../elements/surface";
import { fieldKey, type Value } from "../elements/values";
import type { Block, Element, View } from "../types";
import { failureOf } from "../words";
import { useTyped, type Typed } from "./typed";

export interface ViewSurface {
  surface: Surface;
  typed: Typed;
  trouble: string | null;
  setTrouble: (text: string | null) => void;
}

// Elements whose action waits for Enter or a pause in typing: they press by themselves.
export function isTypedInto(element: Element): boolean {
  return element.type.endsWith("_input") && element.type !== "file_input";
}

export function useViewSurface(view: View, errors: Record<string, string>): ViewSurface {
  const page = usePage();
  const typed = useTyped(view);
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const user = page.state.me.id;
  const ids = (block: Block, element: Element) => ({
    user,
    view_id: view.id,
    action_id: element.action_id,
    block_id: block.block_id,
  });

  const press = async (block: Block, element: Element, option?: Value) => {
    setBusy(fieldKey(block, element));
    setTrouble(null);
    const values = typed.all(option === undefined ? undefined : [block, element, option]);
    const body = { ...ids(block, element), option, values };
    const told = await act("click", body);
    setBusy(null);
    if (told.error) setTrouble(failureOf(told.error));
    await page.refresh();
  };
  const surface: Surface = {
    kind: "view",
    press,
    value: typed.valueOf,
    change: (block, element, value) => {
      typed.set(block, element, value);
      const isSent = block.type === "input" ? block.dispatch_action : true;
      if (isSent && !isTypedInto(element)) void press(block, element, value);
    },
    suggest: async (block, element, text) => {
      const told = await act("suggest", { ...ids(block, element), value: text });
      if (told.error) throw new Error(told.error);
      return suggested(told);
    },
    error: (block) => errors[block.block_id ?? ""] ?? null,
    upload: async (files) => {
      const told = await upload(user, null, files);
      if (told.error) setTrouble(failureOf(told.error));
      return (told.files ?? []).map((one, index) => {
        const id = typeof one === "string" ? one : one.id;
        return { id, name: files[index]?.name ?? id };
      });
    },
    busy,
  };
  return { surface, typed, trouble, setTrouble };
}
