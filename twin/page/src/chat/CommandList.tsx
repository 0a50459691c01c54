import { Avatar } from "../ui/Avatar";
import type { Offer } from "./commands";

export function CommandList(props: {
  id: string;
  offers: Offer[];
  active: number;
  pick: (one: Offer) => void;
}) {
  return (
    <div className="popup command-list" role="listbox" aria-label="Commands" id={props.id}>
      {props.offers.map((one, index) => (
        <div
          key={one.app.id + one.command}
          id={`${props.id}-${index}`}
          role="option"
          aria-selected={index === props.active}
          className={index === props.active ? "option option-active" : "option"}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.pick(one)}
        >
          <Avatar name={one.app.name} isApp size="s" />
          <span className="command-text">
            <span>
              <strong>{one.command}</strong> <span className="command-usage">{one.usage}</span>
            </span>
            <small>{one.description}</small>
          </span>
          <small>{one.app.name}</small>
        </div>
      ))}
    </div>
  );
}
