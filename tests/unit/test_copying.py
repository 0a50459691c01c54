"""Before anything is ordered it is made sure that what is paid for can be kept and seen."""

import asyncio
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.app import build
from bot.catalog import read_catalog
from bot.copying import check_files, open_files
from bot.core.errors import SettingsError
from bot.providers.base import Capabilities
from bot.providers.switched_off import Services
from bot.settings import Settings
from tests.operator import clean_machine

LASTING, DYING = Capabilities(), Capabilities(links_die=True)


def make_settings(**settings):
    """Make settings that no environment changes."""
    return Settings(_env_file=None, **settings)


async def check(settings, *capabilities):
    """Check as a start does; gives what was logged."""
    providers = Services(
        {
            f"service{number}": SimpleNamespace(name=f"service{number}", capabilities=one)
            for number, one in enumerate(capabilities)
        }
    )
    with capture_logs() as lines:
        await check_files(open_files(settings), settings=settings, providers=providers)
    return lines


@pytest.mark.parametrize(
    ("copy_all", "capabilities"), [(False, DYING), (True, LASTING)], ids=["links die", "copy all"]
)
async def test_folder_that_cannot_be_made_ends_the_start_where_copies_are_needed(
    tmp_path, copy_all, capabilities
):
    """A result would be paid for and then lost."""
    (tmp_path / "file").write_text("in the way")
    url = (tmp_path / "file/below").as_uri()
    settings = make_settings(deliverables_url=url, copy_all=copy_all, public_url="https://x.test")
    with pytest.raises(SettingsError, match=r"^DELIVERABLES_URL ") as raised:
        await check(settings, LASTING, capabilities)
    assert str(tmp_path) not in str(raised.value)


async def test_folder_is_not_asked_for_where_nothing_is_copied(tmp_path):
    """Whose links can be renewed needs no disk of ours."""
    (tmp_path / "file").write_text("in the way")
    settings = make_settings(deliverables_url=(tmp_path / "file/below").as_uri())
    assert await check(settings, LASTING) == []


async def test_bucket_that_does_not_answer_is_an_error_in_the_log(monkeypatch):
    """It may be back before the first file is; all the rest can be served meanwhile."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASECRET")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    monkeypatch.setattr("storage.files._RETRY", {"max_retries": 0})
    settings = make_settings(deliverables_url="s3://bucket/x", public_url="https://x.test")
    (line,) = await check(settings, DYING)
    assert (line["event"], line["log_level"]) == ("files_unavailable", "error")
    assert "no connection" in line["reason"]


async def test_bucket_that_never_answers_does_not_hold_the_start_up(tmp_path, monkeypatch):
    """Slack is waiting; what hangs counts as what does not answer."""
    settings = make_settings(deliverables_url="s3://bucket/x", public_url="https://x.test")
    files = open_files(settings)
    monkeypatch.setattr("bot.copying.PROBE_S", 0)
    monkeypatch.setattr(files, "probe", asyncio.Event().wait)
    providers = Services({"dying": SimpleNamespace(capabilities=DYING)})
    with capture_logs() as lines:
        await check_files(files, settings=settings, providers=providers)
    assert [line["event"] for line in lines] == ["files_unavailable"]


@pytest.mark.parametrize(
    ("public_url", "capabilities", "warned"),
    [
        (None, DYING, ["files_have_no_address"]),
        (None, LASTING, []),
        ("https://x.test", DYING, []),
    ],
)
async def test_files_that_nobody_could_be_given_are_warned_of(
    tmp_path, public_url, capabilities, warned
):
    """Where links die only our copies are left, and those need an address."""
    settings = make_settings(deliverables_url=tmp_path.as_uri(), public_url=public_url)
    lines = await check(settings, capabilities)
    assert [line["event"] for line in lines] == warned
    assert [line["providers"] for line in lines] == [["service0"]] * len(warned)


async def test_bot_that_would_lose_what_is_paid_for_is_not_built(tmp_path, monkeypatch):
    """`serve` ends with the setting's name, and nothing runs."""
    clean_machine(tmp_path, monkeypatch)
    settings = make_settings(
        deliverables_url="file:///proc/nope",
        slack_bot_token="xoxb-1",
        slack_signing_secret="not a real one",
        narakeet_api_key="nk_1",
    )
    with pytest.raises(SettingsError, match="DELIVERABLES_URL must be a place"):
        await build(settings, read_catalog(settings.catalog))
