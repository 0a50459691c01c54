"""Nothing in the project's texts belongs to one machine, one registry or one writer."""

import re

import pytest

from tests.house.tree import ROOT, name_of, texts

ALL = list(texts())


def joined(*parts: str) -> str:
    """Put a word together, so that this file does not hold it."""
    return "".join(parts)


MACHINE = [joined("/", folder, "/") for folder in ("home", "root", "Users", "work", "mnt")]
REGISTRIES = [
    joined("pypi", ".org"),
    joined("python", "hosted"),
    joined("index", "-url "),
    joined("npm", "js"),
    joined("docker", ".io"),
    joined("ghcr", ".io"),
    joined("../", "shared"),
]
WRITERS = [
    joined("co-", "authored"),
    joined("chat", "gpt"),
    joined("cla", "ude"),
    joined("anth", "ropic"),
    joined("open", "ai"),
    joined("co", "pilot"),
    joined("language ", "model"),
    joined("gener", "ated with"),
]
UNFINISHED = [joined("TO", "DO"), joined("FIX", "ME"), joined("X", "XX")]


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_no_text_names_a_machine_or_a_registry(path):
    """Paths of somebody's disk and addresses of a registry work for nobody else."""
    text = path.read_text(encoding="utf-8")
    words = [*MACHINE, *REGISTRIES]
    if path.name == "Makefile":
        words = [
            word for word in words if word != joined("index", "-url ")
        ]  # Its absence is asked.
    assert [word for word in words if word in text] == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_no_text_names_its_writer(path):
    """Who wrote a line is for version control to say."""
    text = path.read_text(encoding="utf-8").lower()
    assert [word for word in WRITERS if re.search(rf"\b{re.escape(word)}\b", text)] == []


@pytest.mark.parametrize(
    "path", [path for path in ALL if path.suffix in {".py", ".md"}], ids=name_of
)
def test_nothing_is_left_for_later(path):
    """What is not done is an issue, not a note in the code."""
    text = path.read_text(encoding="utf-8")
    assert [word for word in UNFINISHED if re.search(rf"\b{word}\b", text)] == []


def test_the_walk_finds_the_files_that_matter():
    """A rule over no files would hold for ever."""
    found = {name_of(path) for path in ALL}
    assert {"README.md", "bot/core/machine.py", ".ci/run", "Dockerfile", "manifest.yml"} <= found
    assert not any(path.is_relative_to(ROOT / ".venv") for path in ALL)
