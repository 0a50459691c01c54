import type { Block, Cell } from "../types";
import { withEmoji } from "../emoji";
import { RichText } from "./RichText";

export function Table({ block }: { block: Block }) {
  const [head, ...rows] = block.rows ?? [];
  return (
    <div className="table-scroll">
      <table className="table">
        {block.caption && <caption>{block.caption}</caption>}
        <thead>
          <tr>
            {(head ?? []).map((cell, index) => (
              <th key={index} scope="col">
                <CellText cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>
                  <CellText cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellText({ cell }: { cell: Cell }) {
  if (cell.elements) return <RichText elements={cell.elements} />;
  return <>{withEmoji(cell.text ?? String(cell.value ?? ""))}</>;
}
