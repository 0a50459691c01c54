"""A sharer on a bench, and a Slack that answers as it is told."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.approval import Person
from bot.core.production import State
from bot.core.shares import AFTER
from bot.shares import Parts, Sharer
from bot.slack.thread_files import Shown, Uploaded
from tests.copying import World, running_world
from tests.following import CONSOLE
from tests.stores import make_change

MOST = 1_000_000
BO = Person(user_id="U0BO", team_id="T0GREEN")


@dataclass
class ToldSlack:
    """A Slack that answers as it is told, and notes what it was given.

    Attributes:
        uploads, shows, finds, deletes: Answers to come, in order; where none is left, all is well
            and nothing is found.
        taken: Names and contents of what was uploaded.
        shown: File ids of each call that showed files.
    """

    reads_history: bool = True
    uploads: list = field(default_factory=list)
    shows: list = field(default_factory=list)
    finds: list = field(default_factory=list)
    deletes: list = field(default_factory=list)
    taken: list = field(default_factory=list)
    shown: list = field(default_factory=list)
    deleted: list = field(default_factory=list)
    looked: int = 0

    async def upload(self, name, *, size_bytes, pieces):
        """Take a file."""
        content = b"".join([piece async for piece in pieces])
        assert len(content) == size_bytes
        self.taken.append((name, content))
        return self.uploads.pop(0) if self.uploads else Uploaded(file_id=f"F{len(self.taken)}")

    async def show(self, titles, *, channel, thread_ts, comment):
        """Show files."""
        assert (channel, thread_ts) == ("C0MARKETING", "1700000000.000100")
        self.shown.append(list(titles))
        return self.shows.pop(0) if self.shows else Shown(permalinks={})

    async def find(self, file_ids, **_):
        """Look."""
        self.looked += 1
        return self.finds.pop(0) if self.finds else None

    async def delete(self, file_id):
        """Take a file away."""
        self.deleted.append(file_id)
        return self.deletes.pop(0) if self.deletes else None


@dataclass(kw_only=True)
class Thread:
    """A world with a sharer, and the Slack it speaks to."""

    world: World
    slack: ToldSlack
    sharer: Sharer

    async def completed(self, *files, copied=True):
        """Let the service finish a production, and have its files copied."""
        production = await self.world.finished(*files)
        self.world.bench.clock.move(AFTER.total_seconds())
        if copied:
            await self.world.copier.drain()
        return production

    async def shares(self, production):
        """Say how it stands with the files, by key."""
        loaded = await self.world.bench.store.load(production.id)
        return {
            one.key: (one.share.state.value, one.share.reason)
            for one in loaded.deliverables
            if one.share is not None
        }

    async def after(self, seconds):
        """Move time on and do what is due."""
        self.world.bench.clock.move(seconds)
        await self.sharer.drain()

    async def reject(self, production):
        """Reject it, however that came."""
        store = self.world.bench.store
        change = make_change(await store.load(production.id), state=State.REJECTED)
        await store.save(change, claim=None)


@contextlib.asynccontextmanager
async def running_thread(tmp_path: Path) -> AsyncIterator[Thread]:
    """Run a world whose files are copied and put into threads, in a folder."""
    async with running_world(tmp_path) as world:
        bench, slack = world.bench, ToldSlack()
        bench.service.capabilities = CONSOLE
        bench.tracker._looker._copies_all = True
        bench.productions._changes._share_most_bytes = MOST
        parts = Parts(
            store=bench.store,
            files=world.files,
            slack=slack,
            most_bytes=MOST,
            name_of=lambda file, _topic: file.name,
            clock=bench.clock.now,
            jitter=lambda: 0.0,
        )
        yield Thread(world=world, slack=slack, sharer=Sharer(parts, bell=bench.bells.sharer))
