"""Every kind of field, through the whole bot: opened, checked, sent, and passed on."""

import pytest

from tests.rig import ANA, MARKETING, TOPIC
from tests.scenario.titlecard import choose, held, labels, order, upload, with_titlecard
from twin.faults import Fault
from twin.slack.text import inputs, visible_text

PNG = b"\x89PNG" + b"x" * 1000
RICH = {"Font": "Old Style", "Seconds": "2.5"}
OLD_STYLE = {"text": {"type": "plain_text", "text": "Old Style"}, "value": "old-style"}
"""The font as it was offered, so that nobody searches for it again."""


@pytest.fixture
async def rig(make_rig, monkeypatch, tmp_path):
    return await with_titlecard(make_rig, monkeypatch, tmp_path / "site")


async def open_rich(rig):
    """Open the form and choose the style that asks for every kind of field."""
    await rig.open_form(TOPIC)
    return await choose(rig, "Style", "Rich")


async def send(rig, view, **options):
    """Send a form as it stands, with values over it."""
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], **options)
    await rig.settle()
    return sent


async def test_form_with_three_fields_is_sent(rig):
    """The smallest form: topic, style and one text; what it costs stands above the button."""
    view = await rig.open_form(TOPIC)
    assert labels(view) == ["Topic", "Style"]
    view = await choose(rig, "Style", "Plain")
    assert labels(view) == ["Topic", "Style", "Second line"]
    assert "Costs 1 credits; 41 credits are left." in visible_text(view)
    await send(rig, view, values={"Second line": "New"})
    await rig.advance(2)
    (clip,) = rig.besides.jobs()
    assert clip.body == {
        "title": TOPIC,
        "style": "plain",
        "values": {"line": "New"},
        "images": [],
    }


async def test_a_choice_that_changes_the_form_keeps_what_was_typed(rig):
    """Topic and all, through two changes of mind."""
    await rig.open_form(TOPIC)
    await choose(rig, "Style", "Plain", values={"Topic": "Winter"})
    view = await choose(rig, "Style", "Rich", values={"Second line": "New"})
    assert labels(view) == ["Topic", "Style", "Font", "Seconds", "Images", "Mood"]
    assert held(view)["Topic"] == "Winter"
    view = await choose(rig, "Style", "Plain", values={"Mood": "calm"})
    assert labels(view) == ["Topic", "Style", "Second line"]
    assert held(view)["Topic"] == "Winter"


async def test_every_kind_of_field_arrives_at_the_service(rig):
    """A searched choice, a number, files, and a kind that nobody knows, as a text."""
    view = await open_rich(rig)
    files = await upload(rig, ("a.png", PNG), ("b.png", PNG + b"y"))
    values = RICH | {"Images": files, "Mood": "calm"}
    sent = await send(rig, view, values=values)
    assert not sent["errors"], sent
    await rig.advance(2)
    (clip,) = rig.besides.jobs()
    assert clip.body["values"] == {"font": "old-style", "seconds": "2.5", "mood": "calm"}
    assert len(clip.body["images"]) == 2
    assert rig.besides.uploads == {"a.png": PNG, "b.png": PNG + b"y"}
    card = rig.cards()[-1]["ts"]
    assert "Seconds 2.5 · a.png, b.png · calm" in rig.text(card)


@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("Seconds", "three", "takes a number"),
        ("Seconds", "0.5", "1 or more"),
        ("Seconds", "31", "30 or less"),
        ("Seconds", "1e9", "takes a number"),
        ("Seconds", "", "Write a number"),
        ("Font", {"text": {"type": "plain_text", "text": "Mine"}, "value": "my-own"}, "gone"),
        ("Font", None, "Choose something"),
    ],
)
async def test_what_a_field_cannot_take_is_said_under_it(rig, label, value, words):
    """The form stays open, and nothing is made."""
    view = await open_rich(rig)
    sent = await send(rig, view, values=RICH | {label: value}, force=True)
    assert set(sent["errors_by_label"]) == {label}
    assert words in sent["errors_by_label"][label]
    assert rig.cards() == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.gif", PNG)], "PNG, JPG"),
        ([("a.png", PNG * 300)], "200 kB is the most"),
        ([("a.png", PNG), ("A.png", PNG)], "Two files"),
        ([(f"{n}.png", PNG) for n in range(4)], "3 files at most"),
        ([(f"{n}.png", PNG * 150) for n in range(3)], "together"),
        ([("../a.png", PNG)], "Rename"),
        ([(".png", PNG)], "Rename"),
    ],
    ids=["kind", "size", "same name", "count", "total", "path", "no name"],
)
async def test_files_are_checked_when_they_are_sent(rig, files, words):
    """Kind, size, number and names, whatever the person's own program let through."""
    view = await open_rich(rig)
    ids = await upload(rig, *files)
    sent = await send(rig, view, values=RICH | {"Images": ids}, force=True)
    assert set(sent["errors_by_label"]) == {"Images"}
    assert words in sent["errors_by_label"]["Images"]


async def test_search_offers_what_fits_from_what_is_remembered(rig):
    """At most a hundred options, and the service is asked once for all that is typed."""
    view = await open_rich(rig)
    suggest = rig.slack.act.suggest
    everything = await suggest(user=ANA, view_id=view["id"], action_id="entered", value="")
    assert len(everything["options"]) == 100
    few = await suggest(user=ANA, view_id=view["id"], action_id="entered", value="grot 24")
    found = [one["text"]["text"] for one in few["options"]]
    expected = [number for number in range(250) if "24" in f"{number:03d}"]
    assert found == [f"Grotesk {number:03d}" for number in expected]
    asked = [one for one in rig.besides.journal.entries() if one.what == "GET /fonts"]
    assert len(asked) == 1


async def test_search_offers_nothing_while_the_service_is_away(rig):
    """The person sees no options instead of an error, and the form lives on."""
    view = await open_rich(rig)
    rig.besides.faults.add(Fault(match="/fonts", kind="status", status=503, times=None))
    found = await rig.slack.act.suggest(
        user=ANA, view_id=view["id"], action_id="entered", value="old"
    )
    assert (found["error"], found["options"]) == (None, [])


async def test_search_that_takes_too_long_refuses_nothing_that_was_chosen(rig, monkeypatch):
    """Nothing new is offered; what was offered before is believed, and the service is asked."""
    view = await open_rich(rig)
    monkeypatch.setattr("bot.slack.listeners.opening.SEARCH_S", 0)
    monkeypatch.setattr("bot.slack.listeners.requests.SEARCH_S", 0)
    found = await rig.slack.act.suggest(
        user=ANA, view_id=view["id"], action_id="entered", value="old"
    )
    assert (found["error"], found["options"]) == (None, [])
    sent = await send(rig, view, values=RICH | {"Font": OLD_STYLE})
    assert not sent["errors"], sent
    await rig.advance(2)
    (clip,) = rig.besides.jobs()
    assert clip.body["values"]["font"] == "old-style"


async def test_last_choices_are_there_again_next_time(rig):
    """The style, so that its fields are there at once, with the font's name and the number."""
    view = await open_rich(rig)
    await send(rig, view, values=RICH | {"Mood": "calm"})
    view = await rig.open_form("Another")
    assert held(view) == {
        "Topic": "Another",
        "Style": "Rich",
        "Font": "Old Style",
        "Seconds": "2.5",
        "Images": None,
        "Mood": None,
    }


async def test_form_without_the_right_to_read_files_says_what_is_missing(
    make_rig, monkeypatch, tmp_path
):
    """The rest of the form works."""
    rig = await with_titlecard(
        make_rig, monkeypatch, tmp_path / "site", scopes_off=frozenset({"files:read"})
    )
    view = await open_rich(rig)
    assert "Images" not in labels(view)
    assert "files:read" in visible_text(view)
    sent = await send(rig, view, values=RICH)
    assert not sent["errors"], sent
    await rig.advance(2)
    assert len(rig.besides.jobs()) == 1


async def test_file_that_is_gone_when_it_is_read_fails_in_clear_words(rig):
    """Nothing was ordered, and the thread says which file to upload again."""
    view = await open_rich(rig)
    ids = await upload(rig, ("a.png", PNG))
    rig.slack.faults.add(
        Fault(
            match="files.info", kind="body", status=200, body='{"ok":false,"error":"file_deleted"}'
        )
    )
    await send(rig, view, values=RICH | {"Images": ids})
    await rig.advance(3)
    card = rig.cards()[-1]["ts"]
    assert rig.state(card) == "Failed"
    assert "“a.png” is no longer in Slack" in rig.text(card)
    assert rig.besides.jobs() == []


async def test_file_that_slack_does_not_hand_out_now_is_waited_for(rig):
    """Waiting helps, so the order goes out once Slack answers."""
    view = await open_rich(rig)
    ids = await upload(rig, ("a.png", PNG))
    rig.slack.faults.add(Fault(match="files.info", kind="status", status=503))
    await send(rig, view, values=RICH | {"Images": ids})
    await rig.advance(2)
    card = rig.cards()[-1]["ts"]
    assert "Slack does not hand out the uploaded files right now" in rig.text(card)
    await rig.advance(60)
    assert len(rig.besides.jobs()) == 1


@pytest.mark.parametrize("count", [60, 89, 200])
async def test_form_of_many_fields_is_filled_in_and_sent(rig, count):
    """Sixty in one go; what a view cannot hold is asked in further steps, and all of it arrives."""
    rig.besides.many_fields = count
    await rig.open_form(TOPIC)
    view = await choose(rig, "Style", "Long")
    while True:
        lines = [one for one in labels(view) if one.startswith("Line")]
        sent = await send(rig, view, values={line: f"words of {line}" for line in lines})
        assert not sent["errors"], sent
        if sent["response_action"] != "push":
            break
        view = rig.slack.views(ANA)[-1]
    assert rig.slack.views(ANA) == []
    await rig.advance(2)
    (clip,) = rig.besides.jobs()
    expected = {f"line{n}": f"words of Line {n}" for n in range(1, count + 1)}
    assert clip.body["values"] == expected


async def test_going_back_in_a_long_form_changes_what_was_answered(rig):
    """Back shows the first step as it was filled in; what is sent last counts."""
    rig.besides.many_fields = 120
    await rig.open_form(TOPIC)
    view = await choose(rig, "Style", "Long")
    await send(rig, view, values={"Line 1": "old"})
    over = rig.slack.views(ANA)[-1]
    assert over["close"]["text"] == "Back"
    await rig.slack.act.close(user=ANA, view_id=over["id"])
    await send(rig, rig.slack.views(ANA)[-1], values={"Line 1": "new"})
    await send(rig, rig.slack.views(ANA)[-1], values={"Line 120": "last"})
    await rig.advance(2)
    (clip,) = rig.besides.jobs()
    assert (clip.body["values"]["line1"], clip.body["values"]["line120"]) == ("new", "last")


async def test_form_that_changed_meanwhile_is_shown_anew_with_all_that_was_filled_in(rig):
    """Whatever the race, nothing is sent that was not asked for."""
    await rig.open_form(TOPIC)
    view = await choose(rig, "Style", "Plain")
    (style,) = [one for one in inputs(view["blocks"]) if one["label"]["text"] == "Style"]
    values = {style["block_id"]: {"entered": "Rich"}, "Topic": "Winter"}
    sent = await send(rig, view, values=values)
    assert sent["response_action"] == "update"
    view = rig.slack.views(ANA)[-1]
    assert "nothing was sent yet" in visible_text(view)
    assert (held(view)["Topic"], held(view)["Style"]) == ("Winter", "Rich")
    assert "Font" in labels(view)
    assert rig.cards(MARKETING) == []


async def test_uploaded_files_leave_no_address_behind(rig):
    """What is kept of a file is its id, its name and its size."""
    card = await order(rig)
    assert card
    view = await open_rich(rig)
    ids = await upload(rig, ("a.png", PNG))
    await send(rig, view, values=RICH | {"Images": ids})
    await rig.advance(2)
    (kept,) = [
        one
        for one in await rig.app.parts.store.list_productions(limit=5)
        if one.request.files("images")
    ]
    (file,) = kept.request.files("images")
    assert (file.file_id, file.name, file.size_bytes) == (ids[0], "a.png", len(PNG))
    assert "http" not in str(kept.request)
