"""The doctor tries the place where our copies of files live."""

from types import SimpleNamespace

import pytest

from bot.app import utc_now
from bot.doctor import Level
from bot.doctor.files import examine_files
from bot.doctor.slack import examine_slack
from bot.settings import Settings
from tests.operator import running_services


def make_settings(**settings):
    """Make settings that no environment changes."""
    return Settings(_env_file=None, **settings)


async def test_folder_of_copies_is_tried_and_left_as_it_was(tmp_path):
    """A file is written, read and removed; a folder that was not there is gone again."""
    missing = tmp_path / "bot" / "files"
    settings = make_settings(deliverables_url=missing.as_uri())
    (finding,) = await examine_files(settings)
    assert (finding.level, list(tmp_path.iterdir())) == (Level.OK, [])
    missing.mkdir(parents=True)
    (finding,) = await examine_files(settings)
    assert (finding.level, list(missing.iterdir())) == (Level.OK, [])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd/files",
        "file:///proc/nope",  # Its parent says that it may be written to.
        "s3://",
        "ftp://secret@files.example",
        "az://container",
    ],
)
async def test_place_for_copies_that_cannot_be_used_is_a_problem(url):
    """The setting is named where it is wrong, its value never."""
    (finding,) = await examine_files(make_settings(deliverables_url=url))
    assert finding.level is Level.PROBLEM
    assert "deliverables.md" in finding.todo
    assert "secret" not in finding.text


async def test_bucket_that_does_not_answer_is_a_problem(monkeypatch):
    """The words of the library may hold signed addresses, so they are left out."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASECRET")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    monkeypatch.setattr("storage.files._RETRY", {"max_retries": 0})
    settings = make_settings(deliverables_url="s3://bucket/x")
    (finding,) = await examine_files(settings)
    assert finding.level is Level.PROBLEM
    assert "cannot be written to" in finding.text
    assert "SECRET" not in str(finding)


async def test_folder_that_several_processes_need_is_warned_of(tmp_path):
    """On PostgreSQL there may be others, and each would have a folder of its own."""
    settings = make_settings(
        deliverables_url=tmp_path.as_uri(), database_url="postgresql+asyncpg://db/greenlight"
    )
    (finding,) = await examine_files(settings)
    assert finding.level is Level.WARNING
    assert "share" in finding.todo


@pytest.mark.parametrize(("free", "level"), [(999_999_999, Level.WARNING), (10**9, Level.OK)])
async def test_disk_that_is_nearly_full_is_warned_of(tmp_path, monkeypatch, free, level):
    """Before the first file is lost for want of room."""
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    (finding,) = await examine_files(make_settings(deliverables_url=tmp_path.as_uri()))
    assert finding.level is level
    assert ("left where copies" in finding.text) is (level is Level.WARNING)


async def test_a_shared_folder_on_a_full_disk_is_warned_of_twice(tmp_path, monkeypatch):
    """One thing that could be better hides no other."""
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=0))
    settings = make_settings(
        deliverables_url=tmp_path.as_uri(), database_url="postgresql+asyncpg://db/greenlight"
    )
    findings = await examine_files(settings)
    assert [one.level for one in findings] == [Level.WARNING] * 2
    assert "share" in findings[0].todo
    assert "left where copies" in findings[1].text


@pytest.mark.parametrize(("most_mb", "level"), [(0, Level.WARNING), (50, Level.PROBLEM)])
async def test_files_that_shall_come_into_threads_need_the_scope(most_mb, level):
    """Where the setting is on, nothing would come; where it is off, only the click is poorer."""
    async with running_services() as services:
        services.slack.installation.scopes.discard("files:write")
        settings = services.settings().model_copy(update={"upload_to_thread_max_mb": most_mb})
        findings = await examine_slack(settings, None, utc_now)
    (finding,) = [one for one in findings if one.about == "scopes"]
    assert finding.level is level
    assert "files:write" in finding.text
    assert ("GREENLIGHT_UPLOAD_TO_THREAD_MAX_MB" in finding.text) is (most_mb > 0)
