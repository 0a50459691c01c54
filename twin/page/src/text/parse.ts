// Slack's mrkdwn as a tree; drawing it is another file's work.

export type Node =
  | { kind: "text"; text: string }
  | { kind: "break" }
  | { kind: "emoji"; name: string; tone?: string }
  | { kind: "code"; text: string }
  | { kind: "pre"; text: string }
  | { kind: "bold" | "italic" | "strike" | "quote"; inside: Node[] }
  | { kind: "link"; url: string; label: string | null }
  | { kind: "user" | "channel" | "group" | "broadcast"; id: string; label: string | null }
  | { kind: "date"; seconds: number; pattern: string; url: string | null; fallback: string };

const STYLES: Record<string, "bold" | "italic" | "strike"> = {
  "*": "bold",
  _: "italic",
  "~": "strike",
};
const WORD = /[\p{L}\p{N}]/u;

export function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function parseMrkdwn(text: string): Node[] {
  const nodes: Node[] = [];
  text.split("```").forEach((part, index, parts) => {
    const isClosed = index < parts.length - 1;
    if (index % 2 === 1 && isClosed)
      nodes.push({ kind: "pre", text: trimLines(unescapeText(part)) });
    else if (part) nodes.push(...parseLines(index % 2 === 1 ? "```" + part : part));
  });
  return nodes;
}

function trimLines(text: string): string {
  return text.replace(/^\n/, "").replace(/\n$/, "");
}

function parseLines(text: string): Node[] {
  const nodes: Node[] = [];
  let quoted: string[] = [];
  const endQuote = () => {
    if (quoted.length > 0) nodes.push({ kind: "quote", inside: parseInline(quoted.join("\n")) });
    quoted = [];
  };
  let isFirst = true;
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      quoted.push(quote[1] ?? "");
      isFirst = true;
      continue;
    }
    endQuote();
    if (!isFirst) nodes.push({ kind: "break" });
    nodes.push(...parseInline(line));
    isFirst = false;
  }
  endQuote();
  return nodes;
}

export function parseInline(text: string): Node[] {
  const nodes: Node[] = [];
  let plain = "";
  const push = (node: Node, length: number) => {
    if (plain) nodes.push({ kind: "text", text: unescapeText(plain) });
    plain = "";
    nodes.push(node);
    at += length;
  };
  let at = 0;
  while (at < text.length) {
    const found = nodeAt(text, at);
    if (found) push(found[0], found[1]);
    else plain += text[at++];
  }
  if (plain) nodes.push({ kind: "text", text: unescapeText(plain) });
  return nodes;
}

// Gives what begins here and how long it is, or null for a plain character.
function nodeAt(text: string, at: number): [Node, number] | null {
  const sign = text.charAt(at);
  if (sign === "\n") return [{ kind: "break" }, 1];
  if (sign === "<") return bracketAt(text, at);
  if (sign === ":") return emojiAt(text, at);
  if (sign === "`") {
    const end = text.indexOf("`", at + 1);
    if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
    return [{ kind: "code", text: unescapeText(text.slice(at + 1, end)) }, end + 1 - at];
  }
  const style = STYLES[sign];
  const end = style ? closing(text, at, sign) : -1;
  if (!style || end < 0) return null;
  return [{ kind: style, inside: parseInline(text.slice(at + 1, end)) }, end + 1 - at];
}

// Finds the sign that ends what this one begins: both must hug words, on one line.
function closing(text: string, at: number, sign: string): number {
  if (WORD.test(text.charAt(at - 1)) || /\s|^$/.test(text.charAt(at + 1))) return -1;
  for (let end = at + 1; end < text.length; end++) {
    const here = text.charAt(end);
    if (here === "\n") return -1;
    if (here === "<") end = Math.max(end, text.indexOf(">", end));
    const isEnd = here === sign && end > at + 1 && !/\s/.test(text.charAt(end - 1));
    if (isEnd && !WORD.test(text.charAt(end + 1))) return end;
  }
  return -1;
}

function emojiAt(text: string, at: number): [Node, number] | null {
  const found = /^:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/i.exec(text.slice(at, at + 80));
  if (!found || found[1] === undefined) return null;
  return [{ kind: "emoji", name: found[1], tone: found[2] }, found[0].length];
}

function bracketAt(text: string, at: number): [Node, number] | null {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const node = readBracket(text.slice(at + 1, end));
  return node ? [node, end + 1 - at] : null;
}

function readBracket(inside: string): Node | null {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : unescapeText(inside.slice(bar + 1));
  const id = target.slice(1);
  if (/^@[UW][A-Z0-9]+$/.test(target)) return { kind: "user", id, label };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return { kind: "channel", id, label };
  if (target.startsWith("!subteam^")) return { kind: "group", id: target.slice(9), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: "broadcast", id, label: null };
  if (target.startsWith("!date^")) return readDate(target, label);
  if (/^[a-z][a-z0-9+.-]*:/i.test(target))
    return { kind: "link", url: unescapeText(target), label };
  return null;
}

function readDate(target: string, label: string | null): Node | null {
  const [, seconds, pattern, url] = target.split("^");
  if (!seconds || !/^\d+$/.test(seconds) || pattern === undefined) return null;
  const fallback = label ?? "";
  return { kind: "date", seconds: Number(seconds), pattern, url: url ?? null, fallback };
}
