"""What Narakeet's form takes, says and keeps: complaints, last choices, files used again."""

import io
import zipfile

import pytest

from tests.rig import ANA, MARKETING, TOPIC
from tests.scenario.on_narakeet import order, paid, send, with_narakeet
from tests.scenario.titlecard import choose, held, labels, upload
from twin.faults import Fault
from twin.slack.text import visible_text

SCRIPT = "![](london.jpg)\n\nGood morning from London."


@pytest.fixture
async def rig(make_rig, monkeypatch):
    return await with_narakeet(make_rig, monkeypatch)()


ONE, TWO = ("one.md", b"First."), ("two.md", b"Second.")


@pytest.mark.parametrize(
    ("make", "files", "values", "label", "words"),
    [
        (None, [], {}, "Script", "There is no script"),
        (None, [ONE, TWO], {}, "Script file", "Several files could be the script"),
        (None, [ONE], {"Script file": "two.md"}, "Script file", "has this name"),
        (None, [ONE], {"Script": "Hi.", "Script file": "one.md"}, "Script file", "only be one"),
        (None, [("script.md", b"A")], {"Script": "Hi."}, "Files", "rename it"),
        ("A video from a zip on the web", [], {}, "Address of the zip", "it is not https"),
        ("Audio, read aloud", [], {}, "Script", "Type the text to read or upload it"),
    ],
)
async def test_what_cannot_be_ordered_is_said_under_its_field(
    rig, make, files, values, label, words
):
    """The form stays open, nothing is recorded, and once it is put right it is sent."""
    view = await rig.open_form(TOPIC)
    if make is not None:
        view = await choose(rig, "Make", make)
    if "Address of the zip" in labels(view):
        values = {"Address of the zip": "voice.zip", "Script file": "script.md"}
    given = {"Files": await upload(rig, *files)} if files else {}
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values | given)
    await rig.advance(2)
    assert list(sent["errors_by_label"]) == [label], sent
    assert words in sent["errors_by_label"][label]
    assert (rig.cards(MARKETING), paid(rig)) == ([], [])
    right = {"Address of the zip": "https://files.example/talk.zip", "Script": "Good morning."}
    right |= {"Script file": "script.md" if "zip" in str(make) else "", "Files": []}
    right = {one: value for one, value in right.items() if one in labels(view)}
    card = await send(rig, rig.slack.views(ANA)[-1], **right)
    assert rig.state(card) in {"Queued", "Producing"}
    assert len(paid(rig)) == 1


async def test_a_file_that_holds_no_text_calls_nobody_but_the_requester(rig):
    """Only its content tells, so the form was taken; what mends it is another form, not Retry."""
    files = await upload(rig, ("story.md", b"\xff\xfe\x00"))
    card = await order(rig, Script="", Files=files)
    assert rig.state(card) == "Failed"
    assert rig.buttons(card) == ["Again with changes", "Retry"]
    (reply,) = rig.replies(card)
    assert reply["text"].startswith(f"<@{ANA}>: ")
    assert "S0ONCALL" not in reply["text"]
    assert "press Again with changes on the card" in reply["text"]
    assert "press Retry" not in reply["text"]


async def test_last_choices_are_there_again_also_where_they_are_their_own_names(rig):
    """A size is called what it is; the script, which is typed, is not kept."""
    await order(rig, Size="720p", Voice="Hans, German")
    shown = held(await rig.open_form("Another"))
    assert (shown["Size"], shown["Voice"], shown["Script"]) == ("720p", "Hans, German", None)


STORY, COVER = ("story.md", SCRIPT.encode()), ("cover.png", b"\x89PNG" + b"x" * 500)


async def failed(rig, *files):
    """Ask for a video that lacks a picture; gives its card."""
    card = await order(rig, Script="", Files=await upload(rig, *files), Size="720p")
    await rig.advance(150)
    assert rig.state(card) == "Failed"
    return card


async def again(rig, card, **values):
    """Send the form of Again with changes; gives the new card."""
    await rig.click("Again with changes", card, user=ANA)
    card = await send(rig, rig.slack.views(ANA)[-1], **values)
    await rig.advance(15)
    return card


def packed(rig):
    """Give the names in the newest zip."""
    wish = rig.besides.jobs()[-1].wish
    return set(zipfile.ZipFile(io.BytesIO(_content(rig, wish))).namelist())


def _content(rig, wish):
    return rig.besides._archives.upload(wish.repository).content


async def test_again_uses_the_files_of_last_time(rig):
    """The form says which, and once it is sent they are in the new zip."""
    card = await failed(rig, STORY, COVER)
    await rig.click("Again with changes", card, user=ANA)
    view = rig.slack.views(ANA)[-1]
    assert "Leave empty to use story.md and cover.png again." in visible_text(view)
    card = await again(rig, card, Topic="Second try")
    assert len(rig.besides.jobs()) == 2
    assert packed(rig) == {"script.md", "cover.png"}
    await rig.advance(150)
    card = await again(rig, card)  # The third has its files from the second, which was sent none.
    assert packed(rig) == {"script.md", "cover.png"}


async def test_files_uploaded_again_take_the_place_of_those_of_last_time(rig):
    """All of them: what somebody uploads is what the video is made of."""
    card = await failed(rig, STORY, COVER)
    files = await upload(rig, ("other.md", b"Good evening."))
    await again(rig, card, Files=files)
    assert packed(rig) == {"script.md"}


async def test_the_files_of_last_time_survive_a_change_of_mind(rig):
    """The form is drawn anew twice and still says which they are."""
    card = await failed(rig, STORY, COVER)
    await rig.click("Again with changes", card, user=ANA)
    view = await choose(rig, "Make", "Audio, read aloud")
    assert "story.md" not in visible_text(view)
    view = await choose(rig, "Make", "A video from a script")
    assert "Leave empty to use story.md and cover.png again." in visible_text(view)
    await send(rig, view)
    await rig.advance(15)
    assert packed(rig) == {"script.md", "cover.png"}


async def test_what_is_typed_takes_the_place_of_a_file_it_excludes(rig):
    """Nothing could be uploaded to say that the file of last time is not wanted."""
    await rig.open_form(TOPIC)
    view = await choose(rig, "Make", "Audio, read aloud")
    files = await upload(rig, ("talk.srt", b"nothing that can be read"))
    rig.besides.faults.add(Fault(match="POST /text-to-speech", kind="status", status=400))
    values = {"Text as a file": files, "Voice": "Hans, German"}
    card = await send(rig, view, **values)
    assert rig.state(card) == "Failed"
    rig.besides.faults.clear()
    await again(rig, card, Script="Guten Morgen.")
    assert len(rig.besides.jobs()) == 1


async def test_a_retry_sends_the_same_files(rig):
    """No form is asked, so they are those of the request."""
    card = await failed(rig, STORY, COVER)
    await rig.click("Retry", card, user=ANA)
    await rig.advance(15)
    assert len(rig.besides.jobs()) == 2
    assert packed(rig) == {"script.md", "cover.png"}


async def test_a_file_of_last_time_that_is_gone_is_named(rig):
    """Nothing was ordered, and the requester alone is asked to upload it again."""
    card = await failed(rig, STORY, COVER)
    gone = '{"ok":false,"error":"file_deleted"}'
    rig.slack.faults.add(Fault(match="files.info", kind="body", status=200, body=gone))
    card = await again(rig, card)
    assert rig.state(card) == "Failed"
    assert "“story.md” is no longer in Slack" in rig.text(card)
    assert rig.buttons(card)[0] == "Again with changes"
    assert len(rig.besides.jobs()) == 1
