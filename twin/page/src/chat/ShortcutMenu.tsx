import { usePage } from "../context";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { runShortcut } from "./MessageTools";

export function ShortcutMenu() {
  const page = usePage();
  const items = page.state.apps.flatMap((app) =>
    app.shortcuts
      .filter((one) => one.type === "global")
      .map((one) => ({
        key: app.id + one.callback_id,
        label: one.name,
        detail: app.name,
        pick: () =>
          void runShortcut(page, { user: page.state.me.id, callback_id: one.callback_id }),
      })),
  );
  return (
    <Menu label="Shortcuts" side="start" items={items} empty="No app here has a global shortcut.">
      <Icon name="bolt" />
    </Menu>
  );
}
