"""The doctor looks at services: installed and not switched on, or switched on in vain."""

import pytest

from bot import doctor
from bot.app import utc_now
from bot.doctor import Finding, Level
from bot.settings import read_settings
from tests.fourth_provider.installed import install
from tests.operator import clean_machine, running_services


@pytest.fixture(autouse=True)
def _machine(tmp_path, monkeypatch):
    clean_machine(tmp_path, monkeypatch)
    monkeypatch.delenv("TITLECARD_API_KEY", raising=False)
    install(monkeypatch, tmp_path / "site")


async def examine(topic: str) -> list[Finding]:
    """Examine this machine, and pick what is found about a topic."""
    findings = await doctor.examine(read_settings(), clock=utc_now)
    return [finding for finding in findings if finding.about == topic]


async def test_a_package_without_a_key_is_named(monkeypatch):
    """Whoever has just installed it sees that it is found, and what is missing."""
    monkeypatch.setenv("NARAKEET_API_KEY", "key")
    monkeypatch.setenv("NARAKEET_BASE_URL", "http://127.0.0.1:1")
    (finding,) = await examine("Titlecard")
    assert finding.level is Level.WARNING
    assert "key is not set" in finding.text
    assert finding.todo is not None


async def test_a_package_alone_is_named_beside_what_is_missing():
    """With no service switched on, its key is one that could be set."""
    assert await examine("Titlecard") != []
    assert [one.level for one in await examine("services")] == [Level.PROBLEM]


async def test_a_package_that_is_switched_on_is_not_complained_of(monkeypatch):
    """What is said of it then is what its own check finds."""
    monkeypatch.setenv("TITLECARD_API_KEY", "key")
    monkeypatch.setenv("TITLECARD_BASE_URL", "http://127.0.0.1:1")
    (found, _requests) = await examine("Titlecard")
    assert "switched off" not in found.text
    assert found.todo == "See what its package says about setting it up."


async def test_files_that_nobody_could_open_are_a_problem(monkeypatch):
    """Where links die only our copies are left, and those need an address."""
    monkeypatch.setenv("NARAKEET_API_KEY", "key")
    monkeypatch.setenv("NARAKEET_BASE_URL", "http://127.0.0.1:1")
    (finding,) = await examine("public URL")
    assert finding.level is Level.PROBLEM
    assert "files of Narakeet would be paid for" in finding.text
    assert finding.todo is not None


async def test_files_that_can_be_put_into_the_thread_need_no_address(monkeypatch):
    """There is another way to them, so it is only a warning."""
    async with running_services() as services:
        for name, value in services.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PUBLIC_URL")
        monkeypatch.setenv("NARAKEET_API_KEY", "key")
        monkeypatch.setenv("NARAKEET_BASE_URL", "http://127.0.0.1:1")
        (finding,) = await examine("public URL")
        assert finding.level is Level.WARNING
        services.slack.installation.scopes.discard("files:write")
        (finding,) = await examine("public URL")
        assert finding.level is Level.PROBLEM
        assert "files:write" in finding.todo
