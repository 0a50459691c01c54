// A modal dialog: the browser's own, which keeps the focus inside and everything else out of reach.
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { Icon } from "./Icon";

interface Props {
  title: string;
  className?: string;
  // Asked for by Escape, the cross or a press outside; whoever owns the dialog then takes it away.
  onClose: () => void;
  icon?: ReactNode;
  children: ReactNode;
}

export function Dialog(props: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const isLeaving = useRef(false);
  const title = useId();
  // Closed before it is taken away, so that the focus goes back to where it was.
  useLayoutEffect(() => {
    const dialog = box.current;
    isLeaving.current = false;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      isLeaving.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={`dialog ${props.className ?? ""}`}
      aria-labelledby={title}
      onCancel={(event) => {
        // Cancel events of what is inside, such as a file chooser, bubble up to here.
        if (event.target !== box.current) return;
        event.preventDefault();
        props.onClose();
      }}
      onClose={(event) => {
        // A browser lets nobody hold on to a dialog: the second Escape closes it whatever one says.
        if (event.target === box.current && !isLeaving.current) props.onClose();
      }}
    >
      <header className="dialog-head">
        {props.icon}
        <h2 id={title}>{props.title}</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}
