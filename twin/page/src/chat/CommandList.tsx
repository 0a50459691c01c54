import { Avatar } from "../ui/Avatar";
import type { Offer } from "./commands";

export function CommandList(props: {
  id: string;
  offers: Offer[];
  active: number;
  pick: (one: Offer) => void;
}) {
  return (
    <div className="popup command-list" role="listbox" aria-label="Suggestions" id={props.id}>
      {props.offers.map((one, index) => (
        <div
          key={one.face.name + one.name}
          id={`${props.id}-${index}`}
          ref={index === props.active ? keepInSight : undefined}
          role="option"
          aria-selected={index === props.active}
          className={index === props.active ? "option option-active" : "option"}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.pick(one)}
        >
          <Avatar {...one.face} size="s" />
          <span className="command-text">
            <span>
              <strong>{one.name}</strong> <span className="command-usage">{one.usage}</span>
            </span>
            <small>{one.description}</small>
          </span>
          <small>{one.aside}</small>
        </div>
      ))}
    </div>
  );
}

function keepInSight(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: "nearest" });
}
