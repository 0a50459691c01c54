"""Files keep their tokens, and a token finds its file until it is revoked."""

from bot.core.production import State
from storage.deliverables import token_hash
from storage.values import FoundDeliverable
from tests.factories import make_deliverable, make_job, make_production
from tests.stores import make_change, record

VIDEO = make_deliverable(
    key="v",
    platform="youtube",
    language="en",
    content_type="video/mp4",
    size_bytes=3_000_000_000,
)
CAPTIONS = make_deliverable(key="c", kind="captions", name="autumn.srt")


async def _with_files(store, production, *files):
    await store.save(make_change(production, deliverables=files), claim=None)
    return await store.load(production.id)


async def _reviewed(store):
    production = await record(store, make_production(State.AWAITING_APPROVAL, job=make_job("j-1")))
    return await _with_files(store, production, VIDEO, CAPTIONS)


async def test_files_are_kept_with_tokens_of_their_own(store):
    """Order and facts stay; the tokens are long and differ."""
    production = await _reviewed(store)
    video, captions = production.deliverables
    assert (video.key, video.size_bytes, video.language) == ("v", 3_000_000_000, "en")
    assert captions.key == "c"
    assert len({video.token, captions.token}) == 2
    assert min(len(video.token), len(captions.token)) >= 32


async def test_a_file_seen_again_keeps_its_token(store):
    """Links that were shared go on working when a file is renamed or listed anew."""
    production = await _reviewed(store)
    renamed = make_deliverable(key="v", name="winter.mp4")
    new = make_deliverable(key="n", name="new.mp4")
    again = await _with_files(store, production, renamed, new)
    tokens = {each.key: each.token for each in again.deliverables}
    assert tokens["v"] == production.deliverables[0].token
    assert tokens["c"] == production.deliverables[1].token
    assert {each.key: each.name for each in again.deliverables}["v"] == "winter.mp4"


async def test_a_token_finds_its_file(store):
    """With all that is needed to fetch it."""
    production = await _reviewed(store)
    found = await store.find_deliverable(token_hash(production.deliverables[0].token))
    assert found == FoundDeliverable(
        production_id=production.id,
        topic=production.topic,
        attempt=1,
        deliverable=VIDEO,
        is_revoked=False,
        provider="jarai",
        job=make_job("j-1"),
    )
    assert await store.find_deliverable(token_hash("guess")) is None


async def test_files_belong_to_their_production(store):
    """Rejecting another leaves links alone."""
    production = await _reviewed(store)
    other = await record(store, make_production(State.AWAITING_APPROVAL, job=make_job("j-2")))
    other = await _with_files(store, other, VIDEO)
    await store.save(make_change(other, state=State.REJECTED), claim=None)
    assert await store.load(production.id) == production


async def _live(store, production):
    """Load a production and say which of its files have a link."""
    loaded = await store.load(production.id)
    return loaded, [each.token is not None for each in loaded.deliverables]


async def test_rejecting_ends_the_links_in_the_same_transaction(store):
    """What nobody wanted is not handed out for a moment longer."""
    production = await _reviewed(store)
    token = production.deliverables[0].token
    await store.save(make_change(production, state=State.REJECTED), claim=None)
    _, live = await _live(store, production)
    assert live == [False, False]
    assert (await store.find_deliverable(token_hash(token))).is_revoked is True


async def test_files_that_come_with_the_rejection_get_no_links(store):
    """They are kept, and nobody can fetch them."""
    production = await record(store, make_production(State.AWAITING_APPROVAL, job=make_job("j-1")))
    change = make_change(production, state=State.REJECTED, deliverables=(VIDEO,))
    await store.save(change, claim=None)
    assert (await _live(store, production))[1] == [False]


async def test_links_come_back_with_a_production_that_goes_on(store):
    """The files have links again, and the ended ones stay ended, whoever kept them."""
    production = await _reviewed(store)
    old = production.deliverables[0].token
    await store.save(make_change(production, state=State.REJECTED), claim=None)
    rejected, _ = await _live(store, production)
    await store.save(make_change(rejected, state=State.DISTRIBUTING), claim=None)
    again, live = await _live(store, production)
    assert live == [True, True]
    assert await store.find_deliverable(token_hash(old)) is None
    found = await store.find_deliverable(token_hash(again.deliverables[0].token))
    assert (found.deliverable.key, found.is_revoked) == ("v", False)


async def test_files_listed_anew_have_links_again(store):
    """A file whose link was ended gets another where it is listed, and only there."""
    production = await _reviewed(store)
    await store.save(make_change(production, state=State.REJECTED), claim=None)
    rejected, _ = await _live(store, production)
    listed = (make_deliverable(key="v", name="winter.mp4"),)
    change = make_change(rejected, state=State.DISTRIBUTING, deliverables=listed)
    await store.save(change, claim=None)
    again, _ = await _live(store, production)
    tokens = {each.key: each.token for each in again.deliverables}
    assert tokens["v"] not in {None, production.deliverables[0].token}
    assert tokens["c"] is None
