import { useState } from "react";
import { safeImage } from "../text/links";
import { plainOf } from "../text/Mrkdwn";
import { Icon } from "../ui/Icon";
import type { TextObject } from "../types";

// A picture, or its description where it cannot be had (the page fetches nothing from elsewhere).
export function Picture(props: { url?: string; alt: string; className: string }) {
  const [isBroken, setIsBroken] = useState(false);
  const url = safeImage(props.url);
  if (url === null || isBroken) {
    return (
      <span
        className={`${props.className} picture-missing`}
        role="img"
        aria-label={props.alt}
        title={props.url}
      >
        <Icon name="eye" size={14} />
        <span>{props.alt}</span>
      </span>
    );
  }
  return (
    <img className={props.className} src={url} alt={props.alt} onError={() => setIsBroken(true)} />
  );
}

export function ImageBlock(props: { url?: string; alt: string; title?: TextObject | string }) {
  return (
    <figure className="image-block">
      {props.title && <figcaption>{plainOf(props.title)}</figcaption>}
      <Picture url={props.url} alt={props.alt} className="image-large" />
    </figure>
  );
}
