"""What people do with a production: decide, change their mind, cancel, try again."""

import asyncio

import pytest

from tests.rig import ANA, BO, CATALOG, GIL, MARKETING, MEI, SAM, ZOE
from twin.faults import Fault

NAMED = CATALOG | {"slack": CATALOG["slack"] | {"approvers": ["U0BO"]}}
CANCELS = CATALOG | {"jarai": CATALOG["jarai"] | {"reject_cancels": True}}


async def reject(rig, card, *, user=BO, reason="The logo is old."):
    """Click Reject and send the form with a reason."""
    await rig.click("Reject", card, user=user)
    view = rig.slack.views(user)[-1]
    sent = await rig.slack.act.submit(
        user=user, view_id=view["id"], values={"What is wrong with it?": reason}
    )
    await rig.settle()
    return sent


async def test_approval_by_another_person_is_shown_and_not_overstated(rig):
    """An approval shows who gave it, and that the service has not released anything yet."""
    card = await rig.request_and_finish()
    clicked = await rig.click("Approve", card)
    assert clicked["error"] is None
    await rig.advance(2)
    assert "Approved by <@U0BO>, not yet released" in rig.text(card)
    assert rig.state(card) == "Awaiting approval"
    assert rig.buttons(card)[-2:] == ["Open in Studio", "Change decision"]
    assert "<@U0BO> approved" in rig.reply_texts(card)[-1]


async def test_second_approval_tells_the_clicker_only(rig):
    """Two people approve at once: one wins, the other is told privately, the thread hears once."""
    card = await rig.request_and_finish()
    clicks = [
        rig.slack.act.click(user=user, channel=MARKETING, ts=card, button="Approve")
        for user in (BO, MEI)
    ]
    await asyncio.gather(*clicks)
    await rig.advance(5)
    told = rig.private(BO) + rig.private(MEI)
    assert len(told) == 1
    assert "Already decided" in told[0]
    assert len([words for words in rig.reply_texts(card) if "approved" in words]) == 1


@pytest.mark.parametrize(
    ("user", "words"),
    [(GIL, "Guests may not"), (ZOE, "Only members of the workspace")],
    ids=["a guest", "somebody of another workspace"],
)
async def test_outsiders_are_refused_privately(rig, user, words):
    """Guests and strangers are told why not, alone, and nothing changes."""
    card = await rig.request_and_finish()
    before = rig.message(card)
    await rig.click("Approve", card, user=user)
    assert words in rig.private(user)[-1]
    assert rig.message(card) == before


async def test_stranger_is_known_by_their_workspace_or_by_the_flag(rig):
    """Slack marks some strangers, and of others it only names the workspace; neither may decide."""
    card = await rig.request_and_finish()
    before = rig.message(card)
    people = rig.slack.directory
    assert not people.user(ZOE).is_stranger
    people.change_user(MEI, is_stranger=True)
    for user in (ZOE, MEI):
        await rig.click("Approve", card, user=user)
        assert "Only members of the workspace" in rig.private(user)[-1]
    assert rig.message(card) == before


async def test_team_in_the_payload_makes_nobody_a_member(rig):
    """A click that claims another team, for a person of that team, changes nothing."""
    card = await rig.request_and_finish()
    before = rig.message(card)
    await rig.click("Approve", card, user=ZOE)
    entry = rig.delivered("block_actions")
    await rig.advance(1)
    await rig.replay(entry, team={"id": "T0OTHER"})
    assert "Only members of the workspace" in rig.private(ZOE)[-1]
    assert rig.message(card) == before


async def test_again_opens_no_form_for_a_guest(rig):
    """A guest learns privately who may ask for another video like this."""
    card = await rig.request()
    await rig.click("Cancel", card, user=ANA)
    await rig.advance(15)
    opened = len(rig.calls("views.open"))
    await rig.click("Again", card, user=GIL)
    assert "Guests may not ask for videos" in rig.private(GIL)[-1]
    assert len(rig.calls("views.open")) == opened


async def test_bots_are_refused(rig):
    """A click signed by Slack but made by a bot changes nothing."""
    card = await rig.request_and_finish()
    before = rig.message(card)
    await rig.click("Approve", card, user=GIL)
    entry = rig.delivered("block_actions")
    await rig.replay(entry, user={"id": "U0BOT", "username": "bot", "team_id": "T0GREEN"})
    assert rig.message(card) == before


async def test_people_who_are_not_named_are_told_who_is(make_rig):
    """With approvers named, others are told privately who may decide."""
    rig = await make_rig(catalog=NAMED)
    card = await rig.request_and_finish()
    await rig.click("Approve", card, user=MEI)
    assert "<@U0BO>" in rig.private(MEI)[-1]
    assert "Approved by" not in rig.text(card)


async def test_requester_may_decide_too(make_rig):
    """Whoever asked for the video may decide even where others are named."""
    rig = await make_rig(catalog=NAMED)
    card = await rig.request_and_finish()
    await rig.click("Approve", card, user=ANA)
    assert f"Approved by <@{ANA}>" in rig.text(card)


async def test_nobody_may_decide_while_slack_does_not_say_who_they_are(rig):
    """If Slack cannot be asked about the person, nothing is done and they are told so."""
    card = await rig.request_and_finish()
    rig.slack.faults.add(Fault(match="users.info", kind="status", status=500, times=None))
    await rig.click("Approve", card)
    assert "nothing was done" in rig.private(BO)[-1]
    assert "Approved by" not in rig.text(card)
    rig.slack.faults.clear()
    await rig.click("Approve", card)
    assert "Approved by" in rig.text(card)


async def test_rejection_asks_why_and_says_so(rig):
    """A rejection asks for a reason, shows it, and says that the Studio must do it too."""
    card = await rig.request_and_finish()
    sent = await reject(rig, card)
    assert sent["error"] is None
    await rig.advance(2)
    assert "Rejected by <@U0BO>" in rig.text(card)
    assert "The logo is old." in rig.text(card)
    assert "The logo is old." in rig.reply_texts(card)[-1]
    assert rig.state(card) == "Awaiting approval"


async def test_rejection_without_a_reason_stays_open(rig):
    """Without a reason nothing is rejected."""
    card = await rig.request_and_finish()
    await rig.click("Reject", card)
    view = rig.slack.views(BO)[-1]
    sent = await rig.slack.act.submit(
        user=BO, view_id=view["id"], values={"What is wrong with it?": "  "}, force=True
    )
    assert sent["response_action"] == "errors"
    assert "Rejected by" not in rig.text(card)


async def test_rejection_by_a_guest_is_refused_privately(rig):
    """The right to reject is asked about when the form is sent, too."""
    card = await rig.request_and_finish()
    await reject(rig, card, user=GIL)
    assert "Guests may not" in rig.private(GIL)[-1]
    assert "Rejected by" not in rig.text(card)


async def test_decision_can_be_changed_until_the_service_moves(rig):
    """A decision can be taken back and given again, and the thread says so."""
    card = await rig.request_and_finish()
    await rig.click("Approve", card)
    await rig.click("Change decision", card, user=BO)
    await rig.advance(3)
    assert "Approve" in rig.buttons(card)
    assert "took the decision" in rig.reply_texts(card)[-1]
    assert "Please decide again" in rig.reply_texts(card)[-1]
    await reject(rig, card)
    assert "Rejected by <@U0BO>" in rig.text(card)


async def test_decision_is_over_once_the_service_moved(rig):
    """After the release there is nothing to change any more, and who decided stays."""
    card = await rig.request_and_finish()
    await rig.click("Approve", card)
    entry = await clicked_entry(rig, "Change decision", card)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(130)
    assert "Change decision" not in rig.buttons(card)
    assert "<@U0BO>" in rig.text(card)
    await rig.replay(entry)
    assert "somebody has already pressed one like it" in rig.private(BO)[-1]
    (action,) = entry.detail["payload"]["actions"]
    production_and_attempt = action["value"].rpartition(".")[0]
    await rig.replay(entry, actions=[{**action, "value": f"{production_and_attempt}.2"}])
    assert "Too late" in rig.private(BO)[-1]


async def clicked_entry(rig, button, card, *, user=BO):
    """Click and change back, so that the delivery can be replayed later."""
    await rig.click(button, card, user=user)
    entry = rig.delivered("block_actions")
    await rig.click("Approve", card, user=user)
    return entry


async def test_release_against_a_rejection_is_said_aloud(rig):
    """If the Studio releases what was rejected here, the thread says so."""
    card = await rig.request_and_finish()
    await reject(rig, card)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(130)
    (told,) = [words for words in rig.reply_texts(card) if "all the same" in words]
    assert f"<@{ANA}>" in told
    assert "<!subteam^S0ONCALL>" in told


async def test_release_without_a_decision_is_said(rig):
    """If the Studio releases before anybody decided here, the thread says so."""
    card = await rig.request_and_finish()
    rig.jarai.act.release(rig.job_id())
    await rig.advance(130)
    assert any("without a decision here" in words for words in rig.reply_texts(card))


async def test_cancelled_in_the_studio_after_an_approval_is_said(rig):
    """If the Studio drops what was approved here, the thread says so."""
    card = await rig.request_and_finish()
    await rig.click("Approve", card)
    rig.jarai.act.reject(rig.job_id())
    await rig.advance(130)
    assert rig.state(card) == "Cancelled"
    assert any("was approved here, but JARAI cancelled it" in w for w in rig.reply_texts(card))


async def test_rejection_can_cancel_at_the_service(make_rig):
    """Configured so, a rejection cancels the job and ends as rejected."""
    rig = await make_rig(catalog=CANCELS)
    card = await rig.request_and_finish()
    await reject(rig, card)
    await rig.advance(130)
    assert rig.jarai.job(rig.job_id()).status == "Cancelled"
    assert rig.state(card) == "Rejected"
    assert "The logo is old." in rig.text(card)


async def test_cancel_is_pending_until_the_service_shows_it(rig):
    """A cancel is shown as asked for, and as done only when the service says so."""
    rig.jarai.configure(cancelling_s=60.0)
    card = await rig.request()
    clicked = await rig.click("Cancel", card, user=ANA)
    assert clicked["confirm"] is not None
    await rig.advance(2)
    assert "Cancelling" in rig.text(card)
    assert "Cancel" not in rig.buttons(card)
    await rig.advance(90)
    assert rig.state(card) == "Cancelled"
    assert f"by <@{ANA}>" in rig.text(card)


async def test_cancel_that_comes_too_late_is_said(rig):
    """If the service no longer lets go, the thread says so and the production goes on."""
    card = await rig.request()
    rig.jarai.act.finish(rig.job_id())
    rig.jarai.act.release(rig.job_id())
    await rig.click("Cancel", card, user=ANA)
    await rig.advance(90)
    assert any("too late to cancel" in words for words in rig.reply_texts(card))
    assert rig.state(card) in {"Distributing", "Completed"}


async def test_cancel_before_anything_was_sent_sends_nothing(rig):
    """A production that still waits to be sent is cancelled without the service hearing of it."""
    rig.jarai.faults.add(Fault(match="POST /productions", kind="rate_limit", seconds=600))
    card = await rig.request()
    assert rig.state(card) == "Requested"
    await rig.click("Cancel", card, user=ANA)
    await rig.advance(700, step_s=60)
    assert rig.state(card) == "Cancelled"
    assert "nothing was charged" in rig.text(card)
    assert rig.jarai.jobs() == []


async def test_retry_makes_the_next_attempt_in_the_same_thread(rig):
    """After a failure, Retry sends it again as v2; the thread, its card and its id stay."""
    card = await rig.request()
    rig.jarai.act.fail(rig.job_id())
    await rig.advance(30)
    assert rig.state(card) == "Failed"
    await rig.click("Retry", card, user=ANA)
    await rig.advance(5)
    assert rig.state(card) == "Queued"
    assert "v2" in rig.text(card)
    assert len(rig.jarai.jobs()) == 2
    assert [message["ts"] for message in rig.cards()] == [card]
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"


async def test_buttons_of_an_old_attempt_do_nothing(rig):
    """A click on a button of v1 after v2 began is answered privately."""
    card = await rig.request()
    rig.jarai.act.fail(rig.job_id())
    await rig.advance(30)
    await rig.click("Retry", card, user=ANA)
    old = rig.delivered("block_actions")
    await rig.advance(5)
    await rig.replay(old)
    assert "superseded by v2" in rig.private(ANA)[-1]
    assert len(rig.jarai.jobs()) == 2


async def test_form_about_an_old_attempt_does_nothing(rig):
    """A reason typed for v1 and sent once v2 is up for review rejects nothing."""
    card = await rig.request_and_finish()
    await rig.click("Reject", card)
    old = rig.delivered("block_actions")
    form = rig.slack.views(BO)[-1]
    rig.jarai.act.fail(rig.job_id())
    await rig.advance(130)
    await rig.click("Retry", card, user=ANA)
    await rig.advance(5)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"
    values = {"What is wrong with it?": "The logo is old."}
    await rig.slack.act.submit(user=BO, view_id=form["id"], values=values)
    await rig.settle()
    assert "superseded by v2" in rig.private(BO)[-1]
    assert "Rejected by" not in rig.text(card)
    opened = len(rig.calls("views.open"))
    await rig.replay(old)
    assert len(rig.calls("views.open")) == opened


async def test_failure_mentions_those_who_can_help(rig):
    """A failure is shown in the channel and mentions the requester and the people on call."""
    card = await rig.request()
    rig.jarai.act.fail(rig.job_id(), error_code="PIPELINE_STEP_FAILED", error_message="No voice.")
    await rig.advance(30)
    reply = rig.replies(card)[-1]
    assert reply["subtype"] == "thread_broadcast"
    assert f"<@{ANA}>" in reply["text"]
    assert "<!subteam^S0ONCALL>" in reply["text"]
    assert "PIPELINE_STEP_FAILED" in rig.text(reply["ts"])
    assert "PIPELINE_STEP_FAILED" not in reply["text"]


async def test_people_on_call_may_retry(make_rig):
    """With approvers named, people on call may still retry; others may not."""
    rig = await make_rig(catalog=NAMED)
    card = await rig.request()
    rig.jarai.act.fail(rig.job_id())
    await rig.advance(30)
    await rig.click("Retry", card, user=MEI)
    assert "may. Ask in the thread" in rig.private(MEI)[-1]
    assert rig.state(card) == "Failed"
    await rig.click("Retry", card, user=SAM)
    await rig.advance(5)
    assert rig.state(card) == "Queued"


async def test_life_after_a_failure_reopens_the_production(rig):
    """If the Studio revives a failed job, the card follows it again and the thread says so."""
    await rig.subscribe()
    card = await rig.request()
    rig.jarai.act.pick_up(rig.job_id())
    rig.jarai.act.fail(rig.job_id())
    await rig.advance(40)
    assert rig.state(card) == "Failed"
    rig.jarai.act.revive(rig.job_id())
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"
    assert any("took up" in words for words in rig.reply_texts(card))
