// Emoji by the names Slack uses, as characters of the system's own font.
import { nameToEmoji } from "gemoji";

// Names that Slack has and the library lacks or spells otherwise.
const SLACK_NAMES: Record<string, string> = {
  simple_smile: "🙂",
  large_green_circle: "🟢",
  large_yellow_circle: "🟡",
  large_orange_circle: "🟠",
  large_purple_circle: "🟣",
  large_red_square: "🟥",
  large_green_square: "🟩",
  large_yellow_square: "🟨",
  face_with_rolling_eyes: "🙄",
  thinking_face: "🤔",
  hugging_face: "🤗",
  white_frowning_face: "☹️",
  the_horns: "🤘",
  studio_microphone: "🎙️",
  film_frames: "🎞️",
  lower_left_paintbrush: "🖌️",
  double_vertical_bar: "⏸️",
  black_right_pointing_triangle_with_double_vertical_bar: "⏯️",
  party_blob: "🎉",
};
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
export const SHORTCODE = /:([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:/gi;

export function emojiOf(name: string, tone?: string): string | null {
  const key = name.toLowerCase();
  const found = nameToEmoji[key] ?? SLACK_NAMES[key] ?? nameToEmoji[key.replaceAll("-", "_")];
  if (!found) return null;
  return tone ? found.replace("\uFE0F", "") + (TONES[Number(tone) - 2] ?? "") : found;
}

export function withEmoji(text: string): string {
  return text.replace(SHORTCODE, (all, name: string, tone?: string) => emojiOf(name, tone) ?? all);
}
