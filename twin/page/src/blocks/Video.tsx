// A video as its poster and a link: a frame of somebody else's player is no part of an offline page.
import { plainOf } from "../text/Mrkdwn";
import { Link } from "../text/Mrkdwn";
import type { Block } from "../types";
import { Icon } from "../ui/Icon";
import { Picture } from "./Image";

export function VideoBlock({ block }: { block: Block }) {
  const title = plainOf(block.title);
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return (
    <div className="video-block">
      {from && <small>{from}</small>}
      <p className="video-title">
        <Link url={block.title_url ?? block.video_url ?? ""}>{title}</Link>
      </p>
      {block.description && <p>{plainOf(block.description)}</p>}
      <Link url={block.video_url ?? ""}>
        <span className="video-poster">
          <Picture
            url={block.thumbnail_url}
            alt={block.alt_text ?? title}
            className="image-large"
          />
          <span className="video-play">
            <Icon name="play" size={28} />
          </span>
        </span>
      </Link>
    </div>
  );
}
