"""Do what a person does in Slack: type a command, click, fill in a form, speak, open the Home tab.

Each method gives a plain dictionary with at least `error`: None, what the person is shown (such as
`operation_timeout`), or `client: …` when their own client would not let them and nothing was sent.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec

from twin.slack import payloads
from twin.slack.answers import apply_form_answer, show_command_answer
from twin.slack.clicks import build_action, find_element
from twin.slack.deliveries import Outcome
from twin.slack.errors import ClientError
from twin.slack.events import Events
from twin.slack.forms import fill_in, refusal
from twin.slack.model import TEAM_ID, Json, Message
from twin.slack.stage import Mark, Stage
from twin.slack.states import form_state
from twin.slack.wire import view_json

P = ParamSpec("P")
_NOTHING_BACK: Json = {"errors": {}, "errors_by_label": {}, "view": None}


def _as_client(act: Callable[P, Awaitable[Json]]) -> Callable[P, Awaitable[Json]]:
    """Turn what the client forbids into an answer."""

    @wraps(act)
    async def acted(*args: P.args, **kwargs: P.kwargs) -> Json:
        try:
            return await act(*args, **kwargs)
        except ClientError as error:
            return {"status": None, "error": f"client: {error}"}

    return acted


class Acting:
    """Act as the people of the workspace.

    All methods that reach the bot take `wait_s`: real seconds to wait, after the ack, for a form
    or a private message to show up, since a bot may answer later than it acks.
    """

    def __init__(self, stage: Stage, *, events: Events) -> None:
        self._stage = stage
        self._events = events

    @_as_client
    async def command(
        self,
        *,
        user: str,
        channel: str,
        text: str = "",
        command: str = "/produce",
        wait_s: float = 0.0,
    ) -> Json:
        """Type a slash command into a channel the person is in.

        Returns:
            `status`, `body`, `ms`, `error`, `views` (ids opened for them since) and `messages`
            (for their eyes only, since).
        """
        stage = self._stage
        actor, place = stage.person(user), stage.place(user, channel)
        if actor.team_id != TEAM_ID:
            raise ClientError(f"{command} is not a valid command for people of other workspaces")
        since = stage.mark()
        url, grant = stage.response_urls.issue(kind="commands", user=user, channel=channel)
        fields = payloads.command_fields(
            user=actor,
            channel=place,
            command=command,
            text=text,
            trigger_id=stage.modals.issue_trigger(user, channel=channel),
            response_url=url,
        )
        outcome = await stage.deliveries.send_command(fields)
        error = outcome.error or show_command_answer(outcome, grant, stage.response_urls)
        return await self._told(outcome, user, since, error=error, wait_s=wait_s)

    @_as_client
    async def click(
        self,
        *,
        user: str,
        channel: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
        button: str | None = None,
        action_id: str | None = None,
        block_id: str | None = None,
        option: Any = None,
        confirm: bool = True,
        wait_s: float = 0.0,
    ) -> Json:
        """Click a button or choose an option, in a message or (by `view_id`) in a view.

        Args:
            user: Who.
            channel: The message's channel.
            ts: The message.
            view_id: The open modal or Home tab, in place of a message.
            button: The button's text.
            action_id: The element's id, in place of the text.
            block_id: The block's id, where the above fit several.
            option: What is chosen or entered, for elements that take something.
            confirm: Whether to say yes when asked to confirm; with no, nothing is sent.
            wait_s: See the class.

        Returns:
            As `command` does, with `confirm` (the dialog that was shown, or None) and `url` (what a
            link button opens, or None).
        """
        stage, actor = self._stage, self._stage.person(user)
        target = stage.target(user, channel=channel, ts=ts, view_id=view_id)
        block, element = find_element(
            target.blocks, button=button, action_id=action_id, block_id=block_id
        )
        shown = {"confirm": element.get("confirm"), "url": element.get("url")}
        if shown["confirm"] is not None and not confirm:
            return {"status": None, "error": None, "declined": True, **shown}
        typed = str(option or "")
        offered = await stage.offered(actor, target, block=block, element=element, typed=typed)
        action_ts = stage.workspace.new_ts()
        action = build_action(block, element, option=option, offered=offered, action_ts=action_ts)
        since = stage.mark()
        payload = stage.click_payload(actor, target, action)
        outcome = await stage.deliveries.send_interaction(payload)
        told = await self._told(outcome, user, since, error=outcome.error, wait_s=wait_s)
        return told | shown

    @_as_client
    async def submit(
        self,
        *,
        user: str,
        view_id: str,
        values: Any = None,
        force: bool = False,
        wait_s: float = 0.0,
    ) -> Json:
        """Fill in and send the form on top.

        Args:
            user: Who.
            view_id: The form.
            values: `{label: value}` or `{block_id: {action_id: value}}`; what is left out keeps
                what was entered before, or its initial value.
            force: Send what a client would not, such as an empty required field.
            wait_s: See the class.

        Returns:
            As `command` does, with `response_action`, `errors` (by block_id), `errors_by_label` and
            `view` (the new content, if the bot sent some).
        """
        stage, actor = self._stage, self._stage.person(user)
        view = stage.view(user, view_id)
        if "submit" not in view.content:
            raise ClientError("this view has no submit button")

        async def suggest(block: Json, typed: str) -> list[Json]:
            return await stage.options(
                actor, view, block=block, element=block["element"], typed=typed
            )

        state = await fill_in(view, values or {}, suggest=suggest, force=force)
        view = stage.modals.enter(view, state)
        reason = None if force else refusal(view, state)
        if reason is not None:
            raise ClientError(reason)
        since = stage.mark()
        payload = stage.submission_payload(actor, view, state)
        outcome = await stage.deliveries.send_interaction(payload)
        answer = apply_form_answer(outcome, view, stage.modals)
        told = await self._told(outcome, user, since, error=answer["error"], wait_s=wait_s)
        return told | _NOTHING_BACK | answer

    @_as_client
    async def suggest(
        self,
        *,
        user: str,
        action_id: str,
        value: str = "",
        view_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> Json:
        """Type into an external select and see which `options` are offered."""
        actor = self._stage.person(user)
        target = self._stage.target(user, channel=channel, ts=ts, view_id=view_id)
        for block in target.blocks:
            single = [block[key] for key in ("element", "accessory") if key in block]
            for element in [*single, *block.get("elements", [])]:
                if element.get("action_id") == action_id:
                    found = await self._stage.options(
                        actor, target, block=block, element=element, typed=value
                    )
                    return {"error": None, "options": found}
        raise ClientError(f"no select {action_id!r}")

    @_as_client
    async def close(self, *, user: str, view_id: str, clear: bool = False) -> Json:
        """Close a form without sending it; with `clear` all that lie below it too."""
        stage, actor = self._stage, self._stage.person(user)
        view = stage.view(user, view_id)
        if view.type != "modal":
            raise ClientError("a Home tab cannot be closed")
        is_cleared = clear or bool(view.content.get("clear_on_close"))
        if is_cleared:
            stage.modals.clear(user)
        else:
            stage.modals.close(view)
        if not view.content.get("notify_on_close"):
            return {"status": None, "error": None}
        state = form_state(view.blocks, entered=view.state, channel=view.channel)
        outcome = await stage.deliveries.send_interaction(
            payloads.closed(user=actor, view=view, state=state, is_cleared=is_cleared)
        )
        return {"status": outcome.status, "error": outcome.error}

    @_as_client
    async def say(
        self, *, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Json:
        """Write a message as a person and give its `ts`; the bot subscribes to no messages."""
        workspace = self._stage.workspace
        self._stage.place(user, channel)
        if thread_ts is not None and workspace.parent(channel, thread_ts) is None:
            raise ClientError(f"no message {thread_ts!r} to reply to")
        message = Message(
            ts=workspace.new_ts(), channel=channel, user=user, text=text, thread_ts=thread_ts
        )
        workspace.add(message)
        return {"error": None, "ts": message.ts}

    @_as_client
    async def open_home(self, *, user: str) -> Json:
        """Open the app's Home tab; the bot is told if it subscribes to `app_home_opened`.

        Returns:
            `event` (whether it was `sent`, its `status` and `error`) and `view`, the tab.
        """
        self._stage.person(user)
        direct = self._stage.workspace.direct_channel(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": direct.id, "tab": "home"}
        home = self._stage.modals.home(user)
        if home is not None:
            event["view"] = view_json(home)
        sent = await self._events.send(event)
        home = self._stage.modals.home(user)
        return {"error": None, "event": sent, "view": view_json(home) if home else None}

    async def _told(
        self, outcome: Outcome, user: str, since: Mark, *, error: str | None, wait_s: float
    ) -> Json:
        """Sum up what the person gets to see."""
        if error is None and wait_s > 0:
            await self._stage.wait_for_news(user, since, wait_s=wait_s)
        seen: Json = {
            "status": outcome.status,
            "body": outcome.body,
            "ms": outcome.ms,
            "error": error,
        }
        return seen | self._stage.news(user, since)
