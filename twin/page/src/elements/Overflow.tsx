import { plainOf, Text } from "../text/Mrkdwn";
import { safeUrl } from "../text/links";
import type { Option } from "../types";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { useConfirm } from "./confirming";
import { useSurface, type ControlProps } from "./surface";
import { fieldKey } from "./values";

export function Overflow({ block, element }: ControlProps) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const pick = (option: Option) => {
    const url = safeUrl(option.url);
    if (url !== null) window.open(url, "_blank", "noopener,noreferrer");
    ask(() => void surface.press(block, element, option));
  };
  const items = (element.options ?? []).map((option) => ({
    key: option.value,
    label: plainOf(option.text),
    detail: option.description && <Text of={option.description} />,
    pick: () => pick(option),
  }));
  return (
    <>
      <Menu
        label={element.accessibility_label ?? "More options"}
        className="button button-overflow"
        items={items}
        isDisabled={surface.busy === fieldKey(block, element)}
      >
        <Icon name="more" />
      </Menu>
      {dialog}
    </>
  );
}
