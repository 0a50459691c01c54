"""Turns for the worse that last: the story goes on, and the card stays honest about it."""

import pytest

from bot.core.errors import StorageUnavailableError
from bot.providers.base import WebhookEvent
from tests.rig import ANA, BO, CATALOG, ONCALL
from twin.faults import Fault

LOOK = "GET /productions/"
CANCELS = CATALOG | {"jarai": CATALOG["jarai"] | {"reject_cancels": True}}
NO_FILES = Fault(
    match="/deliverables", kind="body", status=200, body='{"deliverables": []}', times=None
)


def requests(rig, method, *, after=0, ending=""):
    """List the requests of a kind that reached JARAI."""
    entries = rig.jarai.journal.entries(after=after)
    return [one for one in entries if one.what.startswith(method) and one.what.endswith(ending)]


def answers(match, status, *, code="", times=None):
    """Make JARAI answer some requests with an error."""
    return Fault(
        match=match, kind="status", status=status, body=f'{{"error":"{code}"}}', times=times
    )


async def only(rig):
    """Give the newest production as it is kept."""
    (production,) = await rig.app.parts.store.list_productions(limit=1)
    return production


async def reject(rig, card):
    """Let Bo reject, with a reason."""
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    values = {"What is wrong with it?": "The logo is old."}
    sent = await rig.slack.act.submit(user=BO, view_id=view["id"], values=values)
    assert not sent["errors"], sent
    await rig.advance(2)


@pytest.fixture
async def producing(rig):
    """Give the card of a production that JARAI works on for long."""
    rig.jarai.configure(producing_s=30_000)
    card = await rig.request()
    rig.jarai.act.pick_up(rig.job_id())
    await rig.advance(40)
    assert rig.state(card) == "Producing"
    return card


# Cancelling.


async def test_cancel_that_is_not_allowed_is_told_and_looks_go_on(rig, producing):
    """Where our key may not cancel, whoever asked hears that it goes on, and it does."""
    rig.jarai.faults.add(answers("DELETE /productions", 403, code="PERMISSION_DENIED"))
    await rig.click("Cancel", producing, user=ANA)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(120)
    told = [words for words in rig.reply_texts(producing) if "too late to cancel" in words]
    assert len(told) == 1
    assert f"<@{ANA}>" in told[0]
    assert len(requests(rig, "DELETE")) == 1
    assert rig.state(producing) == "Awaiting approval"


async def test_cancel_that_cannot_be_sent_now_is_sent_later_and_looks_go_on(rig, producing):
    """A service that takes no cancels for a while is looked at meanwhile, and asked again."""
    rig.jarai.faults.add(answers("DELETE /productions", 503))
    await rig.click("Cancel", producing, user=ANA)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(120)
    assert rig.state(producing) == "Awaiting approval"
    assert "Cancelling" in rig.text(producing)
    rig.jarai.faults.clear()
    await rig.advance(150)
    assert rig.state(producing) == "Cancelled"


async def test_cancel_goes_out_although_the_looks_have_spent_their_share(rig, producing):
    """The fifth of the day that is kept for people is there for a cancel too."""
    rig.jarai.configure(tier="free")
    await rig.advance(40)  # A look has shown the tier.
    budget = rig.app.parts.providers.of("jarai").budget
    now = budget.take_unsaved()
    await rig.app.parts.store.count_requests(
        budget.credential, minute_at=now.minute_at, day=now.day, count=80
    )
    await rig.app.learn_budgets()
    assert not budget.may_look()
    await rig.click("Cancel", producing, user=ANA)
    await rig.advance(60)
    assert len(requests(rig, "DELETE")) == 1


async def test_changed_decision_takes_the_rejections_cancel_back(make_rig):
    """A rejection's cancel that has not left yet is dropped with the rejection."""
    rig = await make_rig(catalog=CANCELS)
    card = await rig.request_and_finish()
    rig.jarai.faults.add(answers("DELETE /productions", 503))
    await reject(rig, card)
    await rig.click("Change decision", card, user=BO)
    rig.jarai.faults.clear()
    since = rig.jarai.journal.number
    await rig.advance(300)
    assert requests(rig, "DELETE", after=since) == []
    assert rig.state(card) == "Awaiting approval"
    await rig.click("Approve", card, user=BO)
    await rig.advance(2)
    assert "Approved by <@U0BO>" in rig.text(card)


async def test_decision_is_not_changed_once_its_cancel_was_sent(make_rig):
    """What JARAI was told to stop cannot be taken back here; the person is told so."""
    rig = await make_rig(catalog=CANCELS)
    rig.jarai.configure(cancelling_s=400)
    card = await rig.request_and_finish()
    await reject(rig, card)
    assert len(requests(rig, "DELETE")) == 1
    await rig.click("Change decision", card, user=BO)
    await rig.advance(2)
    assert "Too late" in rig.private(BO)[-1]
    await rig.advance(600)
    assert rig.state(card) == "Rejected"


# Files that do not come.


async def test_published_without_files_completes_after_patience(rig):
    """JARAI says Published and lists nothing: after ten minutes that is what the card says."""
    rig.jarai.configure(producing_s=30_000, distributing_s=5, auto_publish=True)
    card = await rig.request()
    rig.jarai.faults.add(NO_FILES)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(400, step_s=10)
    assert rig.state(card) != "Completed"
    await rig.advance(400, step_s=10)
    assert rig.state(card) == "Completed"
    assert "No files are listed" in rig.text(card)


async def test_review_begins_although_the_files_cannot_be_listed(rig):
    """A list that fails for long holds no review up, and is not called an outage."""
    card = await rig.request()
    rig.jarai.faults.add(answers("/deliverables", 500))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(60)
    assert "files are being collected" in rig.text(card)
    await rig.advance(700, step_s=10)
    assert rig.state(card) == "Awaiting approval"
    assert "lists no files yet" in rig.text(card)
    assert "can't be reached" not in rig.text(card)
    assert "Approve" not in rig.buttons(card)
    rig.jarai.faults.clear()
    await rig.advance(150, step_s=10)
    assert "Approve" in rig.buttons(card)


async def test_card_stops_speaking_of_an_outage_while_files_are_collected(rig):
    """Once JARAI answers again, waiting for its files is all that the card speaks of."""
    card = await rig.request()
    rig.jarai.faults.add(answers(LOOK, 503))
    await rig.advance(120)
    assert "can't be reached" in rig.text(card)
    rig.jarai.faults.clear()
    rig.jarai.faults.add(NO_FILES)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(200)
    assert "files are being collected" in rig.text(card)
    assert "can't be reached" not in rig.text(card)


async def test_files_that_come_after_the_review_began_appear_on_the_card(rig, monkeypatch):
    """A `deliverable.ready` during the review makes the card list what has come since."""
    provider = rig.app.parts.providers.of("jarai")
    listing = provider.deliverables

    async def only_the_first(job):
        return (await listing(job))[:1]

    with monkeypatch.context() as patched:
        patched.setattr(provider, "deliverables", only_the_first)
        card = await rig.request_and_finish()
    before = len(rig.links(card))
    event = WebhookEvent(delivery_ids=("e:1",), kind="deliverable.ready", job_id=rig.job_id())
    await rig.app.productions.note_webhook("jarai", event)
    await rig.advance(40)
    assert before == 1
    assert len(rig.links(card)) > before


# Services that refuse for long.


async def test_service_that_is_down_for_long_is_tried_ever_more_rarely(rig):
    """A quarter of an hour without JARAI costs a dozen tries, and one video is made after it."""
    view = await rig.open_form()
    await rig.jarai_down()
    await rig.send_form(view)
    await rig.advance(1000)
    production = await only(rig)
    kinds = [event.kind for event in await rig.app.parts.store.events(production.id)]
    assert 5 < kinds.count("submission_begun") <= 12
    await rig.jarai_up()
    await rig.advance(600, step_s=10)
    (card,) = rig.cards()
    assert rig.state(card["ts"]) in {"Queued", "Producing", "Awaiting approval"}
    assert rig.posts() == len(rig.jarai.jobs()) == 1


async def test_job_that_is_gone_for_good_is_called_late_once(make_rig):
    """A job that answers 404 for ever costs few requests; who can help hears of it once."""
    rig = await make_rig(late_producing_s=1800)
    rig.jarai.configure(producing_s=300_000)
    card = await rig.request()
    rig.jarai.act.pick_up(rig.job_id())
    await rig.advance(40)
    rig.jarai.faults.add(answers(LOOK, 404, code="NOT_FOUND"))
    await rig.advance(2700, step_s=30)
    since = rig.jarai.journal.number
    await rig.advance(5400, step_s=60)
    assert len(requests(rig, "GET", after=since, ending=rig.job_id())) <= 10
    late = [words for words in rig.reply_texts(card) if "takes longer than usual" in words]
    assert len(late) == 1
    assert "<!subteam^S0ONCALL>" in late[0]
    assert rig.slack.messages(ONCALL) == []
    assert "does not know this video" in rig.text(card)


async def two_producing(rig):
    """Let JARAI work on two videos for long; gives their cards and jobs."""
    rig.jarai.configure(producing_s=30_000)
    cards, jobs = [], []
    for topic in ("Alpha", "Beta"):
        cards.append(await rig.request(topic))
        jobs.append(rig.job_id())
        rig.jarai.act.pick_up(jobs[-1])
    await rig.advance(60)
    return cards, jobs


async def test_one_video_that_is_refused_pauses_no_other(rig):
    """A key without the right to one video's account goes on looking at the others."""
    cards, jobs = await two_producing(rig)
    rig.jarai.faults.add(answers(f"{LOOK}{jobs[1]}", 403, code="PERMISSION_DENIED"))
    since = rig.jarai.journal.number
    await rig.advance(600)
    assert len(requests(rig, "GET", after=since, ending=jobs[0])) >= 18
    assert "does not accept our key" not in rig.text(cards[0])


async def test_key_that_is_refused_altogether_pauses_every_look(rig):
    """A key that JARAI does not know is not tried on the next video for a minute."""
    _, jobs = await two_producing(rig)
    rig.jarai.faults.add(answers(f"{LOOK}{jobs[1]}", 401, code="UNAUTHORIZED", times=1))
    since = rig.jarai.journal.number
    await rig.advance(120)
    seen = requests(rig, "GET /", after=since)
    refused_at = next(one.at for one in seen if one.status == 401)
    after_s = [(one.at - refused_at).total_seconds() for one in seen if one.at > refused_at]
    assert min(after_s) >= 60
    assert any(one.at > refused_at and one.what.endswith(jobs[0]) for one in seen)


# What goes wrong here.


async def test_choices_that_cannot_be_remembered_are_nobodys_business(rig, monkeypatch):
    """The wish is recorded, so the form closes; only the next form is less well filled in."""

    async def locked(*_args, **_options):
        raise StorageUnavailableError("locked")

    monkeypatch.setattr(rig.app.parts.store, "prefer", locked)
    view = await rig.open_form()
    sent = await rig.send_form(view)
    assert (sent["error"], sent["errors"]) == (None, {}), sent
    await rig.advance(10)
    assert rig.posts() == 1
