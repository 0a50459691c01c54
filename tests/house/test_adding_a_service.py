"""The page on adding a service is the fourth provider, whole, and names all that there is."""

import inspect
import re
from dataclasses import fields

import pytest

from bot.core import form
from bot.core.form import FIELDS_A_STEP
from bot.providers.base import Capabilities, Provider
from bot.providers.lean import LeanProvider
from bot.slack.views.words import FILE_WORDS
from tests.house.tree import ROOT

PACKAGE = ROOT / "tests/fourth_provider"
PAGE = (ROOT / "docs/adding-a-service.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
FILES = sorted(
    str(path.relative_to(PACKAGE))
    for path in (*PACKAGE.glob("greenlight_titlecard/*.py"), PACKAGE / "pyproject.toml")
)


def first_column(heading):
    """List what stands in the first column of the table below a heading line."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| (.+?) \|", table, re.MULTILINE)


def test_the_page_has_every_file_and_no_other():
    """None has to be guessed."""
    assert sorted({path for path, _ in BLOCKS}) == FILES


@pytest.mark.parametrize("path", FILES)
def test_the_blocks_of_a_file_are_the_file(path):
    """Copied one below the other they are what is tested: no import and no helper is missing."""
    shown = "".join("".join(code.split()) for where, code in BLOCKS if where == path)
    assert shown == "".join((PACKAGE / path).read_text(encoding="utf-8").split())


def test_the_page_says_what_a_provider_must_have():
    """Every method with its signature's names, and which of them need not be written."""
    told = {re.match(r"`(\w+)", cell)[1]: cell for cell in first_column("you write")}
    told |= {re.match(r"`(\w+)", cell)[1]: cell for cell in first_column("you may write")}
    public = {name for name in dir(Provider) if not name.startswith("_")} | {"capabilities"}
    assert set(told) == public | {"name", "label", "__init__"}
    may = {re.match(r"`(\w+)", cell)[1] for cell in first_column("you may write")}
    assert may == {name for name in vars(LeanProvider) if not name.startswith("_")}
    for name, method in inspect.getmembers(Provider, inspect.isfunction):
        if not name.startswith("_"):
            taken = [one for one in inspect.signature(method).parameters if one != "self"]
            assert re.findall(r"\w+", told[name].partition("(")[2].partition(")")[0]) == taken


def test_the_page_knows_every_capability():
    """A button that nobody knows of is never drawn."""
    known = {one.name for one in fields(Capabilities)} - {"is_off"}
    assert set(first_column("capability")) == {f"`{name}`" for name in known}


def test_the_page_knows_every_kind_of_file():
    """What it does not name is spelt out."""
    assert set(re.findall(r"`(\w+)`", " ".join(first_column("kind")))) == set(FILE_WORDS)


def test_the_page_knows_every_kind_of_field():
    """Whoever needs one sees that it is there."""
    told = " ".join(first_column("field"))
    assert [one.__name__ for one in form.Field.__args__ if one.__name__ not in told] == []


def test_the_page_knows_how_much_is_asked_at_once():
    """The number in the text is the one in the code."""
    assert f"More than {FIELDS_A_STEP} fields" in PAGE
