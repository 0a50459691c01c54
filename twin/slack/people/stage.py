"""What every act needs: who, where and what it is about, and what came of it."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.journal import Journal
from twin.slack.api.response_urls import ResponseUrls
from twin.slack.errors import ClientError
from twin.slack.files.store import Files
from twin.slack.outbound import payloads
from twin.slack.outbound.deliveries import Deliveries
from twin.slack.outbound.payloads import Receiver
from twin.slack.people.choices import Choices
from twin.slack.people.clicks import entered_state
from twin.slack.people.forms import fill_in
from twin.slack.people.suggestions import Suggestions
from twin.slack.place.directory import Directory
from twin.slack.place.modals import Modals
from twin.slack.place.model import Channel, Installation, Json, Message, User, View
from twin.slack.place.states import form_state, value_of
from twin.slack.place.wire import message_json
from twin.slack.text import inputs


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
        directory: Directory,
        files: Files,
        base_url: Callable[[], str],
        modals: Modals,
        deliveries: Deliveries,
        response_urls: ResponseUrls,
        journal: Journal,
    ) -> None:
        self.directory = directory
        self.files = files
        self._base_url = base_url
        self.modals = modals
        self.deliveries = deliveries
        self.response_urls = response_urls
        self.suggestions = Suggestions(self.receiver, deliveries=deliveries)
        self._journal = journal
        self._entered: dict[tuple[str, str, str], Json] = {}

    def person(self, user: str) -> User:
        """Find somebody who can act.

        Raises:
            ClientError: They are unknown, a bot, or have left.
        """
        found = self.directory.user(user)
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
        found = self.directory.channel(channel)
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
        host = self.directory.workspace_of_channel(channel)
        found = host.visible_to(user, channel=channel, ts=ts)
        if found is None:
            raise ClientError(f"no message {ts!r} in {channel}")
        return found

    def view(self, user: str, view_id: str) -> View:
        """Find the modal on top of the person's stack, or one of their Home tabs.

        Raises:
            ClientError: It is closed, covered, or somebody else's.
        """
        self.person(user)
        stack = self.modals.stack(user)
        for shown in stack[-1:] or self.modals.homes(user):
            if shown.id == view_id:
                return shown
        raise ClientError(f"view {view_id!r} is not what {user} has before them")

    def target(
        self, user: str, *, channel: str | None, ts: str | None, view_id: str | None
    ) -> Message | View:
        """Find what a click or choice is about."""
        return self.view(user, view_id) if view_id else self.message(user, channel, ts)

    def receiver(self, target: Message | View) -> Receiver:
        """Find the app that a message or view belongs to.

        Raises:
            ClientError: No app's, or the app is gone.
        """
        installation = self.directory.by_bot(target.bot_id)
        if installation is None:
            raise ClientError("the app behind this is not installed")
        return self.receiver_of(installation)

    def receiver_of(self, installation: Installation) -> Receiver:
        """Give an installed app with its workspace."""
        workspace = self.directory.workspaces[installation.team_id]
        return Receiver(installation=installation, workspace=workspace)

    def choices(self, actor: User) -> Choices:
        """Tell what a person can choose from besides options."""
        return Choices(actor, directory=self.directory, files=self.files, base_url=self._base_url())

    def state(self, actor: User, target: Message | View) -> Json:
        """Give what a view or message holds for a person: what they entered, or how it began."""
        if isinstance(target, View):
            return form_state(target.blocks, entered=target.state, channel=target.channel)
        entered = self._entered.get((actor.id, target.channel, target.ts), {})
        return form_state(target.blocks, entered=entered, channel=target.channel)

    def enter(self, actor: User, target: Message | View, state: Json) -> Message | View:
        """Keep what a person entered, for what they do next."""
        if isinstance(target, View):
            return self.modals.enter(target, state)
        self._entered[actor.id, target.channel, target.ts] = state
        return target

    async def fill_in(
        self, actor: User, target: Message | View, values: Any, *, force: bool = False
    ) -> Json:
        """Give the state after a person entered values; see `forms.fill_in`."""
        return await fill_in(
            target.blocks,
            values,
            state=self.state(actor, target),
            suggest=self.suggestions.asker(actor, target),
            choices=self.choices(actor),
            force=force,
        )

    def _give_files(self, to: Receiver, state: Json) -> None:
        """Let an app see the files in what is sent to it."""
        for held in (one for block in state.values() for one in block.values()):
            for file in held.get("files", []):
                self.files.give(file["id"], to.installation.app.id)

    def click_payload(
        self, to: Receiver, actor: User, target: Message | View, action: Json
    ) -> Json:
        """Write a click, after entering what was chosen."""
        state = entered_state(self.state(actor, target), action)
        self._give_files(to, state)
        target = self.enter(actor, target, state)
        if isinstance(target, View):
            return self._view_click(to, actor, target, action)
        trigger_id = self._trigger(to, actor, channel=target.channel)
        response_url, _ = self.response_urls.issue(
            to.installation,
            kind="actions",
            user=actor.id,
            channel=target.channel,
            original=target,
        )
        host = self.directory.workspace_of_channel(target.channel)
        return payloads.message_click(
            to,
            user=actor,
            channel=host.channels[target.channel],
            message=target,
            host=host,
            action=action,
            state=state,
            trigger_id=trigger_id,
            response_url=response_url,
        )

    def _trigger(self, to: Receiver, actor: User, *, channel: str | None) -> str:
        return self.modals.issue_trigger(actor.id, installation=to.installation, channel=channel)

    def _view_click(self, to: Receiver, actor: User, view: View, action: Json) -> Json:
        trigger_id = self._trigger(to, actor, channel=view.channel)
        return payloads.view_click(
            to, user=actor, view=view, action=action, state=view.state, trigger_id=trigger_id
        )

    def submission_payload(self, to: Receiver, actor: User, view: View, state: Json) -> Json:
        """Write a form that was sent, with response URLs for the channels chosen in it."""
        self._give_files(to, state)
        return payloads.submission(
            to,
            user=actor,
            view=view,
            state=state,
            trigger_id=self._trigger(to, actor, channel=view.channel),
            response_urls=self._response_urls(to, actor, view, state),
        )

    def _response_urls(self, to: Receiver, actor: User, view: View, state: Json) -> list[Json]:
        found: list[Json] = []
        for block in inputs(view.blocks):
            element, block_id = block["element"], block["block_id"]
            channel = value_of(state[block_id][element["action_id"]])
            if not element.get("response_url_enabled") or self.directory.channel(channel) is None:
                continue
            url, _ = self.response_urls.issue(
                to.installation, kind="actions", user=actor.id, channel=channel
            )
            found.append(
                {
                    "block_id": block_id,
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": url,
                }
            )
        return found

    def mark(self) -> Mark:
        """Remember this moment."""
        return Mark(opened=len(self.modals.opened), last_ts=self.directory.new_ts())

    def news(self, user: str, since: Mark) -> Json:
        """Tell which forms were opened and what was said to one person since a moment."""
        told = [one for one in self.directory.ephemerals(user=user) if one.ts > since.last_ts]
        return {
            "views": [view for who, view in self.modals.opened[since.opened :] if who == user],
            "messages": [
                message_json(
                    one,
                    workspace=self.directory.workspace_of_channel(one.channel),
                    with_metadata=True,
                )
                for one in told
            ],
        }

    async def wait_for_news(self, user: str, since: Mark, *, wait_s: float) -> None:
        """Wait until there is news for a person, but no longer than `wait_s` real seconds."""
        with contextlib.suppress(asyncio.TimeoutError):
            await self._journal.wait_for(
                lambda: any(self.news(user, since).values()), timeout_s=wait_s
            )
