"""What our copies are there for, and how they end."""

import pytest
from structlog.testing import capture_logs

from bot.copies import Retention
from bot.core.errors import (
    FilesUnavailableError,
    ProviderRefusedError,
    TransitionNotAllowedError,
)
from bot.handout import Gone, Handout, OurFile, Why
from bot.providers.base import Capabilities, Link
from bot.providers.switched_off import Services
from tests.copying import DATA, VIDEO, running_world
from tests.factories import NOW
from tests.following import CONSOLE


@pytest.fixture
async def world(tmp_path):
    async with running_world(tmp_path) as world:
        yield world


async def test_copy_is_what_people_get(world):
    """Also when the service is gone; its size is checked, and another thing there is not served."""
    production = await world.finished(VIDEO)
    token = await world.token(production)
    assert isinstance(await world.handout.find(token), Link)  # Not copied yet: the link lives.
    await world.copier.drain()
    await world.state(production)
    world.bench.service.links["v"] = ProviderRefusedError("gone")
    found = await world.handout.find(token)
    assert isinstance(found, OurFile)
    assert (found.size_bytes, found.name, found.sent_type) == (len(DATA), VIDEO.name, "video/mp4")
    (world.files.folder / found.file).write_bytes(b"cut")
    missing = await world.handout.find(token)
    assert missing.why is Why.MISSING


async def test_service_that_is_switched_off_is_said(world):
    """Its files cannot be asked for; ours still can."""
    world.bench.service.capabilities = CONSOLE
    production = await world.finished(VIDEO)
    handout = Handout(store=world.bench.store, files=world.files, providers=Services({}))
    found = await handout.find(await world.token(production))
    assert found.why is Why.SWITCHED_OFF


async def test_private_download_says_what_is_missing(world):
    """Without PUBLIC_URL our copy has no address; a dead link would be no answer."""
    production = await world.finished(VIDEO)
    ask = world.bench.productions.open_deliverable
    assert isinstance(await ask(production.id, attempt=1, key="v"), Link)
    await world.copier.drain()
    with pytest.raises(TransitionNotAllowedError) as raised:
        await ask(production.id, attempt=1, key="v")
    assert raised.value.why == "no_address"


async def test_what_was_never_ordered_has_no_files_to_hand_out(world):
    """Nothing has superseded it; it lists nothing."""
    production = await world.bench.recorded()
    productions = world.bench.productions
    with pytest.raises(TransitionNotAllowedError) as raised:
        await productions.open_deliverable(production.id, attempt=1, key="v")
    assert raised.value.why == "not_listed"


async def test_our_copy_is_handed_out_while_its_service_is_off(world):
    """It needs nobody else, however long that service's own links live."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    world.bench.service.capabilities = Capabilities(is_off=True)
    with pytest.raises(TransitionNotAllowedError) as raised:
        await world.bench.productions.open_deliverable(production.id, attempt=1, key="v")
    assert raised.value.why == "no_address"


@pytest.mark.parametrize(("days", "is_deleted"), [(89, False), (91, True)])
async def test_copies_are_deleted_when_their_time_is_over(world, days, is_deleted):
    """The files go, the card is owed an edit, and the link says why."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    retention = _retention(world, keep_days=90)
    world.bench.clock.move(days * 86_400)
    assert await retention.delete_outlived() == int(is_deleted)
    kept = [path for path in world.files.folder.rglob("*") if path.is_file()]
    assert bool(kept) is not is_deleted
    loaded = await world.bench.store.load(production.id)
    assert (loaded.files_deleted_at is not None) is is_deleted
    found = await world.handout.find(await world.token(production))
    assert isinstance(found, Gone if is_deleted else OurFile)
    if is_deleted:
        assert found.why is Why.DELETED
        assert await retention.delete_outlived() == 0


def _retention(world, *, keep_days):
    return Retention(
        store=world.bench.store,
        files=world.files,
        productions=world.bench.productions,
        keep_days=keep_days,
        clock=world.bench.clock.now,
    )


async def test_copies_may_be_kept_for_ever(world):
    """With 0 nothing is ever deleted."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    world.bench.clock.move(400 * 86_400)
    assert await _retention(world, keep_days=0).delete_outlived() == 0


async def test_deleting_is_tried_again(world, monkeypatch):
    """A store that does not answer leaves the row as it is, and the next round finds it."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    world.bench.clock.move(91 * 86_400)

    async def away(*_args, **_more):
        raise FilesUnavailableError("away")

    retention = _retention(world, keep_days=90)
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(world.files, "remove", away)
        assert await retention.delete_outlived() == 0
    assert await retention.delete_outlived() == 1


class Outlived:
    """Productions whose time is over, in place of the database and the store of files.

    Attributes:
        ids: What is still to be deleted.
        stuck: What the store refuses to delete.
        tried: What it was asked to delete.
    """

    def __init__(self, count, *, stuck):
        self.ids = [str(at) for at in range(count)]
        self.stuck = set(self.ids[:stuck])
        self.tried = []

    async def find_outlived(self, *, before_at, limit):
        """List them, always in the same order."""
        return self.ids[:limit]

    async def remove(self, folder):
        """Delete a folder, or fail."""
        self.tried.append(folder)
        if folder in self.stuck:
            raise FilesUnavailableError("Permission denied")

    async def note_deleted_files(self, production_id):
        """Have one less."""
        self.ids.remove(production_id)

    async def round(self, retention):
        """Do one round; gives what was tried in it, and how many were deleted."""
        self.tried = []
        deleted = await retention.delete_outlived()
        return self.tried, deleted


def _over(outlived):
    return Retention(
        store=outlived, files=outlived, productions=outlived, keep_days=1, clock=lambda: NOW
    )


async def test_folder_that_cannot_be_deleted_holds_up_no_other(monkeypatch):
    """Its round goes on, and in the next one it comes last."""
    monkeypatch.setattr("bot.copies.retention.AT_ONCE", 3)
    outlived = Outlived(6, stuck=2)
    retention = _over(outlived)
    assert await outlived.round(retention) == (["0", "1", "2"], 1)
    assert await outlived.round(retention) == (["3", "4", "5"], 3)
    assert await outlived.round(retention) == (["0", "1"], 0)
    outlived.stuck.clear()
    assert await outlived.round(retention) == (["0", "1"], 2)


async def test_store_that_is_gone_is_not_asked_for_every_folder():
    """Each answer may take a minute; the next round begins with other folders."""
    outlived = Outlived(8, stuck=8)
    retention = _over(outlived)
    assert await outlived.round(retention) == (["0", "1", "2", "3", "4"], 0)
    assert await outlived.round(retention) == (["5", "6", "7", "0", "1"], 0)
