"""What was rejected is taken out of the thread, or never gets there."""

import pytest
from structlog.testing import capture_logs

from bot.core.production import State
from bot.slack.errors import RateLimited, Refused, Unknown
from bot.slack.thread_files import Shown
from tests.copying import VIDEO
from tests.sharing import BO, running_thread
from tests.stores import make_change


@pytest.fixture
async def thread(tmp_path):
    async with running_thread(tmp_path) as thread:
        yield thread


async def test_rejected_before_it_was_sent_is_never_sent(thread):
    """Its links were taken back meanwhile."""
    production = await thread.completed(VIDEO)
    await thread.reject(production)
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("withdrawn", "taken_back")}
    assert thread.slack.taken == []


async def test_rejected_while_open_is_deleted_and_not_shown_again(thread):
    """Whether it was there or not."""
    production = await thread.completed(VIDEO)
    thread.slack.shows = [Unknown(text="?")]
    await thread.sharer.drain()
    await thread.reject(production)
    await thread.after(20)
    assert await thread.shares(production) == {"v": ("withdrawn", None)}
    assert (thread.slack.deleted, len(thread.slack.shown)) == (["F1"], 1)


async def test_what_slack_will_not_delete_is_said_in_the_log(thread):
    """An admin can; it is not tried for ever."""
    production = await thread.completed(VIDEO)
    await thread.sharer.drain()
    await thread.reject(production)
    thread.slack.deletes = [RateLimited(retry_after_s=40.0), Refused(word="cant_delete_file")]
    with capture_logs() as lines:
        await thread.sharer.drain()
        await thread.after(40)
        await thread.after(9999)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == [
        "file_not_withdrawn"
    ]
    assert await thread.shares(production) == {"v": ("shared", "cant_delete_file")}
    assert thread.slack.deleted == ["F1", "F1"]


async def test_video_that_was_taken_up_again_keeps_its_file(thread):
    """The service may revive what was rejected before the file was deleted."""
    production = await thread.completed(VIDEO)
    await thread.sharer.drain()
    await thread.reject(production)
    store = thread.world.bench.store
    revived = make_change(await store.load(production.id), state=State.PRODUCING)
    await store.save(revived, claim=None)
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("shared", None)}
    assert thread.slack.deleted == []


async def test_rejected_while_its_bytes_go_out_is_not_shown(thread, monkeypatch):
    """The claim is hours old when the bytes were many."""
    production = await thread.completed(VIDEO)
    real = thread.slack.upload

    async def upload(name, **more):
        outcome = await real(name, **more)
        await thread.reject(production)
        return outcome

    monkeypatch.setattr(thread.slack, "upload", upload)
    await thread.sharer.drain()
    assert thread.slack.shown == []
    assert await thread.shares(production) == {"v": ("withdrawn", "taken_back")}


async def _refused_after_unknown(thread):
    """Let a share end as refused although the thread may show it."""
    production = await thread.completed(VIDEO)
    thread.slack.reads_history = False
    thread.slack.shows = [Unknown(text="cut off"), Refused(word="is_archived")]
    await thread.sharer.drain()
    await thread.after(20)
    assert await thread.shares(production) == {"v": ("refused", "is_archived")}
    return production


async def test_what_may_be_there_although_it_was_refused_is_deleted(thread):
    """A visible call of unknown outcome came before the refusal."""
    production = await _refused_after_unknown(thread)
    await thread.reject(production)
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("withdrawn", None)}
    assert thread.slack.deleted == ["F1"]


async def test_refused_file_that_slack_will_not_delete_stays_refused(thread):
    """A wait for Slack in between changes nothing."""
    production = await _refused_after_unknown(thread)
    await thread.reject(production)
    thread.slack.deletes = [RateLimited(retry_after_s=40.0), Refused(word="cant_delete_file")]
    await thread.sharer.drain()
    await thread.after(40)
    assert await thread.shares(production) == {"v": ("refused", "cant_delete_file")}


async def test_refused_file_whose_video_was_taken_up_again_stays_refused(thread):
    """With Slack's word for it."""
    production = await _refused_after_unknown(thread)
    await thread.reject(production)
    store = thread.world.bench.store
    revived = make_change(await store.load(production.id), state=State.PRODUCING)
    await store.save(revived, claim=None)
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("refused", "is_archived")}
    assert thread.slack.deleted == []


async def test_what_may_be_there_is_looked_for_when_somebody_asks_again(thread):
    """So that it is not there twice, and can still be taken away."""
    production = await _refused_after_unknown(thread)
    thread.slack.reads_history = True
    thread.slack.finds = [Shown(permalinks={})]
    await thread.world.bench.productions.share_deliverable(
        production.id, attempt=1, key="v", person=BO
    )
    await thread.sharer.drain()
    assert await thread.shares(production) == {"v": ("shared", None)}
    assert len(thread.slack.taken) == 1
    await thread.reject(production)
    await thread.sharer.drain()
    assert thread.slack.deleted == ["F1"]
