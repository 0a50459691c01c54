"""What is installed is what runs: the built page and the schemas, and nothing to build them from."""

import subprocess
import sys
import zipfile

import pytest

from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel):
    """List what is in the wheel."""
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


def test_the_wheel_carries_the_manifest(wheel):
    """`greenlight manifest` and the doctor work where nobody has the repository."""
    with zipfile.ZipFile(wheel) as archive:
        carried = archive.read("bot/manifest.yml")
    assert carried == (ROOT / "manifest.yml").read_bytes()


def test_the_wheel_carries_nothing_for_node(names):
    """Sources of the page and packages of Node stay in the repository."""
    foreign = [name for name in names if name.endswith((".ts", ".tsx", ".mjs", "package.json"))]
    assert foreign == []
