"""What changes nothing: files, lists, and the sub-commands that find a production by its id."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import (
    StorageError,
    TransitionNotAllowedError,
    UnknownProductionError,
    UserError,
)
from bot.core.events import Command
from bot.core.production import Production
from bot.providers.base import Link
from bot.slack.commands import CommandLine, Order
from bot.slack.ids import ButtonValue, build_value, read_page_value
from bot.slack.listeners.desk import Asker, Body, Desk, answer, read_asker, read_click
from bot.slack.views.lists import build_help, build_list, build_status
from bot.slack.views.parts import Message
from bot.slack.views.private import build_asked, build_link_answer, build_share_answer

_COMMANDS = {Order.RETRY: Command.RETRY, Order.CANCEL: Command.CANCEL}


class Lookups:
    """Answer what people ask about productions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def only_ack(self, ack: AsyncAck) -> None:
        """Take note of a click on a link; the person's own program has opened it."""
        await ack()

    async def download(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Hand out a fresh link to one file, to the person who asked, or the file to the thread."""
        await ack()
        async with self._desk.answering(client, body):
            asker, value = read_asker(body), read_click(body).value
            await answer(client, asker, await self._handed_out(value, asker.user_id))

    async def _handed_out(self, value: ButtonValue, user_id: str) -> Message:
        productions, key, attempt = self._desk.productions, value.key or "", value.attempt
        try:
            link = await productions.open_deliverable(value.production_id, attempt=attempt, key=key)
        except TransitionNotAllowedError as error:
            if error.why != "no_address":
                raise
            return await self._of_ours(value, user_id, error)
        production = await productions.load(value.production_id)
        return build_link_answer(production, key=key, link=link)

    async def _of_ours(
        self, value: ButtonValue, user_id: str, error: TransitionNotAllowedError
    ) -> Message:
        """Hand out our own copy: by its address, else into the thread, where either can be.

        The card may be from before our copies had addresses, so that its button asks for one.
        """
        productions, key = self._desk.productions, value.key or ""
        production = await productions.load(value.production_id)
        address = self._desk.face_of(production).links.get(key)
        if address is not None:
            link = Link(url=address, expires_at=None)
            return build_link_answer(production, key=key, link=link)
        if not self._desk.workspace.writes_files:
            raise error
        share = await productions.share_deliverable(
            value.production_id,
            attempt=value.attempt,
            key=key,
            person=await self._desk.person(user_id),
        )
        production = await productions.load(value.production_id)
        return build_share_answer(production, key=key, share=share)

    async def show_page(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Turn the page of a list."""
        await ack()
        async with self._desk.answering(client, body):
            listing, page = read_page_value(body["actions"][0].get("value"))
            message = await self._list(listing, read_asker(body).channel_id, page)
            await respond(**message, response_type="ephemeral", replace_original=True)

    async def reply(self, line: CommandLine, asker: Asker) -> Message:
        """Answer a sub-command."""
        if line.order is Order.HELP:
            return build_help(self._desk.command)
        try:
            if line.order in {Order.LIST, Order.FAILED}:
                listing = "failed" if line.order is Order.FAILED else "open"
                return await self._list(listing, asker.channel_id, 0)
            return await self._about_one(line, asker)
        except (UserError, StorageError) as error:
            named = line.production_id
            value = build_value(ButtonValue(production_id=named, attempt=1)) if named else None
            return await self._desk.error_message(error, value=value)

    async def _list(self, listing: str, channel_id: str, page: int) -> Message:
        productions = self._desk.productions
        find = productions.list_failed if listing == "failed" else productions.list_open
        found = await find(channel_id=channel_id, page=page)
        return build_list(
            listing, found, page=page, face_of=self._desk.face_of, command=self._desk.command
        )

    async def _about_one(self, line: CommandLine, asker: Asker) -> Message:
        production = await self._visible(line.production_id or "", asker)
        command = _COMMANDS.get(line.order)
        if command is None:
            return build_status(production, self._desk.face_of(production))
        after = await self._desk.productions.command(
            production.id,
            command,
            person=await self._desk.person(asker.user_id),
            attempt=production.attempt.number,
            round_number=production.round_number,
        )
        return build_asked(line.order.value, after)

    async def _visible(self, production_id: str, asker: Asker) -> Production:
        """Load a production that this person may know of: of this channel, or their own."""
        production = await self._desk.productions.load(production_id)
        request = production.request
        is_here = request.channel_id == asker.channel_id or request.requester_id == asker.user_id
        if not is_here or request.team_id != await self._desk.workspace.own_team_id():
            raise UnknownProductionError("not one of this channel")
        return production
