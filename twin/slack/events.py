"""Events: tell the bot what happened in the workspace, if it subscribed to that."""

import secrets
from typing import Any

from twin.slack import payloads
from twin.slack.arguments import read_json
from twin.slack.deliveries import Deliveries, Outcome
from twin.slack.model import Json
from twin.slack.workspace import Workspace


class Events:
    """Send events."""

    def __init__(self, *, workspace: Workspace, deliveries: Deliveries) -> None:
        self._workspace = workspace
        self._deliveries = deliveries

    async def send(self, event: Json, *, force: bool = False) -> Json:
        """Send an event, `event_ts` filled in.

        Args:
            event: With its `type`; `url_verification` checks the bot's echo instead.
            force: Send it even if the app does not subscribe to it.

        Returns:
            `sent`, and if so `event_id`, `status` and `error`.
        """
        if event["type"] == "url_verification":
            return await self._verify_url()
        if not force and event["type"] not in self._workspace.app.bot_events:
            return {"sent": False, "error": None}
        event_ts = self._workspace.new_ts()
        event_id = f"Ev0{secrets.token_hex(5).upper()}"
        outcome = await self._deliveries.send_event(
            payloads.event_envelope(
                {"event_ts": event_ts, **event},
                event_id=event_id,
                event_time=int(float(event_ts)),
            )
        )
        return {
            "sent": True,
            "event_id": event_id,
            "status": outcome.status,
            "error": outcome.reason,
        }

    async def _verify_url(self) -> Json:
        challenge = secrets.token_hex(16)
        outcome = await self._deliveries.send_once(
            {
                "type": "url_verification",
                "token": payloads.VERIFICATION_TOKEN,
                "challenge": challenge,
            }
        )
        error = outcome.reason or (None if _echoes(outcome, challenge) else "challenge_failed")
        return {"sent": True, "status": outcome.status, "error": error}


def _echoes(outcome: Outcome, challenge: str) -> bool:
    """Say whether the answer is the challenge, as text or as JSON."""
    if outcome.body.strip() == challenge:
        return True
    try:
        answer: Any = read_json(outcome.body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("challenge") == challenge
