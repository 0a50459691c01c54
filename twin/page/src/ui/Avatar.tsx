// Who wrote: initials on a colour of their own; apps have a mark instead.
import { Icon } from "./Icon";

const COLORS = [
  "#0f766e",
  "#1d4ed8",
  "#b45309",
  "#7c3aed",
  "#be185d",
  "#4d7c0f",
  "#0369a1",
  "#9f1239",
];

const APP_COLORS = ["#1d4ed8", "#15803d", "#7c3aed", "#b45309"];

function colorOf(name: string, colors: string[]): string {
  let sum = 0;
  for (const letter of name.toLowerCase()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return colors[sum % colors.length] ?? "#475569";
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}

export function Avatar(props: { name: string; color?: string; isApp?: boolean; size?: "s" | "m" }) {
  const classes = `avatar avatar-${props.size ?? "m"} ${props.isApp ? "avatar-app" : ""}`;
  if (props.isApp) {
    return (
      <span
        className={classes}
        style={{ backgroundColor: colorOf(props.name, APP_COLORS) }}
        aria-hidden="true"
      >
        <Icon name="play" size={props.size === "s" ? 12 : 20} />
      </span>
    );
  }
  return (
    <span
      className={classes}
      style={{ backgroundColor: props.color ?? colorOf(props.name, COLORS) }}
      aria-hidden="true"
    >
      {initials(props.name)}
    </span>
  );
}
