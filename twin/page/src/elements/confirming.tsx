// Asks before an element with a `confirm` object acts, and remembers what was going on meanwhile.
import { useState, type ReactNode } from "react";
import { plainOf, Text } from "../text/Mrkdwn";
import type { Confirm } from "../types";
import { Dialog } from "../ui/Dialog";

export function useConfirm(confirm: Confirm | undefined): [(act: () => void) => void, ReactNode] {
  const [pending, setPending] = useState<{ act: () => void } | null>(null);
  const ask = (act: () => void) => {
    if (confirm) setPending({ act });
    else act();
  };
  const drop = () => setPending(null);
  if (!confirm || !pending) return [ask, null];
  return [
    ask,
    <Dialog key="confirm" title={plainOf(confirm.title)} className="dialog-confirm" onClose={drop}>
      <div className="dialog-body">
        <Text of={confirm.text} />
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={drop}>
          <Text of={confirm.deny} />
        </button>
        <button
          type="button"
          className={
            confirm.style === "danger" ? "button button-filled-danger" : "button button-primary"
          }
          onClick={() => {
            drop();
            pending.act();
          }}
        >
          <Text of={confirm.confirm} />
        </button>
      </footer>
    </Dialog>,
  ];
}
