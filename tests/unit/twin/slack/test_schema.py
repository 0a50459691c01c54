"""The generated schema and what is added to it: whole, counted, and in one place each."""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from twin.slack import checks
from twin.slack.checks.limits import LIMITS, reach
from twin.slack.checks.rules import RULES
from twin.slack.checks.structure import read_schema
from twin.slack.checks.surfaces import SURFACES

HERE = Path(checks.__file__).parent
REFRESH = HERE / "refresh"
MEASURES = {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"}
MEASURES_KNOWN = 156
DEFINITIONS = read_schema()["$defs"]


def everything_in(value):
    """Go through all objects of a schema."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from everything_in(one)


def test_schema_is_valid_and_sorted():
    """It is JSON Schema, and written so that a refresh shows as few changes as there are."""
    text = (HERE / "slack_types.schema.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_no_limit_was_lost():
    """Fewer limits than known mean that doc comments were reworded and are not understood."""
    found = sum(len(MEASURES & one.keys()) for one in everything_in(DEFINITIONS))
    assert found >= MEASURES_KNOWN


@pytest.mark.parametrize(
    ("at", "limit"),
    [
        ("ActionsBlock.elements", {"maxItems": 25}),
        ("Button.value", {"maxLength": 2000}),
        ("Button.text.text", {"maxLength": 75}),
        ("CarouselBlock.elements", {"minItems": 1, "maxItems": 10}),
        ("FileInput.max_files", {"minimum": 1, "maximum": 10}),
        ("MarkdownBlock.text", {"maxLength": 12_000}),
        ("ModalView.private_metadata", {"maxLength": 3000}),
        ("PlainTextElement.text", {"minLength": 1, "maxLength": 3000}),
        ("SectionBlock.fields.*.text", {"maxLength": 2000}),
        ("TableBlock.rows.*", {"maxItems": 20}),
        ("VideoBlock.author_name", {"maxLength": 49}),
    ],
)
def test_limits_in_words_become_keywords(at, limit):
    """A sentence of each form is found where it belongs."""
    name, *way = at.split(".")
    assert limit.items() <= reach(copy.deepcopy(DEFINITIONS[name]), way).items()


def test_schema_is_of_the_pinned_types():
    """The version in the schema is the one that a refresh would install."""
    pinned = json.loads((REFRESH / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert f"@slack/types {pinned['@slack/types']} " in read_schema()["$comment"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())


def test_lock_names_no_registry():
    """Everybody installs from the registry they trust."""
    packages = json.loads((REFRESH / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert all("integrity" in one for name, one in packages.items() if name)


def test_every_block_has_its_surfaces():
    """A block that the types come to know is put somewhere before it can be used."""
    names = [one["$ref"].rpartition("/")[2] for one in DEFINITIONS["KnownBlock"]["anyOf"]]
    assert {DEFINITIONS[name]["properties"]["type"]["const"] for name in names} == set(SURFACES)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.at)
def test_added_limit_is_about_something_that_exists(limit):
    """A misspelt name would be a field that Slack does not know; one it does know has a type."""
    name, *way = limit.at.split(".")
    properties = DEFINITIONS[name]["properties"]
    assert not way or way[0] in properties or "type" in limit.says
    assert way[-1:] != ["text"] or "$ref" in reach(copy.deepcopy(DEFINITIONS[name]), way[:-1])


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.at)
def test_added_limit_is_not_in_the_types(limit):
    """Each number stands in one place."""
    name, *way = limit.at.split(".")
    stated = reach(copy.deepcopy(DEFINITIONS[name]), way)
    assert "read in a copy, 2026" in limit.source or "@slack/types" in limit.source
    assert [key for key, one in limit.says.items() if stated.get(key) == one] == []


def test_every_rule_is_about_something():
    """A rule under a misspelt type would never be looked at."""
    properties = [one.get("properties", {}) for one in everything_in(DEFINITIONS)]
    assert set(RULES) <= {str(one.get("type", {}).get("const")) for one in properties}


@pytest.mark.parametrize(
    ("comment", "is_understood"),
    [
        ("Maximum length for this field is 75 characters.", True),
        ("`text` may truncate with ~30 characters.", True),
        ("Must not exceed a maximum of seven or 7 things.", False),
        ("At most 12 of them.", False),
    ],
)
def test_generator_stops_at_a_limit_it_does_not_understand(comment, is_understood):
    """A sentence that speaks of a limit in a new way ends the refresh instead of losing it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; it is needed only to refresh the schema")
    script = (
        "import { readLimits } from './limits.mjs';"
        f"readLimits({json.dumps(comment)}, {{ at: 'Button', isTextObject: false }});"
    )
    done = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        cwd=REFRESH,
        check=False,
        capture_output=True,
    )
    assert (done.returncode == 0) is is_understood
