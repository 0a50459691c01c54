"""Do what a person does in Slack: type a command, click, fill in a form, speak, open the Home tab.

Each method gives a plain dictionary with at least `error`: None, what the person is shown (such as
`operation_timeout`), or `client: …` when their own client would not let them and nothing was sent.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec

from twin.slack.checks.parts import options_of
from twin.slack.errors import ClientError
from twin.slack.files.uploads import Upload, Uploads, shared_event
from twin.slack.outbound import payloads
from twin.slack.outbound.events import Events
from twin.slack.outbound.outcomes import Outcome
from twin.slack.people.answers import apply_form_answer, show_command_answer
from twin.slack.people.clicks import build_action, find_element, find_select
from twin.slack.people.forms import refusal
from twin.slack.people.mentions import escape_names
from twin.slack.people.shortcuts import build_shortcut
from twin.slack.people.stage import Mark, Stage
from twin.slack.place.model import Channel, Json, Message, User, View
from twin.slack.place.seed import APP_ID
from twin.slack.place.wire import view_json

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
    """Act as the people of the workspaces.

    All methods that reach the bot take `wait_s`: real seconds to wait, after the ack, for a form
    or a private message to show up, since a bot may answer later than it acks.
    """

    def __init__(self, stage: Stage, *, events: Events, uploads: Uploads) -> None:
        self._stage = stage
        self._events = events
        self._uploads = uploads

    @_as_client
    async def command(
        self,
        *,
        user: str,
        channel: str,
        text: str = "",
        command: str = "/produce",
        thread_ts: str | None = None,
        wait_s: float = 0.0,
    ) -> Json:
        """Type a slash command into a channel the person is in.

        The app that takes it is the one installed last in the person's own workspace. None takes
        one typed into the thread `thread_ts`.

        Returns:
            `status`, `body`, `ms`, `error`, `views` (ids opened for them since) and `messages`
            (for their eyes only, since).
        """
        stage = self._stage
        actor, place = stage.person(user), stage.place(user, channel)
        owner = stage.directory.command_owner(actor.team_id, command)
        if owner is None:
            raise ClientError(f"{command} is not a valid command")
        if thread_ts is not None:
            raise ClientError(f"{command} does not work in threads")
        if owner.app.commands[command].should_escape:
            text = self._escaped(actor, text)
        since = stage.mark()
        url, grant = stage.response_urls.issue(owner, kind="commands", user=user, channel=channel)
        fields = payloads.command_fields(
            stage.receiver_of(owner),
            user=actor,
            channel=place,
            command=command,
            text=text,
            trigger_id=stage.modals.issue_trigger(user, installation=owner, channel=channel),
            response_url=url,
        )
        outcome = await stage.deliveries.send_command(owner.app, fields)
        error = outcome.error or show_command_answer(outcome, grant, stage.response_urls)
        return await self._told(outcome, user, since, error=error, wait_s=wait_s)

    @_as_client
    async def shortcut(
        self,
        *,
        user: str,
        callback_id: str,
        channel: str | None = None,
        ts: str | None = None,
        app: str | None = None,
        wait_s: float = 0.0,
    ) -> Json:
        """Use a shortcut: a global one, or with `channel` and `ts` one of that message.

        Only those that an app of the person's workspace registers are there; `app` tells which
        app's where several have one of that name.

        Returns:
            As `command` does.
        """
        stage, actor = self._stage, self._stage.person(user)
        is_global = channel is None and ts is None
        message = None if is_global else stage.message(user, channel, ts)
        to, payload = build_shortcut(
            stage, actor, callback_id=callback_id, app_id=app, message=message
        )
        since = stage.mark()
        outcome = await stage.deliveries.send_interaction(to.installation.app, payload)
        return await self._told(outcome, user, since, error=outcome.error, wait_s=wait_s)

    def _escaped(self, actor: User, text: str) -> str:
        """Write names that the person's client knows as ids; private channels if they are in."""
        directory = self._stage.directory
        known = directory.channels_of(actor.team_id)
        return escape_names(
            text,
            people=directory.people_of(actor.team_id),
            channels=[one for one in known if not one.is_private or actor.id in one.members],
            groups=directory.workspaces[actor.team_id].groups.values(),
        )

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
        values: Any = None,
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
            values: What stands in the other fields, as in `submit`; it goes into the state.
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
        if values is not None:
            target = stage.enter(actor, target, await stage.fill_in(actor, target, values))
        action = await self._action(actor, target, block, element, option=option)
        since, to = stage.mark(), stage.receiver(target)
        payload = stage.click_payload(to, actor, target, action)
        outcome = await stage.deliveries.send_interaction(to.installation.app, payload)
        told = await self._told(outcome, user, since, error=outcome.error, wait_s=wait_s)
        return told | shown

    async def _action(
        self, actor: User, target: Message | View, block: Json, element: Json, *, option: Any
    ) -> Json:
        """Write what a person did to an element, asking the bot for options where it has them."""
        stage = self._stage
        offered = await stage.suggestions.offered(
            actor, target, block=block, element=element, entered=option
        )
        return build_action(
            block,
            element,
            option=option,
            offered=offered,
            action_ts=stage.directory.new_ts(),
            choices=stage.choices(actor),
        )

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
        state = await stage.fill_in(actor, view, values or {}, force=force)
        view = stage.modals.enter(view, state)
        reason = None if force else refusal(view.blocks, state)
        if reason is not None:
            raise ClientError(reason)
        since, to = stage.mark(), stage.receiver(view)
        payload = stage.submission_payload(to, actor, view, state)
        outcome = await stage.deliveries.send_interaction(to.installation.app, payload)
        answer = apply_form_answer(outcome, view, modals=stage.modals, installation=to.installation)
        told = await self._told(outcome, user, since, error=answer["error"], wait_s=wait_s)
        return told | _NOTHING_BACK | answer

    @_as_client
    async def suggest(
        self,
        *,
        user: str,
        action_id: str,
        block_id: str | None = None,
        value: str = "",
        view_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> Json:
        """Type into an external select and see what is offered.

        `block_id` tells selects of one `action_id` apart.

        Returns:
            `options`, those in groups included, and `option_groups`, empty without groups.
        """
        actor = self._stage.person(user)
        target = self._stage.target(user, channel=channel, ts=ts, view_id=view_id)
        block, element = find_select(target.blocks, action_id=action_id, block_id=block_id)
        found = await self._stage.suggestions.fetch(
            actor, target, block=block, element=element, typed=value
        )
        groups = found.get("option_groups", [])
        return {"error": None, "options": options_of(found), "option_groups": groups}

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
        state, to = stage.state(actor, view), stage.receiver(view)
        outcome = await stage.deliveries.send_interaction(
            to.installation.app,
            payloads.closed(to, user=actor, view=view, state=state, is_cleared=is_cleared),
        )
        return {"status": outcome.status, "error": outcome.error}

    @_as_client
    async def say(
        self, *, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Json:
        """Write a message as a person; apps in the channel that subscribe to it are told.

        Returns:
            Its `ts`, and what became of each of the `events`.
        """
        actor, place = self._stage.person(user), self._stage.place(user, channel)
        message = self._written(actor, place, text=text, thread_ts=thread_ts)
        self._stage.directory.workspace_of_channel(channel).add(message)
        told = await self._events.said(message, channel=place)
        return {"error": None, "ts": message.ts, "events": told}

    def _written(self, actor: User, place: Channel, *, text: str, thread_ts: str | None) -> Message:
        host = self._stage.directory.workspace_of_channel(place.id)
        if thread_ts is not None and host.parent(place.id, thread_ts) is None:
            raise ClientError(f"no message {thread_ts!r} to reply to")
        return Message(
            ts=host.new_ts(),
            channel=place.id,
            user=actor.id,
            team_id=actor.team_id,
            text=text,
            thread_ts=thread_ts,
        )

    @_as_client
    async def upload(
        self,
        *,
        user: str,
        uploads: list[Upload],
        channel: str | None = None,
        text: str = "",
        thread_ts: str | None = None,
    ) -> Json:
        """Upload files as a person: for a form's file input, or with `channel` to show them there.

        Returns:
            `files`, as Slack's JSON; with a channel also the message's `ts`, and what became of
            each of the `events`.
        """
        actor = self._stage.person(user)
        if channel is None:
            return {"error": None, "files": self._uploads.as_json(actor, uploads)}
        place = self._stage.place(user, channel)
        message = self._written(actor, place, text=text, thread_ts=thread_ts)
        posted, kept = self._uploads.post(actor, uploads, message=message)
        told = await self._events.said(posted, channel=place)
        for file in kept:
            event = shared_event(file, posted)
            told += await self._events.spread(event, members=place.members)
        return {"error": None, "files": posted.files, "ts": posted.ts, "events": told}

    @_as_client
    async def open_home(self, *, user: str, app: str = APP_ID) -> Json:
        """Open an app's Home tab; the app is told if it subscribes to `app_home_opened`.

        Returns:
            `event` (whether it was `sent`, its `status` and `error`) and `view`, the tab.
        """
        actor, modals = self._stage.person(user), self._stage.modals
        directory = self._stage.directory
        installation = directory.installation(team_id=actor.team_id, app_id=app)
        if installation is None:
            raise ClientError(f"{app} is not installed in {actor.team_id}")
        direct = directory.workspaces[actor.team_id].direct_channel(
            user, bot=installation.bot_user_id
        )
        event: Json = {"type": "app_home_opened", "user": user, "channel": direct.id, "tab": "home"}
        home = modals.home(user, app_id=app)
        if home is not None:
            event["view"] = view_json(home)
        sent = await self._events.send(event, to=installation)
        home = modals.home(user, app_id=app)
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
