"""The page that is shipped was built from the sources beside it; nobody needs Node to see that."""

import hashlib
import re

import pytest

from tests.house.tree import ROOT

PAGE = ROOT / "twin" / "page"
DIST = PAGE / "dist"
SETUP = ("build.mjs", "package-lock.json", "package.json", "tsconfig.json")
LONGEST_FILE = 400
LARGEST_BYTES = 600_000
SOURCES = sorted(path for path in (PAGE / "src").rglob("*") if path.is_file())


def name_in_page(path):
    """Name a file by its place in the page's folder, as the build does."""
    return path.relative_to(PAGE).as_posix()


def digest_of_sources():
    """Digest names and contents of all that goes into the build, as build.mjs does."""
    paths = sorted(name_in_page(path) for path in SOURCES) + list(SETUP)
    digest = hashlib.sha256()
    for path in sorted(paths):
        one = hashlib.sha256((PAGE / path).read_bytes()).hexdigest()
        digest.update(f"{path} {one}\n".encode())
    return digest.hexdigest()


def test_page_is_built_from_the_present_sources():
    """A change to the page goes in together with what it builds to: run `make page`."""
    assert (DIST / "sources.sha256").read_text(encoding="utf-8").strip() == digest_of_sources()


def test_page_is_whole():
    """What is served is one HTML file, one script and one style sheet."""
    assert {path.name for path in DIST.iterdir()} == {
        "index.html",
        "page.css",
        "page.js",
        "sources.sha256",
    }


def test_page_is_small():
    """The script is no larger than what loads at once from a loopback server."""
    assert (DIST / "page.js").stat().st_size <= LARGEST_BYTES


def test_page_loads_nothing_from_elsewhere():
    """The page works without a network: its HTML and its styles name no other server."""
    for name in ("index.html", "page.css"):
        text = (DIST / name).read_text(encoding="utf-8")
        assert re.findall(r"https?://|url\(|@import", text) == []


def test_lockfile_names_no_registry():
    """Packages come from wherever a user's npm is told to look."""
    assert '"resolved"' not in (PAGE / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.suffix in {".ts", ".tsx", ".css"}],
    ids=name_in_page,
)
def test_files_of_the_page_are_short(path):
    """No file is longer than four hundred lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
