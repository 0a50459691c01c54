import { usePage } from "../context";
import { Icon } from "./Icon";

export function isDark(theme: "light" | "dark" | null): boolean {
  return theme === null ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

export function ThemeButton() {
  const { place, go } = usePage();
  const dark = isDark(place.theme);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={dark ? "Light colours" : "Dark colours"}
      title={dark ? "Light colours" : "Dark colours"}
      onClick={() => go({ theme: dark ? "light" : "dark" }, true)}
    >
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}
