"""What every act needs: who, where and what it is about, and what came of it."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

from twin.journal import Journal
from twin.slack import payloads
from twin.slack.arguments import read_json
from twin.slack.checks import option_problems
from twin.slack.checks.parts import options_of
from twin.slack.clicks import entered_state
from twin.slack.deliveries import Deliveries
from twin.slack.errors import ClientError
from twin.slack.modals import Modals
from twin.slack.model import Channel, Json, Message, User, View
from twin.slack.response_urls import ResponseUrls
from twin.slack.states import form_state, value_of
from twin.slack.text import inputs
from twin.slack.wire import message_json, view_json
from twin.slack.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment, to tell what is new since."""

    opened: int
    last_ts: str


class Stage:
    """Find things the way a person's client shows them, and write what is sent about them."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        modals: Modals,
        deliveries: Deliveries,
        response_urls: ResponseUrls,
        journal: Journal,
    ) -> None:
        self.workspace = workspace
        self.modals = modals
        self.deliveries = deliveries
        self.response_urls = response_urls
        self._journal = journal

    def person(self, user: str) -> User:
        """Find somebody who can act.

        Raises:
            ClientError: They are unknown, a bot, or have left.
        """
        found = self.workspace.users.get(user)
        if found is None or found.is_bot:
            raise ClientError(f"no person {user!r}")
        if found.deleted:
            raise ClientError(f"{user} is deactivated")
        return found

    def place(self, user: str, channel: str) -> Channel:
        """Find a conversation the person is in and can act in.

        Raises:
            ClientError: It is unknown, archived, or they are not in it.
        """
        self.person(user)
        found = self.workspace.channels.get(channel)
        if found is None:
            raise ClientError(f"no channel {channel!r}")
        if user not in found.members:
            raise ClientError(f"{user} is not in {channel}")
        if found.is_archived:
            raise ClientError(f"{channel} is archived")
        return found

    def message(self, user: str, channel: str | None, ts: str | None) -> Message:
        """Find a message that the person can see.

        Raises:
            ClientError: There is none.
        """
        if channel is None or ts is None:
            raise ClientError("say where: channel and ts, or view_id")
        self.place(user, channel)
        found = self.workspace.visible_to(user, channel=channel, ts=ts)
        if found is None:
            raise ClientError(f"no message {ts!r} in {channel}")
        return found

    def view(self, user: str, view_id: str) -> View:
        """Find the modal on top of the person's stack, or their Home tab.

        Raises:
            ClientError: It is closed, covered, or somebody else's.
        """
        self.person(user)
        home = self.modals.home(user)
        stack = self.modals.stack(user)
        if home is not None and home.id == view_id and not stack:
            return home
        if stack and stack[-1].id == view_id:
            return stack[-1]
        raise ClientError(f"view {view_id!r} is not what {user} has before them")

    def target(
        self, user: str, *, channel: str | None, ts: str | None, view_id: str | None
    ) -> Message | View:
        """Find what a click or choice is about."""
        return self.view(user, view_id) if view_id else self.message(user, channel, ts)

    def click_payload(self, actor: User, target: Message | View, action: Json) -> Json:
        """Write a click, after entering what was chosen into a view."""
        if isinstance(target, View):
            return self._view_click(actor, target, action)
        state = form_state(target.blocks, entered={})
        trigger_id = self.modals.issue_trigger(actor.id, channel=target.channel)
        response_url, _ = self.response_urls.issue(
            kind="actions", user=actor.id, channel=target.channel, original=target
        )
        return payloads.message_click(
            user=actor,
            channel=self.workspace.channels[target.channel],
            message=target,
            workspace=self.workspace,
            action=action,
            state=entered_state(state, action),
            trigger_id=trigger_id,
            response_url=response_url,
        )

    def _view_click(self, actor: User, view: View, action: Json) -> Json:
        state = form_state(view.blocks, entered=view.state, channel=view.channel)
        state = entered_state(state, action)
        self.modals.enter(view, state)
        trigger_id = self.modals.issue_trigger(actor.id, channel=view.channel)
        return payloads.view_click(
            user=actor, view=view, action=action, state=state, trigger_id=trigger_id
        )

    def submission_payload(self, actor: User, view: View, state: Json) -> Json:
        """Write a form that was sent, with response URLs for the channels chosen in it."""
        return payloads.submission(
            user=actor,
            view=view,
            state=state,
            trigger_id=self.modals.issue_trigger(actor.id, channel=view.channel),
            response_urls=self._response_urls(actor, view, state),
        )

    def _response_urls(self, actor: User, view: View, state: Json) -> list[Json]:
        found: list[Json] = []
        for block in inputs(view.blocks):
            element, block_id = block["element"], block["block_id"]
            channel = value_of(state[block_id][element["action_id"]])
            if not element.get("response_url_enabled") or channel not in self.workspace.channels:
                continue
            url, _ = self.response_urls.issue(kind="actions", user=actor.id, channel=channel)
            found.append(
                {
                    "block_id": block_id,
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": url,
                }
            )
        return found

    async def offered(
        self, actor: User, target: Message | View, *, block: Json, element: Json, typed: str
    ) -> list[Json] | None:
        """Ask for options if the element takes them from the bot; None if it does not.

        Raises:
            ClientError: No usable answer, so the person sees no options.
        """
        if "external_select" not in element["type"]:
            return None
        return await self.options(actor, target, block=block, element=element, typed=typed)

    async def options(
        self, actor: User, target: Message | View, *, block: Json, element: Json, typed: str
    ) -> list[Json]:
        """Ask the bot what an external select offers for what was typed.

        Raises:
            ClientError: No usable answer, so the person sees no options.
        """
        if len(typed) < element.get("min_query_length", 3):
            raise ClientError(f"type more than {typed!r} to see options")
        payload = payloads.suggestion(
            user=actor,
            container=self._suggestion_container(target),
            block_id=block["block_id"],
            action_id=element["action_id"],
            value=typed,
        )
        outcome = await self.deliveries.send_interaction(payload)
        if outcome.error is not None:
            raise ClientError(f"options could not be loaded: {outcome.error}")
        return _read_options(outcome.body)

    def _suggestion_container(self, target: Message | View) -> Json:
        if isinstance(target, View):
            return {
                "container": {"type": "view", "view_id": target.id},
                "view": view_json(target, state=target.state),
            }
        return {
            "container": {
                "type": "message",
                "message_ts": target.ts,
                "channel_id": target.channel,
                "is_ephemeral": target.only_for is not None,
            },
            "channel": {"id": target.channel},
        }

    def mark(self) -> Mark:
        """Remember this moment."""
        return Mark(opened=len(self.modals.opened), last_ts=self.workspace.new_ts())

    def news(self, user: str, since: Mark) -> Json:
        """Tell which forms were opened and what was said to one person since a moment."""
        told = [one for one in self.workspace.ephemerals(user=user) if one.ts > since.last_ts]
        return {
            "views": [view for who, view in self.modals.opened[since.opened :] if who == user],
            "messages": [
                message_json(one, workspace=self.workspace, with_metadata=True) for one in told
            ],
        }

    async def wait_for_news(self, user: str, since: Mark, *, wait_s: float) -> None:
        """Wait until there is news for a person, but no longer than `wait_s` real seconds."""
        with contextlib.suppress(asyncio.TimeoutError):
            await self._journal.wait_for(
                lambda: any(self.news(user, since).values()), timeout_s=wait_s
            )


def _read_options(body: str) -> list[Json]:
    try:
        answer: Any = read_json(body)
    except ValueError as error:
        raise ClientError("options could not be loaded: the answer is not JSON") from error
    problems = option_problems(answer)
    if problems:
        raise ClientError(f"options could not be loaded: {'; '.join(problems)}")
    return options_of(answer)
