"""JARAI's bad days: said in plain words on the card, and gone from it once they are over."""

import pytest

from tests.rig import ANA, ONCALL
from twin.faults import Fault

LOOK = "GET /productions/"


def looks(rig, *, after=0):
    """List the looks that reached JARAI."""
    entries = rig.jarai.journal.entries(after=after)
    return [one for one in entries if one.what.startswith("GET") and "/productions/" in one.what]


async def test_rate_limited_submission_waits_as_long_as_it_says(rig):
    """A 429 to the submission is not tried again early; the card says that we wait."""
    rig.jarai.faults.add(Fault(match="POST /productions", kind="rate_limit", seconds=120))
    card = await rig.request()
    assert rig.state(card) == "Requested"
    assert "asked us to wait" in rig.text(card)
    await rig.advance(115)
    assert rig.posts() == 1
    await rig.advance(15)
    assert rig.posts() == 2
    assert rig.state(card) == "Queued"
    assert len(rig.jarai.jobs()) == 1


async def test_rate_limited_look_waits_as_long_as_it_says(rig):
    """A 429 to a look stops the looks for as long as it says."""
    card = await rig.request()
    rig.jarai.faults.add(Fault(match=LOOK, kind="rate_limit", seconds=300))
    await rig.advance(20)
    since = rig.jarai.journal.number
    await rig.advance(270)
    assert looks(rig, after=since) == []
    await rig.advance(60)
    assert looks(rig, after=since)
    assert rig.state(card) != "Queued"


async def test_service_that_is_down_is_said_and_comes_back(rig):
    """After some failed looks the card says that it may be stale, and says so no more later."""
    card = await rig.request()
    rig.jarai.faults.add(Fault(match=LOOK, kind="status", status=503, times=None))
    await rig.advance(300)
    assert "can't be reached" in rig.text(card)
    assert rig.state(card) == "Queued"
    rig.jarai.faults.clear()
    await rig.advance(700, step_s=10)
    assert "can't be reached" not in rig.text(card)
    assert rig.state(card) == "Awaiting approval"


@pytest.mark.parametrize(
    "body",
    ["<html>", "[]", "{}", '{"status": 7}', '{"status": null}', '"Queued"', "", "{" * 5000],
    ids=["html", "list", "empty", "number", "null", "text", "nothing", "brackets"],
)
async def test_nonsense_is_said_told_to_on_call_and_looked_at_again(rig, body):
    """An answer without sense is named on the card and to on-call, and outlived."""
    card = await rig.request()
    rig.jarai.faults.add(Fault(match=LOOK, kind="body", status=200, body=body, times=None))
    await rig.advance(45)
    assert "something we don't understand" in rig.text(card)
    alerts = [message["text"] for message in rig.slack.messages(ONCALL)]
    assert len(alerts) == 1
    assert "something we don't understand" in alerts[0]
    rig.jarai.faults.clear()
    await rig.advance(60)
    assert "something we don't understand" not in rig.text(card)
    assert rig.state(card) == "Producing"


async def test_unknown_status_word_is_shown_and_is_no_failure(rig):
    """A status word that no document names is shown as it is, and changes nothing else."""
    card = await rig.request()
    rig.jarai.act.pick_up(rig.job_id())
    await rig.advance(15)
    rig.jarai.faults.add(
        Fault(match=LOOK, kind="body", status=200, body='{"status": "Daydreaming"}', times=1)
    )
    await rig.advance(35)
    assert "Daydreaming" in rig.text(card)
    assert rig.state(card) == "Producing"
    await rig.advance(40)
    assert "Daydreaming" not in rig.text(card)


async def test_refused_key_is_said(rig):
    """A key that the service no longer takes is named on the card as an admin's matter."""
    card = await rig.request()
    rig.jarai.faults.add(
        Fault(match=LOOK, kind="status", status=401, body='{"error":"UNAUTHORIZED"}', times=None)
    )
    await rig.advance(30)
    assert "does not accept our key" in rig.text(card)
    rig.jarai.faults.clear()
    await rig.advance(120)
    assert "does not accept our key" not in rig.text(card)


async def test_queue_expiry_fails_in_plain_words(rig):
    """A production that nobody picked up fails with words first and the code in small print."""
    rig.jarai.configure(hold_queue=True)
    card = await rig.request()
    await rig.advance(700, step_s=10)
    assert rig.state(card) == "Failed"
    lines = rig.text(card).split("\n")
    assert "PRODUCTION_EXPIRED" not in "\n".join(lines[:4])
    assert "PRODUCTION_EXPIRED" in lines[-1]
    assert rig.buttons(card)[0] == "Retry"
    assert f"<@{ANA}>" in rig.replies(card)[-1]["text"]


async def test_refused_submission_says_that_nothing_was_made(rig):
    """A submission over the account's budget fails at once, in words, with nothing made."""
    rig.jarai.configure(over_budget=True)
    card = await rig.request()
    await rig.advance(30)
    assert rig.state(card) == "Failed"
    assert "BUDGET" not in rig.text(card).split("*Failed*")[1].split("\n")[1]
    assert rig.jarai.jobs() == []
    assert rig.posts() == 1


async def test_job_that_is_gone_is_said(rig):
    """A job that the service no longer knows is said on the card, and looked for again."""
    card = await rig.request()
    rig.jarai.faults.add(
        Fault(match=LOOK, kind="status", status=404, body='{"error":"NOT_FOUND"}', times=None)
    )
    await rig.advance(30)
    assert "does not know this video" in rig.text(card)
    rig.jarai.faults.clear()
    await rig.advance(40)
    assert "does not know this video" not in rig.text(card)


async def test_review_waits_for_its_files(rig):
    """Nobody is asked to approve before there is something to watch."""
    card = await rig.request()
    rig.jarai.faults.add(
        Fault(
            match="/deliverables", kind="body", status=200, body='{"deliverables": []}', times=None
        )
    )
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(45)
    assert "Approve" not in rig.buttons(card)
    assert "files are being collected" in rig.text(card)
    rig.jarai.faults.clear()
    await rig.advance(45)
    assert rig.state(card) == "Awaiting approval"
    assert "Approve" in rig.buttons(card)


async def test_lasting_too_long_is_said_once(rig):
    """A state that outlives its deadline is said once in the thread, to those who can help."""
    rig.jarai.configure(hold_queue=True, expires_s=100_000.0)
    card = await rig.request()
    await rig.advance(2400, step_s=20)
    late = [words for words in rig.reply_texts(card) if "takes longer than usual" in words]
    assert len(late) == 1
    assert "<!subteam^S0ONCALL>" in late[0]
    assert "takes longer than usual" in rig.text(card)


async def test_foreign_location_never_gets_the_key(rig):
    """A status address on another origin is not used; the production is followed all the same."""
    rig.jarai.configure(location="foreign")
    card = await rig.request_and_finish()
    assert rig.state(card) == "Awaiting approval"


async def test_unknown_kinds_of_files_are_shown(rig):
    """A file of a kind that no document names is listed under the service's own word."""
    rig.jarai.configure(unknown_deliverable=True, field_aliases=True, lists="bare")
    card = await rig.request_and_finish()
    assert "Attribution package" in rig.text(card)
    assert len(rig.links(card)) == 7
