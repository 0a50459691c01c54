"""Whatever a service asks, in whatever number, Slack takes every form."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.form import (
    Choice,
    FileField,
    Form,
    NumberField,
    SearchField,
    SelectField,
    TextField,
    steps_of,
)
from bot.slack.views.form import Around, Filled, build_form
from tests.house.test_view_limits import KEYS, LABELS, MANY, METADATA, WORDS, check_view, maybe

CHOICES = st.builds(Choice, value=WORDS, name=WORDS, group=maybe(WORDS))


def crowd(kind):
    """Make more choices than Slack lists: bare, each in a group of its own, in three groups."""
    groups = {1: str, 2: lambda number: str(number % 3)}
    group = groups.get(kind, lambda _: None)
    return tuple(Choice(value=str(n), name="x", group=group(n)) for n in range(300 + 200 * kind))


CROWDS = st.sampled_from([crowd(kind) for kind in range(3)])
FIELDS = st.builds(
    TextField,
    key=KEYS,
    label=WORDS,
    hint=maybe(WORDS),
    max_length=st.integers(1, 10**5),
    is_required=st.booleans(),
    is_multiline=st.booleans(),
) | st.builds(
    SelectField,
    key=KEYS,
    label=WORDS,
    choices=st.lists(CHOICES, max_size=8).map(tuple) | CROWDS,
    hint=maybe(WORDS),
    is_required=st.booleans(),
    initial=maybe(WORDS),
    reshapes=st.booleans(),
)
FIELDS |= st.builds(SearchField, key=KEYS, label=WORDS, hint=maybe(WORDS))
FIELDS |= st.builds(
    NumberField,
    key=KEYS,
    label=WORDS,
    min_value=maybe(st.floats(-9, 9)),
    max_value=maybe(st.floats(10, 99)),
    is_decimal=st.booleans(),
)
FIELDS |= st.builds(
    FileField,
    key=KEYS,
    label=WORDS,
    extensions=st.just(("png", "txt")),
    max_files=st.integers(1, 10),
    max_bytes=st.integers(1, 10**9),
    max_total_bytes=maybe(st.integers(1, 10**10)),
    is_required=st.booleans(),
    takes_address=st.booleans(),
)
FORMS = st.builds(
    Form,
    provider=KEYS,
    fields=st.lists(FIELDS, min_size=1, max_size=8, unique_by=lambda field: field.key).map(tuple),
    note=maybe(WORDS),
)


# Hypothesis writes down what it built, and a form of 700 choices is long.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@MANY
@given(
    FORMS,
    WORDS,
    st.booleans(),
    st.dictionaries(KEYS, WORDS | st.just("7"), max_size=4),
    LABELS,
    st.sampled_from([(), (Choice(value="a", name="A"), Choice(value="jarai", name="JARAI"))]),
    st.booleans(),
    CHOICES,
)
def test_every_form_fits(form, topic, needs_channel, initial, label, services, can_upload, choice):
    """Any form of any service is one that Slack takes."""
    check_view(
        build_form(
            form,
            around=Around(metadata=METADATA, label=label, services=services, can_upload=can_upload),
            filled=Filled(
                values={**initial, "topic": topic},
                found=dict.fromkeys(initial, choice),
                uploaded=initial,
            ),
            needs_channel=needs_channel,
        )
    )


@pytest.mark.parametrize("count", [60, 90, 91, 180, 300])
def test_every_step_of_a_long_form_fits(count):
    """However much a service asks, each step holds no more than Slack shows."""
    texts = tuple(TextField(key=f"f{number}", label="x") for number in range(count))
    image = FileField(key="i", label="x", extensions=("png",), max_bytes=9, takes_address=True)
    files = tuple(replace(image, key=f"i{number}") for number in range(count))
    for fields in (texts, files, (*texts[: count // 2], *files)):
        check_steps(Form(provider="jarai", fields=fields, note="What it costs."))


def check_steps(form):
    """Check each step of a form as Slack would."""
    for step in range(len(steps_of(form))):
        around = Around(metadata=replace(METADATA, step=step), label="JARAI", hint="A hint.")
        check_view(build_form(form, around=around, filled=Filled(), needs_channel=True))
