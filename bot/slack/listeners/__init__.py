"""What Slack sends us, each kind with one listener: read, one use case, ack."""

import asyncio
from collections.abc import Callable, Mapping

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Policy
from bot.core.production import Production
from bot.productions import Productions
from bot.providers.switched_off import Services
from bot.slack.commands import Order, read_command
from bot.slack.errors import Listener, guarded
from bot.slack.ids import Action, Callback, Shortcut
from bot.slack.listeners.decisions import Decisions
from bot.slack.listeners.desk import Asker, Body, Desk
from bot.slack.listeners.home import Home
from bot.slack.listeners.lookups import Lookups
from bot.slack.listeners.opening import Opener, Opening
from bot.slack.listeners.requests import Requests
from bot.slack.people import Channels, People
from bot.slack.views.face import Face
from bot.slack.views.form import meant_words
from bot.slack.views.private import build_no_service
from bot.slack.workspace import Workspace

OPENED_WITHIN_S = 2.0
"""Seconds a command's ack waits for its form; Slack gives it three."""


class Listeners:
    """Everything the bot hears in Slack.

    Args:
        providers: By name, in the order in which forms offer them.
        face_of: Gives what a message shows of the service and the people around a production.
        command: The slash command, with its slash.
    """

    def __init__(
        self,
        *,
        productions: Productions,
        providers: Services,
        workspace: Workspace,
        people: People,
        channels: Channels,
        policy: Policy,
        face_of: Callable[[Production], Face],
        command: str,
    ) -> None:
        self._desk = Desk(
            productions=productions,
            providers=providers,
            workspace=workspace,
            people=people,
            channels=channels,
            policy=policy,
            face_of=face_of,
            command=command,
        )
        self._opener = Opener(self._desk)
        self._requests = Requests(self._desk, self._opener)
        self._decisions = Decisions(self._desk)
        self._lookups = Lookups(self._desk)
        self._home = Home(self._desk, self._opener, self._requests)

    def register(self, app: AsyncApp) -> None:
        """Tell Bolt which listener is for what; none is lazy, so an ack says what happened."""
        app.command(self._desk.command)(guarded(self.command))
        for action, listener in self._clicks().items():
            app.action(action.value)(guarded(listener))
        app.options(Action.ENTERED.value)(guarded(self._opener.suggest))
        app.event("app_home_opened")(guarded(self._home.opened))
        app.shortcut(Shortcut.MAKE.value)(guarded(self._home.make))
        app.view(Callback.PRODUCE.value)(guarded(self._home.submit))
        app.view(Callback.PRODUCE_LOADING.value)(guarded(self._requests.submit_too_early))
        app.view(Callback.REJECT.value)(guarded(self._decisions.reject))
        app.view(Callback.LINK.value)(guarded(self._decisions.link))

    def _clicks(self) -> Mapping[Action, Listener]:
        return {
            Action.APPROVE: self._decisions.approve,
            Action.REJECT: self._decisions.ask_reason,
            Action.CHANGE_DECISION: self._decisions.change_decision,
            Action.CANCEL: self._decisions.cancel,
            Action.RETRY: self._decisions.retry,
            Action.SUBMIT_AGAIN: self._decisions.submit_again,
            Action.GIVE_UP: self._decisions.give_up,
            Action.LINK_EXISTING: self._decisions.ask_job,
            Action.MAKE: self._home.make,
            Action.AGAIN: self._requests.again,
            Action.ENTERED: self._opener.reshape,
            Action.DOWNLOAD: self._lookups.download,
            Action.SHOW_PAGE: self._lookups.show_page,
            Action.DOWNLOAD_LINK: self._lookups.only_ack,
            Action.OPEN_STUDIO: self._lookups.only_ack,
        }

    async def command(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Open the form, or answer a sub-command to the person alone."""
        line, asker = read_command(body.get("text")), _asker(body)
        if line.order is not Order.OPEN:
            await ack()
            await respond(**await self._lookups.reply(line, asker), response_type="ephemeral")
            return
        provider = await self._opener.first_service(asker.user_id)
        if provider is None:
            await ack(**build_no_service())
            return
        opening = Opening(
            provider=provider,
            user_id=asker.user_id,
            # A thread there would be seen by nobody who is to decide; the form asks for a channel.
            channel_id=None if asker.channel_id.startswith("D") else asker.channel_id,
            trigger_id=body["trigger_id"],
            topic=line.topic,
            hint=meant_words(line.nearly, command=self._desk.command) if line.nearly else None,
        )
        begun = asyncio.create_task(self._opener.begin(client, opening))
        await asyncio.wait({begun}, timeout=OPENED_WITHIN_S)
        if not begun.done():
            await ack()
        # On a day when no form can be opened no other call gets through either: what goes wrong
        # here in time is told with the ack.
        opened = await begun
        if ack.response is None:
            await ack()
        await self._opener.complete(client, opened)


def _asker(body: Body) -> Asker:
    return Asker(user_id=body["user_id"], channel_id=body["channel_id"])
