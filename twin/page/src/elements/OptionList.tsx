import { useEffect, useRef, type RefObject } from "react";
import { plainOf, Text } from "../text/Mrkdwn";
import type { Option, OptionGroup } from "../types";
import { useAnchored } from "../ui/anchored";
import { Icon } from "../ui/Icon";

interface Props {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  groups: OptionGroup[];
  active: number;
  chosen: Option[];
  isMany: boolean;
  // What to say in place of options: still loading, nothing found, the app failed.
  status: string | null;
  pick: (option: Option) => void;
}

export function OptionList(props: Props) {
  const list = useRef<HTMLDivElement>(null);
  const style = useAnchored(props.anchor, true, "fit");
  useEffect(() => {
    list.current?.querySelector(".option-active")?.scrollIntoView({ block: "nearest" });
  }, [props.active]);
  let number = 0;
  return (
    <div
      className="popup options"
      role="listbox"
      id={props.id}
      ref={list}
      style={style}
      aria-multiselectable={props.isMany}
      onMouseDown={(event) => event.preventDefault()}
    >
      {props.status && <p className="options-status">{props.status}</p>}
      {props.groups.map((group, index) => {
        const label = plainOf(group.label);
        const options = group.options.map((option) => (
          <OptionRow
            key={option.value}
            id={`${props.id}-${number}`}
            option={option}
            isActive={number++ === props.active}
            isChosen={props.chosen.some((one) => one.value === option.value)}
            pick={props.pick}
          />
        ));
        if (!label) return options;
        return (
          <div key={index} role="group" aria-label={label}>
            <p className="options-group">{label}</p>
            {options}
          </div>
        );
      })}
    </div>
  );
}

interface RowProps {
  id: string;
  option: Option;
  isActive: boolean;
  isChosen: boolean;
  pick: (option: Option) => void;
}

function OptionRow(props: RowProps) {
  return (
    <div
      id={props.id}
      role="option"
      aria-selected={props.isChosen}
      className={props.isActive ? "option option-active" : "option"}
      onClick={() => props.pick(props.option)}
    >
      <span>
        <Text of={props.option.text} />
        {props.option.description && (
          <small>
            <Text of={props.option.description} />
          </small>
        )}
      </span>
      {props.isChosen && <Icon name="check" size={16} />}
    </div>
  );
}
