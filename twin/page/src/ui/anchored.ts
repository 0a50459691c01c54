// Keeps a popup beside what opened it, inside the window, above everything that scrolls.
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useState,
  type CSSProperties,
  type RefObject,
} from "react";

const GAP = 4;
const MARGIN = 8;
const LEAST_HEIGHT = 160;

// `fit` makes the popup as wide as its anchor; otherwise it is laid along `side` of it.
export function useAnchored(
  anchor: RefObject<HTMLElement | null>,
  isOpen: boolean,
  side: "start" | "end" | "fit",
): CSSProperties {
  const [style, setStyle] = useState<CSSProperties>({ visibility: "hidden" });
  const place = useCallback(() => {
    const box = anchor.current?.getBoundingClientRect();
    if (box) setStyle(placed(box, side));
  }, [anchor, side]);
  useLayoutEffect(() => {
    if (isOpen) place();
  }, [isOpen, place]);
  useEffect(() => {
    if (!isOpen) return;
    window.addEventListener("resize", place);
    window.addEventListener("scroll", place, true);
    return () => {
      window.removeEventListener("resize", place);
      window.removeEventListener("scroll", place, true);
    };
  }, [isOpen, place]);
  return style;
}

function placed(box: DOMRect, side: "start" | "end" | "fit"): CSSProperties {
  const below = window.innerHeight - box.bottom - GAP - MARGIN;
  const above = box.top - GAP - MARGIN;
  const isAbove = below < LEAST_HEIGHT && above > below;
  const upright: CSSProperties = isAbove
    ? { bottom: window.innerHeight - box.top + GAP, maxHeight: above }
    : { top: box.bottom + GAP, maxHeight: below };
  if (side === "end") return { ...upright, right: Math.max(MARGIN, window.innerWidth - box.right) };
  const width = side === "fit" ? { width: Math.max(box.width, 180) } : {};
  return { ...upright, ...width, left: Math.max(MARGIN, box.left) };
}

export function useOutsidePress(
  inside: RefObject<HTMLElement | null>,
  isOpen: boolean,
  close: () => void,
): void {
  useEffect(() => {
    if (!isOpen) return;
    const pressed = (event: PointerEvent) => {
      if (!inside.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", pressed, true);
    return () => document.removeEventListener("pointerdown", pressed, true);
  }, [inside, isOpen, close]);
}
