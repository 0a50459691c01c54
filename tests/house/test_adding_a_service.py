"""The page on adding a service shows the fourth provider as it is."""

import re

import pytest

from bot.core.form import FIELDS_A_STEP
from tests.house.tree import ROOT

PAGE = (ROOT / "docs/adding-a-service.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)


def bare(code):
    """Take out of code what formatting decides."""
    return re.sub(r"[\s,()]", "", code)


@pytest.mark.parametrize(("path", "code"), BLOCKS)
def test_every_block_stands_in_the_file_it_names(path, code):
    """Whoever follows the page ends with what is tested; only the layout may differ."""
    text = (ROOT / "tests/fourth_provider" / path).read_text(encoding="utf-8")
    assert bare(code) in bare(text)


def test_every_file_of_the_package_is_on_the_page():
    """None has to be guessed."""
    folder = ROOT / "tests/fourth_provider"
    made = {str(path.relative_to(folder)) for path in folder.glob("greenlight_titlecard/*.py")}
    assert {path for path, _ in BLOCKS} == made | {"pyproject.toml"}


def test_the_page_knows_how_much_is_asked_at_once():
    """The number in the text is the one in the code."""
    assert f"More than {FIELDS_A_STEP} fields" in PAGE
