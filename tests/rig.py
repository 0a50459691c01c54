"""The whole bot against both twins on one clock that is moved by hand; nothing in here sleeps.

People act in the local Slack, an operator acts at the local JARAI, time is moved with `advance`;
what came of it is read off the local Slack, as its people would.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bot.app import App, build
from bot.catalog import Catalog
from bot.settings import Settings
from tests.serving import connected, listen, lives_as_long_as_a_connection, served
from twin.clock import Clock
from twin.jarai.app import JaraiTwin
from twin.jarai.dialect import DIALECTS
from twin.server import start_server
from twin.slack.app import SlackTwin
from twin.slack.text import buttons, inputs, visible_text

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MARKETING, RANDOM, ONCALL = "C0MARKETING", "C0RANDOM", "C0ONCALL"
ANA, BO, SAM, MEI, GIL, ZOE = "U0ANA", "U0BO", "U0SAM", "U0MEI", "U0GIL", "U0ZOE"
TOPIC = "Autumn range teaser"
CHOICES = {
    "Language": "English (UK)",
    "Country": "United Kingdom",
    "Avatar": "Northwind Social / Mia",
    "Project type": "Social video, 30 s",
}
EVENTS = [
    "production.queued",
    "production.step.complete",
    "production.published",
    "production.failed",
    "deliverable.ready",
]
STATES = (
    "Requested",
    "Submitting",
    "Submission unknown",
    "Queued",
    "Producing",
    "Awaiting approval",
    "Distributing",
    "Completed",
    "Failed",
    "Cancelled",
    "Rejected",
)
CATALOG = {
    "jarai": {
        "languages": [{"id": "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111", "name": "English (UK)"}],
        "countries": [{"id": "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2222", "name": "United Kingdom"}],
        "project_types": [{"slug": "social-video-30s", "name": "Social video, 30 s"}],
    },
    "slack": {"on_call_channel": ONCALL, "on_call_group": "S0ONCALL"},
}
# The reference that JARAI's support asks for is shown on failures, and is a UUID here.
_BARE_UUID = re.compile(r"(?<!reference )\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_ROUNDS = 60
_STUCK_S = 20.0
Json = dict[str, Any]


@dataclass(kw_only=True)
class Rig:
    """Everything that a scenario touches."""

    clock: Clock
    slack: SlackTwin
    jarai: JaraiTwin
    app: App
    bot_url: str
    idle_tasks: frozenset[asyncio.Task[Any]]
    besides: Any = None

    # Time.

    async def settle(self) -> None:
        """Let everything happen that can happen at this moment."""
        for _ in range(_ROUNDS):
            before = self._heard()
            await self._idle()
            await self.app.tracker.drain()
            await self.app.copying.copier.drain()
            await self.app.copying.sharer.drain()
            await self.app.notifier.drain()
            await self._idle()
            if before == self._heard():
                return
        raise AssertionError("the bot never comes to rest")

    def _heard(self) -> list[int]:
        """Count what every server has heard so far."""
        twins = [self.slack, self.jarai, *([self.besides] if self.besides else [])]
        return [twin.journal.number for twin in twins]

    async def _idle(self) -> None:
        """Wait for listeners and deliveries that are still at work."""
        while busy := [task for task in asyncio.all_tasks() if self._is_busy(task)]:
            done, _ = await asyncio.wait(busy, timeout=_STUCK_S)
            if not done:
                raise AssertionError(f"still at work after {_STUCK_S} s: {busy}")

    def _is_busy(self, task: asyncio.Task[Any]) -> bool:
        if task in self.idle_tasks or task is asyncio.current_task():
            return False
        return not lives_as_long_as_a_connection(task)

    async def advance(self, seconds: float, *, step_s: float = 5.0) -> None:
        """Move time on, in steps of a second while messages are owed and of `step_s` otherwise."""
        await self.settle()
        while seconds > 0:
            owed = await self.app.parts.store.count_owed()
            step = min(seconds, 1.0 if owed else step_s)
            await self.clock.advance(step)
            await self.settle()
            seconds -= step

    # People.

    async def open_form(
        self, text: str = TOPIC, *, user: str = ANA, channel: str = MARKETING
    ) -> Json:
        """Type `/produce …`; gives the form as it stands once everything is loaded."""
        opened = await self.slack.act.command(user=user, channel=channel, text=text)
        assert opened["error"] is None, opened
        await self.settle()
        return self.slack.views(user)[-1]

    async def send_form(self, view: Json, *, user: str = ANA, **options: Any) -> Json:
        """Fill the form in with what works, and `values` over it, and send it."""
        labels = {block["label"]["text"] for block in inputs(view["blocks"])}
        values = {label: words for label, words in CHOICES.items() if label in labels}
        values |= options.pop("values", {})
        sent = await self.slack.act.submit(user=user, view_id=view["id"], values=values, **options)
        await self._idle()
        return sent

    async def request(
        self, topic: str = TOPIC, *, user: str = ANA, channel: str = MARKETING, **values: str
    ) -> str:
        """Ask for a video; gives the `ts` of its card once it stands there."""
        before = {card["ts"] for card in self.cards(channel)}
        view = await self.open_form(topic, user=user, channel=channel)
        sent = await self.send_form(view, user=user, values=values)
        assert sent["error"] is None, sent
        assert not sent["errors"], sent
        await self.advance(2)  # Slack takes one message a second in a channel.
        (card,) = [card for card in self.cards(channel) if card["ts"] not in before]
        return card["ts"]

    async def request_and_finish(self, topic: str = TOPIC, **options: Any) -> str:
        """Ask for a video and let JARAI make it at once; gives its card, awaiting approval."""
        card = await self.request(topic, **options)
        self.jarai.act.finish(self.job_id())
        await self.advance(40)
        assert self.state(card) == "Awaiting approval", self.text(card)
        return card

    async def click(
        self, button: str, card: str, *, user: str = BO, channel: str = MARKETING, **options: Any
    ) -> Json:
        """Click a button of a message and let everything happen."""
        clicked = await self.slack.act.click(
            user=user, channel=channel, ts=card, button=button, **options
        )
        await self.settle()
        return clicked

    async def open_home(self, user: str) -> str:
        """Open the bot's Home tab; gives the words in it."""
        opened = await self.slack.act.open_home(user=user)
        assert opened["error"] is None, opened
        await self.settle()
        return self.home_text(user)

    def home_text(self, user: str) -> str:
        """Give the words in somebody's Home tab as it was drawn last."""
        return visible_text(self.slack.home(user) or {})

    # The service's bad days.

    async def jarai_down(self) -> None:
        """Let JARAI refuse every connection."""
        await self.jarai._server.stop()

    async def jarai_up(self) -> None:
        """Let JARAI answer again, where it was and with all it knew."""
        port = self.jarai._server.port
        self.jarai._server = await start_server(self.jarai._app(), port=port)

    # What the local Slack has.

    def cards(self, channel: str = MARKETING) -> list[Json]:
        """List what stands in a channel by itself."""
        return [one for one in self.slack.messages(channel) if _starts_thread(one)]

    def message(self, ts: str, *, channel: str = MARKETING) -> Json:
        """Give one message."""
        (found,) = [one for one in self.slack.messages(channel) if one["ts"] == ts]
        return found

    def text(self, ts: str, *, channel: str = MARKETING) -> str:
        """Give the words a person reads in one message."""
        return visible_text(self.message(ts, channel=channel))

    def buttons(self, ts: str, *, channel: str = MARKETING) -> list[str]:
        """List a message's buttons."""
        return buttons(self.message(ts, channel=channel))

    def state(self, ts: str, *, channel: str = MARKETING) -> str | None:
        """Give the state that a message's text tells."""
        return state_in(self.message(ts, channel=channel)["text"])

    def replies(self, ts: str, *, channel: str = MARKETING) -> list[Json]:
        """List the replies of a thread, oldest first."""
        return self.slack.thread(channel, ts)[1:]

    def reply_texts(self, ts: str, *, channel: str = MARKETING) -> list[str]:
        """Give the words of each reply."""
        return [visible_text(one) for one in self.replies(ts, channel=channel)]

    def private(self, user: str) -> list[str]:
        """Give what only this person was shown, oldest first."""
        return [visible_text(one) for one in self.slack.ephemerals(user)]

    def direct(self, user: str) -> list[Json]:
        """List the bot's direct messages to a person."""
        rooms = [one.id for one in self.slack.workspace.channels.values() if one.dm_with == user]
        return [message for room in rooms for message in self.slack.messages(room)]

    def calls(self, method: str, *, after: int = 0) -> list[Any]:
        """List the journal entries of a Web API method."""
        return [
            entry
            for entry in self.slack.journal.entries(after=after)
            if entry.direction == "in" and entry.what == method
        ]

    # What the local JARAI has.

    def job_id(self) -> str:
        """Give the newest job."""
        return self.jarai.jobs()[-1].production_id

    def posts(self) -> int:
        """Count the submissions that reached JARAI, whatever it answered."""
        return len([one for one in self.jarai.journal.entries() if _is_submission(one.what)])

    async def fetch(self, url: str, *, method: str = "GET", hops: int = 0) -> httpx.Response:
        """Fetch an address as anybody would, following up to `hops` redirects."""
        async with httpx.AsyncClient(follow_redirects=hops > 0, max_redirects=hops or 1) as client:
            return await client.request(method, url)

    def links(self, ts: str, *, channel: str = MARKETING) -> list[str]:
        """List the download addresses in a message."""
        blocks = self.message(ts, channel=channel)["blocks"]
        urls = [block.get("accessory", {}).get("url", "") for block in blocks]
        return [url for url in urls if "/d/" in url]

    async def replay(self, entry: Any, **changes: Any) -> None:
        """Deliver an interaction once more, as it was or with some of its fields changed."""
        await self.slack._deliveries.send_interaction(
            self.slack.app, {**entry.detail["payload"], **changes}
        )
        await self.settle()

    def delivered(self, what: str) -> Any:
        """Give the newest delivery of a kind, such as `view_submission`."""
        return [one for one in self.slack.journal.entries() if one.what == what][-1]

    async def subscribe(self) -> None:
        """Register the bot at JARAI for the five documented events."""
        dialect = DIALECTS[self.jarai.settings.dialects]
        key = self.jarai.key_of(dialect.name)
        async with httpx.AsyncClient(headers={"X-API-Key": key}) as client:
            answer = await client.post(
                f"{self.jarai.url}{dialect.path_of('add_webhook')}",
                json={"endpointUrl": f"{self.bot_url}/webhooks/jarai", "eventTypes": EVENTS},
            )
        made = answer.json()
        await self.app.parts.store.add_webhook_secret(
            "jarai", made["webhookId"], made["signingSecret"], self.clock.now()
        )


def state_in(text: str) -> str | None:
    """Read our word for the state off a card's text."""
    found = re.search("|".join(STATES), text.replace(TOPIC, ""))
    return found[0] if found else None


def indiscretions(rig: Rig) -> list[str]:
    """List what the bot showed in channels that nobody should see there: ids, keys, signed links."""
    keys = rig.jarai.credentials.values()
    secrets = ("sig=", *keys, rig.slack.bot_token, rig.slack.signing_secret)
    found = []
    for entry in (*rig.calls("chat.postMessage"), *rig.calls("chat.update")):
        sent = entry.detail["args"]
        shown = f"{sent['text']}\n{visible_text({'blocks': sent.get('blocks', [])})}"
        found += [f"{secret} in {sent}" for secret in secrets if secret in str(sent)]
        found += [f"{match[0]} in {shown}" for match in _BARE_UUID.finditer(shown)]
    return found


def _starts_thread(message: Json) -> bool:
    return message.get("thread_ts") in {None, message["ts"]}


def _is_submission(what: str) -> bool:
    return what.startswith("POST ") and what.endswith("/productions")


@contextlib.asynccontextmanager
async def running_rig(
    folder: Path,
    *,
    catalog: dict[str, Any] | None = None,
    scopes_off: frozenset[str] = frozenset(),
    by_socket: bool = False,
    beside: Callable[[Clock], Awaitable[Any]] | None = None,
    **settings: Any,
) -> AsyncIterator[Rig]:
    """Run the bot and both twins.

    Args:
        folder: For the database.
        catalog: In place of the usual one.
        scopes_off: Slack scopes that the app was not granted.
        beside: Starts another local service on the rig's clock, and sets what makes the bot use it.
        by_socket: Whether Slack is heard over Socket Mode; no signing secret is known then.
        settings: Over the usual ones, by field name; JARAI takes no generation but the one set.
    """
    clock = Clock(start=START, speed=0)
    slack, jarai = SlackTwin(clock, wall=lambda: clock.now().timestamp()), JaraiTwin(clock)
    slack.installation.scopes -= scopes_off
    async with contextlib.AsyncExitStack() as stack:
        for twin in (slack, jarai):
            await twin.start()
            stack.push_async_callback(twin.stop)
        other = await _started(beside, clock, stack)
        listening = stack.enter_context(listen())
        bot_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        slack.app.is_socket_mode = by_socket
        usual = {"public_url": bot_url} | (_tokens(slack) if by_socket else {})
        chosen = _settings(folder, slack, jarai, **(usual | settings))
        jarai.configure(dialects=chosen.jarai_dialect)
        listed = Catalog(**(catalog or CATALOG))
        app = await build(chosen, listed, clock=clock.now, jitter=lambda: 0.0)
        stack.push_async_callback(app.close)
        await stack.enter_async_context(served(app, listening))
        slack.app.request_url = f"{bot_url}/slack/events"
        await connected(app, slack)
        await app.learn_budgets()
        await app.messenger.learn_scopes()
        yield Rig(
            clock=clock,
            slack=slack,
            jarai=jarai,
            app=app,
            bot_url=bot_url,
            idle_tasks=frozenset(asyncio.all_tasks()),
            besides=other,
        )


async def _started(beside: Any, clock: Clock, stack: contextlib.AsyncExitStack) -> Any:
    """Start what is asked for beside the usual twins, if anything."""
    if beside is None:
        return None
    other = await beside(clock)
    stack.push_async_callback(other.stop)
    return other


def _tokens(slack: SlackTwin) -> Json:
    return {"slack_app_token": slack.app.app_token, "slack_signing_secret": None}


def _settings(folder: Path, slack: SlackTwin, jarai: JaraiTwin, **settings: Any) -> Settings:
    usual = {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "jarai_api_key": jarai.key_of(settings.get("jarai_dialect", "partner")),
        "jarai_base_url": jarai.url,
        "database_url": f"sqlite+aiosqlite:///{folder / 'greenlight.db'}",
        "secret_key": "a key for the tests only",
    }
    return Settings(_env_file=None, **(usual | settings))
