"""Two things at the same moment: neither is lost, and neither is done on what was read before."""

from bot.core.approval import Person
from bot.core.events import Command
from tests.rig import ANA, BO, MARKETING
from twin.faults import Fault


async def only(rig):
    """Give the one production that is open."""
    (production,) = await rig.app.productions.list_open(channel_id=MARKETING, page=0)
    return production


async def test_submission_that_nobody_finished_is_unknown(rig, monkeypatch):
    """Whoever was sending died: when their lease is over, a person is asked."""

    async def die(*_args, **_kwargs):
        raise RuntimeError("died on the way")

    monkeypatch.setattr(rig.app.parts.providers.of("jarai"), "submit", die)
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
    provider = rig.app.parts.providers.of("jarai")
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


async def test_look_and_click_at_once_are_both_kept(rig, monkeypatch):
    """Somebody approves while JARAI answers a look: neither the news nor the decision is lost."""
    rig.jarai.configure(distributing_s=3000)
    card = await rig.request_and_finish()
    production, provider = await only(rig), rig.app.parts.providers.of("jarai")
    observe, person = provider.observe, Person(user_id=BO, team_id="T0GREEN")

    async def clicked_meanwhile(job):
        seen = await observe(job)
        monkeypatch.undo()
        await rig.app.productions.command(production.id, Command.APPROVE, person=person, attempt=1)
        return seen

    rig.jarai.act.release(rig.job_id())
    monkeypatch.setattr(provider, "observe", clicked_meanwhile)
    while provider.observe is clicked_meanwhile:
        await rig.advance(5)
    assert rig.state(card) == "Distributing"
    assert [text for text in rig.reply_texts(card) if "approved “" in text] != []


async def test_card_shows_what_changed_while_it_was_about_to_be_edited(rig, monkeypatch):
    """A change that slips in just before an edit leaves is in it, or is edited after it."""
    card = await rig.request_and_finish()
    production = await only(rig)
    mark, slipped = rig.app.parts.store.mark_sending, []

    async def command(command, user):
        person = Person(user_id=user, team_id="T0GREEN")
        await rig.app.productions.command(production.id, command, person=person, attempt=1)

    async def slip_in(*args, **kwargs):
        if not slipped:
            slipped.append(True)
            await command(Command.REJECT, BO)
        await mark(*args, **kwargs)

    await command(Command.CANCEL, ANA)
    monkeypatch.setattr(rig.app.parts.store, "mark_sending", slip_in)
    await rig.app.notifier.drain()
    assert slipped
    assert "Change decision" in rig.buttons(card)


async def test_click_is_acked_before_anybody_is_looked_up(rig):
    """Slack gets its answer at once; who clicked is asked after that."""
    card = await rig.request_and_finish()
    rig.slack.faults.add(Fault(match="users.info", kind="delay", seconds=0.5))
    since = rig.slack.journal.number
    await rig.click("Approve", card, user=BO)
    whats = [one.what for one in rig.slack.journal.entries(after=since)]
    assert whats.index("block_actions") < whats.index("users.info")
