"""What people are told: once, in time, where they can read it, and as it is now."""

from bot.core.approval import Person
from bot.core.events import Command
from tests.rig import ANA, BO, MARKETING
from twin.faults import Fault


async def send_form(rig):
    """Ask for a video without waiting for its card."""
    await rig.send_form(await rig.open_form())
    await rig.settle()


async def test_limit_of_slack_is_waited_out(rig):
    """Told to wait half a minute, nothing is posted before it is over, and then once."""
    rig.slack.faults.add(Fault(match="chat.postMessage", kind="rate_limit", seconds=30))
    await send_form(rig)
    await rig.advance(25)
    assert len(rig.calls("chat.postMessage")) == 1
    await rig.advance(10)
    assert len(rig.cards()) == 1


async def test_card_whose_fate_is_unknown_is_looked_for(rig):
    """Slack took the card and the answer was lost: it is found again, not posted again."""
    rig.slack.faults.add(Fault(match="chat.postMessage", kind="drop_after"))
    await send_form(rig)
    assert rig.posts() == 0
    await rig.advance(30)
    assert len(rig.cards()) == 1
    assert rig.posts() == 1


async def test_reply_whose_fate_is_unknown_is_looked_for(rig):
    """Slack took a reply and the answer was lost: the thread has it once."""
    card = await rig.request()
    rig.slack.faults.add(Fault(match="chat.postMessage", kind="drop_after"))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(90)
    assert len(rig.replies(card)) == 1


async def test_only_the_end_is_shown_in_the_channel(rig):
    """A milestone stays in the thread; the finished video is shown to everybody."""
    card = await rig.request_and_finish()
    rig.jarai.act.release(rig.job_id())
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(150)
    assert rig.state(card) == "Completed"
    shown = {
        one.detail["args"]["text"]: one.detail["args"]["reply_broadcast"]
        for one in rig.calls("chat.postMessage")
        if one.detail["args"].get("thread_ts")
    }
    assert [text for text, is_shown in shown.items() if is_shown] == [
        text for text in shown if "is published" in text
    ]
    assert False in shown.values()


async def test_news_goes_to_the_requester_where_the_channel_is_gone(rig):
    """The channel was archived: what it would have been told goes to whoever asked."""
    await rig.request()
    await rig.slack.change_channel(rig.slack.workspace.channels[MARKETING], archived=True)
    rig.jarai.act.fail(rig.job_id())
    await rig.advance(60)
    (told,) = rig.direct(ANA)
    assert "failed" in told["text"]


async def test_card_shows_what_changed_while_it_was_about_to_be_edited(rig, monkeypatch):
    """A change that slips in just before an edit leaves is in it, or is edited after it."""
    card = await rig.request_and_finish()
    store, person = rig.app.parts.store, Person(user_id=BO, team_id="T0GREEN")
    (production,) = await rig.app.productions.list_open(channel_id=MARKETING, page=0)
    mark, slipped = store.mark_sending, []

    async def slip_in(*args, **kwargs):
        if not slipped:
            slipped.append(True)
            await rig.app.productions.command(
                production.id, Command.CHANGE_DECISION, person=person, attempt=1
            )
        await mark(*args, **kwargs)

    await rig.app.productions.command(production.id, Command.APPROVE, person=person, attempt=1)
    monkeypatch.setattr(store, "mark_sending", slip_in)
    await rig.advance(5)
    assert slipped
    assert "Approve" in rig.buttons(card)
