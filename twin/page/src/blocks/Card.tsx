// The newer blocks: cards, carousels, alerts, containers, plans and tasks.
import { Control } from "../elements/Control";
import { Link, Text } from "../text/Mrkdwn";
import type { Block, RichPart } from "../types";
import { Icon } from "../ui/Icon";
import { Blocks } from "./Blocks";
import { Picture } from "./Image";
import { RichText } from "./RichText";

export function Card({ block }: { block: Block }) {
  return (
    <section className="card-block">
      {block.hero_image && (
        <Picture
          url={block.hero_image.image_url}
          alt={block.hero_image.alt_text ?? ""}
          className="card-hero"
        />
      )}
      <div className="card-text">
        {block.icon && (
          <Picture
            url={block.icon.image_url}
            alt={block.icon.alt_text ?? ""}
            className="image-small"
          />
        )}
        <strong>
          <Text of={block.title} />
        </strong>
        <small>
          <Text of={block.subtitle} />
        </small>
        <div>
          <Text of={block.body} />
        </div>
        <div className="actions">
          {(block.actions ?? []).map((element) => (
            <Control key={element.action_id} block={block} element={element} />
          ))}
        </div>
      </div>
    </section>
  );
}

export function Carousel({ block }: { block: Block }) {
  return (
    <div className="carousel" tabIndex={0} role="group" aria-label="Carousel">
      {((block.elements ?? []) as Block[]).map((card, index) => (
        <Card key={card.block_id ?? index} block={card} />
      ))}
    </div>
  );
}

export function Alert({ block }: { block: Block }) {
  const level = block.level ?? "default";
  return (
    <div className={`alert alert-${level}`} role="note">
      <Icon name={level === "warning" || level === "error" ? "warn" : "info"} />
      <div>
        <Text of={block.text} />
      </div>
    </div>
  );
}

export function Container({ block }: { block: Block }) {
  const inside = <Blocks blocks={block.child_blocks ?? []} />;
  if (!block.is_collapsible) {
    return (
      <section className="container-block">
        <strong>
          <Text of={block.title} />
        </strong>
        {inside}
      </section>
    );
  }
  return (
    <details className="container-block" open={!block.default_collapsed}>
      <summary>
        <Text of={block.title} />
      </summary>
      {inside}
    </details>
  );
}

const SIGNS: Record<string, string> = { pending: "○", in_progress: "◐", complete: "●", error: "✕" };

export function Task({ block }: { block: Block }) {
  return (
    <details className="task">
      <summary>
        <span
          className={`task-sign task-${block.status}`}
          role="img"
          aria-label={block.status?.replace("_", " ")}
        >
          {SIGNS[block.status ?? ""] ?? "○"}
        </span>
        <Text of={block.title} />
      </summary>
      {block.details && <RichText elements={(block.details.elements ?? []) as RichPart[]} />}
      {block.output && <RichText elements={(block.output.elements ?? []) as RichPart[]} />}
      {(block.sources ?? []).map((source) => (
        <p key={source.url}>
          <Link url={source.url}>{source.text}</Link>
        </p>
      ))}
    </details>
  );
}

export function Plan({ block }: { block: Block }) {
  return (
    <section className="container-block">
      <strong>
        <Text of={block.title} />
      </strong>
      {(block.tasks ?? []).map((task, index) => (
        <Task key={index} block={task} />
      ))}
    </section>
  );
}
