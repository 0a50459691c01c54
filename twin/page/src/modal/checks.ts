// What a person's own client holds against sending a form, by block.
import { fieldKey, isEmpty, type Value } from "../elements/values";
import type { Block, Element } from "../types";

const TYPED_MOST = 3000;

export function inputsOf(blocks: Block[]): { block: Block; element: Element }[] {
  const inside = blocks.flatMap((block) => [block, ...(block.child_blocks ?? [])]);
  return inside.flatMap((block) =>
    block.type === "input" && block.element ? [{ block, element: block.element }] : [],
  );
}

export function wrongFields(
  blocks: Block[],
  valueOf: (block: Block, element: Element) => Value,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { block, element } of inputsOf(blocks)) {
    const wrong = wrongWith(block, element, valueOf(block, element));
    if (wrong) found[block.block_id ?? fieldKey(block, element)] = wrong;
  }
  return found;
}

function wrongWith(block: Block, element: Element, value: Value): string | null {
  if (isEmpty(value)) return block.optional ? null : "Please fill in this field.";
  if (typeof value === "string") return wrongText(element, value);
  const most = element.max_selected_items;
  const isTooMany = Array.isArray(value) && most !== undefined && value.length > most;
  return isTooMany ? `Choose at most ${most}.` : null;
}

function wrongText(element: Element, text: string): string | null {
  const length = [...text].length;
  const least = element.min_length ?? 0;
  const most = element.max_length ?? TYPED_MOST;
  if (length < least) return `Write at least ${least} characters.`;
  if (length > most) return `Write at most ${most} characters.`;
  if (element.type === "email_text_input" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) {
    return "This does not look like an email address.";
  }
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(text)) {
    return "Enter an address that begins with http:// or https://.";
  }
  return element.type === "number_input" ? wrongNumber(element, text) : null;
}

function wrongNumber(element: Element, text: string): string | null {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return "Enter a number.";
  if (!element.is_decimal_allowed && text.includes(".")) return "Enter a whole number.";
  const number = Number(text);
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `Enter at least ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `Enter at most ${element.max_value}.`;
  return null;
}
