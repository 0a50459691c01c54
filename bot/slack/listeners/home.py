"""The Home tab, and the shortcut that opens the form from anywhere.

A tab is drawn when it is opened and after a form that was sent from it. It does not follow its
productions by itself: that would cost a call for each person at each change, and their threads do.
"""

import asyncio

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Person, Refusal, check_may_decide
from bot.core.errors import NotPermittedError, StorageError
from bot.core.production import Production
from bot.slack.ids import UnreadableIdError, read_metadata
from bot.slack.listeners.desk import Body, Desk
from bot.slack.listeners.opening import Opener, Opening
from bot.slack.listeners.requests import Requests
from bot.slack.views.form import TITLE, build_message_view
from bot.slack.views.home import MOST, HomeLists, build_closed_home, build_home
from bot.slack.views.parts import Json
from bot.slack.views.private import HOME_NOT_LOADED, NO_SERVICE, may_not_request_words


class Home:
    """Draw Home tabs, and start from there."""

    def __init__(self, desk: Desk, opener: Opener, requests: Requests) -> None:
        self._desk = desk
        self._opener = opener
        self._requests = requests

    async def opened(self, body: Body, client: AsyncWebClient) -> None:
        """Draw the tab of whoever opened it; Bolt acks events by itself."""
        event = body["event"]
        if event["tab"] == "home":
            await self._draw(client, event["user"])

    async def make(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form in no channel, so that it asks for one."""
        await ack()
        provider = await self._opener.first_service(body["user"]["id"])
        if provider is None:
            told = build_message_view(TITLE, NO_SERVICE)
            await client.views_open(trigger_id=body["trigger_id"], view=told)
            return
        opening = Opening(
            provider=provider,
            user_id=body["user"]["id"],
            channel_id=None,
            trigger_id=body["trigger_id"],
            topic="",
        )
        await self._opener.open(client, opening)

    async def submit(self, ack: AsyncAck, body: Body, view: Body, client: AsyncWebClient) -> None:
        """Record a form, and show what came of it in the tab it was opened from."""
        await self._requests.submit(ack, body, view)
        if _is_from_nowhere(view):
            await self._draw(client, body["user"]["id"])

    async def _draw(self, client: AsyncWebClient, user_id: str) -> None:
        await client.views_publish(user_id=user_id, view=await self._view(user_id))

    async def _view(self, user_id: str) -> Json:
        """Build the tab of one person, of what they may know and nothing else."""
        try:
            person = await self._desk.requester(user_id)
            lists = await self._lists(person)
        except NotPermittedError as error:
            is_unknown = error.why == Refusal.UNKNOWN
            words = HOME_NOT_LOADED if is_unknown else may_not_request_words(error.why)
            return build_closed_home(words)
        except StorageError:
            return build_closed_home(HOME_NOT_LOADED)
        return build_home(lists, face_of=self._desk.face_of, command=self._desk.command)

    async def _lists(self, person: Person) -> HomeLists:
        found = await self._desk.productions.overview(
            team_id=person.team_id, user_id=person.user_id, limit=MOST
        )
        theirs = [one for one in found.undecided if self._may_decide(person, one)]
        visible = await asyncio.gather(*(self._may_know(person, one) for one in theirs))
        waiting = [one for one, is_visible in zip(theirs, visible, strict=True) if is_visible]
        return HomeLists(waiting=waiting, own=found.open, finished=found.finished)

    def _may_decide(self, person: Person, production: Production) -> bool:
        request = production.request
        try:
            check_may_decide(
                person,
                policy=self._desk.policy,
                team_id=request.team_id,
                requester_id=request.requester_id,
            )
        except NotPermittedError:
            return False
        return True

    async def _may_know(self, person: Person, production: Production) -> bool:
        """Tell whether this is their own, or stands in a channel that everybody may look into."""
        request = production.request
        if request.requester_id == person.user_id:
            return True
        return await self._desk.channels.is_public(request.channel_id)


def _is_from_nowhere(view: Body) -> bool:
    """Tell whether a form was opened in no channel."""
    try:
        return read_metadata(view.get("private_metadata")).channel_id is None
    except UnreadableIdError:
        return False
