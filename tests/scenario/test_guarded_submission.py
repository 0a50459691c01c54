"""The one paid call: never twice by itself, whatever becomes of it."""

from urllib.parse import urlsplit

from bot.core.approval import Person
from bot.core.events import Command
from tests.rig import ANA, MARKETING
from twin.faults import Fault


async def only(rig):
    """Give the one production that is open."""
    (production,) = await rig.app.productions.list_open(channel_id=MARKETING, page=0)
    return production


async def test_lost_answer_is_never_sent_again_by_itself(rig):
    """JARAI took it and its answer was lost: a person is asked, and nothing else is sent."""
    rig.jarai.faults.add(Fault(match="POST /v1/partner", kind="drop_after"))
    card = await rig.request()
    await rig.advance(600)
    assert rig.state(card) == "Submission unknown"
    assert rig.posts() == 1
    assert "know if it arrived" in rig.reply_texts(card)[0]


async def test_what_never_left_is_sent_when_the_service_is_back(rig):
    """Nobody listens at JARAI: nothing was sent, so it is tried again without asking anybody."""
    view = await rig.open_form()
    port = urlsplit(rig.jarai.url).port
    await rig.jarai.stop()
    await rig.send_form(view)
    await rig.advance(5)
    (card,) = rig.cards()
    assert rig.state(card["ts"]) == "Requested"
    await rig.jarai.start(port=port)
    await rig.advance(90)
    assert rig.posts() == 1
    assert len(rig.jarai.jobs()) == 1


async def test_refused_request_fails_with_the_reason(rig):
    """JARAI says no: the production fails, says why, and is not sent again."""
    rig.jarai.configure(over_budget=True)
    card = await rig.request()
    await rig.advance(60)
    assert rig.state(card) == "Failed"
    assert "budget" in rig.reply_texts(card)[0]
    assert rig.posts() == 1


async def test_submission_that_nobody_finished_is_unknown(rig, monkeypatch):
    """Whoever was sending died: when their lease is over, a person is asked."""

    async def die(*_args, **_kwargs):
        raise RuntimeError("died on the way")

    monkeypatch.setattr(rig.app.parts.providers["jarai"], "submit", die)
    card = await rig.request()
    assert rig.state(card) == "Submitting"
    monkeypatch.undo()
    await rig.advance(30)
    assert rig.state(card) == "Submitting"
    await rig.advance(30)
    assert rig.state(card) == "Submission unknown"
    assert rig.posts() == 0


async def test_cancel_at_the_last_moment_stops_the_submission(rig, monkeypatch):
    """Somebody cancels while the request is prepared: it is not sent."""
    provider = rig.app.parts.providers["jarai"]
    prepare = provider.prepare

    async def cancelled_meanwhile(request):
        person = Person(user_id=ANA, team_id="T0GREEN")
        await rig.app.productions.command(
            (await only(rig)).id, Command.CANCEL, person=person, attempt=1
        )
        return await prepare(request)

    monkeypatch.setattr(provider, "prepare", cancelled_meanwhile)
    card = await rig.request()
    await rig.advance(60)
    assert rig.state(card) == "Cancelled"
    assert rig.posts() == 0


async def test_nothing_is_submitted_without_a_thread(rig):
    """The bot was thrown out before its card: the requester is told directly, nothing is sent."""
    view = await rig.open_form()
    await rig.slack.change_channel(rig.slack.workspace.channels[MARKETING], remove=["U0BOT"])
    await rig.send_form(view)
    await rig.advance(60)
    assert rig.posts() == 0
    (told,) = rig.direct(ANA)
    assert "nothing was charged" in told["text"]
