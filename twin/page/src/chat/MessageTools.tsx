// What appears beside a message: reply, and the ⋯ menu with the apps' message shortcuts.
import { act, call, reasonOf } from "../api";
import { usePage, type Page } from "../context";
import { useConfirm } from "../elements/confirming";
import { permalink } from "../route";
import type { App, Confirm, Message, Shortcut } from "../types";
import { Icon } from "../ui/Icon";
import { Menu, type MenuItem } from "../ui/Menu";
import { failureOf } from "../words";

const DELETING: Confirm = {
  title: { type: "plain_text", text: "Delete message" },
  text: { type: "plain_text", text: "Delete this message for everybody? It cannot be undone." },
  confirm: { type: "plain_text", text: "Delete" },
  deny: { type: "plain_text", text: "Cancel" },
  style: "danger",
};

export function MessageTools(props: {
  message: Message;
  channel: string;
  isInThread: boolean;
  isPrivate: boolean;
}) {
  const page = usePage();
  const { message, channel } = props;
  const [ask, question] = useConfirm(DELETING);
  const items = props.isPrivate ? [] : itemsFor(page, channel, message);
  if (!props.isPrivate && canDelete(page, message))
    items.push(deleteItem(page, message, () => ask(() => void remove(page, channel, message.ts))));
  return (
    <div className="message-tools">
      {!props.isInThread && !props.isPrivate && (
        <button
          type="button"
          className="icon-button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => page.go({ thread: message.thread_ts ?? message.ts })}
        >
          <Icon name="reply" />
        </button>
      )}
      <Menu label="More actions" items={items}>
        <Icon name="more" />
      </Menu>
      {question}
    </div>
  );
}

function itemsFor(page: Page, channel: string, message: Message): MenuItem[] {
  const shortcuts = page.state.apps.flatMap((app) =>
    app.shortcuts
      .filter((one) => one.type === "message")
      .map((one) => shortcutItem(page, app, one, channel, message)),
  );
  const link = new URL(permalink(channel, message.ts, message.thread_ts), location.href).href;
  return [
    ...shortcuts,
    {
      key: "link",
      label: "Copy link",
      pick: () =>
        void navigator.clipboard.writeText(link).then(() => page.toast("The link was copied.")),
    },
  ];
}

function canDelete({ state }: Page, message: Message): boolean {
  return message.user === state.me.id || state.me.role === "admin";
}

function deleteItem({ state }: Page, message: Message, pick: () => void): MenuItem {
  const detail = message.user === state.me.id ? undefined : "As an admin of the workspace";
  return { key: "delete", label: "Delete message", detail, isDanger: true, pick };
}

function shortcutItem(
  page: Page,
  app: App,
  one: Shortcut,
  channel: string,
  message: Message,
): MenuItem {
  const body = { user: page.state.me.id, callback_id: one.callback_id, channel, ts: message.ts };
  return {
    key: one.callback_id,
    label: one.name,
    detail: app.name,
    pick: () => void runShortcut(page, body),
  };
}

export async function runShortcut(page: Page, body: Record<string, unknown>): Promise<void> {
  const told = await act("shortcut", body);
  if (told.error) page.toast(failureOf(told.error));
  await page.refresh();
}

async function remove(page: Page, channel: string, ts: string): Promise<void> {
  try {
    await call("POST", "messages/delete", { channel, ts });
  } catch (error) {
    page.toast(reasonOf(error));
  }
  await page.refresh();
}
