"""Messages that cross each other, or cannot be sent: no card is stale, none comes twice."""

import asyncio
import itertools
import json

import pytest

from bot.core.approval import Person
from bot.core.errors import StorageUnavailableError
from bot.core.events import Command
from bot.core.notices import Kind, Notice, Priority, Route
from bot.notifier import paying
from bot.slack.errors import Unknown
from bot.slack.views import thread
from storage.engine import Database
from tests.rig import ANA, BO, MARKETING, ONCALL, TOPIC, state_in
from tests.stores import raw
from twin.faults import Fault

POST, EDIT = "chat.postMessage", "chat.update"
LONG_S = 30_000.0


def says(word, *, method, times=1):
    """Let Slack answer with an error word."""
    body = json.dumps({"ok": False, "error": word})
    return Fault(match=method, kind="body", status=200, body=body, times=times)


async def newest(rig):
    """Give the production that changed last."""
    return (await rig.app.parts.store.list_productions(limit=1))[0]


async def owe_edit(rig, production_id, priority):
    """Owe an edit of a card at this moment."""
    edit = Notice(route=Route.EDIT, kind=Kind.CARD, priority=priority)
    await rig.app.parts.store.owe(production_id, (edit,), at=rig.clock.now())


async def several(make_rig, number, **settings):
    """Give a rig in which several productions are being made and nothing is owed."""
    rig = await make_rig(**settings)
    rig.jarai.configure(producing_s=LONG_S)
    ids = []
    for one in range(number):
        await rig.request(f"Video {one}")
        ids.append((await newest(rig)).id)
    await rig.advance(130)
    return rig, ids


# Cards.


async def test_refused_card_is_told_though_the_database_failed_in_between(rig, monkeypatch):
    """The requester learns that nothing was sent, and no request waits for ever."""
    refuse, tries = rig.app.productions.card_refused, []

    async def fail_once(*args, **kwargs):
        tries.append(args)
        if len(tries) == 1:
            raise StorageUnavailableError("locked")
        return await refuse(*args, **kwargs)

    monkeypatch.setattr(rig.app.productions, "card_refused", fail_once)
    view = await rig.open_form()
    rig.slack.faults.add(says("is_archived", method=POST, times=2))
    await rig.send_form(view)
    await rig.advance(60)
    assert (await newest(rig)).state == "failed"
    assert ["could not post" in one["text"] for one in rig.direct(ANA)] == [True]


async def test_two_edits_of_a_deleted_card_bring_one_new_card(rig):
    """While the new card waits for its turn, another change does not owe a second one."""
    rig.jarai.configure(producing_s=LONG_S)
    card = await rig.request()
    rig.slack.faults.add(says("message_not_found", method=EDIT, times=2))
    rig.slack.faults.add(Fault(match=POST, kind="rate_limit", seconds=60))
    rig.jarai.act.pick_up(rig.job_id())
    await rig.advance(40)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(120)
    cards = [one for one in rig.replies(card) if state_in(one["text"]) and "blocks" in one]
    assert [one["text"].startswith("The video") for one in cards].count(True) == 1


async def test_edit_beside_a_new_card_changes_that_one(rig, monkeypatch):
    """An edit that was refused while the new card arrived owes no third card."""
    rig.jarai.configure(producing_s=LONG_S)
    card = await rig.request()
    production, edit = await newest(rig), rig.app.messenger.edit

    async def overtaken(*args):
        monkeypatch.undo()
        await rig.app.productions.card_posted(production.id, ts=card.replace(".", ".1"))
        return await edit(*args)

    monkeypatch.setattr(rig.app.messenger, "edit", overtaken)
    rig.slack.faults.add(says("message_not_found", method=EDIT))
    before = rig.slack.journal.number
    await owe_edit(rig, production.id, Priority.STATE)
    await rig.app.notifier.drain()
    assert len(rig.calls(EDIT, after=before)) == 2


async def test_new_card_of_unknown_fate_is_found_in_its_thread(rig):
    """A card that was posted anew stands in the thread; it is looked for there."""
    rig.jarai.configure(producing_s=LONG_S)
    card = await rig.request()
    rig.slack.faults.add(says("message_not_found", method=EDIT))
    rig.slack.faults.add(Fault(match=POST, kind="drop_after"))
    rig.jarai.act.pick_up(rig.job_id())
    await rig.advance(120)
    assert [state_in(one["text"]) for one in rig.replies(card)] == ["Producing"]


async def test_change_while_the_first_card_is_posted_is_shown(rig, monkeypatch):
    """Somebody cancels before we know where the card is: the card says so all the same."""
    view, post = await rig.open_form(), rig.app.messenger.post

    async def cancelled_meanwhile(*args, **kwargs):
        sent = await post(*args, **kwargs)
        monkeypatch.undo()
        person = Person(user_id=ANA, team_id="T0GREEN")
        production = await newest(rig)
        await rig.app.productions.command(production.id, Command.CANCEL, person=person, attempt=1)
        lanes = await rig.app.parts.store.claim_lanes(
            now=rig.clock.now(), limit=9, rows_per_lane=9, lease_s=60
        )
        for lane in lanes:
            await rig.app.notifier._pay_lane(lane)
        return sent

    monkeypatch.setattr(rig.app.messenger, "post", cancelled_meanwhile)
    await rig.send_form(view)
    await rig.advance(60)
    assert rig.state(rig.cards()[0]["ts"]) == "Cancelled"


async def test_card_that_cannot_be_drawn_fails_the_request(rig, monkeypatch):
    """Without a card nobody could decide, so nothing is sent and the requester is told."""

    def fail(*_args):
        raise RuntimeError("no words")

    monkeypatch.setattr(paying, "build_card", fail)
    view = await rig.open_form()
    await rig.send_form(view)
    await rig.advance(10)
    assert rig.posts() == 0
    assert ["could not post" in one["text"] for one in rig.direct(ANA)] == [True]


# Lanes.


async def test_reply_that_cannot_be_drawn_keeps_nobody_waiting(rig, monkeypatch):
    """It is left out, and what other productions owe goes out in its time."""
    first = await rig.request("First one")
    first_job = rig.job_id()
    second = await rig.request("Second one")
    build = paying.build_reply

    def fail_for_first(kind, production, detail, face):
        if production.topic == "First one":
            raise RuntimeError("no words")
        return build(kind, production, detail, face)

    monkeypatch.setattr(paying, "build_reply", fail_for_first)
    rig.jarai.act.finish(first_job)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(45)
    assert len(rig.replies(second)) == 1
    assert rig.replies(first) == []
    assert await rig.app.parts.store.count_owed() == 0


async def test_late_replies_go_out_without_the_one_that_cannot_be_drawn(rig, monkeypatch):
    """One bad reply does not take those it was merged with along."""
    card = await rig.request_and_finish()

    def fail(_told):
        raise RuntimeError("no words")

    monkeypatch.setitem(thread._WRITERS, Kind.DECISION_WITHDRAWN, fail)
    rig.slack.limits.set(POST, 0)
    for button in ("Approve", "Change decision"):
        await rig.click(button, card)
    await rig.advance(180)
    rig.slack.limits.set(POST, None)
    await rig.advance(90)
    told = [one["text"] for one in rig.replies(card)][1:]
    assert ["approved" in words for words in told] == [True]
    assert await rig.app.parts.store.count_owed() == 0


async def test_one_late_reply_says_that_it_is_late(rig):
    """Whoever reads it knows that it did not happen just now; it is told once."""
    card = await rig.request()
    rig.slack.faults.add(Fault(match=POST, kind="rate_limit", seconds=200))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(280)
    (reply,) = rig.replies(card)
    assert reply["text"].startswith("While Slack was unreachable: ready for review")


async def test_urgent_edit_overtakes_progress_that_used_up_its_half(make_rig):
    """Steps wait for the next minute; a failure is shown now."""
    rig, ids = await several(make_rig, 4, edits_per_minute=4, progress_edit_s=0)
    before = rig.slack.journal.number
    for production_id in ids[:3]:
        await owe_edit(rig, production_id, Priority.PROGRESS)
    await rig.app.notifier.drain()
    assert len(rig.calls(EDIT, after=before)) == 2
    await owe_edit(rig, ids[3], Priority.URGENT)
    await rig.app.notifier.drain()
    assert len(rig.calls(EDIT, after=before)) == 3
    await rig.advance(60)
    assert len(rig.calls(EDIT, after=before)) == 4


async def test_edits_that_are_not_sent_use_up_no_part_of_the_minute(make_rig):
    """Only what was asked of Slack counts against Slack's limit."""
    rig, ids = await several(make_rig, 3, edits_per_minute=2)
    cardless = ", ".join(f"'{one}'" for one in ids[:2])
    spoil = "UPDATE productions SET card_ts = NULL WHERE id IN "
    await raw(rig.app.parts.database, f"{spoil}({cardless})")
    for production_id in ids:
        await owe_edit(rig, production_id, Priority.STATE)
    before = rig.slack.journal.number
    await rig.app.notifier.drain()
    assert len(rig.calls(EDIT, after=before)) == 1


async def test_slow_edits_end_before_their_lease_does(make_rig, monkeypatch):
    """A lane is given back at half of its lease, so that no call outlives the claim."""
    rig, ids = await several(make_rig, 4)
    claim, edit, claimed = rig.app.parts.store.claim_lanes, rig.app.messenger.edit, []

    async def counted(**kwargs):
        lanes = await claim(**kwargs)
        claimed.extend(len(lane.rows) for lane in lanes)
        return lanes

    async def slow(*args):
        await rig.clock.advance(16)
        return await edit(*args)

    for production_id in ids:
        await owe_edit(rig, production_id, Priority.STATE)
    monkeypatch.setattr(rig.app.parts.store, "claim_lanes", counted)
    monkeypatch.setattr(rig.app.messenger, "edit", slow)
    await rig.app.notifier.drain()
    assert claimed == [4, 2]


# Looking back.


async def test_one_place_that_cannot_be_read_does_not_hide_the_others(rig, monkeypatch):
    """A message is settled though Slack does not say what became of an earlier one."""
    find, asked = rig.app.messenger.find, []

    async def blind_in_one(channel, **kwargs):
        if channel == ONCALL:
            asked.append(rig.clock.now())
            return Unknown(text="status 500")
        return await find(channel, **kwargs)

    monkeypatch.setattr(rig.app.messenger, "find", blind_in_one)
    for channel in (ONCALL, MARKETING):
        view = await rig.open_form(channel=channel)
        rig.slack.faults.add(Fault(match=POST, kind="drop_before"))
        await rig.send_form(view)
        await rig.advance(2)
    await rig.advance(40)
    assert len(rig.cards(MARKETING)) == 1
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(asked)]
    assert min(gaps) >= 5


@pytest.mark.parametrize("route", [Route.DIRECT, Route.EDIT])
async def test_production_that_cannot_be_read_stops_no_messages(rig, monkeypatch, route):
    """What is owed about it is given up, and the others are told as ever."""
    rig.jarai.configure(producing_s=LONG_S)
    await rig.request("Bad one")
    bad = await newest(rig)
    good = await rig.request("Good one")
    rig.jarai.act.finish(rig.job_id())
    notice = Notice(route=route, kind=Kind.CARD if route is Route.EDIT else Kind.OVERDUE)
    await rig.app.parts.store.owe(bad.id, (notice,), at=rig.clock.now())
    spoil = "UPDATE productions SET facts = '{\"problem\": 7}' WHERE id = "
    await raw(rig.app.parts.database, f"{spoil}'{bad.id}'")
    await rig.advance(45)
    assert rig.state(good) == "Awaiting approval"
    assert await rig.app.parts.store.count_owed() == 0


# The stop.


async def test_click_that_was_acked_is_recorded_before_the_stop(rig):
    """Slack was slow to say who clicked; the decision is kept all the same."""
    card = await rig.request_and_finish(TOPIC)
    rig.slack.faults.add(Fault(match="users.info", kind="delay", seconds=0.3))
    await rig.slack.act.click(user=BO, channel=MARKETING, ts=card, button="Approve")
    async with asyncio.timeout(8):
        await rig.app.close()
    database = await Database.open(rig.app.parts.settings.database_url)
    assert await raw(database, "SELECT user_id FROM decisions") == [(BO,)]
    await database.close()
