"""What people fill in."""

import json
from dataclasses import fields as fields_of
from dataclasses import replace

import pytest

from bot.core.form import Choice, FileField, Form, SelectField, TextField
from bot.providers.base import Capabilities
from bot.slack.ids import ButtonValue, Metadata, read_metadata
from bot.slack.views.fitting import VIEW_LIMIT
from bot.slack.views.form import (
    Around,
    Filled,
    build_form,
    build_link_form,
    build_loading_form,
    build_message_view,
    build_reason_form,
    build_recorded_view,
    meant_words,
)
from tests.unit.slack.factory import GATE, HOSTILE, make_face, make_form, visible
from twin.slack.checks import view_problems

METADATA = Metadata(channel_id="C0MARKETING", provider="jarai")
ABOUT = Metadata(channel_id="C1", value=ButtonValue(production_id="7K3MQ2", attempt=1))


PICTURE = FileField(
    key="face", label="Avatar", extensions=("png",), max_bytes=9_000, takes_address=True
)


def draw(form=None, **options):
    """Draw the form."""
    named = {one.name for one in fields_of(Around)}
    around = {key: value for key, value in options.items() if key in named}
    values = {**options.get("initial", {}), "topic": options.get("topic", "Autumn")}
    return build_form(
        form or make_form(),
        around=Around(**({"metadata": METADATA, "label": "JARAI"} | around)),
        filled=Filled(
            values=values, found=options.get("found", {}), uploaded=options.get("uploaded", {})
        ),
        needs_channel=options.get("needs_channel", False),
    )


def draw_loading(*, topic="", trouble=None, **around):
    """Draw the form before its choices are there."""
    return build_loading_form(
        around=Around(**around), filled=Filled(values={"topic": topic}), trouble=trouble
    )


def fields(view):
    """Give the input blocks by their block id."""
    return {one["block_id"]: one for one in view["blocks"] if one["type"] == "input"}


def select(*choices, **changes):
    """Make a form with one select."""
    field = SelectField(key="language", label="Language", choices=choices, **changes)
    return Form(provider="jarai", fields=(TextField(key="topic", label="Topic"), field))


def element(view, block_id="field.language"):
    """Give one field's element."""
    return fields(view)[block_id]["element"]


def test_form_says_what_it_is_and_what_the_button_does():
    """Title and button are plain words; the form knows where it was opened."""
    view = draw()
    assert view["title"]["text"] == "Make a video"
    assert view["submit"]["text"] == "Make the video"
    assert read_metadata(view["private_metadata"]) == METADATA


def test_topic_comes_first_and_holds_what_was_typed():
    """Nobody types their topic twice."""
    first = draw()["blocks"][0]
    assert first["label"]["text"] == "Topic"
    assert first["element"]["initial_value"] == "Autumn"
    assert first["element"]["max_length"] == 500


@pytest.mark.parametrize("verb", ["status", "retry", "cancel"])
def test_hint_says_that_this_orders_a_new_video(verb):
    """Whoever may have meant a sub-command reads so before they order, however the form opens."""
    hint = meant_words(verb, command="/produce")
    loading = draw_loading(metadata=METADATA, topic="x", label="JARAI", hint=hint)
    assert hint.startswith("This orders a new video. ")
    assert f"`/produce {verb} ID`" in hint
    for view in (draw(hint=hint), loading):
        assert visible(view["blocks"]).splitlines()[0] == hint


def test_grouped_choices_stand_under_their_headings():
    """Avatars are listed by account."""
    groups = element(draw(), "field.avatar")["option_groups"]
    assert [group["label"]["text"] for group in groups] == ["Brand A", "Brand B"]
    assert groups[0]["options"][0]["value"] == "a/1"


def test_last_choices_are_chosen_again():
    """What somebody chose last time is there; what is gone is not."""
    view = draw(initial={"language": "fr", "avatar": "gone/9", "topic": "ignored"})
    assert element(view)["initial_option"]["value"] == "fr"
    assert "initial_option" not in element(view, "field.avatar")
    assert element(view, "field.topic")["initial_value"] == "Autumn"


def test_only_choice_is_chosen():
    """Where there is nothing to choose, nobody has to."""
    view = draw(select(Choice(value="en", name="English")))
    assert element(view)["initial_option"]["text"]["text"] == "English"


def test_choices_beyond_slacks_limit_stand_in_further_groups():
    """Slack shows a hundred in one, so that every country can be chosen."""
    many = [Choice(value=str(number), name=f"Name {number}") for number in range(230)]
    view = draw(select(*many, hint="Spoken language."))
    groups = element(view)["option_groups"]
    assert [group["label"]["text"] for group in groups] == ["All", "All (2)", "All (3)"]
    listed = [one["value"] for group in groups for one in group["options"]]
    assert listed == [choice.value for choice in many]
    assert fields(view)["field.language"]["hint"]["text"] == "Spoken language."


def test_choices_beyond_a_hundred_groups_are_counted_in_the_hint():
    """A list that is longer still is cut, and says so."""
    many = [Choice(value=str(n), name=f"Name {n}", group=f"Group {n}") for n in range(130)]
    view = draw(select(*many, hint="Spoken language."))
    assert len(element(view)["option_groups"]) == 100
    hint = fields(view)["field.language"]["hint"]["text"]
    assert hint == "Spoken language. 30 more can't be listed here."


def test_choices_that_slack_would_refuse_are_left_out():
    """Doubles and ids that do not fit would cost us the whole form."""
    pairs = [("a", "First"), ("a", "Second"), ("", "None"), ("x" * 76, "Long"), ("b", "")]
    choices = [Choice(value=value, name=name) for value, name in pairs]
    options = element(draw(select(*choices)))["options"]
    assert [(one["value"], one["text"]["text"]) for one in options] == [("a", "First"), ("b", "b")]


def test_field_without_choices_says_that_nothing_can_be_made():
    """A form nobody could send is not shown."""
    view = draw(select())
    assert "submit" not in view
    assert "offers nothing to choose for Language" in visible(view["blocks"])


def crowded(*, is_required, count=300):
    """Make a form with more fields than there is room for."""
    texts = [
        TextField(key=f"t{n}", label=f"Scene {n}", is_required=is_required) for n in range(count)
    ]
    project = SelectField(
        key="project", label="Project", choices=(Choice(value="a", name="A"),), reshapes=True
    )
    topic = TextField(key="topic", label="Topic")
    return Form(provider="jarai", fields=(topic, project, *texts), note="It costs 3 credits.")


def test_form_says_what_it_does_not_ask():
    """On its last step, above what it costs: how many, from which on, and what becomes of them."""
    last = replace(METADATA, step=2)
    words = visible(draw(crowded(is_required=False), metadata=last)["blocks"])
    assert (
        "JARAI has 32 more fields, beginning with “Scene 268”; a form here has room for 270."
        in (words)
    )
    assert "What is not asked stays empty." in words
    assert words.index("stays empty") < words.index("3 credits")
    for step in (0, 1):
        before = draw(crowded(is_required=False), metadata=replace(METADATA, step=step))
        assert "stays empty" not in visible(before["blocks"])
    one = draw(crowded(is_required=False, count=269), metadata=last)
    assert "JARAI has 1 more field, “Scene 268”; " in visible(one["blocks"])


def test_form_that_cannot_ask_what_it_must_says_so_and_offers_the_way_out():
    """Another project may be chosen; nothing can be sent."""
    view = draw(crowded(is_required=True))
    words = visible(view["blocks"])
    assert "JARAI wants 302 fields filled in for this" in words
    assert "it can't be ordered from here" in words
    assert list(fields(view)) == ["field.topic", "field.project"]
    assert view["callback_id"] == "produce_loading"


def test_optional_field_without_choices_is_left_out():
    """What need not be answered does not stop anybody."""
    assert list(fields(draw(select(is_required=False)))) == ["field.topic"]


def test_channel_is_asked_for_where_we_are_not_in_ours():
    """The picker comes last and says why it is there."""
    view = draw(needs_channel=True)
    assert list(fields(view))[-1] == "channel"
    assert "I am not in the channel you are in." in str(view["blocks"][-1])


def test_note_stands_above_the_button():
    """What it costs is read before it is sent."""
    assert "Uses 1 of 3 today" in str(draw(make_form(note="Uses 1 of 3 today"))["blocks"][-1])


def test_typed_topic_survives_the_update():
    """The loading form has the same topic field as the full one, and says that it loads."""
    loading = draw_loading(metadata=METADATA, topic="Autumn", label="JARAI")
    assert loading["blocks"][0] == draw()["blocks"][0]
    assert "are being loaded from JARAI" in str(loading["blocks"])
    assert loading["callback_id"] != draw()["callback_id"]


def test_loading_form_says_why_there_are_no_choices():
    """Where the service is down the form stays, with the reason."""
    view = draw_loading(metadata=METADATA, topic="", label="JARAI", trouble="JARAI is away.")
    assert "JARAI is away." in str(view["blocks"])


@pytest.mark.parametrize(
    ("capabilities", "words"),
    [
        (GATE, "its download links stop working. JARAI has made it already"),
        (
            Capabilities(decides_in_console=True, reject_cancels=True),
            "JARAI is then asked to cancel it, which can't be undone.",
        ),
        (Capabilities(decides_in_console=True), "it must be rejected in the Studio too."),
    ],
)
def test_reason_form_says_what_rejecting_does(capabilities, words):
    """Before somebody rejects they read what happens."""
    face = make_face(capabilities=capabilities)
    view = build_reason_form(metadata=ABOUT, topic=HOSTILE, face=face)
    assert words in visible(view["blocks"])
    assert "<!channel>" not in str(view)
    assert fields(view)["reason"]["optional"] is False


def test_link_form_offers_candidates_or_asks_for_an_id():
    """A picked candidate is enough; without candidates the id is required."""
    bare = build_link_form(metadata=ABOUT, topic="Autumn", label="JARAI")
    offered = build_link_form(metadata=ABOUT, topic="Autumn", label="JARAI", candidates=["a", "a"])
    assert fields(bare)["job"]["optional"] is False
    assert fields(offered)["job"]["optional"] is True
    assert len(element(offered, "candidate")["options"]) == 1


def test_ten_candidates_are_enough():
    """Slack takes no more than ten to choose from at a glance."""
    many = [str(number) for number in range(30)]
    view = build_link_form(metadata=ABOUT, topic="Autumn", label="JARAI", candidates=many)
    assert len(element(view, "candidate")["options"]) == 10


def test_form_recorded_before_says_so():
    """Other answers under a form already sent are never taken silently."""
    view = build_recorded_view("7K3MQ2", command="/produce")
    assert "already recorded as video 7K3MQ2" in visible(view["blocks"])
    assert "submit" not in view


def draw_picture(field=PICTURE, **options):
    """Draw a form with one field that takes a file or its address."""
    topic = TextField(key="topic", label="Topic")
    return draw(Form(provider="jarai", fields=(topic, field)), **options)


def test_a_file_and_its_address_are_two_inputs():
    """Slack insists on none of them; the hint says that one is needed, where it is."""
    view = draw_picture()
    upload, address = fields(view)["field.face"], fields(view)["field.address:face"]
    assert [one["optional"] for one in (upload, address)] == [True, True]
    assert upload["hint"]["text"].startswith("A file or an address is needed. One file")
    assert address["label"]["text"] == "Avatar, or its address"
    assert address["element"]["max_length"] == 2000
    relaxed = fields(draw_picture(replace(PICTURE, is_required=False)))["field.face"]
    assert "needed" not in relaxed["hint"]["text"]


def test_a_file_alone_is_insisted_on_by_slack():
    """As it was before fields took addresses."""
    view = draw_picture(replace(PICTURE, takes_address=False))
    assert fields(view)["field.face"]["optional"] is False
    assert "field.address:face" not in fields(view)


@pytest.mark.parametrize("key", ["face", "address:face"])
def test_an_address_is_there_again(key):
    """Of the answer it was, or as it stands in the form that is drawn anew."""
    view = draw_picture(initial={key: "https://a.example/b"})
    assert element(view, "field.address:face")["initial_value"] == "https://a.example/b"
    assert "initial_value" not in element(view, "field.face")


@pytest.mark.parametrize("takes_address", [True, False])
def test_a_file_of_last_time_is_used_again_where_nothing_is_uploaded(takes_address):
    """Which one it was comes first, since hints are cut; Slack must not insist on another."""
    field = replace(PICTURE, takes_address=takes_address)
    block = fields(draw_picture(field, uploaded={"face": "x" * 300 + ".png"}))["field.face"]
    assert block["hint"]["text"].startswith("Leave empty to use xxx")
    assert " again. " in block["hint"]["text"]
    assert block["optional"] is True


def test_an_address_is_asked_for_where_no_file_can_be_read():
    """A field that needs a file keeps nobody from sending the form then."""
    view = draw_picture(can_upload=False)
    assert view["submit"]
    assert "files:read" in visible(view["blocks"])
    assert list(fields(view)) == ["field.topic", "field.address:face"]


def test_note_can_only_be_closed():
    """A view that only says something has nothing to send."""
    view = build_message_view("Already recorded", "Words.")
    assert (view["close"]["text"], "submit" in view) == ("Close", False)


def long_form(words):
    """Build a form of ninety long texts, each beginning with the same words."""
    fields = tuple(
        TextField(key=f"n{number}", label=f"Scene {number}", max_length=3000)
        for number in range(80)
    )
    values = {field.key: words for field in fields} | {"topic": "Autumn"}
    around = Around(metadata=Metadata(channel_id="C1", provider="x"), label="X")
    filled = Filled(values=values, found={})
    form = Form(provider="x", fields=(TextField(key="topic", label="Topic"), *fields))
    return build_form(form, around=around, filled=filled, needs_channel=True)


@pytest.mark.parametrize("words", ["x" * 3000, "\u00fc\u00df" * 1500, "\U0001f600" * 1500])
def test_what_slack_would_not_take_begins_empty_and_is_said(words):
    """However much was written before, the form opens; as much as fits is kept."""
    view = long_form(words)
    assert view_problems(view) == []
    assert VIEW_LIMIT * 0.9 < len(json.dumps(view)) <= VIEW_LIMIT
    note, *rest = view["blocks"]
    empty = [
        one["label"]["text"]
        for one in rest
        if one.get("element", {}).get("type") == "plain_text_input"
        and "initial_value" not in one["element"]
    ]
    assert "so these begin empty: Scene " in note["elements"][0]["text"]
    more = f"and {len(empty) - 10} more." if len(empty) > 10 else f"{empty[-1]}."
    assert note["elements"][0]["text"].endswith(more)
    assert empty == [f"Scene {number}" for number in range(80 - len(empty), 80)]


def test_a_form_that_fits_is_left_as_it_is():
    """Nothing is said where nothing is missing."""
    view = long_form("x" * 2000)
    assert "emptied" not in {one["block_id"] for one in view["blocks"]}
    assert all(one["element"].get("initial_value") for one in view["blocks"][:80])
