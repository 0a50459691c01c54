"""Productions are recorded once, loaded whole, and saved by whoever saw the newest version."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from bot.core.errors import (
    JobTakenError,
    LostClaimError,
    StaleProductionError,
    UnknownProductionError,
)
from bot.core.production import (
    Decision,
    Ending,
    Failure,
    PendingCancel,
    Problem,
    Progress,
    State,
    Verdict,
)
from tests.factories import NOW, later, make_deliverable, make_job, make_production, make_request
from tests.stores import CARD, claim_one, make_change, make_edit, make_event, record

FULL = {
    "due_at": later(10),
    "deadline_at": later(900),
    "quiet_looks": 2,
    "provider_word": "RENDERING",
    "progress": Progress(stage="video", step="render", step_number=3, total_steps=7, percent=41),
    "failure": Failure(code="E42", text="no", correlation_id="c-1"),
    "problem": Problem(kind="unreachable", text="gone", since_at=NOW),
    "decision": Decision(verdict=Verdict.REJECT, user_id="U0BO", at=NOW, attempt=1, reason="dark"),
    "pending_cancel": PendingCancel(user_id="U0BO", at=NOW, sent_at=later(1)),
    "ending": Ending(user_id="U0BO", at=NOW, reason="over"),
    "collecting_since_at": later(2),
    "is_late": True,
}


async def _save(store, production, *, claim=None, claim_until=None, **changes):
    change = make_change(production, **changes)
    await store.save(change, claim=claim, claim_until=claim_until)
    return await store.load(production.id)


async def test_a_recorded_production_is_loaded_as_it_was(store):
    """Nothing of a production is lost or changed by being kept."""
    production = make_production(State.PRODUCING, **FULL)
    assert await record(store, production) == production


async def test_a_saved_production_is_loaded_as_it_was(store):
    """Every fact that a change may bring is written."""
    production = await record(store, make_production(State.QUEUED))
    change = make_change(production, state=State.PRODUCING, **FULL)
    await store.save(change, claim=None)
    assert await store.load(production.id) == change.after


async def test_the_same_form_again_is_the_same_production(store):
    """A form sent twice is recorded once."""
    first = make_production()
    again = make_production(id="9ZZZZZ")
    form = {"form_key": "view-1", "fingerprint": "same"}
    made = await store.record(first, make_event(first), (CARD,), **form)
    repeated = await store.record(again, make_event(again), (CARD,), **form)
    assert (made.outcome, repeated.outcome) == ("new", "same")
    assert repeated.production_id == made.production_id
    assert await store.count_owed() == 1


async def test_the_same_form_with_other_values_says_so(store):
    """The production made before is named, and nothing new is written."""
    first = make_production()
    other = make_production(id="9ZZZZZ")
    await store.record(first, make_event(first), (), form_key="view-1", fingerprint="a")
    differs = await store.record(other, make_event(other), (), form_key="view-1", fingerprint="b")
    assert (differs.outcome, differs.production_id) == ("differs", first.id)
    with pytest.raises(UnknownProductionError):
        await store.load(other.id)


async def test_one_form_sent_by_many_at_once_is_recorded_once(store):
    """Slack's retries may run beside each other."""
    productions = [make_production(id=f"SAME{number:02}") for number in range(8)]
    outcomes = await asyncio.gather(
        *(
            store.record(each, make_event(each), (), form_key="view-1", fingerprint="a")
            for each in productions
        )
    )
    assert Counter(each.outcome for each in outcomes) == {"new": 1, "same": 7}
    assert len({each.production_id for each in outcomes}) == 1


async def test_a_taken_id_is_replaced_by_a_free_one(store):
    """Two wishes that drew the same id are both kept, with their history."""
    first = await record(store)
    second = await record(store)
    assert second.id != first.id
    assert [event.production_id for event in await store.events(second.id)] == [second.id]


async def test_an_unknown_id_is_said_to_be_unknown(store):
    """Nobody gets an empty production."""
    with pytest.raises(UnknownProductionError):
        await store.load("NOBODY")


async def test_history_is_given_oldest_first(store):
    """Events come back as they were written, with their details."""
    production = await record(store, make_production(State.QUEUED))
    change = make_change(production, state=State.PRODUCING)
    event = replace(change.event, actor_id="U0BO", detail={"word": "RUNNING"})
    await store.save(replace(change, event=event), claim=None)
    assert await store.events(production.id) == [make_event(production), event]


async def test_who_saves_second_is_told_to_load_again(store):
    """A save compares the version it was made from."""
    production = await record(store, make_production(State.QUEUED))
    await store.save(make_change(production, state=State.PRODUCING), claim=None)
    with pytest.raises(StaleProductionError):
        await store.save(make_change(production, is_late=True), claim=None)


async def test_twenty_savers_at_once_are_all_kept_one_version_each(store):
    """Whoever loses loads and applies again, and nothing is lost."""
    production = await record(store, make_production(State.QUEUED))
    lost = 0

    async def add_one(number):
        nonlocal lost
        while True:
            loaded = await store.load(production.id)
            try:
                word = f"{loaded.provider_word or ''}.{number}"
                return await store.save(make_change(loaded, provider_word=word), claim=None)
            except StaleProductionError:
                lost += 1

    await asyncio.gather(*(add_one(number) for number in range(20)))
    loaded = await store.load(production.id)
    assert loaded.version == production.version + 20
    assert sorted(int(part) for part in loaded.provider_word.split(".")[1:]) == list(range(20))
    assert len(await store.events(production.id)) == 21
    assert lost > 0


async def test_a_save_under_a_lost_claim_is_refused(store):
    """What a worker learnt after its lease ran out is dropped."""
    await record(store, make_production(State.QUEUED, due_at=NOW))
    mine = await claim_one(store, lease_s=1)
    await claim_one(store, seconds=2)
    with pytest.raises(LostClaimError):
        await store.save(make_change(mine.production, is_late=True), claim=mine.token)


async def test_a_save_of_nothing_known_says_so(store):
    """A production that was never recorded cannot be saved."""
    with pytest.raises(UnknownProductionError):
        await store.save(make_change(make_production()), claim=None)


async def test_a_job_is_followed_by_one_attempt_only(store):
    """A second attempt with the same job is refused, and nothing of its change stays."""
    await record(store, make_production(State.QUEUED, job=make_job("job-7")))
    other = await record(store, make_production(State.SUBMISSION_UNKNOWN, id="OTHER1"))
    attempt = replace(other.attempt, job=make_job("job-7"))
    change = make_change(other, state=State.QUEUED, attempt=attempt, notices=(make_edit(),))
    with pytest.raises(JobTakenError):
        await store.save(change, claim=None)
    assert await store.load(other.id) == other
    assert len(await store.events(other.id)) == 1
    assert await store.count_owed() == 0


async def test_a_next_attempt_begins_without_what_belonged_to_the_last(store):
    """Job and files stay with their attempt; the old job still finds the production."""
    production = await record(store, make_production(State.QUEUED, job=make_job("job-1")))
    files = (make_deliverable(),)
    production = await _save(store, production, state=State.FAILED, deliverables=files)
    attempt = replace(production.attempt, number=2, job=None, started_at=later(5))
    production = await _save(
        store, production, state=State.REQUESTED, attempt=attempt, deliverables=()
    )
    assert production.attempt == attempt
    assert production.deliverables == ()
    assert await store.find_by_job("jarai", "job-1") == production.id


async def test_decisions_are_kept_even_when_withdrawn(store):
    """Each new decision is one line; taking it back adds none."""
    production = await record(store, make_production(State.AWAITING_APPROVAL))
    decision = FULL["decision"]
    production = await _save(store, production, decision=decision)
    production = await _save(store, production, is_late=True)
    production = await _save(store, production, decision=None)
    assert production.decision is None
    assert await store.decisions(production.id) == [decision]


async def test_a_production_is_found_by_its_job(store):
    """That is all a webhook knows."""
    production = await record(store, make_production(State.QUEUED, job=make_job("job-1")))
    assert await store.find_by_job("jarai", "job-1") == production.id
    assert await store.find_by_job("narakeet", "job-1") is None


async def test_lists_are_filtered_and_newest_change_first(store):
    """Channel, workspace, states and pages narrow the list."""
    other = make_request(channel_id="C0OTHER")
    for number, request in enumerate([make_request(), other, make_request()]):
        production = make_production(
            State.QUEUED, id=f"LIST{number}", request=request, job=make_job(f"job-{number}")
        )
        production = await record(store, production)
        change = make_change(production, at=later(number), state=State.PRODUCING)
        await store.save(change, claim=None)

    async def ids(**wanted):
        found = await store.list_productions(**{"limit": 10, **wanted})
        return [each.id for each in found]

    assert await ids() == ["LIST2", "LIST1", "LIST0"]
    assert await ids(channel_id="C0MARKETING") == ["LIST2", "LIST0"]
    assert await ids(team_id="T0NOBODY") == []
    assert await ids(states=[State.FAILED]) == []
    assert await ids(states={State.PRODUCING, State.FAILED}, limit=1, offset=1) == ["LIST1"]


async def test_list_of_one_person_holds_what_they_asked_for(store):
    """The requester narrows the list, together with the states."""
    for number, requester_id in enumerate(["U0ANA", "U0BO", "U0ANA"]):
        request = make_request(requester_id=requester_id)
        await record(store, make_production(id=f"MINE{number}", request=request))
    found = await store.list_productions(requester_id="U0ANA", limit=10)
    assert sorted(one.id for one in found) == ["MINE0", "MINE2"]
    assert await store.list_productions(requester_id="U0ANA", states=[], limit=10) == []


async def test_productions_are_counted(store):
    """Open ones are those that are looked at; every state is counted, empty ones too."""
    await record(store, make_production(State.QUEUED, job=make_job("job-1")))
    await record(store, make_production(State.FAILED, job=make_job("job-2")))
    await record(store, make_production(State.REQUESTED))
    assert await store.count_open("jarai") == 1
    assert await store.count_open("narakeet") == 0
    counted = await store.count_by_state()
    assert set(counted) == set(State)
    assert sum(counted.values()) == 3
    assert counted[State.FAILED] == 1
