// What elements need of the message or view they stand in.
import { createContext, useContext } from "react";
import type { Block, Element, OptionGroup } from "../types";
import type { Value } from "./values";

export interface Surface {
  kind: "message" | "view";
  // Sends an action; gives once the app has acked it or failed to.
  press: (block: Block, element: Element, option?: Value) => Promise<void>;
  suggest: (block: Block, element: Element, typed: string) => Promise<OptionGroup[]>;
  value: (block: Block, element: Element) => Value;
  change: (block: Block, element: Element, value: Value) => void;
  error: (block: Block) => string | null;
  upload: (files: File[]) => Promise<{ id: string; name: string }[]>;
  // The key of the element whose action is on its way.
  busy: string | null;
}

export const SurfaceContext = createContext<Surface | null>(null);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (surface === null) throw new Error("no surface around this element");
  return surface;
}

// One element in its block, as every control takes it.
export interface ControlProps {
  block: Block;
  element: Element;
  // The id of the visible label, where the element is a form's field.
  labelledBy?: string;
  describedBy?: string;
}
