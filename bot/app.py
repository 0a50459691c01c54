"""The one place that creates and connects things, and knows in which order they start and stop."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import structlog
from prometheus_client import start_http_server
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot import instruments
from bot.catalog import Catalog
from bot.copying import CopyingParts, build_copying, check_files, open_files
from bot.core.approval import Policy
from bot.database import Memory, learn_budget, open_to_serve
from bot.faces import build_face
from bot.housekeeping import Housekeeping
from bot.inflight import InFlight
from bot.loops import Bells, wait_until
from bot.notifier import Messenger, Notifier, Pacing, Payer
from bot.productions import Productions, Rules
from bot.providers.registry import build_providers
from bot.providers.switched_off import Services
from bot.publishing import PublishedFiles, build_publisher
from bot.routes import Endpoint, build_web
from bot.services import service_pace, service_settings
from bot.settings import Settings, require
from bot.slack.bolt import Bolt, build_bolt, build_client
from bot.slack.listeners import Listeners
from bot.slack.people import Channels, People
from bot.slack.thread_files import ThreadFiles
from bot.slack.uploads import SlackUploads
from bot.slack.workspace import Workspace
from bot.sockets import Sockets
from bot.switching import note_services
from bot.tracker import Tracker, TrackerRules
from bot.web.slack import SlackEndpoint, heard_elsewhere
from storage.engine import Database
from storage.files import Files
from storage.store import Store

log = structlog.get_logger(__name__)

LEASE_MARGIN_S = 15.0
LEARN_AGAIN_S = 30.0
CLICKS_END_IN_S = 10.0
"""How long a stop waits for clicks that were acked and are still being acted on."""


def utc_now() -> datetime:
    """Read the wall clock; the only place that does."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class App:
    """Everything that runs, connected.

    Attributes:
        web: The HTTP endpoints; its lifespan starts and stops the loops.
        sockets: The connections to Slack; None where Slack calls us over HTTP.
    """

    parts: "_Parts"
    productions: Productions
    tracker: Tracker
    notifier: Notifier
    messenger: Messenger
    copying: CopyingParts
    web: Starlette = field(init=False)
    sockets: Sockets | None = field(init=False, default=None)
    in_flight: InFlight = field(default_factory=InFlight)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Start the loops; each ends by the stop event, never by cancellation."""
        await self.learn_budgets()
        names = sorted(one.name for one in self.parts.providers.on())
        await note_services(self.parts.store, names, at=self.parts.clock())
        housekeeping = Housekeeping(
            self.parts.store,
            retention=self.copying.retention,
            published=self.parts.published,
            clock=self.parts.clock,
        )
        self._loops = [
            asyncio.create_task(self.tracker.run(self._stop), name="tracker"),
            asyncio.create_task(self.notifier.run(self._stop), name="notifier"),
            asyncio.create_task(self.copying.copier.run(self._stop), name="copier"),
            asyncio.create_task(self.copying.sharer.run(self._stop), name="sharer"),
            asyncio.create_task(housekeeping.run(self._stop), name="housekeeping"),
            asyncio.create_task(self._learn_slack(), name="slack"),
        ]
        if self.sockets is not None:
            self.sockets.start()
        self._start_metrics()
        log.info("started", providers=names)

    async def close(self) -> None:
        """Let what is under way finish, then let go of everything."""
        self._stop.set()
        if self.sockets is not None:
            self.sockets.stop_taking()
        self.parts.bells.ring_all()
        await asyncio.gather(
            *self._loops, self.in_flight.finish(CLICKS_END_IN_S), return_exceptions=True
        )
        if self.sockets is not None:
            await self.sockets.close()
        for provider in self.parts.providers.on():
            await provider.aclose()
        if self.parts.client.session is not None:
            await self.parts.client.session.close()
        await self.parts.database.close()
        log.info("stopped")

    def missing(self) -> list[str]:
        """Name the loops that should run and do not, and Socket Mode while nothing is heard."""
        ended = [loop.get_name() for loop in self._loops if loop.done()]
        is_deaf = self.sockets is not None and self.sockets.count_up() == 0
        return [name for name in ended if name != "slack"] + ["socket mode"] * is_deaf

    async def learn_budgets(self) -> None:
        """Read how much of the request budgets was spent before this start."""
        for provider in self.parts.providers.on():
            await learn_budget(self.parts.store, provider.budget)

    def _start_metrics(self) -> None:
        settings = self.parts.settings
        if settings.metrics_port is not None:
            start_http_server(settings.metrics_port, settings.host, registry=instruments.REGISTRY)

    async def _learn_slack(self) -> None:
        while not self._stop.is_set() and not await self.messenger.learn_scopes():
            await wait_until(self._stop, LEARN_AGAIN_S)


async def build(
    settings: Settings,
    catalog: Catalog,
    *,
    clock: Callable[[], datetime] = utc_now,
    jitter: Callable[[], float] = random.random,
) -> App:
    """Create everything and connect it; nothing runs yet.

    Raises:
        SettingsError: Something an operator has to mend.
        StorageUnavailableError: The database does not answer.
    """
    is_signed = () if settings.hears_by_socket else ("slack_signing_secret",)
    require(settings, "slack_bot_token", *is_signed)
    services = service_settings(settings, catalog)
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    uploads = SlackUploads(client)
    database, store = await open_to_serve(settings, now=clock())
    try:
        files = open_files(settings)
        parts = _Parts(
            settings=settings,
            catalog=catalog,
            clock=clock,
            jitter=jitter,
            bells=Bells(),
            database=database,
            store=store,
            files=files,
            published=PublishedFiles(store=store, files=files, clock=clock),
            providers=build_providers(
                services,
                clock=clock,
                remembered=Memory(store, clock),
                uploads=uploads,
                publishing=build_publisher(settings, uploads, store, files, clock),
            ),
            client=client,
            workspace=Workspace(client),
        )
        await check_files(parts.files, settings=settings, providers=parts.providers)
        return _connect(parts)
    except BaseException:
        await database.close()
        raise


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What everything else is made from."""

    settings: Settings
    catalog: Catalog
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    bells: Bells
    database: Database
    store: Store
    files: Files
    published: PublishedFiles
    providers: Services
    client: AsyncWebClient
    workspace: Workspace


def _connect(parts: _Parts) -> App:
    productions = Productions(
        store=parts.store,
        providers=parts.providers,
        rules=_rules(parts),
        clock=parts.clock,
        jitter=parts.jitter,
        bells=parts.bells,
    )
    messenger = Messenger(parts.client, parts.workspace)
    app = App(
        parts=parts,
        productions=productions,
        tracker=_tracker(parts, productions),
        notifier=_notifier(parts, productions, messenger),
        messenger=messenger,
        copying=_copying(parts, productions),
    )
    bolt = build_bolt(parts.client, _listeners(app, parts))
    # Of Bolt's own type by shape; importing that would bring Bolt in here for one word.
    bolt.listener_runner.listener_start_handler = cast("Any", app.in_flight)
    app.sockets = _sockets(app, parts, bolt)
    app.web = _web(app, parts, bolt)
    return app


def _rules(parts: _Parts) -> Rules:
    return Rules(
        pace_of=partial(service_pace, parts.settings),
        policy=parts.catalog.slack.policy(),
        debounce_s=parts.settings.webhook_debounce_s,
        has_gate=parts.catalog.slack.gate,
        share_most_bytes=parts.settings.share_most_bytes,
    )


def _groups(policy: Policy) -> frozenset[str]:
    """Pick the user groups out of the people and groups that a policy names."""
    return frozenset(one for one in policy.approvers | policy.on_call if one.startswith("S"))


def _tracker(parts: _Parts, productions: Productions) -> Tracker:
    settings = parts.settings
    return Tracker(
        store=parts.store,
        productions=productions,
        providers=parts.providers,
        rules=TrackerRules(
            looks_at_once=settings.looks_at_once,
            lease_s=settings.look_timeout_s * 3 + LEASE_MARGIN_S,
            submit_lease_s=settings.submit_timeout_s + LEASE_MARGIN_S,
            copies_all=settings.copies_all,
        ),
        clock=parts.clock,
        jitter=parts.jitter,
        bell=parts.bells.tracker,
    )


def _copying(parts: _Parts, productions: Productions) -> CopyingParts:
    return build_copying(
        parts.settings,
        store=parts.store,
        files=parts.files,
        providers=parts.providers,
        productions=productions,
        clock=parts.clock,
        jitter=parts.jitter,
        bells=parts.bells,
        slack=ThreadFiles(parts.client, parts.workspace),
    )


def _notifier(parts: _Parts, productions: Productions, messenger: Messenger) -> Notifier:
    settings = parts.settings
    pacing = Pacing(
        post_interval_s=settings.post_interval_s,
        edits_per_minute=settings.edits_per_minute,
        progress_edit_s=settings.progress_edit_s,
    )
    payer = Payer(
        store=parts.store,
        productions=productions,
        messenger=messenger,
        face_of=partial(build_face, parts.settings, parts.catalog, parts.providers),
        pacing=pacing,
        on_call_channel=parts.catalog.slack.on_call_channel,
        clock=parts.clock,
    )
    return Notifier(
        store=parts.store,
        payer=payer,
        messenger=messenger,
        pacing=pacing,
        clock=parts.clock,
        bell=parts.bells.notifier,
    )


def _listeners(app: App, parts: _Parts) -> Listeners:
    policy = parts.catalog.slack.policy()
    return Listeners(
        productions=app.productions,
        providers=parts.providers,
        workspace=parts.workspace,
        people=People(
            parts.client, workspace=parts.workspace, groups=_groups(policy), clock=parts.clock
        ),
        channels=Channels(parts.client, clock=parts.clock),
        policy=policy,
        face_of=partial(build_face, parts.settings, parts.catalog, parts.providers),
        command=parts.settings.command,
    )


def _sockets(app: App, parts: _Parts, bolt: Bolt) -> Sockets | None:
    token = parts.settings.slack_app_token
    if token is None:
        return None
    return Sockets(
        bolt,
        client=parts.client,
        app_token=token.get_secret_value(),
        count=parts.settings.socket_connections,
        in_flight=app.in_flight,
        jitter=parts.jitter,
    )


def _slack_endpoint(parts: _Parts, bolt: Bolt) -> Endpoint:
    secret = parts.settings.slack_signing_secret
    if parts.settings.hears_by_socket or secret is None:
        return heard_elsewhere
    signing_secret = secret.get_secret_value()
    return SlackEndpoint(bolt, signing_secret=signing_secret, clock=parts.clock).answer


def _web(app: App, parts: _Parts, bolt: Bolt) -> Starlette:
    return build_web(
        parts.settings,
        productions=app.productions,
        store=parts.store,
        files=parts.files,
        published=parts.published,
        providers=parts.providers,
        slack=_slack_endpoint(parts, bolt),
        missing=app.missing,
        lifespan=lambda _web: _lifespan(app),
        clock=parts.clock,
    )


@asynccontextmanager
async def _lifespan(app: App) -> AsyncIterator[None]:
    """Run the loops while the endpoints answer.

    uvicorn raises the signal again once it has served, so nothing after this is sure to run.
    """
    await app.start()
    try:
        yield
    finally:
        await app.close()
