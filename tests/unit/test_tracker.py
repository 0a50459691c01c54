"""The loop that follows jobs: nothing ends it, and failed looks cost neither news nor budget."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.core.budget import Limits, Spent
from bot.core.errors import (
    ProviderAuthError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.events import Command, News
from bot.core.production import State
from bot.providers.budget import RequestBudget
from bot.tracker.flusher import Flusher
from storage.values import Settled
from tests.factories import later, make_deliverable, make_job
from tests.following import fails_first, running_bench, see

FILES = (make_deliverable(),)
BOUND_S = 10.0
GONE = ProviderRefusedError("not found", code="job_missing")
DOWN = ProviderUnavailableError("down", code="503")


@pytest.fixture
async def bench(tmp_path):
    async with running_bench(tmp_path) as made:
        yield made


def levels(logs):
    """List how grave the log lines are."""
    return {line["log_level"] for line in logs}


# The loops.


async def test_unexpected_error_while_claiming_is_logged_and_the_loop_goes_on(bench):
    """A bug that one turn meets must not end following for everybody."""
    await bench.recorded(State.PRODUCING)
    stop, looked = asyncio.Event(), asyncio.Event()
    bench.store.claim_due = fails_first(2, ValueError("a row of nonsense"), bench.store.claim_due)

    async def note():
        looked.set()

    bench.service.during_look = note
    with capture_logs() as logs:
        async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
            group.create_task(bench.tracker.run(stop))
            await looked.wait()
            stop.set()
            bench.bells.ring_all()
    failed = [line for line in logs if line["event"] == "turn_failed"]
    assert [line["log_level"] for line in failed] == ["error", "error"]
    assert len(bench.service.looks) == 1


async def test_unexpected_error_while_settling_is_logged_and_the_flusher_goes_on():
    """A batch that cannot be saved is given up; the ones after it are saved."""
    saved, has_failed, is_saved = [], asyncio.Event(), asyncio.Event()

    async def settle(batch):
        if not has_failed.is_set():
            has_failed.set()
            raise ValueError("a row of nonsense")
        saved.extend(look.production_id for look in batch)

    def note(_expected):
        is_saved.set()

    flusher = Flusher(settle, on_saved=note)
    with capture_logs() as logs:
        async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
            group.create_task(flusher.run())
            flusher.add(settled("A"))
            await has_failed.wait()
            flusher.add(settled("B"))
            await is_saved.wait()
            await flusher.close()
    assert saved == ["B"]
    assert [line["event"] for line in logs] == ["looks_not_settled"]


def settled(production_id):
    """Make a look that changed nothing."""
    return Settled(production_id=production_id, claim="t", hints=0, version=1, due_at=None)


async def test_unexpected_error_in_one_turn_leaves_the_others_alone(bench):
    """One production's nonsense is logged; the other is looked at in the same moment."""
    await bench.recorded(State.PRODUCING, id="AAAAAA", job=make_job("job-1"))
    await bench.recorded(State.PRODUCING, id="BBBBBB", job=make_job("job-2"))
    bench.service.observe = fails_first(1, ValueError("nonsense"), bench.service.observe)
    with capture_logs() as logs:
        await bench.advance(0)
    assert len(bench.service.looks) == 1
    assert "turn_failed" in [line["event"] for line in logs]


# A job that ended, and what webhooks say of it.


@pytest.mark.parametrize("error", [DOWN, ProviderReplyError("odd", sample="")], ids=["down", "odd"])
async def test_revival_is_found_although_the_first_look_after_the_webhook_fails(bench, error):
    """A webhook that wakes a failed job is worth more than one look."""
    production = await bench.recorded(State.FAILED, due_in_s=None)
    bench.service.seen = error
    await bench.webhook("production.queued")
    await bench.advance(5)
    assert len(bench.service.looks) >= 1
    bench.service.seen = see(News.PRODUCING)
    await bench.advance(60)
    assert (await bench.store.load(production.id)).state is State.PRODUCING


async def test_revival_is_found_although_no_files_are_listed_yet(bench):
    """A failed job that is suddenly ready is taken up at once; its files are looked for after."""
    production = await bench.recorded(State.FAILED, due_in_s=None)
    bench.service.seen = see(News.AWAITING_APPROVAL, "AwaitingApproval")
    await bench.webhook("deliverable.ready")
    await bench.advance(5)
    revived = await bench.store.load(production.id)
    assert (revived.state, revived.deliverables) == (State.AWAITING_APPROVAL, ())
    bench.service.files = FILES
    await bench.advance(400)
    assert len((await bench.store.load(production.id)).deliverables) == 1


async def test_ended_production_that_cannot_be_looked_at_goes_back_to_sleep(bench):
    """A webhook about a dead job does not cost requests for ever, and a second one is as good."""
    production = await bench.recorded(State.FAILED, due_in_s=None)
    bench.service.seen = DOWN
    await bench.webhook("production.queued")
    await bench.advance(6000, step_s=20)
    first = len(bench.service.looks)
    assert 2 < first < 12
    assert (await bench.store.load(production.id)).due_at is None
    await bench.webhook("production.queued")
    await bench.advance(6000, step_s=20)
    assert len(bench.service.looks) == 2 * first


async def test_ended_production_whose_job_is_gone_is_looked_at_once(bench):
    """A service that does not know the job any more has said all there is to say."""
    await bench.recorded(State.FAILED, due_in_s=None)
    bench.service.seen = GONE
    await bench.webhook("production.queued")
    await bench.advance(2000, step_s=20)
    assert len(bench.service.looks) == 1


async def test_unknown_word_of_a_completed_production_is_no_trouble(bench):
    """A word that no document names is kept and warned of once; there is nothing more to look for."""
    production = await bench.recorded(State.COMPLETED, due_in_s=None, files=FILES)
    bench.service.seen, bench.service.files = see(None, "Archived"), FILES
    with capture_logs() as logs:
        for _ in range(2):
            await bench.webhook("production.archived")
            await bench.advance(3600, step_s=60)
    assert len(bench.service.looks) == 2
    assert levels(logs) == {"warning"}
    assert [line["event"] for line in logs] == ["status_word_unknown"]
    assert (await bench.store.load(production.id)).state is State.COMPLETED


async def test_files_that_were_seen_are_kept_when_the_last_list_is_empty(bench):
    """A list that is empty once it is published takes nothing away, and holds nothing up."""
    production = await bench.recorded(State.AWAITING_APPROVAL, files=FILES)
    bench.service.seen = see(News.COMPLETED, "Published")
    await bench.advance(0)
    now = await bench.store.load(production.id)
    assert (now.state, len(now.deliverables)) == (State.COMPLETED, 1)


# Looks that fail.


async def test_job_that_is_gone_is_looked_at_ever_more_rarely_and_called_late_once(tmp_path):
    """A job that answers 404 for ever costs few requests, and people hear of it once."""
    async with running_bench(tmp_path, deadline_s={State.PRODUCING: 900.0}) as bench:
        production = await bench.recorded(State.PRODUCING)
        bench.service.seen = GONE
        await bench.advance(1200, step_s=10)
        early = len(bench.service.looks)
        await bench.advance(3600, step_s=10)
        now = await bench.store.load(production.id)
        events = await bench.store.events(production.id)
    assert early <= 10
    assert len(bench.service.looks) - early <= 8
    assert now.is_late
    assert now.problem is not None
    assert now.problem.kind == "missing"
    assert [one.kind for one in events[1:]] == [News.UNCLEAR, News.OVERDUE]


@pytest.mark.parametrize(
    "facts",
    [
        {"state_since_at": later(-2000), "deadline_at": later(-1100)},
        {"state_since_at": later(-2000), "is_late": True},
        {"state_since_at": later(-800), "deadline_at": later(100), "quiet_looks": 2},
    ],
    ids=["it has just passed", "it passed long ago", "it is near"],
)
async def test_deadline_never_cuts_short_a_wait_that_was_asked_for(bench, facts):
    """However late a production is, a service that asks for an hour is left alone for an hour."""
    await bench.recorded(State.QUEUED, **facts)
    bench.service.seen = ProviderUnavailableError("busy", code="503", retry_after_s=3600.0)
    await bench.advance(3500, step_s=20)
    assert len(bench.service.looks) == 1
    await bench.advance(200, step_s=20)
    assert len(bench.service.looks) == 2


async def test_key_that_is_refused_for_everything_pauses_every_look(bench):
    """A revoked key is not tried on one production after the other."""
    await bench.recorded(State.PRODUCING, id="AAAAAA", job=make_job("job-1"))
    await bench.recorded(State.PRODUCING, id="BBBBBB", job=make_job("job-2"), due_in_s=10)
    bench.service.seen = ProviderAuthError("no", code="UNAUTHORIZED", is_for_all=True)
    await bench.advance(55)
    assert bench.service.looks == ["job-1"]
    await bench.advance(10)
    assert "job-2" in bench.service.looks


async def test_one_production_that_is_refused_pauses_no_other(bench):
    """A key that lacks the right to one account's production goes on looking at the others."""
    await bench.recorded(State.PRODUCING, id="AAAAAA", job=make_job("job-1"))
    await bench.recorded(State.PRODUCING, id="BBBBBB", job=make_job("job-2"), due_in_s=10)
    bench.service.seen = ProviderAuthError("no", code="PERMISSION_DENIED")
    await bench.advance(20)
    assert bench.service.looks == ["job-1", "job-2"]


async def test_looks_that_cost_nothing_go_on_when_the_day_is_spent(bench):
    """A service whose storage answers looks is followed to the end of a day without requests."""
    budget = RequestBudget(
        credential="c",
        clock=bench.clock.now,
        day_limits={},
        assumed=Limits(per_minute=None, per_day=1),
        is_certain=True,
        counts_looks=False,
    )
    budget.count()
    bench.service.budget = budget
    await bench.recorded(State.PRODUCING)
    await bench.advance(120)
    assert not budget.may_ask()
    assert len(bench.service.looks) >= 4


# Cancelling.


async def test_cancel_goes_out_although_the_looks_have_spent_their_share(tmp_path):
    """Somebody waits for it, and a running job costs money."""
    async with running_bench(tmp_path, limits=Limits(per_minute=None, per_day=10)) as bench:
        budget = bench.service.budget
        budget.count()
        budget.absorb(budget.take_unsaved(), Spent(minute=1, day=8))
        assert not budget.may_look()
        production = await bench.recorded(State.PRODUCING)
        await bench.advance(30)
        assert bench.service.looks == []
        await bench.command(production, Command.CANCEL)
        await bench.advance(5)
        assert bench.service.cancels == 1


async def test_cancel_that_cannot_be_sent_holds_up_no_look_and_is_sent_later(bench):
    """A service that takes no cancel just now still shows how far it is."""
    production = await bench.recorded(State.QUEUED)
    bench.service.refusal = DOWN
    await bench.command(production, Command.CANCEL)
    await bench.advance(5)
    now = await bench.store.load(production.id)
    assert now.state is State.PRODUCING
    assert now.pending_cancel is not None
    assert now.pending_cancel.sent_at is None
    bench.service.refusal = None
    await bench.advance(60)
    sent = (await bench.store.load(production.id)).pending_cancel
    assert sent is not None
    assert sent.sent_at is not None


async def test_cancel_that_is_not_allowed_is_said_and_dropped(bench):
    """A refusal that waiting does not mend ends the asking, and looks go on."""
    production = await bench.recorded(State.QUEUED)
    bench.service.refusal = ProviderAuthError("no", code="PERMISSION_DENIED")
    await bench.command(production, Command.CANCEL)
    await bench.advance(120)
    now = await bench.store.load(production.id)
    assert now.pending_cancel is None
    assert now.state is State.PRODUCING
    assert bench.service.cancels == 1
    assert len(await bench.events(production, News.CANCEL_REFUSED)) == 1
