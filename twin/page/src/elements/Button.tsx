import { plainOf, Text } from "../text/Mrkdwn";
import { safeUrl } from "../text/links";
import type { Block, Element, FeedbackButton } from "../types";
import { Spinner } from "../ui/Spinner";
import { useConfirm } from "./confirming";
import { useSurface, type ControlProps } from "./surface";
import { fieldKey } from "./values";

const STYLES: Record<string, string> = { primary: "button-primary", danger: "button-danger" };

export function Button({ block, element }: ControlProps) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const classes = `button ${STYLES[element.style ?? ""] ?? ""}`;
  const isBusy = surface.busy === fieldKey(block, element);
  const press = () => void surface.press(block, element);
  const url = safeUrl(element.url);
  if (url !== null) {
    // Slack opens the address itself and tells the app of the click besides.
    return (
      <a
        className={classes}
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={element.accessibility_label}
        onClick={press}
      >
        <Text of={element.text} />
      </a>
    );
  }
  return (
    <>
      <button
        type="button"
        className={classes}
        data-action-id={element.action_id}
        aria-label={element.accessibility_label}
        aria-busy={isBusy}
        disabled={isBusy}
        onClick={() => ask(press)}
      >
        <Text of={element.text} />
        {isBusy && <Spinner isSilent />}
      </button>
      {dialog}
    </>
  );
}

export function IconButton({ block, element }: ControlProps) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  return (
    <>
      <button
        type="button"
        className="button button-small"
        aria-label={element.accessibility_label}
        onClick={() => ask(() => void surface.press(block, element))}
      >
        <Text of={element.text} />
      </button>
      {dialog}
    </>
  );
}

export function FeedbackButtons({ block, element }: ControlProps) {
  return (
    <span className="feedback">
      <Feedback block={block} element={element} side={element.positive_button} sign="👍" />
      <Feedback block={block} element={element} side={element.negative_button} sign="👎" />
    </span>
  );
}

function Feedback(props: { block: Block; element: Element; side?: FeedbackButton; sign: string }) {
  const surface = useSurface();
  const { side } = props;
  if (!side) return null;
  return (
    <button
      type="button"
      className="button button-small"
      aria-label={side.accessibility_label ?? plainOf(side.text)}
      onClick={() => void surface.press(props.block, props.element, side.value)}
    >
      {props.sign} {plainOf(side.text)}
    </button>
  );
}
