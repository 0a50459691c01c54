"""The one way to a state change: races are run again, and what a webhook asked for is kept."""

import pytest

from bot.core.events import Command, News
from bot.core.production import Progress, State, Verdict
from tests.factories import later, make_deliverable
from tests.following import running_bench, see
from tests.stores import make_change

FILES = (make_deliverable(),)


@pytest.fixture
async def bench(tmp_path):
    async with running_bench(tmp_path) as made:
        yield made


async def test_click_does_not_put_off_a_look_that_a_webhook_asked_for(bench):
    """Whoever approves a moment after JARAI released it sees that within seconds."""
    production = await bench.recorded(State.AWAITING_APPROVAL, due_in_s=3600, files=FILES, hints=1)
    await bench.webhook("production.published")
    approved = await bench.command(production, Command.APPROVE)
    assert approved.decision is not None
    assert approved.due_at == later(2)
    assert (await bench.store.load(production.id)).due_at == later(2)


async def test_step_event_does_not_put_off_a_look(bench):
    """Progress that a webhook's body tells leaves the next look where it was."""
    production = await bench.recorded(State.PRODUCING, due_in_s=7)
    await bench.webhook("production.step.complete", progress=Progress(step="Script", step_number=3))
    stepped = await bench.store.load(production.id)
    assert stepped.progress == Progress(step="Script", step_number=3)
    assert stepped.due_at == later(7)


async def test_cancel_is_due_at_once_however_late_the_next_look(bench):
    """A click may bring the next look forward."""
    production = await bench.recorded(State.PRODUCING, due_in_s=300)
    assert (await bench.command(production, Command.CANCEL)).due_at == later(0)


async def test_loser_of_a_race_is_recorded_all_the_same(bench):
    """What a look has shown while somebody decided is kept, and so is the decision."""
    production = await bench.recorded(State.AWAITING_APPROVAL, files=FILES)
    bench.service.seen = see(News.DISTRIBUTING, "Distributing")
    bench.service.during_look = lambda: bench.command(production, Command.APPROVE)
    await bench.advance(0)
    now = await bench.store.load(production.id)
    assert now.state is State.DISTRIBUTING
    assert now.decision is not None
    assert now.decision.verdict is Verdict.APPROVE
    assert len(bench.service.looks) == 1


async def test_click_that_lost_a_race_is_recorded_all_the_same(bench):
    """Somebody saves between the load and the save of a click: the click counts on what is now."""
    production = await bench.recorded(State.AWAITING_APPROVAL, files=FILES)
    save = bench.store.save

    async def beaten(change, **options):
        bench.store.save = save
        await save(make_change(change.before, provider_word="Reviewing"), claim=None)
        await save(change, **options)

    bench.store.save = beaten
    await bench.command(production, Command.APPROVE)
    now = await bench.store.load(production.id)
    assert now.provider_word == "Reviewing"
    assert now.decision is not None


async def test_look_that_lost_a_race_and_brings_nothing_new_gives_its_claim_back(bench):
    """Somebody else recorded what it saw: the next look comes without waiting for the lease."""
    done = Progress(stage="Visuals", step="Cut", step_number=6)
    production = await bench.recorded(State.PRODUCING, provider_word="Producing")
    bench.service.seen = see(News.PRODUCING, progress=done)
    bench.service.during_look = lambda: bench.webhook("production.step.complete", progress=done)
    await bench.advance(0)
    assert (await bench.store.load(production.id)).progress == done
    looks = len(bench.service.looks)
    await bench.advance(40)
    assert len(bench.service.looks) > looks


async def test_collecting_is_looked_at_again_soon_whatever_the_safety_net(tmp_path):
    """Files that are promised are looked for every ten seconds, though webhooks arrive."""
    async with running_bench(tmp_path, safety_s=3600.0) as bench:
        production = await bench.recorded(State.PRODUCING, hints=2)
        bench.service.seen = see(News.AWAITING_APPROVAL, "AwaitingApproval")
        await bench.advance(0)
        collecting = await bench.store.load(production.id)
        assert collecting.collecting_since_at == later(0)
        assert collecting.due_at == later(10)
        bench.service.files = FILES
        await bench.advance(10)
        assert (await bench.store.load(production.id)).state is State.AWAITING_APPROVAL
