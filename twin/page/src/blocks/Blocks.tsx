// Block Kit, drawn block by block.
import { useState } from "react";
import { Control } from "../elements/Control";
import { Markdown } from "../text/Markdown";
import { plainOf, Text } from "../text/Mrkdwn";
import type { Block, Element, RichPart, TextObject } from "../types";
import { Alert, Card, Carousel, Container, Plan, Task } from "./Card";
import { ImageBlock, Picture } from "./Image";
import { InputBlock } from "./Input";
import { RichText } from "./RichText";
import { Table } from "./Table";
import { VideoBlock } from "./Video";

export function Blocks(props: { blocks: Block[] }) {
  return (
    <div className="blocks">
      {props.blocks.map((block, index) => (
        <div
          className={`block block-${block.type}`}
          key={block.block_id ?? index}
          data-block-id={block.block_id}
        >
          <OneBlock block={block} />
        </div>
      ))}
    </div>
  );
}

function OneBlock({ block }: { block: Block }) {
  switch (block.type) {
    case "section":
      return <Section block={block} />;
    case "header":
      return <h2 className="header-block">{plainOf(block.text)}</h2>;
    case "context":
      return <Context elements={(block.elements ?? []) as (TextObject & Element)[]} />;
    case "divider":
      return <hr />;
    case "actions":
    case "context_actions":
      return <Actions block={block} />;
    case "input":
      return <InputBlock block={block} />;
    case "image":
      return (
        <ImageBlock
          url={block.image_url ?? block.slack_file?.url}
          alt={block.alt_text ?? ""}
          title={block.title}
        />
      );
    case "rich_text":
      return <RichText elements={(block.elements ?? []) as RichPart[]} />;
    case "markdown":
      return <Markdown text={plainOf(block.text)} />;
    case "video":
      return <VideoBlock block={block} />;
    default:
      return <NewerBlock block={block} />;
  }
}

function NewerBlock({ block }: { block: Block }) {
  switch (block.type) {
    case "table":
    case "data_table":
      return <Table block={block} />;
    case "card":
      return <Card block={block} />;
    case "carousel":
      return <Carousel block={block} />;
    case "alert":
      return <Alert block={block} />;
    case "container":
      return <Container block={block} />;
    case "plan":
      return <Plan block={block} />;
    case "task_card":
      return <Task block={block} />;
    default:
      return <p className="unknown-block">This page cannot draw a “{block.type}” block.</p>;
  }
}

// Longer sections are folded, as Slack folds them.
const FOLD_LINES = 14;
const FOLD_LENGTH = 1200;

function Section({ block }: { block: Block }) {
  const [isWhole, setIsWhole] = useState(false);
  const text = plainOf(block.text);
  const isLong = text.length > FOLD_LENGTH || text.split("\n").length > FOLD_LINES;
  return (
    <div className="section">
      <div className="section-text">
        {block.text && (
          <div className={isLong && !isWhole ? "folded" : undefined}>
            <Text of={block.text} />
          </div>
        )}
        {isLong && (
          <button type="button" className="link-button" onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? "Show less" : "Show more"}
          </button>
        )}
        {block.fields && (
          <div className="fields">
            {block.fields.map((field, index) => (
              <div key={index}>
                <Text of={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && <Accessory block={block} element={block.accessory} />}
    </div>
  );
}

function Accessory({ block, element }: { block: Block; element: Element }) {
  if (element.type === "image") {
    return (
      <Picture url={element.image_url} alt={element.alt_text ?? ""} className="image-accessory" />
    );
  }
  return (
    <div className="accessory">
      <Control block={block} element={element} />
    </div>
  );
}

function Context(props: { elements: (TextObject & Element)[] }) {
  return (
    <div className="context">
      {props.elements.map((element, index) =>
        element.image_url === undefined ? (
          <span key={index}>
            <Text of={element} />
          </span>
        ) : (
          <Picture
            key={index}
            url={element.image_url}
            alt={element.alt_text ?? ""}
            className="image-small"
          />
        ),
      )}
    </div>
  );
}

function Actions({ block }: { block: Block }) {
  return (
    <div className="actions">
      {((block.elements ?? []) as Element[]).map((element, index) => (
        <Control key={element.action_id ?? index} block={block} element={element} />
      ))}
    </div>
  );
}
