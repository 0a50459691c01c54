// One form: filled in here, checked as Slack's client checks, sent when the person says so.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { act } from "../api";
import { Blocks } from "../blocks/Blocks";
import { usePage } from "../context";
import { SurfaceContext } from "../elements/surface";
import { plainOf, Text } from "../text/Mrkdwn";
import type { View } from "../types";
import { Avatar } from "../ui/Avatar";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { clientRefusal, FORM_TROUBLE } from "../words";
import { wrongFields } from "./checks";
import { useViewSurface } from "./viewSurface";

export function Modal({ view }: { view: View }) {
  const page = usePage();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isSending, setIsSending] = useState(false);
  const [looksWrong, setLooksWrong] = useState(0);
  const { surface, typed, trouble, setTrouble } = useViewSurface(view, errors);
  const form = useRef<HTMLFormElement>(null);
  const isClosing = useRef(false);
  const user = page.state.me.id;
  useEffect(() => setErrors({}), [view.hash]);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [looksWrong]);
  useEffect(() => {
    const fields = "[data-autofocus=true], .block input, .block textarea, .button-primary";
    form.current?.querySelector<HTMLElement>(fields)?.focus();
  }, []);

  const submit = async () => {
    const wrong = wrongFields(view.blocks, typed.valueOf);
    setErrors(wrong);
    setTrouble(null);
    if (Object.keys(wrong).length > 0) return setLooksWrong((times) => times + 1);
    setIsSending(true);
    const told = await act("submit", { user, view_id: view.id, values: typed.all() });
    setErrors(told.errors ?? {});
    if (told.errors) setLooksWrong((times) => times + 1);
    if (told.error) setTrouble(clientRefusal(told.error) ?? FORM_TROUBLE);
    await page.refresh();
    setIsSending(false);
  };
  const close = async () => {
    if (isClosing.current) return;
    isClosing.current = true;
    const told = await act("close", { user, view_id: view.id });
    if (told.error) page.toast(clientRefusal(told.error) ?? FORM_TROUBLE);
    await page.refresh();
    isClosing.current = false;
  };
  const pressed = (event: KeyboardEvent) => {
    // Enter in a one-line field sends a form in a browser; in Slack only Ctrl/Cmd+Enter does.
    const isLine = event.target instanceof HTMLInputElement && event.key === "Enter";
    if (isLine && !event.ctrlKey && !event.metaKey) event.preventDefault();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
  };
  const app = page.state.apps.find((one) => one.id === view.app_id);
  return (
    <Dialog
      title={plainOf(view.title) || "Form"}
      className="dialog-form"
      icon={<Avatar name={app?.name ?? "App"} isApp size="s" />}
      onClose={() => void close()}
    >
      <form
        ref={form}
        className="dialog-form-inside"
        noValidate
        aria-busy={isSending}
        onKeyDown={pressed}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="dialog-body">
          {trouble && <Trouble text={trouble} />}
          <SurfaceContext value={surface}>
            <Blocks blocks={view.blocks} />
          </SurfaceContext>
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={() => void close()}>
            {view.close ? <Text of={view.close} /> : view.submit ? "Cancel" : "Close"}
          </button>
          {view.submit && (
            <button
              type="submit"
              className="button button-primary"
              disabled={isSending}
              aria-busy={isSending}
            >
              <Text of={view.submit} />
              {isSending && <Spinner isSilent />}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

export function Trouble({ text }: { text: string }) {
  return (
    <p className="trouble" role="alert">
      <Icon name="warn" /> {text}
    </p>
  );
}
