"""A copier on a bench, and the server that its service's links lead to."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.copies import Copier, CopyRules
from bot.core.events import News
from bot.core.notices import Route
from bot.core.production import State
from bot.handout import Handout
from bot.providers.fetching import FetchRules
from bot.providers.switched_off import Services
from storage.files import Files
from tests.factories import make_deliverable
from tests.faults.raw_server import RawServer, answer
from tests.following import CONSOLE, Bench, running_bench, see

DATA = b"frames " * 50_000
PATIENCE_S = 600.0
DIES = replace(CONSOLE, links_die=True)
VIDEO = make_deliverable(key="v", name="autumn.mp4")
CAPTIONS = make_deliverable(key="c", kind="captions", name="autumn.vtt")


@dataclass(kw_only=True)
class World:
    """A bench with a copier, and the server that the service's links lead to."""

    bench: Bench
    files: Files
    copier: Copier
    server: RawServer
    answers: dict[str, bytes]

    @property
    def handout(self):
        """Give what downloads are served from."""
        return Handout(
            store=self.bench.store,
            files=self.files,
            providers=Services({"jarai": self.bench.service}),
        )

    async def finished(self, *files, news=News.COMPLETED):
        """Let the service finish a production; gives it as it is after one look."""
        production = await self.bench.recorded(State.PRODUCING)
        service = self.bench.service
        service.seen, service.files = see(news, "Done"), files
        service.links = {one.key: f"{self.server.url()}/{one.key}" for one in files}
        await self.bench.tracker.drain()
        return await self.bench.store.load(production.id)

    async def state(self, production):
        """Give a production's state after everything due was done."""
        await self.bench.tracker.drain()
        return (await self.bench.store.load(production.id)).state

    async def token(self, production, index=0):
        """Give the token of a file's link."""
        return (await self.bench.store.load(production.id)).deliverables[index].token

    async def copies(self, production):
        """Say how it stands with the copies, by key."""
        loaded = await self.bench.store.load(production.id)
        return {one.key: one.copy.state for one in loaded.deliverables if one.copy is not None}

    async def owed(self, production):
        """List the kinds of reply and alert that are owed."""
        lanes = await self.bench.store.claim_lanes(
            now=self.bench.clock.now(), limit=10, rows_per_lane=10, lease_s=9
        )
        rows = [row for lane in lanes for row in lane.rows if row.production_id == production.id]
        return [(row.route, row.kind) for row in rows if row.route is not Route.EDIT]


@contextlib.asynccontextmanager
async def running_world(tmp_path: Path) -> AsyncIterator[World]:
    """Run a world in a folder."""
    answers = {}

    async def behave(exchange):
        request = await exchange.read_request()
        key = request.split(b" ")[1].decode().strip("/")
        await exchange.write(answers.get(key, answer("200 OK", DATA, "Content-Type: video/mp4")))
        exchange.close()

    async with running_bench(tmp_path) as bench, RawServer(behave) as server:
        bench.service.capabilities = DIES
        files = Files((tmp_path / "files").as_uri())
        rules = CopyRules(
            at_once=2, patience_s=PATIENCE_S, fetch=FetchRules(max_bytes=10_000_000, stall_s=0.5)
        )
        copier = Copier(
            store=bench.store,
            files=files,
            providers=Services({"jarai": bench.service}),
            rules=rules,
            clock=bench.clock.now,
            jitter=lambda: 0.0,
            bell=bench.bells.copier,
        )
        yield World(bench=bench, files=files, copier=copier, server=server, answers=answers)
