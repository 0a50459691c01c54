"""What the local Slack refuses in blocks and views, and what it must not refuse."""

import pytest

from tests.unit.twin.slack.support import button, field_of, modal, option, plain, section
from twin.slack.checks import block_problems, option_problems, view_problems


def mrkdwn(text="x", **more):
    """Make an mrkdwn text object."""
    return {"type": "mrkdwn", "text": text, **more}


def actions(*elements, **more):
    """Make an actions block."""
    return {"type": "actions", "elements": list(elements), **more}


def select(**more):
    """Make a static select with two options."""
    options = {"options": [option("A"), option("B")]}
    return {"type": "static_select", "action_id": "s", **options, **more}


def confirm(**more):
    """Make a confirmation."""
    texts = {"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")}
    return {**texts, **more}


def text_field(**more):
    """Make a form field for text."""
    return field_of("Topic", {"type": "plain_text_input", **more})


def without(value, name):
    """Leave a field out."""
    return {key: one for key, one in value.items() if key != name}


IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}

BAD_BLOCKS = {
    "no list": ({}, ""),
    "a block that is no object": ([1], "/0"),
    "no type": ([{"text": plain("x")}], "/0"),
    "unknown block": ([{"type": "hologram"}], "/0/type"),
    "type that is no text": ([{"type": ["section"]}], "/0/type"),
    "51 blocks": ([{"type": "divider"}] * 51, ""),
    "block_id twice": ([section(block_id="a"), section(block_id="a")], "/1/block_id"),
    "block_id too long": ([section(block_id="a" * 256)], "/0/block_id"),
    "unknown field of a block": ([section(colour="red")], "/0"),
    "section with nothing": ([{"type": "section"}], "/0"),
    "section text too long": ([section("x" * 3001)], "/0/text/text"),
    "section text empty": ([section("")], "/0/text/text"),
    "text as a bare string": ([{"type": "section", "text": "x"}], "/0/text"),
    "emoji on mrkdwn": ([{"type": "section", "text": mrkdwn(emoji=True)}], "/0/text"),
    "verbatim on plain text": (
        [{"type": "section", "text": {**plain("x"), "verbatim": True}}],
        "/0/text",
    ),
    "unknown text type": (
        [{"type": "section", "text": {"type": "html", "text": "x"}}],
        "/0/text/type",
    ),
    "eleven fields": ([{"type": "section", "fields": [mrkdwn()] * 11}], "/0/fields"),
    "field too long": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "/0/fields/0/text"),
    "unknown accessory": ([section(accessory={"type": "lever"})], "/0/accessory/type"),
    "form field as accessory": (
        [section(accessory={"type": "plain_text_input"})],
        "/0/accessory/type",
    ),
    "header in mrkdwn": ([{"type": "header", "text": mrkdwn()}], "/0/text/type"),
    "header too long": ([{"type": "header", "text": plain("x" * 151)}], "/0/text/text"),
    "context empty": ([{"type": "context", "elements": []}], "/0/elements"),
    "context of eleven": ([{"type": "context", "elements": [mrkdwn()] * 11}], "/0/elements"),
    "button in context": ([{"type": "context", "elements": [button()]}], "/0/elements/0/type"),
    "actions empty": ([actions()], "/0/elements"),
    "actions of 26": ([actions(*[button(f"b{n}") for n in range(26)])], "/0/elements"),
    "action_id twice in a block": ([actions(button("A"), button("A"))], "/0/elements"),
    "action_id too long": ([actions(button(action_id="a" * 256))], "/0/elements/0/action_id"),
    "button text too long": ([actions(button("x" * 76, action_id="a"))], "/0/elements/0/text/text"),
    "button text in mrkdwn": ([actions({**button(), "text": mrkdwn()})], "/0/elements/0/text/type"),
    "button without text": ([actions(without(button(), "text"))], "/0/elements/0"),
    "button value too long": ([actions(button(value="x" * 2001))], "/0/elements/0/value"),
    "button value empty": ([actions(button(value=""))], "/0/elements/0/value"),
    "button value a number": ([actions(button(value=1))], "/0/elements/0/value"),
    "button style unknown": ([actions(button(style="default"))], "/0/elements/0/style"),
    "button url too long": (
        [actions(button(url="https://example.com/" + "x" * 3000))],
        "/0/elements/0/url",
    ),
    "button url relative": ([actions(button(url="/d/abc"))], "/0/elements/0/url"),
    "button url of another scheme": (
        [actions(button(url="ftp://example.com"))],
        "/0/elements/0/url",
    ),
    "button url without host": ([actions(button(url="https://"))], "/0/elements/0/url"),
    "button url that cannot be parsed": ([actions(button(url="http://[x"))], "/0/elements/0/url"),
    "unknown field of a button": ([actions(button(disabled=True))], "/0/elements/0"),
    "confirm title too long": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "/0/elements/0/confirm/title/text",
    ),
    "confirm text too long": (
        [actions(button(confirm=confirm(text=plain("x" * 301))))],
        "/0/elements/0/confirm/text/text",
    ),
    "confirm word too long": (
        [actions(button(confirm=confirm(confirm=plain("x" * 31))))],
        "/0/elements/0/confirm/confirm/text",
    ),
    "deny word too long": (
        [actions(button(confirm=confirm(deny=plain("x" * 31))))],
        "/0/elements/0/confirm/deny/text",
    ),
    "confirm without deny": (
        [actions(button(confirm=without(confirm(), "deny")))],
        "/0/elements/0/confirm",
    ),
    "confirm title in mrkdwn": (
        [actions(button(confirm=confirm(title=mrkdwn())))],
        "/0/elements/0/confirm/title/type",
    ),
    "select without options": ([actions(without(select(), "options"))], "/0/elements/0"),
    "select with no option": ([actions(select(options=[]))], "/0/elements/0/options"),
    "select with both": (
        [actions(select(option_groups=[{"label": plain("G"), "options": [option("C")]}]))],
        "/0/elements/0",
    ),
    "101 options": (
        [actions(select(options=[option(f"o{n}") for n in range(101)]))],
        "/0/elements/0/options",
    ),
    "101 groups": (
        [
            actions(
                without(
                    select(
                        option_groups=[
                            {"label": plain("G"), "options": [option(f"o{n}")]} for n in range(101)
                        ]
                    ),
                    "options",
                )
            )
        ],
        "/0/elements/0/option_groups",
    ),
    "option text too long": (
        [actions(select(options=[option("x" * 76, "a")]))],
        "/0/elements/0/options/0/text/text",
    ),
    "option value too long": (
        [actions(select(options=[option("A", "x" * 76)]))],
        "/0/elements/0/options/0/value",
    ),
    "option value twice": (
        [actions(select(options=[option("A", "a"), option("B", "a")]))],
        "/0/elements/0",
    ),
    "option with a type": (
        [actions(select(options=[{**option("A"), "type": "option"}]))],
        "/0/elements/0/options/0",
    ),
    "option text in mrkdwn": (
        [actions(select(options=[{"text": mrkdwn(), "value": "a"}]))],
        "/0/elements/0/options/0/text/type",
    ),
    "initial option not offered": (
        [actions(select(initial_option=option("C")))],
        "/0/elements/0",
    ),
    "initial option with another text": (
        [actions(select(initial_option=option("Other", "a")))],
        "/0/elements/0",
    ),
    "placeholder in mrkdwn": (
        [actions(select(placeholder=mrkdwn()))],
        "/0/elements/0/placeholder/type",
    ),
    "six in an overflow": (
        [actions({"type": "overflow", "options": [option(f"o{n}") for n in range(6)]})],
        "/0/elements/0/options",
    ),
    "bad date": (
        [actions({"type": "datepicker", "initial_date": "21.11.2026"})],
        "/0/elements/0/initial_date",
    ),
    "image without alt_text": ([without(IMAGE, "alt_text")], "/0"),
    "image without source": ([without(IMAGE, "image_url")], "/0"),
    "image in context without source": (
        [{"type": "context", "elements": [without(IMAGE, "image_url")]}],
        "/0/elements/0",
    ),
    "image over http": ([{**IMAGE, "image_url": "http://example.com/a.png"}], "/0/image_url"),
    "image with two sources": ([{**IMAGE, "slack_file": {"id": "F1"}}], "/0"),
    "image title in mrkdwn": ([{**IMAGE, "title": mrkdwn()}], "/0/title/type"),
    "markdown too long": ([{"type": "markdown", "text": "x" * 12_001}], "/0/text"),
    "form field label in mrkdwn": ([{**text_field(), "label": mrkdwn()}], "/0/label/type"),
    "form field without element": ([without(text_field(), "element")], "/0"),
    "button as form field": ([field_of("X", button())], "/0/element/type"),
    "max_length too large": ([text_field(max_length=3001)], "/0/element/max_length"),
    "max_length zero": ([text_field(max_length=0)], "/0/element/max_length"),
    "min above max": ([text_field(min_length=9, max_length=8)], "/0/element"),
    "initial value too long": (
        [text_field(initial_value="xyz", max_length=2)],
        "/0/element/initial_value",
    ),
    "multiline a text": ([text_field(multiline="yes")], "/0/element/multiline"),
    "number field without is_decimal_allowed": (
        [field_of("N", {"type": "number_input"})],
        "/0/element",
    ),
}


@pytest.mark.parametrize(("blocks", "pointer"), BAD_BLOCKS.values(), ids=BAD_BLOCKS.keys())
def test_bad_block_is_refused_where_it_is_wrong(blocks, pointer):
    """Each bad block is refused with exactly one problem, and its pointer leads there."""
    problems = block_problems(blocks)
    assert [one.rpartition(" [")[2] for one in problems] == [f"json-pointer:/blocks{pointer}]"]
    assert problems[0].startswith("[ERROR] ")


GOOD_BLOCKS = {
    "none": [],
    "fifty": [{"type": "divider"}] * 50,
    "same action_id in different blocks": [actions(button("A")), actions(button("A"))],
    "section at its limits": [section("x" * 3000, fields=[mrkdwn("y" * 2000)] * 10, expand=True)],
    "header with level": [{"type": "header", "text": plain("x" * 150), "level": 2}],
    "link to loopback": [actions(button(url="http://127.0.0.1:4000/d/abc"))],
    "link over http": [actions(button(url="http://example.com/x"))],
    "image from loopback": [{**IMAGE, "image_url": "http://localhost:4000/a.png"}],
    "image in context and section": [
        {"type": "context", "elements": [IMAGE, mrkdwn()]},
        section(accessory=IMAGE),
    ],
    "button with everything": [
        actions(
            button(
                value="v" * 2000,
                style="danger",
                accessibility_label="l",
                confirm=confirm(text=mrkdwn(), style="danger"),
            )
        )
    ],
    "groups with the first chosen": [
        actions(
            without(
                select(
                    option_groups=[{"label": plain("G"), "options": [option("A")]}],
                    initial_option=option("A"),
                ),
                "options",
            )
        )
    ],
    "form field in a message": [text_field(min_length=2, max_length=2, multiline=True)],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
            ],
        }
    ],
    "plain text with emoji": [{"type": "section", "text": {**plain("x"), "emoji": True}}],
    "radio buttons in mrkdwn": [
        field_of(
            "R",
            {
                "type": "radio_buttons",
                "options": [{"text": mrkdwn(), "value": "a", "description": mrkdwn()}],
            },
        )
    ],
}


@pytest.mark.parametrize("blocks", GOOD_BLOCKS.values(), ids=GOOD_BLOCKS.keys())
def test_good_blocks_pass(blocks):
    """What Slack takes is taken."""
    assert block_problems(blocks) == []


BAD_VIEWS = {
    "no object": ([], ""),
    "no type": (without(modal(), "type"), ""),
    "unknown type": (modal(type="drawer"), "/type"),
    "no title": (without(modal(), "title"), ""),
    "title too long": (modal(title=plain("x" * 25)), "/title/text"),
    "title in mrkdwn": (modal(title=mrkdwn()), "/title/type"),
    "submit too long": (modal(submit=plain("x" * 25)), "/submit/text"),
    "close too long": (modal(close=plain("x" * 25)), "/close/text"),
    "fields without submit": (without(modal(), "submit"), ""),
    "no blocks": (without(modal(), "blocks"), ""),
    "101 blocks": (modal(*[{"type": "divider"}] * 101), "/blocks"),
    "private_metadata too long": (modal(private_metadata="x" * 3001), "/private_metadata"),
    "private_metadata an object": (modal(private_metadata={}), "/private_metadata"),
    "callback_id too long": (modal(callback_id="x" * 256), "/callback_id"),
    "read-only field sent back": (modal(hash="1.2"), ""),
    "bad block inside": (modal(section("x" * 3001)), "/blocks/0/text/text"),
    "block_id twice": (modal(section(block_id="a"), section(block_id="a")), "/blocks/1/block_id"),
    "two with the focus": (
        modal(text_field(focus_on_load=True), field_of("B", {**select(), "focus_on_load": True})),
        "/blocks",
    ),
}


@pytest.mark.parametrize(("view", "pointer"), BAD_VIEWS.values(), ids=BAD_VIEWS.keys())
def test_bad_view_is_refused_where_it_is_wrong(view, pointer):
    """Each bad view is refused with exactly one problem, and its pointer leads there."""
    problems = view_problems(view)
    assert [one.rpartition(" [")[2] for one in problems] == [f"json-pointer:/view{pointer}]"]


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(section(), submit=plain("x" * 24), close=plain("x" * 24)),
        without(modal(section()), "submit"),
        modal(private_metadata="x" * 3000, callback_id="c" * 255, clear_on_close=True),
        {"type": "home", "blocks": [{"type": "divider"}] * 100},
    ],
    ids=["form", "limits", "no fields, no submit", "metadata", "home"],
)
def test_good_view_passes(view):
    """What Slack takes is taken."""
    assert view_problems(view) == []


def test_every_problem_is_listed():
    """Two mistakes in different places are two messages."""
    problems = block_problems([section(""), {"type": "hologram"}])
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("answer", "is_good"),
    [
        ({"options": []}, True),
        ({"options": [option("A")]}, True),
        ({"option_groups": [{"label": plain("G"), "options": [option("A")]}]}, True),
        ({}, False),
        ({"options": [], "option_groups": []}, False),
        ({"options": [option(f"o{n}") for n in range(101)]}, False),
        ([], False),
    ],
)
def test_answer_with_options_is_checked(answer, is_good):
    """Options come plain or grouped, a hundred at most."""
    assert (option_problems(answer) == []) is is_good
