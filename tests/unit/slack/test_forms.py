"""What a form sends, however it looks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import FormError
from bot.core.form import FileField
from bot.core.production import Answer
from bot.slack.forms import (
    build_errors,
    fingerprint,
    read_channel,
    read_fields,
    read_job,
    read_reason,
)
from tests.unit.slack.factory import make_form

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
BLOCKS = ["field.topic", "field.language", "field.avatar", "field.notes", "channel", "reason"]
KEYS = ["value", "selected_option", "selected_conversation", "type"]
HOSTILE_SHAPES = JSON | st.dictionaries(
    st.sampled_from(BLOCKS),
    JSON | st.fixed_dictionaries({"entered": JSON | st.dictionaries(st.sampled_from(KEYS), JSON)}),
)


def typed(value):
    """Enter a text."""
    return {"entered": {"type": "plain_text_input", "value": value}}


def chosen(value):
    """Choose an option."""
    option = None if value is None else {"text": {"type": "plain_text"}, "value": value}
    return {"entered": {"type": "static_select", "selected_option": option}}


def values(**fields):
    """Fill the form in, with some fields otherwise."""
    filled = {"topic": typed("Autumn"), "language": chosen("en"), "avatar": chosen("a/1")}
    return {f"field.{key}": entered for key, entered in (filled | fields).items()}


def read_form(state, form):
    """Read a form that is asked in one step."""
    return read_fields(state, form.fields)


def errors_of(state):
    """Give the fields that are wrong."""
    with pytest.raises(FormError) as caught:
        read_fields(state, make_form().fields)
    return caught.value.fields


def test_filled_form_gives_names_beside_ids():
    """People are shown the name of a choice, the service gets its id."""
    answers = read_fields(values(notes=typed("Warm\r\ntone")), make_form().fields)
    assert answers == (
        Answer(key="topic", label="Topic", value="Autumn", shown="Autumn"),
        Answer(key="language", label="Language", value="en", shown="English"),
        Answer(key="avatar", label="Avatar", value="a/1", shown="Anna"),
        Answer(key="notes", label="Notes", value="Warm\ntone", shown="Warm\ntone"),
    )


@pytest.mark.parametrize("text", [None, "", "  ", "\u200b", "\x00", "\ud800", "\n\t"])
def test_topic_without_ink_is_missed(text):
    """Blanks and invisible signs are no topic."""
    assert errors_of(values(topic=typed(text))) == {"topic": "Write something for Topic."}


@pytest.mark.parametrize(("field", "limit"), [("topic", 500), ("notes", 4096)])
def test_text_beyond_its_limit_is_named_with_its_length(field, limit):
    """The longest text passes; one sign more is said in the field's words."""
    read_fields(values(**{field: typed("x" * limit)}), make_form().fields)
    words = errors_of(values(**{field: typed("x" * (limit + 1))}))[field]
    assert f"{limit + 1} characters" in words
    assert str(limit) in words


def test_topic_keeps_to_one_line_without_control_signs():
    """What a database or a service would refuse never gets that far."""
    answers = read_fields(
        values(topic=typed(" Autumn\n range\x00\ud800 👩‍👩‍👧 ")), make_form().fields
    )
    assert answers[0].value == "Autumn range 👩‍👩‍👧"


def test_choice_that_is_gone_is_said_under_its_field():
    """An id that is not among the choices is never sent on."""
    assert list(errors_of(values(avatar=chosen("c/9")))) == ["avatar"]


def test_every_missing_field_is_named_at_once():
    """One round shows all that is wrong."""
    assert list(errors_of({})) == ["topic", "language", "avatar"]


@given(HOSTILE_SHAPES)
def test_any_shape_is_read_or_refused(state):
    """Whatever `state.values` is, readers answer or raise a form error."""
    for read in (
        lambda it: read_fields(it, make_form().fields),
        read_channel,
        read_reason,
        read_job,
    ):
        try:
            read(state)
        except FormError:
            continue


def test_errors_stand_under_their_blocks():
    """Slack wants errors by block."""
    error = FormError({"topic": "a", "channel": "b", "reason": "c", "job": "d"})
    assert build_errors(error) == {"field.topic": "a", "channel": "b", "reason": "c", "job": "d"}


def test_channel_that_was_asked_for_must_be_picked():
    """Nothing picked, or a picker that is gone, is said under the field."""
    picked = {"channel": {"entered": {"selected_conversation": "C1"}}}
    assert read_channel(picked) == "C1"
    for state in ({"channel": {"entered": {"selected_conversation": None}}}, values()):
        with pytest.raises(FormError):
            read_channel(state)


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"])
def test_signs_that_turn_the_reading_direction_are_dropped(sign):
    """Nobody rearranges our words around theirs; marks that Arabic and Hebrew need stay."""
    assert read_reason({"reason": typed(f"no{sign}thing \u200f")}) == "nothing \u200f"
    answers = read_fields(values(topic=typed(f"Au{sign}tumn")), make_form().fields)
    assert answers[0].value == "Autumn"


def test_pasted_job_wins_over_a_picked_one():
    """What somebody took the trouble to paste is what they mean."""
    picked = {"candidate": chosen("job-1")}
    assert read_job(picked) == "job-1"
    assert read_job(picked | {"job": typed(" job-2 ")}) == "job-2"


def test_reason_needs_words():
    """A rejection without a reason helps nobody."""
    assert read_reason({"reason": typed(" Wrong logo ")}) == "Wrong logo"
    with pytest.raises(FormError):
        read_reason({"reason": typed(" ")})


PICTURE = FileField(
    key="face", label="Avatar", extensions=("png",), max_bytes=99, takes_address=True
)
FACE = "https://assets.example/face.png"


def face(*, files=(), address=None):
    """Fill in a field that takes a file or an address."""
    shown = [{"id": f"F0{n}", "name": name, "size": 9} for n, name in enumerate(files)]
    return {
        "field.face": {"entered": {"type": "file_input", "files": shown}},
        "field.address:face": typed(address),
    }


def test_an_address_may_stand_in_place_of_a_file():
    """It is what the service is sent; there are no files then."""
    (answer,) = read_fields(face(address=f" {FACE} "), [PICTURE])
    assert (answer.value, answer.shown, answer.files) == (FACE, FACE, ())
    (answer,) = read_fields(face(files=["a.png"], address=" "), [PICTURE])
    assert (answer.value, answer.shown, len(answer.files)) == ("F00", "a.png", 1)


@pytest.mark.parametrize(
    ("state", "key", "words"),
    [
        (face(files=["a.png"], address=FACE), "address:face", "Choose one for Avatar"),
        (face(), "address:face", "Upload something for Avatar, or give its address"),
        (face(address="http://a.example/b"), "address:face", "it is not https"),
        (face(address=f"https://a.example/{'x' * 2000}"), "address:face", "2000 are the most"),
        (face(files=["a.svg"]), "face", "takes PNG"),
    ],
    ids=["both", "neither", "no address", "long", "kind"],
)
def test_what_is_wrong_stands_under_the_input_that_is_wrong(state, key, words):
    """The address is always drawn, so what is about both stands there."""
    with pytest.raises(FormError) as caught:
        read_fields(state, [PICTURE])
    assert list(caught.value.fields) == [key]
    assert words in caught.value.fields[key]
    assert list(build_errors(caught.value)) == [f"field.{key}"]


def test_neither_file_nor_address_is_needed_where_the_field_is_not():
    """It is left out then."""
    assert read_fields(face(), [replace(PICTURE, is_required=False)]) == ()


def test_an_address_counts_only_where_one_was_asked_for():
    """A field of files alone does not look at it."""
    field = replace(PICTURE, takes_address=False, is_required=False)
    assert read_fields(face(address=FACE), [field]) == ()


@given(HOSTILE_SHAPES)
def test_any_shape_of_a_file_or_address_is_read_or_refused(state):
    """Whatever Slack is said to have sent."""
    shapes = {"field.face": state, "field.address:face": state}
    for one in (state, shapes):
        try:
            read_fields(one, [PICTURE])
        except FormError:
            continue


def test_fingerprint_tells_answers_and_channels_apart():
    """The same form sent twice is known again; any other value is not the same."""
    answers = read_fields(values(), make_form().fields)
    others = read_fields(values(topic=typed("Winter")), make_form().fields)
    same = fingerprint(answers, channel_id="C1")
    assert same == fingerprint(read_fields(values(), make_form().fields), channel_id="C1")
    assert (
        len({same, fingerprint(others, channel_id="C1"), fingerprint(answers, channel_id="C2")})
        == 3
    )
