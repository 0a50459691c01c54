"""Publishing what was uploaded: whole or not at all, once, and for a time."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.core.errors import (
    FILES_NOT_STORED,
    FILES_SLOW,
    FILES_UNREACHABLE,
    FilesUnavailableError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageUnavailableError,
)
from bot.core.production import FileReference
from bot.publishing import CONTENT_TYPES, Ended, PublishedFiles, Publisher, build_publisher
from bot.settings import Settings
from storage.files import Files
from tests.following import running_bench
from tests.publishing import Drawer

FACE = FileReference(file_id="F0FACE", name="Ana Schön.PNG", size_bytes=10)
VOICE = FileReference(file_id="F0VOICE", name="voice.mp3", size_bytes=10)
BYTES = b"0123456789"
DAY_S = 86_400


@pytest.fixture
async def world(tmp_path):
    """Give a publisher over a real store and a real folder, and what serves."""
    async with running_bench(tmp_path) as bench:
        files = Files((tmp_path / "files").as_uri())
        drawer = Drawer({FACE.file_id: BYTES, VOICE.file_id: BYTES})
        publisher = Publisher(
            uploads=drawer,
            store=bench.store,
            files=files,
            public_url="https://bot.example",
            keep_days=7,
            clock=bench.clock.now,
        )
        served = PublishedFiles(store=bench.store, files=files, clock=bench.clock.now)
        yield SimpleNamespace(
            bench=bench, files=files, drawer=drawer, publisher=publisher, served=served
        )


def token_of(address):
    """Take the token out of an address."""
    base, token, name = address.rsplit("/", 2)
    assert (base, name) == ("https://bot.example/u", "file.png")
    return token


async def read(world, address):
    """Read what stands at an address."""
    found = await world.served.find(token_of(address))
    return b"".join([piece async for piece in world.served.read(found, 0, found.size_bytes)])


def first_stuck(world):
    """Make a way of deleting that never deletes the first folder it is asked to."""
    remove, asked = world.files.remove, []

    async def stuck(folder):
        asked.append(folder)
        if folder == asked[0]:
            raise FilesUnavailableError("stuck")
        await remove(folder)

    return stuck


def kept(world):
    """List the files in the store."""
    folder = world.files.folder
    return [one for one in folder.rglob("*") if one.is_file()] if folder.exists() else []


async def test_the_same_file_has_one_address_and_is_read_once(world):
    """The address says nothing of the file but its ending."""
    first = await world.publisher.publish(FACE)
    assert await world.publisher.publish(FACE) == first
    assert world.drawer.opened == [FACE.file_id]
    assert await read(world, first) == BYTES
    assert len(token_of(first)) == 32


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.png.exe", "a.", "a.mp4"])
async def test_only_pictures_and_recordings_are_published(world, name):
    """Nothing that a browser would run, and nothing that no service asks for here."""
    with pytest.raises(ProviderRefusedError) as raised:
        await world.publisher.publish(replace(FACE, name=name))
    assert raised.value.code == "file_kind"
    assert not any("html" in one or "svg" in one for one in CONTENT_TYPES.values())


async def test_a_file_that_is_gone_leaves_nothing(world):
    """Not even a row: it is asked for before anything is begun."""
    with pytest.raises(ProviderRefusedError):
        await world.publisher.publish(replace(FACE, file_id="F0GONE"))
    assert await world.bench.store.end_published(now=world.bench.clock.now(), limit=9) == []


async def test_a_file_that_breaks_off_is_not_served_and_is_tried_anew(world):
    """What was written of it goes with the next round."""
    broken = ProviderUnavailableError("away", code=FILES_UNREACHABLE)
    world.drawer.breaks = broken
    with pytest.raises(ProviderUnavailableError) as raised:
        await world.publisher.publish(FACE)
    assert raised.value is broken
    assert kept(world) == []
    world.drawer.breaks = None
    assert await read(world, await world.publisher.publish(FACE)) == BYTES
    assert await world.served.delete_outlived() == 1
    assert len(kept(world)) == 1


async def test_a_file_that_trickles_is_given_up(world, monkeypatch):
    """The order is tried again; what was begun is swept away, and nothing else breaks."""
    monkeypatch.setattr("bot.publishing.TRANSFER_S", 0.05)
    world.drawer.hangs = asyncio.Event()
    with pytest.raises(ProviderUnavailableError) as raised:
        await world.publisher.publish(FACE)
    assert raised.value.code == FILES_SLOW
    assert "Slack" not in raised.value.text
    assert await world.served.delete_outlived() == 1
    assert kept(world) == []


async def test_a_process_that_dies_leaves_nothing_that_is_served(world):
    """What it had begun goes a day later, row and all."""
    world.drawer.hangs = asyncio.Event()
    publishing = asyncio.create_task(world.publisher.publish(FACE))
    await world.drawer.waits.wait()
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    assert await world.served.delete_outlived() == 0
    world.bench.clock.move(DAY_S)
    assert await world.served.delete_outlived() == 1
    assert kept(world) == []


@pytest.mark.parametrize("size_bytes", [9, 11])
async def test_a_file_of_another_size_is_not_served(world, size_bytes):
    """Whatever promised it."""
    with pytest.raises(ProviderUnavailableError) as raised:
        await world.publisher.publish(replace(FACE, size_bytes=size_bytes))
    assert raised.value.code == FILES_UNREACHABLE
    await world.served.delete_outlived()
    assert kept(world) == []


async def test_a_store_that_takes_nothing_is_our_own_trouble(world, monkeypatch):
    """It is said to be, and tried again; nothing is served."""

    async def full(*_args):
        raise FilesUnavailableError("full")

    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(world.files, "put", full)
        with pytest.raises(ProviderUnavailableError) as raised:
            await world.publisher.publish(FACE)
    assert raised.value.code == FILES_NOT_STORED
    assert [one["event"] for one in lines] == ["upload_not_stored"]
    assert await read(world, await world.publisher.publish(FACE)) == BYTES


async def test_a_store_that_hangs_is_not_called_slacks_trouble(world, monkeypatch):
    """Who kept whom waiting is not known, so nobody is blamed."""

    async def hangs(*_args):
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.publishing.TRANSFER_S", 0.05)
    monkeypatch.setattr(world.files, "put", hangs)
    with pytest.raises(ProviderUnavailableError) as raised:
        await world.publisher.publish(FACE)
    assert raised.value.code == FILES_SLOW
    assert "Slack" not in raised.value.text


async def test_a_database_that_is_away_is_not_called_slacks_trouble(world, monkeypatch):
    """The tracker knows how to wait for it."""

    async def away(*_args, **_more):
        raise StorageUnavailableError("away")

    monkeypatch.setattr(world.bench.store, "prolong_published", away)
    with pytest.raises(StorageUnavailableError):
        await world.publisher.publish(FACE)


async def test_bytes_that_are_not_where_they_were_put_are_published_anew(world):
    """Whoever comes with the old address is told."""
    first = await world.publisher.publish(FACE)
    (path,) = kept(world)
    path.write_bytes(b"cut")
    with capture_logs() as lines:
        assert await world.served.find(token_of(first)) == Ended(since_at=None)
        second = await world.publisher.publish(FACE)
    assert {one["event"] for one in lines} == {"published_file_missing", "file_published"}
    missing = [one for one in lines if one["event"] == "published_file_missing"]
    assert [one["file_id"] for one in missing] == [FACE.file_id] * 2
    assert missing[0]["published_id"] == missing[1]["published_id"]
    assert second != first
    assert await read(world, second) == BYTES
    assert await world.served.find(token_of(first)) == Ended(since_at=None)


async def test_whoever_comes_second_takes_over_what_the_first_has_published(world, monkeypatch):
    """Two replicas may be at the same file; both give the same address."""
    prolong, first = world.bench.store.prolong_published, []

    async def overtaken(*args, **more):
        found = await prolong(*args, **more)
        if not first:
            first.append(None)
            first.append(await world.publisher.publish(FACE))
        return found

    monkeypatch.setattr(world.bench.store, "prolong_published", overtaken)
    assert await world.publisher.publish(FACE) == first[1]
    assert world.drawer.opened == [FACE.file_id] * 2
    assert await world.served.delete_outlived() == 1
    assert await read(world, first[1]) == BYTES


async def test_an_address_ends_on_time_and_its_bytes_go(world):
    """To the second; what is asked for again lives on."""
    address = await world.publisher.publish(FACE)
    world.bench.clock.move(7 * DAY_S - 1)
    assert await read(world, address) == BYTES
    world.bench.clock.move(1)
    ended = await world.served.find(token_of(address))
    assert ended == Ended(since_at=world.bench.clock.now())
    assert await world.served.delete_outlived() == 1
    assert kept(world) == []
    assert await world.served.delete_outlived() == 0
    assert await world.served.find(token_of(address)) == ended


async def test_deleting_is_tried_again(world, monkeypatch):
    """A store that does not answer leaves the row as it is, and nothing is served meanwhile."""
    address = await world.publisher.publish(FACE)
    world.bench.clock.move(7 * DAY_S)

    async def away(*_args, **_more):
        raise FilesUnavailableError("away")

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(world.files, "remove", away)
        assert await world.served.delete_outlived() == 0
    assert isinstance(await world.served.find(token_of(address)), Ended)
    assert await world.served.delete_outlived() == 1


async def test_a_file_that_cannot_be_deleted_keeps_no_other(world, monkeypatch):
    """It comes last the next time, so that it never stands in anybody's way."""
    await world.publisher.publish(FACE)
    await world.publisher.publish(VOICE)
    world.bench.clock.move(7 * DAY_S)
    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(world.files, "remove", first_stuck(world))
        patch.setattr("bot.publishing.AT_ONCE", 1)
        assert await world.served.delete_outlived() == 0
        assert await world.served.delete_outlived() == 1
        assert await world.served.delete_outlived() == 0
    assert [one["event"] for one in lines] == [
        "upload_not_deleted",
        "uploads_deleted",
        "upload_not_deleted",
    ]
    assert await world.served.delete_outlived() == 1
    assert kept(world) == []


async def test_one_file_that_is_stuck_ends_no_round(world, monkeypatch):
    """The others go in the same round."""
    await world.publisher.publish(FACE)
    await world.publisher.publish(VOICE)
    world.bench.clock.move(7 * DAY_S)
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(world.files, "remove", first_stuck(world))
        assert await world.served.delete_outlived() == 1
    assert len(kept(world)) == 1


async def test_a_store_that_is_away_ends_the_round(world, monkeypatch):
    """Each further file would wait as long as the first."""
    asked = []

    async def away(folder):
        asked.append(folder)
        raise FilesUnavailableError("away")

    for file in (FACE, VOICE):
        await world.publisher.publish(file)
    world.bench.clock.move(7 * DAY_S)
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(world.files, "remove", away)
        patch.setattr("bot.publishing.STUCK_IN_A_ROW", 1)
        assert await world.served.delete_outlived() == 0
    assert len(asked) == 1


async def test_no_line_of_the_log_holds_the_address(world):
    """Nor the token, nor what the file is called."""
    with capture_logs() as lines:
        address = await world.publisher.publish(FACE)
    assert [one["event"] for one in lines] == ["file_published"]
    said = str(lines)
    assert token_of(address) not in said
    assert "Ana" not in said


def test_nothing_is_published_without_a_public_address(world):
    """Nobody could fetch it."""
    settings = Settings(_env_file=None, public_url=None)
    parts = (world.drawer, world.bench.store, world.files, world.bench.clock.now)
    assert build_publisher(settings, *parts) is None
    settings = Settings(_env_file=None, public_url="https://bot.example/")
    assert build_publisher(settings, *parts) is not None
