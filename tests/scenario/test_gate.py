"""Services without an approval of their own: our gate, percentages, and a retry in place."""

import pytest

from tests.rig import ANA, BO, CATALOG, GIL, TOPIC
from tests.scenario.titlecard import order, with_titlecard
from twin.faults import Fault

OPEN_GATE = {"slack": {**CATALOG["slack"], "gate": False}}


@pytest.fixture
async def rig(make_rig, monkeypatch, tmp_path):
    return await with_titlecard(make_rig, monkeypatch, tmp_path / "site")


async def ordered_and_made(rig):
    """Ask for a title and let it be made; gives its card."""
    card = await order(rig)
    rig.besides.finish()
    await rig.advance(40)
    return card


def looks(rig):
    """Count the looks at jobs."""
    heard = [one.what for one in rig.besides.journal.entries()]
    return len([what for what in heard if what.startswith("GET /clips/")])


async def test_what_is_finished_waits_for_a_decision_here(rig):
    """The files can be watched, the people who may decide are asked, and nobody looks any more."""
    card = await ordered_and_made(rig)
    assert rig.state(card) == "Awaiting approval"
    assert "the decision here is the last word" in rig.text(card)
    assert rig.buttons(card)[-2:] == ["Approve", "Reject"]
    assert len(rig.links(card)) == 2
    assert "is ready for review" in rig.reply_texts(card)[-1]
    before = looks(rig)
    await rig.advance(3600, step_s=120)
    assert looks(rig) == before


async def test_approved_at_the_gate_is_completed(rig):
    """One reply says who approved it and has the files; the links work."""
    card = await ordered_and_made(rig)
    await rig.click("Approve", card, user=BO)
    await rig.advance(3)
    assert rig.state(card) == "Completed"
    assert "Decision: approved by <@U0BO>" in rig.text(card)
    (last,) = rig.reply_texts(card)[1:]
    assert f"<@U0BO> approved “{TOPIC}”; it is ready." in last
    assert "2 files to download" in last
    answer = await rig.fetch(rig.links(card)[0], hops=1)
    assert answer.status_code == 200


async def test_rejected_at_the_gate_is_rejected_and_its_links_end(rig):
    """With the reason in the thread; the card cannot be approved any more."""
    card = await ordered_and_made(rig)
    (link, _) = rig.links(card)
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    sent = await rig.slack.act.submit(
        user=BO, view_id=view["id"], values={"What is wrong with it?": "Wrong logo"}
    )
    assert not sent["errors"]
    await rig.advance(3)
    assert rig.state(card) == "Rejected"
    assert "Reason: “Wrong logo”" in rig.reply_texts(card)[-1]
    assert rig.buttons(card) == ["Again"]
    assert (await rig.fetch(link)).status_code in {404, 410}


async def test_guests_decide_nothing_at_the_gate_either(rig):
    """They are told why, and the files go on waiting."""
    card = await ordered_and_made(rig)
    await rig.click("Approve", card, user=GIL)
    assert "Guests may not do this" in rig.private(GIL)[-1]
    assert rig.state(card) == "Awaiting approval"


async def test_second_decision_at_the_gate_is_too_late(rig):
    """Two people at once: one wins, the other is told alone."""
    card = await ordered_and_made(rig)
    click = rig.slack.act.click
    place = {"channel": "C0MARKETING", "ts": card}
    await click(user=BO, button="Approve", **place)
    await click(user=ANA, button="Approve", **place)
    await rig.settle()
    assert "Too late" in rig.private(ANA)[-1]
    await rig.advance(3)
    assert rig.state(card) == "Completed"
    assert len(rig.reply_texts(card)) == 2


async def test_without_a_gate_what_is_finished_is_completed(make_rig, monkeypatch, tmp_path):
    """A catalog may say so."""
    rig = await with_titlecard(make_rig, monkeypatch, tmp_path / "site", catalog=OPEN_GATE)
    card = await ordered_and_made(rig)
    assert rig.state(card) == "Completed"
    assert f"“{TOPIC}” is ready." in rig.reply_texts(card)[-1]


async def test_percentage_moves_on_the_card(rig):
    """In words for screen readers and as a bar for the eye, both from the service's own number."""
    card = await order(rig)
    for percent, full in ((42, 8), (80, 16)):
        rig.besides.render(percent)
        await rig.advance(70)
        assert f"Rendering, {percent} %" in rig.message(card)["text"]
        assert f"`{'█' * full}{'░' * (20 - full)}`" in rig.text(card)
        assert "█" not in rig.message(card)["text"]
    rig.besides.finish()
    await rig.advance(40)
    assert "%" not in rig.text(card)


async def test_failed_job_is_taken_up_again_in_place(rig):
    """The same job, the same card, a confirm that tells the price, and a reply that says so."""
    card = await order(rig)
    rig.besides.break_down()
    await rig.advance(40)
    assert rig.state(card) == "Failed"
    clicked = await rig.click("Retry", card, user=ANA)
    assert "charged once more" in clicked["confirm"]["text"]["text"]
    await rig.advance(3)
    (clip,) = rig.besides.jobs()
    assert clip.retries == 1
    assert rig.state(card) == "Queued"
    assert "asks Titlecard to try" in rig.reply_texts(card)[-1]
    rig.besides.finish()
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"
    assert "v2" not in rig.text(card)


async def test_retry_whose_answer_is_lost_is_asked_about_and_never_repeated(rig):
    """It is a paid call like the first; linking the known job settles it."""
    card = await order(rig)
    rig.besides.break_down()
    await rig.advance(40)
    rig.besides.faults.add(Fault(match="/retry", kind="drop_after"))
    await rig.click("Retry", card, user=ANA)
    await rig.advance(120)
    (clip,) = rig.besides.jobs()
    assert clip.retries == 1
    assert rig.state(card) == "Submission unknown"
    assert "asked Titlecard to try again but don't know" in rig.text(card)
    await rig.click("Link existing", card, user=ANA)
    view = rig.slack.views(ANA)[-1]
    (choice, _) = [block for block in view["blocks"] if block["type"] == "input"]
    assert choice["element"]["options"][0]["value"] == clip.clip_id
    sent = await rig.slack.act.submit(
        user=ANA, view_id=view["id"], values={"It could be one of these": clip.clip_id}
    )
    assert not sent["errors"]
    await rig.advance(3)
    assert rig.state(card) == "Queued"


async def test_retry_that_is_refused_fails_with_the_reason(rig):
    """What the service says stands on the card, and Retry is there again."""
    card = await order(rig)
    rig.besides.break_down()
    await rig.advance(40)
    rig.besides.finish()  # Behind our back, so that the retry comes too late.
    await rig.click("Retry", card, user=ANA)
    await rig.advance(3)
    assert rig.state(card) == "Failed"
    assert "Only broken clips can be retried" in rig.text(card)
    assert "Retry" in rig.buttons(card)


async def test_retry_that_never_left_is_made_again(rig):
    """Nothing was sent, so trying again is safe; the service takes it once."""
    card = await order(rig)
    rig.besides.break_down()
    await rig.advance(40)
    rig.besides.faults.add(Fault(match="", kind="refuse", seconds=20))
    await rig.besides._server.door.settled()
    await rig.click("Retry", card, user=ANA)
    assert "not been asked again yet" in rig.text(card) or rig.state(card) == "Requested"
    await rig.advance(90)
    (clip,) = rig.besides.jobs()
    assert clip.retries == 1
