"""What Narakeet's form takes, says and keeps: complaints, last choices, files used again."""

import pytest

from tests.rig import ANA, MARKETING, TOPIC
from tests.scenario.on_narakeet import order, paid, send, with_narakeet
from tests.scenario.titlecard import choose, held, labels, upload


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
