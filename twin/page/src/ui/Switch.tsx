import type { ReactNode } from "react";

export function Switch(props: {
  label: string;
  isOn: boolean;
  detail?: ReactNode;
  flip: (isOn: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={props.isOn}
      aria-label={props.label}
      className="switch-row"
      onClick={() => props.flip(!props.isOn)}
    >
      <span className="switch-text">
        {props.label}
        {props.detail && <small>{props.detail}</small>}
      </span>
      <span className="switch" aria-hidden="true" />
    </button>
  );
}
