"""What the sharer does with what Slack answers: goes on, waits, begins anew or gives up."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.core.errors import FilesUnavailableError, LostClaimError, StorageUnavailableError
from bot.core.events import News
from bot.core.notices import Route
from bot.core.production import CopyState, ShareState, State
from bot.core.shares import AFTER
from bot.shares.turn import LEASE_S, OUT_OF_TIME
from bot.slack.errors import NotSent, Paused, RateLimited, Refused, Unknown
from bot.slack.thread_files import Declined, Shown, Uploaded
from tests.copying import CAPTIONS, DATA, VIDEO
from tests.factories import make_deliverable
from tests.following import CONSOLE, see
from tests.sharing import BO, running_thread

GONE = Refused(word="file_not_found")


@pytest.fixture
async def thread(tmp_path):
    async with running_thread(tmp_path) as thread:
        yield thread


async def test_kept_copies_are_sent_and_shown(thread):
    """Whole, in one message, the video first; the card is owed an edit."""
    production = await thread.completed(CAPTIONS, VIDEO)
    await thread.sharer.drain()
    assert thread.slack.taken == [(VIDEO.name, DATA), (CAPTIONS.name, DATA)]
    assert thread.slack.shown == [["F1", "F2"]]
    assert await thread.shares(production) == {"v": ("shared", None), "c": ("shared", None)}
    lanes = await thread.world.bench.store.claim_lanes(
        now=thread.world.bench.clock.now(), limit=9, rows_per_lane=9, lease_s=9
    )
    assert Route.EDIT in {row.route for lane in lanes for row in lane.rows}


async def test_nothing_is_sent_before_the_last_copy_is_there(thread):
    """One message is kinder than two."""
    production = await thread.completed(VIDEO, copied=False)
    await thread.sharer.drain()
    assert thread.slack.taken == []
    await thread.world.copier.drain()
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("shared", None)}


async def test_file_whose_length_turns_out_too_great_is_left_out(thread):
    """The service did not list one; that is nobody's news."""
    production = await thread.completed(VIDEO, CAPTIONS)
    thread.sharer._parts = replace(thread.sharer._parts, most_bytes=len(DATA) - 1)
    await thread.sharer.drain()
    assert set((await thread.shares(production)).values()) == {("refused", "too_large")}
    assert thread.slack.shown == []


async def test_what_a_person_asked_for_may_be_longer(thread):
    """The setting is about what comes by itself."""
    thread.world.bench.productions._changes._share_most_bytes = 0
    thread.sharer._parts = replace(thread.sharer._parts, most_bytes=0)
    production = await thread.completed(VIDEO)
    share = await thread.world.bench.productions.share_deliverable(
        production.id, attempt=1, key="v", person=BO
    )
    assert share.state is ShareState.WANTED
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("shared", None)}


@pytest.mark.parametrize(
    ("outcome", "wait_s"),
    [
        (RateLimited(retry_after_s=90.0), 90),
        (NotSent(text="away"), 20),
        (Paused(word="token_revoked"), 20),
        (Unknown(text="?"), 20),
    ],
)
async def test_bytes_are_sent_again_later(thread, outcome, wait_s):
    """What Slack has of the others by then stays there."""
    production = await thread.completed(VIDEO, CAPTIONS)
    thread.slack.uploads = [Uploaded(file_id="FV"), outcome]
    await thread.sharer.drain()
    await thread.after(wait_s - 1)
    assert len(thread.slack.taken) == 2
    await thread.after(1)
    assert [name for name, _ in thread.slack.taken] == [VIDEO.name, CAPTIONS.name, CAPTIONS.name]
    assert thread.slack.shown == [["FV", "F3"]]
    assert set((await thread.shares(production)).values()) == {("shared", None)}


async def test_waits_grow_and_end(thread):
    """Slack that is away for hours is not asked every minute, nor for ever."""
    production = await thread.completed(VIDEO)
    thread.slack.uploads = [NotSent(text="away")] * 1000
    for _ in range(8 * 60):
        await thread.after(60)
    assert await thread.shares(production) == {"v": ("refused", OUT_OF_TIME)}
    assert len(thread.slack.taken) < 100


async def test_store_of_files_that_is_away_is_waited_for(thread, monkeypatch):
    """The copy is not lost, and Slack is not at fault."""
    production = await thread.completed(VIDEO)

    async def away(*_):
        raise FilesUnavailableError("away")
        yield b""

    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(thread.world.files, "read", away)
        await thread.sharer.drain()
    assert [(line["event"], line["reason"]) for line in lines] == [("share_put_off", "away")]
    await thread.after(20)
    assert await thread.shares(production) == {"v": ("shared", None)}


async def test_visible_call_that_was_not_made_is_made_later(thread):
    """Nothing has to be looked for, and no bytes are sent again."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [RateLimited(retry_after_s=30.0)]
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("wanted", None)}
    await thread.after(30)
    assert (thread.slack.shown, thread.slack.looked) == ([["F1"], ["F1"]], 0)
    assert len(thread.slack.taken) == 1


async def test_unknown_outcome_is_looked_for_before_anything_is_repeated(thread):
    """And not before the call is over on Slack's side too."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [Unknown(text="?")]
    thread.slack.finds = [Unknown(text="?"), Shown(permalinks={"F1": "https://slack/f"})]
    await thread.sharer.drain()
    await thread.after(19)
    assert thread.slack.looked == 0
    await thread.after(1)
    assert await thread.shares(production) == {"v": ("sending", None)}
    await thread.after(60)
    assert await thread.shares(production) == {"v": ("shared", None)}
    assert len(thread.slack.shown) == 1


async def test_what_the_thread_does_not_show_yet_is_waited_for(thread):
    """Slack looks through large files first; it says that it knows no such upload any more."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [Unknown(text="?"), GONE, GONE]
    thread.slack.finds = [None, None, Shown(permalinks={})]
    await thread.sharer.drain()
    for _ in range(3):
        await thread.after(30)
    assert await thread.shares(production) == {"v": ("shared", None)}
    assert len(thread.slack.taken) == 1


async def test_what_never_appears_is_sent_anew(thread):
    """After ten minutes it was not taken after all."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [Unknown(text="?"), *[GONE] * 60]
    await thread.sharer.drain()
    for _ in range(20):
        await thread.after(30)
    assert len(thread.slack.taken) == 1
    thread.slack.shows = []
    await thread.after(60)
    assert len(thread.slack.taken) == 2
    assert await thread.shares(production) == {"v": ("shared", None)}


async def test_without_the_history_scope_it_is_sent_anew_at_once(thread):
    """It may then be there twice, which the docs say."""
    thread.slack.reads_history = False
    production = await thread.completed(VIDEO)
    thread.slack.shows = [Unknown(text="?"), GONE]
    await thread.sharer.drain()
    await thread.after(20)
    await thread.after(60)
    assert len(thread.slack.taken) == 2
    assert await thread.shares(production) == {"v": ("shared", None)}


@pytest.mark.parametrize("word", ["not_in_channel", "is_archived", "thread_not_found"])
async def test_thread_that_is_closed_ends_it(thread, word):
    """What is open is ended too: nobody could look."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [Unknown(text="?"), Refused(word=word)]
    thread.slack.finds = [Refused(word=word)]
    await thread.sharer.drain()
    await thread.after(20)
    assert await thread.shares(production) == {"v": ("refused", word)}


async def test_missing_scope_is_not_waited_for(thread):
    """A person has to mend it, and then asks for the file."""
    production = await thread.completed(VIDEO)
    thread.slack.uploads = [Paused(word="missing_scope")]
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("refused", "missing_scope")}


async def test_stop_gives_the_files_back(thread):
    """At once, and without counting as a try."""
    await thread.completed(VIDEO)
    thread.sharer._stop.set()
    await thread.sharer._claim()
    await thread.sharer._crew.finish()
    store, clock = thread.world.bench.store, thread.world.bench.clock
    (share,) = (await store.claim_shares(now=clock.now(), lease_s=1)).shares
    assert (share.tries, thread.slack.taken) == (0, [])


async def test_long_upload_holds_on_to_its_claim(thread, monkeypatch):
    """As long as bytes go out; whoever lost it shows nothing."""
    await thread.completed(VIDEO)
    clock, renewed = thread.world.bench.clock, []

    async def renew(_claim, *, until_at):
        renewed.append((until_at - clock.now()).total_seconds())
        raise LostClaimError("taken")

    def now():
        clock.move(31)
        return clock.at

    thread.sharer._parts = replace(thread.sharer._parts, clock=now)
    monkeypatch.setattr(thread.world.bench.store, "renew_shares", renew)
    await thread.sharer._claim()
    await thread.sharer._crew.finish()
    assert renewed == [LEASE_S]
    assert (thread.slack.taken, thread.slack.shown) == ([], [])


async def test_what_cannot_be_recorded_is_found_again(thread, monkeypatch):
    """A database that is away for a moment after the visible call: the thread is looked through."""
    production = await thread.completed(VIDEO)

    async def away(*_args, **_more):
        raise StorageUnavailableError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(thread.world.bench.store, "keep_shares", away)
        await thread.sharer.drain()
    thread.slack.finds = [Shown(permalinks={})]
    await thread.after(LEASE_S)
    assert await thread.shares(production) == {"v": ("shared", None)}
    assert len(thread.slack.shown) == 1


async def test_loop_shares_until_it_is_stopped(thread, monkeypatch):
    """Rung by the change that wants files in the thread; the stop waits for what is under way."""
    production = await thread.completed(VIDEO)
    stop, kept, real = asyncio.Event(), asyncio.Event(), thread.world.bench.store.keep_shares

    async def keep(*args, **more):
        await real(*args, **more)
        kept.set()

    monkeypatch.setattr(thread.world.bench.store, "keep_shares", keep)
    running = asyncio.create_task(thread.sharer.run(stop))
    async with asyncio.timeout(20):
        await kept.wait()
    stop.set()
    thread.world.bench.bells.sharer.ring()
    await running
    assert await thread.shares(production) == {"v": ("shared", None)}


async def test_loop_outlives_a_database_that_is_away(thread, monkeypatch):
    """And whatever else goes wrong in a turn."""
    production = await thread.completed(VIDEO)
    with monkeypatch.context() as patch, capture_logs() as lines:
        for error in (StorageUnavailableError("locked"), RuntimeError("odd")):

            async def fail(error=error, **_):
                raise error

            patch.setattr(thread.world.bench.store, "claim_shares", fail)
            await thread.sharer._turn()
    assert [line["event"] for line in lines] == ["storage_unavailable", "turn_failed"]
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("shared", None)}


async def test_service_that_dies_waits_for_copies_and_then_shares(thread):
    """Where links soon die, completion itself comes after the copies."""
    thread.world.bench.service.capabilities = replace(CONSOLE, links_die=True)
    production = await thread.world.finished(VIDEO, news=News.COMPLETED)
    await thread.sharer.drain()
    assert await thread.shares(production) == {}
    await thread.world.copier.drain()
    assert await thread.world.state(production) is State.COMPLETED
    await thread.after(3)
    assert await thread.shares(production) == {"v": ("shared", None)}
    assert await thread.world.copies(production) == {"v": CopyState.KEPT}


async def test_files_that_slack_forgets_again_and_again_are_given_up(thread):
    """Each time all of their bytes are sent."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [GONE] * 1000
    for _ in range(8 * 12):
        await thread.after(300)
    assert await thread.shares(production) == {"v": ("refused", OUT_OF_TIME)}
    assert len(thread.slack.taken) < 100


async def test_time_before_the_first_try_does_not_count(thread):
    """A bot that was off for a night has its patience still, and no more than that."""
    production = await thread.completed(VIDEO)
    thread.slack.uploads = [NotSent(text="away")] * 1000
    await thread.after(7 * 3600)
    assert await thread.shares(production) == {"v": ("wanted", None)}
    for _ in range(7 * 60):
        await thread.after(60)
    assert await thread.shares(production) == {"v": ("refused", OUT_OF_TIME)}


async def test_one_message_shows_ten_files_at_most(thread):
    """However many people clicked."""
    thread.world.bench.productions._changes._share_most_bytes = 0
    keys = [f"k{number}" for number in range(14)]
    files = [make_deliverable(key=key, name=f"{key}.mp4") for key in keys]
    production = await thread.completed(*files)
    for key in keys:
        await thread.world.bench.productions.share_deliverable(
            production.id, attempt=1, key=key, person=BO
        )
    await thread.sharer.drain()
    assert [len(shown) for shown in thread.slack.shown] == [10, 4]
    assert set((await thread.shares(production)).values()) == {("shared", None)}


async def test_refused_click_keeps_no_file_out_at_completion(thread):
    """What was refused when somebody asked for it may be taken by then."""
    production = await thread.world.finished(VIDEO, news=News.AWAITING_APPROVAL)
    await thread.world.copier.drain()
    await thread.world.bench.productions.share_deliverable(
        production.id, attempt=1, key="v", person=BO
    )
    thread.slack.uploads = [Refused(word="storage_limit_reached")]
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("refused", "storage_limit_reached")}
    thread.world.bench.service.seen = see(News.COMPLETED, "Done")
    thread.world.bench.clock.move(600)
    await thread.world.bench.tracker.drain()
    await thread.after(AFTER.total_seconds())
    assert await thread.shares(production) == {"v": ("shared", None)}


async def test_bytes_that_are_declined_again_and_again_are_given_up(thread):
    """A whole video is not sent for six hours to somebody who does not take it."""
    production = await thread.completed(VIDEO)
    thread.slack.uploads = [Declined(text="status 413")] * 9
    await thread.sharer.drain()
    await thread.after(300)
    assert await thread.shares(production) == {"v": ("wanted", None)}
    await thread.after(300)
    assert await thread.shares(production) == {"v": ("refused", "status 413")}
    assert len(thread.slack.taken) == 3
