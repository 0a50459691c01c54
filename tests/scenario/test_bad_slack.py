"""Slack's bad days: nothing is lost, nothing is doubled where that can be known."""

import pytest

from tests.rig import ANA, MARKETING, state_in
from twin.faults import Fault

POST, EDIT = "chat.postMessage", "chat.update"
BLIND = frozenset({"channels:history", "groups:history"})


def accepted(rig, method):
    """List the calls of a method that Slack took."""
    return [entry for entry in rig.calls(method) if entry.answer == "ok"]


async def test_rate_limited_post_waits_as_long_as_slack_says(rig):
    """A 429 is not tried again early, and the card comes once the time is over."""
    view = await rig.open_form()
    rig.slack.faults.add(Fault(match=POST, kind="rate_limit", seconds=40))
    await rig.send_form(view)
    await rig.advance(39)
    assert len(rig.calls(POST)) == 1
    assert rig.posts() == 0
    await rig.advance(3)
    assert len(rig.cards()) == 1
    assert rig.posts() == 1


async def test_replies_keep_their_order_through_a_rate_limit(rig):
    """Replies that had to wait come in the order in which things happened."""
    card = await rig.request_and_finish()
    rig.slack.faults.add(Fault(match=POST, kind="rate_limit", seconds=20))
    await rig.click("Approve", card)
    await rig.click("Change decision", card)
    await rig.click("Approve", card)
    await rig.advance(60)
    told = [reply["text"] for reply in rig.replies(card)]
    assert ["ready for review" in told[0], "approved" in told[1]] == [True, True]
    assert ["took the decision" in told[2], "approved" in told[3]] == [True, True]
    assert len(told) == 4


async def test_rate_limited_edit_shows_the_newest_state_in_the_end(rig):
    """Edits held back collapse: what the card shows afterwards is how things are."""
    card = await rig.request()
    rig.slack.faults.add(Fault(match=EDIT, kind="rate_limit", seconds=60))
    rig.jarai.act.pick_up(rig.job_id())
    await rig.advance(40)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(90)
    assert rig.state(card) == "Awaiting approval"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(match=POST, kind="drop_after"),
        Fault(match=POST, kind="drop_before"),
        Fault(match=POST, kind="status", status=500, body="oops"),
        Fault(match=POST, kind="body", status=200, body="<html>"),
        Fault(match=POST, kind="status", status=503, body='{"ok":false,"error":"fatal_error"}'),
    ],
    ids=["drops after", "drops before", "500", "garbage", "fatal_error"],
)
async def test_card_of_unknown_fate_is_looked_for_and_never_doubled(rig, fault):
    """After a post of unknown outcome the channel is read back; there is one card in the end."""
    view = await rig.open_form()
    rig.slack.faults.add(fault)
    await rig.send_form(view)
    await rig.advance(60)
    assert len(rig.cards()) == 1
    assert rig.posts() == 1
    assert rig.state(rig.cards()[0]["ts"]) in {"Queued", "Producing"}


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
async def test_reply_of_unknown_fate_is_looked_for_and_never_doubled(rig, kind):
    """After a reply of unknown outcome the thread is read back; there is one reply in the end."""
    card = await rig.request()
    rig.slack.faults.add(Fault(match=POST, kind=kind))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(60)
    (reply,) = rig.replies(card)
    assert "ready for review" in reply["text"]


async def test_without_the_history_scope_a_card_repeats_at_most_once(make_rig):
    """Where we may not read back, a card of unknown outcome repeats once, and both lead on."""
    rig = await make_rig(scopes_off=BLIND)
    view = await rig.open_form()
    rig.slack.faults.add(Fault(match=POST, kind="drop_after"))
    await rig.send_form(view)
    await rig.advance(60)
    assert len(rig.cards()) == 2
    assert rig.posts() == 1
    stray, card = (message["ts"] for message in rig.cards())
    assert rig.state(card) in {"Queued", "Producing"}
    await rig.click("Cancel", stray, user=ANA)
    assert "replaced" in rig.private(ANA)[-1]


async def test_edit_of_unknown_fate_is_made_again(rig):
    """A lost edit leaves no stale card, even if nothing else happens."""
    card = await rig.request()
    rig.jarai.act.finish(rig.job_id())
    rig.slack.faults.add(Fault(match=EDIT, kind="status", status=500, times=2))
    await rig.advance(60)
    assert rig.state(card) == "Awaiting approval"


async def test_messages_carry_metadata_that_tells_them_apart(rig):
    """Each message names the notice it pays, and nothing secret, in its metadata."""
    card = await rig.request_and_finish()
    sent = [entry.detail["args"]["metadata"] for entry in accepted(rig, POST)]
    ids = [one["event_payload"]["notice_ids"] for one in sent]
    assert len({tuple(one) for one in ids}) == len(ids) == 2
    assert {one["event_type"] for one in sent} == {"greenlight_notice"}
    assert rig.state(card) == "Awaiting approval"


async def test_deleted_card_is_posted_anew_in_its_thread(rig):
    """If somebody deletes the card, the next change brings a new one where the thread is."""
    card = await rig.request_and_finish()
    rig.slack.workspace.remove(rig.slack.workspace.message(MARKETING, card))
    rig.jarai.act.release(rig.job_id())
    await rig.advance(240)
    newest = [m for m in rig.slack.messages(MARKETING) if m["text"].startswith("The video")][-1]
    assert newest["thread_ts"] == card
    assert state_in(newest["text"]) == "Completed"


async def test_card_deleted_with_its_thread_is_posted_anew(rig):
    """A card that is deleted before it had replies comes back, buttons and all."""
    card = await rig.request()
    rig.slack.workspace.remove(rig.slack.workspace.message(MARKETING, card))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(90)
    (again,) = rig.cards()
    assert rig.state(again["ts"]) == "Awaiting approval"
    await rig.click("Approve", again["ts"])
    assert "Approved by" in rig.text(again["ts"])


async def test_buttons_of_a_replaced_card_lead_to_the_new_one(rig):
    """A click that still comes from the old card is answered with the way to the new one."""
    card = await rig.request_and_finish()
    await rig.click("Approve", card)
    await rig.click("Change decision", card)
    old = rig.delivered("block_actions")
    rig.slack.workspace.remove(rig.slack.workspace.message(MARKETING, card))
    await rig.replay(old)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(240)
    await rig.replay(old)
    assert "replaced" in rig.private("U0BO")[-1]


@pytest.mark.parametrize(
    "change", [{"archived": True}, {"remove": ["U0BOT"]}], ids=["archived", "bot removed"]
)
async def test_production_goes_on_without_its_channel(rig, change):
    """If the channel is closed to us the production goes on and the requester gets messages."""
    await rig.request()
    await rig.slack.change.channel(rig.slack.workspace.channels[MARKETING], **change)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(60)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(260)
    told = [message["text"] for message in rig.direct(ANA)]
    assert any("ready for review" in words for words in told)
    assert any("is published" in words for words in told)


async def test_revoked_token_pauses_and_goes_on(rig):
    """With a revoked token nothing is tried in a rush, and everything comes once it is mended."""
    card = await rig.request()
    rig.slack.installation.token_state = "revoked"
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(300)
    tries = len([entry for entry in rig.calls(POST) if entry.answer == "token_revoked"])
    assert 1 <= tries <= 6
    rig.slack.installation.token_state = "ok"
    await rig.advance(90)
    assert rig.state(card) == "Awaiting approval"
    assert len(rig.replies(card)) == 1


async def test_slack_gone_for_minutes_loses_nothing(rig):
    """After minutes without Slack the card is as it should be and the milestone is told once."""
    card = await rig.request()
    for method in (POST, EDIT, "conversations.replies", "conversations.history"):
        rig.slack.faults.add(Fault(match=method, kind="status", status=500, times=None))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(240)
    rig.slack.faults.clear()
    await rig.advance(60)
    assert rig.state(card) == "Awaiting approval"
    assert len(rig.replies(card)) == 1
