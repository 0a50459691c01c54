"""A small Bolt app that knows nothing of Greenlight: a command, a form, a message with a button.

It is configured by the environment alone, as any Bolt app is, and says when it is running.
"""

import os
import sys
import threading
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

app = App(
    client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ.get("SLACK_SIGNING_SECRET", "unused-over-socket-mode"),
)


@app.command("/lunch")
def open_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Open the form; it remembers the channel."""
    ack(f"Lunch for <@{body['user_id']}>: one moment.")
    client.views_open(
        trigger_id=body["trigger_id"],
        view={
            "type": "modal",
            "callback_id": "lunch_form",
            "private_metadata": body["channel_id"],
            "title": {"type": "plain_text", "text": "Lunch"},
            "submit": {"type": "plain_text", "text": "Order"},
            "blocks": [
                {
                    "type": "input",
                    "block_id": "dish",
                    "label": {"type": "plain_text", "text": "Dish"},
                    "element": {"type": "plain_text_input", "action_id": "dish_input"},
                }
            ],
        },
    )


@app.view("lunch_form")
def take_order(ack: Ack, view: dict[str, Any], client: WebClient) -> None:
    """Refuse nonsense under the field; else post the order with a button."""
    dish = view["state"]["values"]["dish"]["dish_input"]["value"]
    if dish == "nothing":
        ack(response_action="errors", errors={"dish": "Eat something."})
        return
    ack()
    client.chat_postMessage(
        channel=view["private_metadata"], text=f"Lunch: {dish}", blocks=order_blocks(dish)
    )


@app.action("lunch_done")
def mark_done(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Say in the message that the order is done, and by whom."""
    ack()
    dish = body["actions"][0]["value"]
    client.chat_update(
        channel=body["channel"]["id"],
        ts=body["message"]["ts"],
        text=f"Lunch: {dish}, done by <@{body['user']['id']}>",
        blocks=[],
    )


@app.event("app_mention")
def answer(event: dict[str, Any], client: WebClient) -> None:
    """Answer in a thread when spoken to."""
    client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Hungry?")


def order_blocks(dish: str) -> list[dict[str, Any]]:
    """Draw an order and its button."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"Lunch: *{dish}*"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "lunch_done",
                    "text": {"type": "plain_text", "text": "Done"},
                    "value": dish,
                }
            ],
        },
    ]


def main() -> None:
    """Serve over Socket Mode where there is an app token, else over HTTP, until ended."""
    if "SLACK_APP_TOKEN" not in os.environ:
        app.start(port=int(os.environ["PORT"]), http_server_logger_enabled=False)
        return
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()
    sys.stdout.write("Lunch app is running.\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
