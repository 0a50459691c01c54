// A button that opens a list of things to do, usable by keyboard.
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { useAnchored, useOutsidePress } from "./anchored";

export interface MenuItem {
  key: string;
  label: ReactNode;
  detail?: ReactNode;
  isDanger?: boolean;
  pick: () => void;
}

interface Props {
  label: string;
  items: MenuItem[];
  children: ReactNode;
  className?: string;
  side?: "start" | "end";
  empty?: string;
  isDisabled?: boolean;
}

export function Menu(props: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setIsOpen(false), []);
  useOutsidePress(root, isOpen, close);
  const leave = () => {
    close();
    button.current?.focus();
  };
  return (
    <span className="menu-root" ref={root}>
      <button
        type="button"
        ref={button}
        className={props.className ?? "icon-button"}
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        disabled={props.isDisabled}
        onClick={() => setIsOpen(!isOpen)}
      >
        {props.children}
      </button>
      {isOpen && <MenuList {...props} anchor={button} leave={leave} />}
    </span>
  );
}

function MenuList(
  props: Props & { anchor: React.RefObject<HTMLElement | null>; leave: () => void },
) {
  const list = useRef<HTMLDivElement>(null);
  const style = useAnchored(props.anchor, true, props.side ?? "end");
  useEffect(() => {
    list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
  }, [style.visibility]);
  const typed = (event: KeyboardEvent) => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      props.leave();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const now = items.indexOf(document.activeElement as HTMLElement);
    items.at((now + step) % items.length)?.focus();
  };
  return (
    <div
      className="popup menu"
      role="menu"
      aria-label={props.label}
      ref={list}
      style={style}
      onKeyDown={typed}
    >
      {props.items.length === 0 && <p className="menu-empty">{props.empty ?? "Nothing here."}</p>}
      {props.items.map((item) => (
        <button
          key={item.key}
          type="button"
          role="menuitem"
          className={item.isDanger ? "menu-item menu-danger" : "menu-item"}
          onClick={() => {
            props.leave();
            item.pick();
          }}
        >
          <span>{item.label}</span>
          {item.detail && <small>{item.detail}</small>}
        </button>
      ))}
    </div>
  );
}
