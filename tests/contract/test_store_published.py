"""Published files: one live row for each file, whoever publishes, and an end that comes in steps."""

import asyncio

import pytest

from bot.core.production import FileReference
from storage.deliverables import token_hash
from storage.values import PublishedState
from tests.factories import NOW, later

FILE = FileReference(file_id="F0FACE", name="face.png", size_bytes=5)
OTHER = FileReference(file_id="F0VOICE", name="voice.mp3", size_bytes=7)
HASH = "ab" * 32


async def _begin(store, file=FILE, *, seconds=0):
    return await store.begin_published(
        file, content_type="image/png", at=later(seconds), until_at=later(seconds + 60)
    )


async def _publish(store, file=FILE, *, seconds=0, until=100):
    begun = await _begin(store, file, seconds=seconds)
    is_live = await store.finish_published(
        begun, sha256=HASH, at=later(seconds), until_at=later(until)
    )
    return begun, is_live


async def _state(store, one):
    found = await store.find_published(token_hash(one.token))
    return None if found is None else found.state


async def test_what_is_begun_is_nobodys_yet(store):
    """It has a folder and a token of its own and is no live file."""
    first, second = await _begin(store), await _begin(store, OTHER)
    assert len({first.token, second.token}) == len({first.folder, second.folder}) == 2
    assert first.folder.startswith("uploads/")
    assert await _state(store, first) is PublishedState.BEGUN
    assert await store.prolong_published(FILE.file_id, until_at=later(9), now=NOW) is None


async def test_what_is_live_is_found_by_its_token_and_by_its_file(store):
    """With all that serving it takes; the token itself is not in the table."""
    begun, is_live = await _publish(store)
    assert is_live
    found = await store.find_published(token_hash(begun.token))
    assert (found.state, found.sha256, found.size_bytes) == (PublishedState.LIVE, HASH, 5)
    assert (found.name, found.content_type, found.folder) == ("face.png", "image/png", begun.folder)
    assert (found.until_at, found.token) == (later(100), None)
    same = await store.prolong_published(FILE.file_id, until_at=later(50), now=NOW)
    assert (same.token, same.until_at) == (begun.token, later(100))
    assert await store.find_published(begun.token) is None


async def test_a_live_file_lives_on_when_it_is_asked_for_again(store):
    """Never for less; one whose time is over is not brought back."""
    begun, _ = await _publish(store)
    longer = await store.prolong_published(FILE.file_id, until_at=later(300), now=later(99))
    assert longer.until_at == later(300)
    assert await store.prolong_published(FILE.file_id, until_at=later(999), now=later(300)) is None
    assert await _state(store, begun) is PublishedState.LIVE


async def test_of_two_that_publish_the_same_file_one_wins(store):
    """At once or one after the other: the other's is over, and is swept away."""
    first, second = await _begin(store), await _begin(store)
    outcomes = await asyncio.gather(
        *(
            store.finish_published(one, sha256=HASH, at=NOW, until_at=later(100))
            for one in (first, second)
        )
    )
    assert sorted(outcomes) == [False, True]
    states = {await _state(store, first), await _state(store, second)}
    assert states == {PublishedState.LIVE, PublishedState.OVER}
    _, is_live = await _publish(store)
    assert not is_live
    swept = await store.end_published(now=NOW, limit=10)
    assert len(swept) == 2


async def test_a_file_may_be_published_anew_once_it_is_over(store):
    """Under another token; the first stays dead, swept or not."""
    first, _ = await _publish(store)
    second, is_live = await _publish(store, seconds=100, until=200)
    assert is_live
    assert await _state(store, first) is PublishedState.OVER
    assert await _state(store, second) is PublishedState.LIVE


async def test_files_end_and_are_forgotten_in_steps(store):
    """Over before their bytes go; listed until that is done; then they only say that they were."""
    first, _ = await _publish(store)
    await _publish(store, OTHER, until=200)
    assert await store.end_published(now=later(99), limit=10) == []
    (over,) = await store.end_published(now=later(100), limit=10)
    assert over.folder == first.folder
    assert [one.id for one in await store.end_published(now=later(101), limit=10)] == [over.id]
    await store.forget_published(over)
    assert await store.end_published(now=later(102), limit=10) == []
    assert await _state(store, first) is PublishedState.GONE


async def test_what_was_never_whole_leaves_nothing(store):
    """A writer that died is given up after its time; its row goes, since nobody has its address."""
    begun = await _begin(store)
    assert await store.end_published(now=later(59), limit=10) == []
    (over,) = await store.end_published(now=later(60), limit=10)
    late = await store.finish_published(begun, sha256=HASH, at=later(61), until_at=later(100))
    assert not late
    await store.forget_published(over)
    assert await _state(store, begun) is None


@pytest.mark.parametrize("is_live", [True, False])
async def test_a_file_can_be_taken_back(store, is_live):
    """Before its time, or before it ever was whole."""
    begun = (await _publish(store))[0] if is_live else await _begin(store)
    await store.take_back_published(begun)
    assert await _state(store, begun) is PublishedState.OVER
    (over,) = await store.end_published(now=NOW, limit=10)
    await store.forget_published(over)
    await store.take_back_published(begun)
    assert await _state(store, begun) is (PublishedState.GONE if is_live else None)


async def test_rounds_have_an_end(store):
    """A long absence is made up in rounds."""
    for number in range(3):
        await _begin(store, FileReference(file_id=f"F{number}", name="a.png", size_bytes=1))
    assert len(await store.end_published(now=later(60), limit=2)) == 2
