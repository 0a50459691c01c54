"""The image is built from locked packages and runs without rights; read, since no engine is here."""

import json
import shlex

import pytest

from tests.house.tree import ROOT


def read_instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile as instruction and argument, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


INSTRUCTIONS = read_instructions()


def arguments(name: str) -> list[str]:
    """List what an instruction was given, in order."""
    return [rest for instruction, rest in INSTRUCTIONS if instruction == name]


def copied() -> list[str]:
    """List the sources that come from the project's folder."""
    return [
        source
        for rest in arguments("COPY")
        if not rest.startswith("--from=")
        for source in shlex.split(rest)[:-1]
    ]


def test_the_process_is_not_root():
    """The last user is one of our own, set before anything runs."""
    names = [name for name, _rest in INSTRUCTIONS]
    assert arguments("USER") == ["greenlight"]
    assert names.index("USER") < names.index("ENTRYPOINT")


def test_packages_are_locked():
    """Whatever is installed is installed by hash."""
    installs = [rest for rest in arguments("RUN") if "pip install" in rest]
    assert len(installs) == 1
    assert "--require-hashes -r requirements.txt" in installs[0]
    assert "--hash=sha256:" in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_nothing_is_fetched_while_building():
    """No ADD, no address: what is in the image is in the project or in the locked packages."""
    assert arguments("ADD") == []
    text = "\n".join(rest for name, rest in INSTRUCTIONS if name != "HEALTHCHECK")
    assert "://" not in text.replace("sqlite+aiosqlite:////data", "")


def test_every_copied_file_exists_and_reaches_the_builder():
    """What is copied is there, and `.dockerignore` lets it pass."""
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied()
    for source in copied():
        assert (ROOT / source).exists()
        assert f"!{source}" in let_in


def test_everything_let_in_is_copied():
    """Nothing is sent to the builder that the image does not want, least of all `.env`."""
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert let_in[1] == "*"
    assert {line[1:] for line in let_in if line.startswith("!")} == set(copied())


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
def test_the_process_gets_the_signals_itself(name):
    """The list form starts no shell between the process and SIGTERM."""
    (given,) = arguments(name)
    assert json.loads(given)


def test_the_image_serves_from_its_volume():
    """The database survives the container, and the port is reachable from outside it."""
    settings = dict(part.split("=", 1) for rest in arguments("ENV") for part in rest.split())
    assert settings["HOST"] == "0.0.0.0"  # noqa: S104 - A container has no other way to be reached.
    assert arguments("VOLUME") == ["/data"]
    assert settings["DATABASE_URL"] == "sqlite+aiosqlite:////data/greenlight.db"
    assert arguments("HEALTHCHECK")
