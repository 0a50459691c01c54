// Who one is: every person of the workspace can be acted as.
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { nameOf, usePage } from "../context";
import type { Person } from "../types";
import { useAnchored, useOutsidePress } from "../ui/anchored";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";

const ROLES: Record<string, string> = {
  member: "Member",
  admin: "Admin",
  guest: "Guest",
  stranger: "Other workspace",
  deactivated: "Deactivated",
};

export function roleText(person: Person): string {
  const role = ROLES[person.role] ?? person.role;
  return person.title && person.title !== role ? `${person.title} · ${role}` : role;
}

export function PersonSwitch() {
  const { state, go } = usePage();
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(0);
  const root = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setIsOpen(false), []);
  useOutsidePress(root, isOpen, close);
  const people = state.people.filter((one) => one.role !== "bot");
  const open = () => {
    setActive(
      Math.max(
        0,
        people.findIndex((one) => one.id === state.me.id),
      ),
    );
    setIsOpen(true);
  };
  const pick = (person: Person | undefined) => {
    close();
    if (person && person.role !== "deactivated") go({ user: person.id, thread: null, at: null });
  };
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      if (isOpen) setActive((now) => Math.min(Math.max(now + step, 0), people.length - 1));
      else open();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (isOpen) pick(people[active]);
      else open();
    } else if (event.key === "Escape" || event.key === "Tab") close();
  };
  return (
    <section className="person-switch" aria-label="Person" ref={root}>
      <button
        ref={button}
        type="button"
        role="combobox"
        aria-label="You are"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-controls="people"
        aria-activedescendant={isOpen ? `person-${active}` : undefined}
        onClick={() => (isOpen ? close() : open())}
        onKeyDown={pressed}
      >
        <PersonRow person={state.me} prefix="You are " />
        <Icon name="down" size={14} />
      </button>
      {isOpen && (
        <PeopleList people={people} active={active} me={state.me.id} anchor={button} pick={pick} />
      )}
    </section>
  );
}

interface ListProps {
  people: Person[];
  active: number;
  me: string;
  anchor: React.RefObject<HTMLElement | null>;
  pick: (person: Person) => void;
}

function PeopleList(props: ListProps) {
  const style = useAnchored(props.anchor, true, "fit");
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(".option-active")?.scrollIntoView({ block: "nearest" });
  }, [props.active]);
  return (
    <div
      className="popup options"
      id="people"
      role="listbox"
      aria-label="People"
      style={style}
      ref={list}
    >
      {props.people.map((one, index) => (
        <div
          key={one.id}
          id={`person-${index}`}
          role="option"
          aria-selected={one.id === props.me}
          aria-disabled={one.role === "deactivated"}
          className={index === props.active ? "option option-active" : "option"}
          onClick={() => props.pick(one)}
        >
          <PersonRow person={one} />
          {one.id === props.me && <Icon name="check" size={16} />}
        </div>
      ))}
    </div>
  );
}

function PersonRow({ person, prefix }: { person: Person; prefix?: string }) {
  return (
    <span className="person-row">
      <Avatar name={nameOf(person)} color={person.color} />
      <span className="person-text">
        <span>
          {prefix && <span className="person-prefix">{prefix}</span>}
          <strong>{nameOf(person)}</strong>
        </span>
        <small>{roleText(person)}</small>
      </span>
    </span>
  );
}
