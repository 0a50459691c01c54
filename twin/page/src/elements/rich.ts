// Rich text typed as plain lines: one section, as Slack's own editor makes of unformatted text.
import type { Block, RichPart } from "../types";

export function richTextOf(text: string): Block {
  const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
  return { type: "rich_text", elements: [section] };
}

export function plainRichText(value: unknown): string {
  const block = value as Block;
  return ((block.elements ?? []) as RichPart[]).map(plainPart).join("\n");
}

function plainPart(part: RichPart): string {
  if (part.elements) return part.elements.map(plainPart).join("");
  return part.text ?? part.url ?? part.unicode ?? part.name ?? part.user_id ?? "";
}
