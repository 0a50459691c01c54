// Every kind of select: a box to type into, and a list of what fits.
import { useCallback, useId, useRef, useState, type KeyboardEvent } from "react";
import { usePage } from "../context";
import { plainOf } from "../text/Mrkdwn";
import type { Option, OptionGroup } from "../types";
import { useOutsidePress } from "../ui/anchored";
import { Icon } from "../ui/Icon";
import { chosenIn, filtered, holding, isExternal, isMany, offeredBy } from "./choosing";
import { useConfirm } from "./confirming";
import { OptionList } from "./OptionList";
import { useSurface, type ControlProps } from "./surface";
import { useSuggestions } from "./suggestions";

export function Select({ block, element, labelledBy, describedBy }: ControlProps) {
  const { state } = usePage();
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const close = useCallback(() => {
    setIsOpen(false);
    setTyped("");
  }, []);
  useOutsidePress(root, isOpen, close);

  const asked = useSuggestions(block, element, typed, isOpen);
  const groups: OptionGroup[] = isExternal(element)
    ? asked.groups
    : filtered(offeredBy(element, state), typed);
  const options = groups.flatMap((one) => one.options);
  const chosen = chosenIn(element, surface.value(block, element), state);
  const many = isMany(element);

  const open = () => {
    setIsOpen(true);
    setActive(
      Math.max(
        0,
        options.findIndex((one) => one.value === chosen[0]?.value),
      ),
    );
  };
  const change = (next: Option[]) =>
    ask(() => surface.change(block, element, holding(element, next)));
  const pick = (option: Option) => {
    setTyped("");
    if (!many) close();
    if (!many) return change([option]);
    const others = chosen.filter((one) => one.value !== option.value);
    const most = element.max_selected_items ?? Infinity;
    if (others.length < chosen.length) change(others);
    else if (chosen.length < most) change([...chosen, option]);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (isOpen) setActive((now) => Math.min(Math.max(now + step, 0), options.length - 1));
      else open();
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      const option = options[active];
      if (option) pick(option);
    } else if (event.key === "Backspace" && many && typed === "" && chosen.length > 0) {
      change(chosen.slice(0, -1));
    } else if (event.key === "Tab") close();
  };
  const shownText = !many && !isOpen ? plainOf(chosen[0]?.text) : typed;
  const hint = plainOf(element.placeholder) || (many ? "Choose some" : "Choose one");
  return (
    <div className="select" ref={root}>
      <div
        className={many ? "select-box select-many" : "select-box"}
        onClick={() => input.current?.focus()}
      >
        {many && chosen.map((one) => <Chip key={one.value} option={one} drop={() => pick(one)} />)}
        <input
          ref={input}
          role="combobox"
          autoComplete="off"
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && options[active] ? `${listId}-${active}` : undefined}
          aria-labelledby={labelledBy}
          aria-label={labelledBy ? undefined : (element.accessibility_label ?? hint)}
          aria-describedby={describedBy}
          aria-invalid={surface.error(block) !== null}
          data-autofocus={element.focus_on_load}
          placeholder={
            !many && chosen[0] ? plainOf(chosen[0].text) : many && chosen.length > 0 ? "" : hint
          }
          value={shownText}
          onClick={() => (isOpen ? undefined : open())}
          onChange={(event) => {
            setTyped(event.target.value);
            setActive(0);
            setIsOpen(true);
          }}
          onKeyDown={pressed}
        />
        {!many && block.optional && chosen.length > 0 && (
          <button
            type="button"
            className="icon-button"
            aria-label="Clear"
            onClick={() => change([])}
          >
            <Icon name="close" size={14} />
          </button>
        )}
        <Icon name="down" size={14} />
      </div>
      {isOpen && (
        <OptionList
          id={listId}
          anchor={root}
          groups={groups}
          active={active}
          chosen={chosen}
          isMany={many}
          status={asked.status ?? (options.length === 0 ? "Nothing fits." : null)}
          pick={pick}
        />
      )}
      {dialog}
    </div>
  );
}

function Chip(props: { option: Option; drop: () => void }) {
  const name = plainOf(props.option.text);
  return (
    <span className="chip">
      {name}
      <button type="button" aria-label={`Remove ${name}`} onClick={props.drop}>
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
