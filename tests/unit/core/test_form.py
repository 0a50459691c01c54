"""What a form asks, in which shape and in how many steps."""

from dataclasses import dataclass, replace

import pytest

from bot.core.form import (
    FIELDS_A_STEP,
    Choice,
    FileField,
    Form,
    SelectField,
    TextField,
    chosen_at_first,
    chosen_in,
    inputs_of,
    is_answerable,
    matching,
    steps_of,
    unasked,
)

STYLES = (Choice(value="a", name="Plain"), Choice(value="b", name="Rich"))
FONTS = tuple(Choice(value=f"f{n}", name=f"Grotesk {n}") for n in range(200))


@dataclass(frozen=True)
class WheelField:
    """A field of a kind that is not known here."""

    key: str = "mood"
    label: str = "Mood"


def make(*fields, count=0):
    """Make a form with a reshaping select, other fields, and so many texts."""
    style = SelectField(key="style", label="Style", choices=STYLES, reshapes=True)
    texts = [TextField(key=f"t{number}", label="x") for number in range(count)]
    topic = TextField(key="topic", label="Topic")
    return Form(provider="x", fields=(topic, *texts, style, *fields))


def test_a_kind_nobody_knows_becomes_a_text():
    """With its own key and label, and nobody is made to fill it in."""
    field = make(WheelField()).fields[-1]
    assert field == TextField(key="mood", label="Mood", is_required=False)


def test_what_is_chosen_at_first_is_what_is_shown_at_first():
    """What is given, if it is still offered; else nothing, or the only one there is."""
    assert chosen_at_first(make(), {"style": "b"}) == {"style": "b"}
    assert chosen_at_first(make(), {"style": "gone"}) == {}
    only = SelectField(key="style", label="Style", choices=STYLES[:1], reshapes=True)
    assert chosen_at_first(Form(provider="x", fields=(only,)), {}) == {"style": "a"}


def test_what_is_chosen_in_a_sent_form_is_what_was_sent():
    """Nothing is made up for a field that was left empty."""
    assert chosen_in(make(), {"style": "a", "topic": "x"}) == {"style": "a"}
    assert chosen_in(make(), {"style": "gone"}) == chosen_in(make(), {}) == {}


@pytest.mark.parametrize(("count", "sizes"), [(0, [2]), (88, [90]), (89, [90, 1]), (400, [90] * 3)])
def test_steps_hold_what_a_view_holds(count, sizes):
    """Ninety a step, three steps at most; topic and what reshapes the form come first."""
    steps = steps_of(make(count=count))
    assert [len(step) for step in steps] == sizes
    assert {"topic", "style"} <= {field.key for field in steps[0]}


@pytest.mark.parametrize(
    ("count", "sizes"), [(44, [46]), (45, [46, 1]), (133, [46, 45, 44]), (134, [46, 45, 44])]
)
def test_steps_count_the_address_beside_an_upload(count, sizes):
    """Topic and style first; a field never stands half in a step."""
    image = FileField(
        key="i", label="x", extensions=("png",), max_bytes=9, takes_address=True, is_required=False
    )
    plain = make(count=0)
    fields = tuple(replace(image, key=f"i{number}") for number in range(count))
    form = replace(plain, fields=(*plain.fields, *fields))
    steps = steps_of(form)
    assert [len(step) for step in steps] == sizes
    assert all(sum(len(inputs_of(one)) for one in step) <= FIELDS_A_STEP for step in steps)
    assert (unasked(form) == ()) is (count <= 133)


def test_a_field_that_takes_an_address_has_two_inputs():
    """Every other one has one."""
    image = FileField(key="i", label="x", extensions=("png",), max_bytes=9)
    assert inputs_of(image) == ("i",)
    assert inputs_of(replace(image, takes_address=True)) == ("i", "address:i")


def test_what_has_no_room_is_what_may_be_left_empty():
    """Whatever must be filled in is asked, wherever it stands; the last of the others are not."""
    optional = [TextField(key=f"o{n}", label="x", is_required=False) for n in range(300)]
    form = make(*optional, TextField(key="last", label="x"))
    left_out = [one.key for one in unasked(form)]
    assert left_out == [f"o{n}" for n in range(267, 300)]
    asked = [one.key for step in steps_of(form) for one in step]
    assert asked[:2] == ["topic", "style"]
    assert asked[-1] == "last"
    assert {*asked, *left_out} == {one.key for one in form.fields}
    assert is_answerable(form)


@pytest.mark.parametrize(("count", "fits"), [(268, True), (269, False)])
def test_more_required_fields_than_there_is_room_for_cannot_be_answered(count, fits):
    """Topic and style take two of the 270."""
    assert is_answerable(make(count=count)) is fits


def test_search_finds_words_anywhere_and_the_best_first():
    """A hundred at most; all words must be there, in any order and case."""
    assert len(matching(FONTS, "")) == len(matching(FONTS, "GROT")) == 100
    assert [one.value for one in matching(FONTS, "17 grotesk")][:2] == ["f17", "f117"]
    found = matching((Choice(value="1", name="My Old"), Choice(value="2", name="Old")), "old")
    assert [one.value for one in found] == ["2", "1"]
    assert matching(FONTS, "nothing like it") == ()


def test_search_finds_a_choice_by_its_value_and_it_alone():
    """So that a choice of last time gets its name back."""
    assert matching(FONTS, "f1") == (FONTS[1],)
