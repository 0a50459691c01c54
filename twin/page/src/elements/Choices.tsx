// Radio buttons and checkboxes.
import { useId } from "react";
import { Text } from "../text/Mrkdwn";
import type { Option } from "../types";
import { useConfirm } from "./confirming";
import { useSurface, type ControlProps } from "./surface";

export function Radios({ block, element, labelledBy, describedBy }: ControlProps) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const name = useId();
  const chosen = surface.value(block, element) as Option | null;
  const pick = (option: Option) => ask(() => surface.change(block, element, option));
  return (
    <div
      className="choices"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    >
      {(element.options ?? []).map((option) => (
        <Choice
          key={option.value}
          type="radio"
          name={name}
          option={option}
          isOn={chosen?.value === option.value}
          flip={() => pick(option)}
        />
      ))}
      {dialog}
    </div>
  );
}

export function Checkboxes({ block, element, labelledBy, describedBy }: ControlProps) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const chosen = (surface.value(block, element) ?? []) as Option[];
  const flip = (option: Option) => {
    const others = chosen.filter((one) => one.value !== option.value);
    const next = others.length < chosen.length ? others : [...chosen, option];
    ask(() => surface.change(block, element, next));
  };
  return (
    <div
      className="choices"
      role="group"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    >
      {(element.options ?? []).map((option) => (
        <Choice
          key={option.value}
          type="checkbox"
          option={option}
          isOn={chosen.some((one) => one.value === option.value)}
          flip={() => flip(option)}
        />
      ))}
      {dialog}
    </div>
  );
}

interface ChoiceProps {
  type: "radio" | "checkbox";
  name?: string;
  option: Option;
  isOn: boolean;
  flip: () => void;
}

function Choice(props: ChoiceProps) {
  const more = useId();
  const { description } = props.option;
  return (
    <label className="choice">
      <input
        type={props.type}
        name={props.name}
        checked={props.isOn}
        aria-describedby={description && more}
        onChange={props.flip}
      />
      <span>
        <Text of={props.option.text} />
        {description && (
          <small id={more}>
            <Text of={description} />
          </small>
        )}
      </span>
    </label>
  );
}
