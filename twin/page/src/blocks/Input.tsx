// One field of a form: its label, its control, its hint, and what is wrong with it.
import { useId } from "react";
import { Control } from "../elements/Control";
import { useSurface } from "../elements/surface";
import { Text } from "../text/Mrkdwn";
import type { Block } from "../types";
import { Icon } from "../ui/Icon";

export function InputBlock({ block }: { block: Block }) {
  const label = useId();
  const more = useId();
  const wrong = useId();
  const error = useSurface().error(block);
  if (!block.element) return null;
  return (
    <div className={error ? "field field-wrong" : "field"}>
      <div className="field-label">
        <span id={label}>
          <Text of={block.label} />
        </span>
        {block.optional && <span className="field-optional"> (optional)</span>}
      </div>
      <Control
        block={block}
        element={block.element}
        labelledBy={label}
        describedBy={[error && wrong, block.hint && more].filter(Boolean).join(" ") || undefined}
      />
      {error && (
        <p className="field-error" id={wrong} role="alert">
          <Icon name="warn" size={14} /> {error}
        </p>
      )}
      {block.hint && (
        <p className="field-hint" id={more}>
          <Text of={block.hint} />
        </p>
      )}
    </div>
  );
}
