"""What every listener needs: who asked, about what, and a way to answer them alone."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Person, Policy, check_may, check_may_request
from bot.core.errors import (
    BotError,
    ProviderError,
    StorageError,
    UserError,
)
from bot.core.events import Command
from bot.core.production import Production
from bot.core.rounds import check_current
from bot.productions import Productions
from bot.providers.base import Provider
from bot.providers.switched_off import Services
from bot.slack.errors import slack_word
from bot.slack.forms import Entered
from bot.slack.ids import ButtonValue, Metadata, UnreadableIdError, read_value
from bot.slack.people import Channels, People
from bot.slack.views.face import Face
from bot.slack.views.parts import Message
from bot.slack.views.private import build_error, build_replaced
from bot.slack.workspace import Workspace

Body = dict[str, Any]

VIEW_GONE = frozenset({"not_found", "view_not_found", "hash_conflict"})
"""Words for a form that was closed, or changed by somebody faster."""


class CardReplacedError(UserError):
    """Somebody clicked on a card that another one has taken the place of."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who acted, and where an answer for them alone goes.

    Attributes:
        thread_ts: The thread, or None for the channel itself.
    """

    user_id: str
    channel_id: str
    thread_ts: str | None = None


@dataclass(frozen=True, kw_only=True)
class Click:
    """A button pressed in a message.

    Attributes:
        card_ts: The message it stands in; None where that is for one person only.
    """

    asker: Asker
    value: ButtonValue
    trigger_id: str
    card_ts: str | None

    @property
    def metadata(self) -> Metadata:
        """What a form opened by this click carries along."""
        return Metadata(
            channel_id=self.asker.channel_id, value=self.value, thread_ts=self.asker.thread_ts
        )


def read_asker(body: Body) -> Asker:
    """Read who pressed a button, and where.

    A card that begins a thread is clicked in the channel, and who has not opened its thread would
    not see an answer in there.
    """
    container = body.get("container") or {}
    thread_ts = container.get("thread_ts")
    return Asker(
        user_id=body["user"]["id"],
        channel_id=body["channel"]["id"],
        thread_ts=None if thread_ts == container.get("message_ts") else thread_ts,
    )


def read_sender(body: Body, metadata: Metadata) -> Asker:
    """Read who sent a form; its metadata tells where it was opened.

    Raises:
        UnreadableIdError: It was opened in no channel, so there is nowhere to answer.
    """
    if metadata.channel_id is None:
        raise UnreadableIdError("this form belongs to no channel")
    return Asker(
        user_id=body["user"]["id"],
        channel_id=metadata.channel_id,
        thread_ts=metadata.thread_ts,
    )


def read_click(body: Body) -> Click:
    """Read a pressed button.

    Raises:
        UnreadableIdError: Its value is not one of ours.
    """
    container = body.get("container") or {}
    return Click(
        asker=read_asker(body),
        value=read_value(body["actions"][0].get("value")),
        trigger_id=body["trigger_id"],
        card_ts=None if container.get("is_ephemeral") else container.get("message_ts"),
    )


def values_of(view: Body) -> object:
    """Give what a form sent, however it looks."""
    state = view.get("state")
    return state.get("values") if isinstance(state, Mapping) else None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The collaborators of all listeners.

    Attributes:
        workspace: Ours; what a payload says of teams counts for nothing.
        command: The slash command, with its slash.
    """

    productions: Productions
    providers: Services
    workspace: Workspace
    people: People
    channels: Channels
    policy: Policy
    face_of: Callable[[Production], Face]
    command: str

    def asked(self, metadata: Metadata, entered: Entered) -> Provider:
        """Give the service that an open form is for.

        What is chosen counts, even where the form could not follow the choice in time.

        Raises:
            UnreadableIdError: It names none.
        """
        name = entered.service or metadata.provider
        if name is None:
            raise UnreadableIdError("this form names no service")
        return self.providers.of(name)

    async def current(self, click: Click) -> Production:
        """Load what a click on a card is about, unless the card or the attempt is an old one.

        Raises:
            CardReplacedError: The card was posted anew elsewhere.
            TransitionNotAllowedError: A newer attempt, or round of buttons, has taken the place of
                this one.
            StorageError: It is not known, or cannot be loaded now.
        """
        production = await self.productions.load(click.value.production_id)
        if click.card_ts is not None and production.card_ts not in {None, click.card_ts}:
            raise CardReplacedError("this card was replaced")
        value = click.value
        check_current(production, attempt=value.attempt, round_number=value.round_number)
        return production

    async def person(self, user_id: str) -> Person | None:
        """Ask Slack who somebody is; None where it does not say."""
        return await self.people.look_up(user_id)

    async def requester(self, user_id: str) -> Person:
        """Ask Slack who wants a video made, and let only those through who may.

        Raises:
            NotPermittedError: They may not, or Slack could not be asked.
        """
        return check_may_request(await self.person(user_id), team_id=self.workspace.team_id)

    async def check_may(self, command: Command, asker: Asker, production: Production) -> None:
        """Let somebody go on only where they may give this command.

        Raises:
            NotPermittedError: They may not, or Slack could not be asked.
        """
        person = await self.person(asker.user_id)
        check_may(command, person, policy=self.policy, request=production.request)

    @asynccontextmanager
    async def answering(self, client: AsyncWebClient, body: Body) -> AsyncIterator[None]:
        """Tell whoever pressed a button, and nobody else, why it could not be done."""
        try:
            yield
        except (UserError, ProviderError, StorageError) as error:
            value = body["actions"][0].get("value")
            await self.explain(client, read_asker(body), error, value=value)

    async def explain(
        self, client: AsyncWebClient, asker: Asker, error: BotError, *, value: object
    ) -> None:
        """Tell one person why something could not be done.

        Args:
            value: The button's value, whatever it is.
        """
        message = await self.error_message(error, value=value)
        await answer(client, asker, message)

    async def error_message(self, error: BotError, *, value: object) -> Message:
        """Put an error into words, with what the production has become."""
        try:
            production = await self.productions.load(read_value(value).production_id)
        except (UserError, StorageError):
            return build_error(error, None, None)
        if isinstance(error, CardReplacedError):
            return build_replaced(production)
        return build_error(error, production, self.face_of(production))


async def answer(client: AsyncWebClient, asker: Asker, message: Message) -> None:
    """Show one person a message, in the thread they are in."""
    await client.chat_postEphemeral(
        channel=asker.channel_id, user=asker.user_id, thread_ts=asker.thread_ts, **message
    )


async def update_view(client: AsyncWebClient, view: Body, content: Body) -> Body:
    """Show new content in an open form, unless it was closed or changed meanwhile."""
    try:
        answer = await client.views_update(view_id=view["id"], hash=view["hash"], view=content)
    except SlackApiError as error:
        if slack_word(error) not in VIEW_GONE:
            raise
        return view
    updated: Body = answer["view"]
    return updated
