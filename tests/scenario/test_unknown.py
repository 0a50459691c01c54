"""A submission whose fate is unknown: never sent again by itself, settled by a person."""

import pytest

from tests.rig import ANA
from twin.faults import Fault

SUBMIT = "POST /productions"
ID_FIELD = "Its id or address"
ELSEWHERE = "5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444"


@pytest.fixture
async def unknown(rig):
    """Submit once so that the job exists and the answer is lost; give the rig and the card."""
    rig.jarai.faults.add(Fault(match=SUBMIT, kind="drop_after"))
    card = await rig.request()
    assert rig.state(card) == "Submission unknown"
    return rig, card


async def link(rig, card, job_id, *, user=ANA):
    """Click Link existing and send the form with an id."""
    await rig.click("Link existing", card, user=user)
    view = rig.slack.views(user)[-1]
    sent = await rig.slack.act.submit(user=user, view_id=view["id"], values={ID_FIELD: job_id})
    await rig.settle()
    return sent


@pytest.mark.parametrize(
    "fault",
    [
        Fault(match=SUBMIT, kind="drop_after", times=9),
        Fault(match=SUBMIT, kind="drop_before", times=9),
        Fault(match=SUBMIT, kind="status", status=500, times=9),
        Fault(match=SUBMIT, kind="status", status=502, body="<html>Bad gateway", times=9),
        Fault(match=SUBMIT, kind="body", status=202, body="not JSON", times=9),
        Fault(match=SUBMIT, kind="body", status=202, body="{}", times=9),
        Fault(match=SUBMIT, kind="delay", seconds=1.0, times=9),
    ],
    ids=["drops after", "drops before", "500", "502", "garbage", "no id", "too slow"],
)
async def test_unknown_outcome_is_posted_exactly_once(make_rig, fault):
    """Whatever hides the outcome, there is one POST, even hours later, and people are asked."""
    rig = await make_rig(submit_timeout_s=0.3)
    rig.jarai.faults.add(fault)
    card = await rig.request()
    await rig.advance(7200, step_s=600)
    assert rig.state(card) == "Submission unknown"
    assert rig.buttons(card) == ["Link existing", "Submit again", "Give up"]
    # The fault counts what it hits, answered or not.
    assert [left["times"] for left in rig.jarai.faults.as_json()] == [8]


async def test_unknown_explains_the_choices_to_those_who_choose(unknown):
    """The thread names the risk and the three ways out, to the requester and on-call."""
    rig, card = unknown
    await rig.advance(3)
    (reply,) = rig.replies(card)
    for words in (f"<@{ANA}>", "<!subteam^S0ONCALL>", "Link existing", "Submit again", "Give up"):
        assert words in reply["text"]
    assert "twice" in reply["text"]


async def test_link_existing_follows_the_job_that_is_there(unknown):
    """Linking the job by its id goes on with it to the end, without another POST."""
    rig, card = unknown
    sent = await link(rig, card, rig.job_id())
    assert not sent["errors"]
    await rig.advance(5)
    assert rig.state(card) == "Queued"
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"
    assert rig.posts() == 1


async def test_link_existing_takes_an_address(unknown):
    """An address that holds the id is as good as the id."""
    rig, card = unknown
    await link(rig, card, f"https://console.jarai.studio/productions/{rig.job_id()}?tab=files")
    await rig.advance(5)
    assert rig.state(card) == "Queued"


@pytest.mark.parametrize("job_id", [ELSEWHERE, "not an id"], ids=["unknown id", "no id"])
async def test_link_existing_refuses_what_is_not_there(unknown, job_id):
    """An id that the service does not know is refused under the field, and the choice stays."""
    rig, card = unknown
    sent = await link(rig, card, job_id)
    assert set(sent["errors_by_label"]) == {ID_FIELD}
    assert rig.state(card) == "Submission unknown"


async def test_job_cannot_be_followed_by_two_threads(unknown):
    """A job that one thread follows cannot be linked to another."""
    rig, card = unknown
    lost = rig.job_id()
    other = await rig.request("Another video")
    taken = rig.job_id()
    assert taken != lost
    sent = await link(rig, card, taken)
    await rig.advance(2)
    assert "Another thread follows" in str(sent["errors_by_label"][ID_FIELD])
    assert rig.private(ANA) == []
    assert rig.state(card) == "Submission unknown"
    assert rig.state(other) == "Queued"


async def test_unmatched_webhook_is_offered_and_not_adopted(rig):
    """A job that webhooks tell of is offered in the form, and followed only once chosen."""
    await rig.subscribe()
    rig.jarai.faults.add(Fault(match=SUBMIT, kind="drop_after"))
    card = await rig.request()
    await rig.advance(10)
    assert rig.state(card) == "Submission unknown"
    await rig.click("Link existing", card, user=ANA)
    view = rig.slack.views(ANA)[-1]
    values = {"It could be one of these": rig.job_id()}
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    assert not sent["errors"]
    await rig.advance(5)
    assert rig.state(card) == "Queued"
    assert rig.posts() == 1


async def test_submit_again_sends_once_more_as_the_next_attempt(unknown):
    """Submit again asks first, then makes exactly one more POST, as v2 in the same thread."""
    rig, card = unknown
    clicked = await rig.click("Submit again", card, user=ANA)
    assert "twice" in clicked["confirm"]["text"]["text"]
    await rig.advance(10)
    assert rig.state(card) == "Queued"
    assert "v2" in rig.text(card)
    assert rig.posts() == 2
    assert len(rig.jarai.jobs()) == 2
    assert [message["ts"] for message in rig.cards()] == [card]


async def test_give_up_ends_it_honestly(unknown):
    """Give up stops following, and does not claim that nothing was made."""
    rig, card = unknown
    await rig.click("Give up", card, user=ANA)
    await rig.advance(600, step_s=60)
    assert rig.state(card) == "Cancelled"
    assert "may still make and charge" in rig.text(card)
    assert rig.posts() == 1


async def test_service_that_cannot_be_reached_is_tried_again(rig):
    """What certainly did not arrive is sent again by itself, and the card says so meanwhile."""
    view = await rig.open_form()
    await rig.jarai_down()
    await rig.send_form(view)
    await rig.advance(5)
    (card,) = [message["ts"] for message in rig.cards()]
    assert rig.state(card) == "Requested"
    assert "can't be reached" in rig.text(card)
    await rig.jarai_up()
    await rig.advance(120)
    assert rig.state(card) in {"Queued", "Producing"}
    assert len(rig.jarai.jobs()) == 1
