// Read limits out of the sentences of doc comments.
//
// A limit is a keyword of JSON Schema, its number, and what it applies to: the value itself, the
// text inside a text object, each item of a list, or the text inside each item.

const TEXT = ['properties', 'text'];
const ITEM = ['items'];
const ITEM_TEXT = ['items', 'properties', 'text'];

// Tried in this order; what one has read is taken out of the sentence before the next looks.
const FORMS = [
  [/minimum length for the text in this field is (\d+) and maximum length is (\d+) characters/, 'length', TEXT],
  [/minimum length is (\d+) and maximum length is (\d+) characters/, 'length', null],
  [/minimum length is (\d+) character/, 'minLength', null],
  [/maximum length for the text in each item is (\d+) characters/, 'maxLength', ITEM_TEXT],
  [/max(?:imum)? length (?:for [a-z ]+ )?(?:is|of) (\d+) characters/, 'maxLength', null],
  [/limit (\d+) characters max/, 'maxLength', null],
  [/must be less than (\d+) characters/, 'below', null],
  [/an array with a max of (\d+) table cells/, 'maxItems', ITEM],
  [/minimum (\d+), maximum (\d+) cards/, 'items', null],
  [/max(?:imum)?(?: number of [a-z ]+ is| of)? (\d+)(?: (?:items|options|elements|blocks|rows))/, 'maxItems', null],
  [/maximum number of [a-z ]+ is (\d+)/, 'maxItems', null],
  [/array of up to (\d+)/, 'maxItems', null],
  [/min(?:imum of)? (\d+), max(?:imum of)? (\d+)/, 'range', null],
  [/must be between (\d+) and (\d+)/, 'range', null],
  [/number from (\d+) \(default\) to (\d+)/, 'range', null],
  [/maximum value is (\d+)/, 'maximum', null],
  [/minimum number is (\d+)/, 'minimum', null],
];

const KEYWORDS = {
  below: (most) => ({ maxLength: most - 1 }),
  items: (least, most) => ({ minItems: least, maxItems: most }),
  length: (least, most) => ({ minLength: least, maxLength: most }),
  range: (least, most) => ({ minimum: least, maximum: most }),
};

const LOOKS_LIKE_A_LIMIT = /\b(max|maximum|min|minimum|limit|up to|less than|more than|between|at least|at most)\b[^.]*\d/;

/** Give the limits a doc comment states, as [path, keywords] pairs; fail on one not understood. */
export function readLimits(comment, { at, isTextObject }) {
  let rest = plainWords(comment);
  const found = [];
  for (const [form, kind, target] of FORMS) {
    rest = rest.replace(form, (_, ...captured) => {
      const numbers = captured.slice(0, -2).map(Number);
      const keywords = KEYWORDS[kind]?.(...numbers) ?? { [kind]: numbers[0] };
      const isLength = 'maxLength' in keywords || 'minLength' in keywords;
      found.push([target ?? (isLength && isTextObject ? TEXT : []), keywords]);
      return '';
    });
  }
  if (LOOKS_LIKE_A_LIMIT.test(rest)) {
    throw new Error(`${at}: a limit that is not understood: ${rest}`);
  }
  return found;
}

function plainWords(comment) {
  return comment
    .replace(/\{@link\s+(\S+?)\s*\}/g, '$1')
    .replace(/\{@link\s+\S+\s+([^}]*)\}/g, '$1')
    .replace(/https?:\S+/g, '')
    .replaceAll('`', '')
    .replace(/(\d),(\d{3})/g, '$1$2')
    .replace(/\s+/g, ' ')
    .toLowerCase();
}
