"""Narakeet through the whole bot: scripts and files, per cents, copies, the gate."""

import io
import json
import zipfile

import pytest

from tests.rig import ANA, BO, MARKETING, TOPIC
from tests.scenario.on_narakeet import order, paid, send, with_narakeet
from tests.scenario.titlecard import choose, labels, upload
from twin.faults import Fault
from twin.narakeet.deliverables import files_of
from twin.slack.text import visible_text

SCRIPT = "![](london.jpg)\n\nGood morning from London."
PICTURE = b"\xff\xd8\xff" * 50_000


@pytest.fixture
def make(make_rig, monkeypatch):
    """Give a function that runs a rig with Narakeet alone."""
    return with_narakeet(make_rig, monkeypatch)


@pytest.fixture
async def rig(make):
    return await make()


async def test_uploaded_files_become_the_video(rig):
    """From Slack's storage into one zip at Narakeet's, and nothing is refused on the way."""
    files = await upload(rig, ("london.jpg", PICTURE), ("story.md", SCRIPT.encode()))
    card = await order(rig, Script="", Files=files, Size="720p")
    await rig.advance(15)
    assert rig.state(card) == "Producing"
    wish = rig.besides.jobs()[-1].wish
    sent = rig.besides._archives.upload(wish.repository).content
    archive = zipfile.ZipFile(io.BytesIO(sent))
    assert archive.read("script.md").decode() == f"---\nsize: 720p\n---\n\n{SCRIPT}"
    assert archive.read("london.jpg") == PICTURE


async def test_the_card_says_how_far_it_is_and_not_what_is_said(rig):
    """A bar and per cents as the service tells them; the script stays between the two."""
    card = await order(rig, Script="Words nobody else shall read.")
    await rig.advance(70)
    assert "Building scenes, 60 %" in rig.text(card)
    assert "█" in rig.text(card)
    assert "nobody else" not in json.dumps(rig.cards(MARKETING))


async def test_files_are_copied_before_anybody_is_asked_and_outlive_narakeets_links(rig):
    """Days later the thread still gives the bytes that were made; Narakeet is not asked."""
    card = await order(rig)
    await rig.advance(150)
    assert rig.state(card) == "Awaiting approval"
    await rig.click("Approve", card, user=BO)
    await rig.advance(2)
    assert rig.state(card) == "Completed"
    assert "result.mp4 · 5" in rig.text(card)  # The bytes that we counted.
    assert "The files are kept until " in rig.text(card)
    links = rig.links(card)
    asked = rig.besides.journal.number
    await rig.advance(2 * 86_400, step_s=7200.0)
    answers = [await rig.fetch(link) for link in links]
    assert [one.status_code for one in answers] == [200] * 4
    assert answers[0].headers["content-type"] == "video/mp4"
    assert f'filename="{TOPIC}.mp4"' in answers[0].headers["content-disposition"]
    assert rig.besides.journal.number == asked


async def test_links_that_died_while_files_were_copied_are_asked_for_anew(rig):
    """The storage is away for longer than a link lives; with fresh ones the files are kept."""
    rig.besides.configure(fresh_links=True)
    rig.besides.faults.add(Fault(match="/results/", kind="status", status=503, times=None))
    card = await order(rig)
    await rig.advance(150)
    assert "being copied first: 0 of 4 done" in rig.text(card)
    await rig.advance(800, step_s=20)
    rig.besides.faults.clear()
    await rig.advance(120, step_s=20)
    assert rig.state(card) == "Awaiting approval"
    files = files_of(rig.besides.jobs()[-1], settings=rig.besides.settings)
    found = {(await rig.fetch(link)).content for link in rig.links(card)}
    assert found == {blob.content for blob in files.values()}


async def test_files_whose_links_died_for_good_are_said_to_be_lost(rig):
    """Where the service has no other links, nobody is asked to watch what nobody can."""
    rig.besides.faults.add(Fault(match="/results/", kind="status", status=503, times=None))
    card = await order(rig)
    await rig.advance(1000, step_s=20)
    rig.besides.faults.clear()
    await rig.advance(1200, step_s=20)
    assert rig.links(card) == []
    assert "Could not be kept" in rig.text(card)
    assert "Ready to review" not in rig.text(card)
    assert "Look for it at Narakeet before you decide" in rig.text(card)
    (review,) = [text for text in rig.reply_texts(card) if "what it made could not be kept" in text]
    assert "Watch it" not in review
    assert any("we could not keep" in text for text in rig.reply_texts(card))


async def test_what_is_turned_down_is_taken_back(rig):
    """A reject is the last word too, and its links say so."""
    card = await order(rig)
    await rig.advance(150)
    (link, *_) = rig.links(card)
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    await rig.slack.act.submit(
        user=BO, view_id=view["id"], values={"What is wrong with it?": "Too loud."}
    )
    await rig.advance(2)
    assert rig.state(card) == "Rejected"
    assert (await rig.fetch(link)).status_code in {404, 410}


async def test_voices_are_searched_and_credits_shown_before_anything_is_paid(rig):
    """The form says what is left; audio asks for other things than a video."""
    view = await rig.open_form(TOPIC)
    assert labels(view) == ["Topic", "Make", "Script", "Files", "Script file", "Voice", "Size"]
    assert "credits for 90 minutes" in visible_text(view)
    view = await choose(rig, "Make", "Audio, read aloud")
    assert "Speed" in labels(view)
    values = {"Script": "Guten Morgen.", "Voice": "Hans, German", "Speed": "1.1"}
    card = await send(rig, view, **values)
    await rig.advance(40)
    wish = rig.besides.jobs()[-1].wish
    assert (wish.voice, wish.format) == ("hans", "mp3")
    assert rig.state(card) == "Awaiting approval"
    assert "Audio" in rig.text(card)
    assert f"It cost {rig.besides.jobs()[-1].seconds} second" in rig.text(card)


async def test_a_submit_whose_answer_is_lost_asks_a_person(rig):
    """It may have been paid for, so it is not sent again by itself."""
    rig.besides.faults.add(Fault(match="POST /video/build", kind="drop_after"))
    card = await order(rig)
    await rig.advance(600)
    assert rig.state(card) == "Submission unknown"
    assert paid(rig) == ["POST /video/build"]


async def test_what_cannot_be_looked_up_is_not_offered_for_linking(rig):
    """Neither button nor reply leads there, and a click from elsewhere is answered in words."""
    rig.besides.faults.add(Fault(match="POST /video/build", kind="drop_after"))
    card = await order(rig)
    await rig.advance(5)
    assert rig.buttons(card) == ["Submit again", "Give up"]
    (reply,) = rig.reply_texts(card)
    assert "Link existing" not in reply
    assert "Look for it at Narakeet." in reply
    await rig.click("Give up", card, user=ANA)
    entry = rig.delivered("block_actions")
    action = {**entry.detail["payload"]["actions"][0], "action_id": "link_existing"}
    await rig.replay(entry, actions=[action])
    assert rig.slack.views(ANA) == []
    assert "no way to look up a video" in rig.private(ANA)[-1]


async def test_an_upload_that_breaks_off_is_done_again(rig):
    """Nobody hears of it, and one video is made."""
    rig.besides.faults.add(Fault(match="PUT /storage", kind="drop_before"))
    card = await order(rig)
    await rig.advance(150)
    assert rig.state(card) == "Awaiting approval"
    assert paid(rig) == ["POST /video/build"]


async def test_a_failed_build_says_why(rig):
    """In Narakeet's words, since only it knows which file is missing."""
    card = await order(rig, Script=SCRIPT)
    await rig.advance(150)
    assert rig.state(card) == "Failed"
    assert "Missing file: london.jpg" in rig.text(card)


async def test_no_secret_leaves_the_bot(rig):
    """Neither the key nor a signed address nor the script is in what Slack was sent."""
    card = await order(rig, Script="Words nobody else shall read.")
    await rig.advance(150)
    assert rig.state(card) == "Awaiting approval"
    shown = json.dumps([rig.slack.messages(MARKETING), rig.replies(card)])
    for secret in (rig.besides.api_key, "/storage/", "nobody else"):
        assert secret not in shown


async def test_without_a_public_address_the_video_can_still_be_watched_and_turned_down(make):
    """Over Socket Mode nobody can follow a link of ours: the thread has the file, until it goes."""
    rig = await make(by_socket=True, public_url=None)
    card = await order(rig)
    await rig.advance(150)
    row = next(one for one in rig.message(card)["blocks"] if "accessory" in one)
    await rig.click("Download", card, user=BO, block_id=row["block_id"])
    await rig.advance(5)
    (shown,) = [one["files"] for one in rig.replies(card) if one.get("files")]
    assert [one["mimetype"] for one in shown] == ["video/mp4"]
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    why = {"What is wrong with it?": "Too loud."}
    await rig.slack.act.submit(user=BO, view_id=view["id"], values=why)
    await rig.advance(30)
    assert rig.state(card) == "Rejected"
    (shown,) = [one["files"] for one in rig.replies(card) if one.get("files")]
    assert [one["mode"] for one in shown] == ["tombstone"]


async def test_what_is_approved_comes_into_the_thread(make):
    """At the gate nothing is there before; the approval itself brings all of it."""
    rig = await make(by_socket=True, public_url=None, upload_to_thread_max_mb=50)
    card = await order(rig)
    await rig.advance(150)
    assert [one for one in rig.replies(card) if one.get("files")] == []
    await rig.click("Approve", card, user=BO)
    await rig.advance(5)
    (shown,) = [one["files"] for one in rig.replies(card) if one.get("files")]
    assert len(shown) == 4
    assert shown[0]["mimetype"] == "video/mp4"


async def test_what_nobody_can_watch_cannot_be_approved(rig):
    """Card and thread say what happened and what can be done; rejecting it is one such thing."""
    card = await order(rig)
    for match in ("result", "poster"):
        rig.besides.faults.add(Fault(match=match, kind="status", status=404, times=None))
    await rig.advance(200)
    assert rig.buttons(card) == ["Reject", "Again with changes"]
    said = [rig.text(card), *rig.reply_texts(card)]
    assert "there is nothing to watch" in said[0]
    assert "can't be reviewed" in " ".join(said[1:])
    assert not any("Watch it" in text or "Ready to review" in text for text in said)
    assert "ready for review" not in " ".join(said)
