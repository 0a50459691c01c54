// Standard Markdown of `markdown` blocks: read by `marked`, drawn by us, so that no HTML gets in.
import { marked, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode } from "react";
import { withEmoji } from "../emoji";
import { Link } from "./Mrkdwn";

export function Markdown(props: { text: string }) {
  return <div className="markdown">{drawAll(marked.lexer(props.text))}</div>;
}

function drawAll(tokens: Token[] | undefined): ReactNode {
  return (tokens ?? []).map((token, index) => <Fragment key={index}>{draw(token)}</Fragment>);
}

function decoded(text: string): string {
  const plain = text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"');
  return withEmoji(plain.replaceAll("&#39;", "'").replaceAll("&amp;", "&"));
}

function draw(token: Token): ReactNode {
  const inside = "tokens" in token ? token.tokens : undefined;
  switch (token.type) {
    case "space":
      return null;
    case "heading":
      return <h3 className={`h-${(token as Tokens.Heading).depth}`}>{drawAll(inside)}</h3>;
    case "paragraph":
      return <p>{drawAll(inside)}</p>;
    case "strong":
      return <strong>{drawAll(inside)}</strong>;
    case "em":
      return <em>{drawAll(inside)}</em>;
    case "del":
      return <s>{drawAll(inside)}</s>;
    case "blockquote":
      return <blockquote>{drawAll(inside)}</blockquote>;
    case "codespan":
      return <code>{decoded((token as Tokens.Codespan).text)}</code>;
    case "code":
      return <pre>{(token as Tokens.Code).text}</pre>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "link":
      return <Link url={(token as Tokens.Link).href}>{drawAll(inside)}</Link>;
    case "image":
      return <Link url={(token as Tokens.Image).href}>{(token as Tokens.Image).text}</Link>;
    case "list":
      return drawList(token as Tokens.List);
    case "table":
      return drawTable(token as Tokens.Table);
    case "text":
      return inside ? drawAll(inside) : decoded((token as Tokens.Text).text);
    default:
      return "raw" in token ? decoded(token.raw) : null;
  }
}

function drawList(list: Tokens.List): ReactNode {
  const items = list.items.map((item, index) => (
    <li key={index}>
      {item.task && (
        <input
          type="checkbox"
          checked={item.checked ?? false}
          aria-label={item.checked ? "Done" : "Open"}
          disabled
        />
      )}
      {drawAll(item.tokens.filter((token) => token.type !== "checkbox"))}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function drawTable(table: Tokens.Table): ReactNode {
  return (
    <table className="table">
      <thead>
        <tr>
          {table.header.map((cell, index) => (
            <th key={index}>{drawAll(cell.tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, column) => (
              <td key={column}>{drawAll(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
