"""What is installed is what runs: the built page and the schemas, and nothing to build them from."""

import subprocess
import sys
import zipfile

import pytest

from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Build the wheel and list what is in it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_the_page(names):
    """Nobody needs Node to see the page."""
    wanted = {f"twin/page/dist/{file}" for file in ("index.html", "page.js", "page.css")}
    assert wanted <= names


def test_the_wheel_carries_what_is_checked_by(names):
    """The twin checks an installed bot as strictly as one in its repository."""
    wanted = {"checks/slack_types.schema.json", "manifests/manifest.schema.json"}
    assert {f"twin/slack/{file}" for file in wanted} <= names


def test_the_wheel_carries_nothing_for_node(names):
    """Sources of the page and packages of Node stay in the repository."""
    foreign = [name for name in names if name.endswith((".ts", ".tsx", ".mjs", "package.json"))]
    assert foreign == []
