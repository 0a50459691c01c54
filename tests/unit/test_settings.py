"""Settings: defaults that work, and mistakes that are named without showing a value."""

from pathlib import Path

import pytest

from bot.catalog import read_catalog
from bot.core.errors import SettingsError
from bot.core.production import State
from bot.services import service_settings
from bot.settings import read_settings, require, split, unknown_names
from tests.operator import CATALOG, clean_machine


@pytest.fixture(autouse=True)
def _machine(tmp_path, monkeypatch):
    clean_machine(tmp_path, monkeypatch)


def test_nothing_set_gives_the_documented_defaults():
    """A fresh machine needs no setting to be read."""
    settings = read_settings()
    assert settings.database_url == "sqlite+aiosqlite:///greenlight.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.jarai_dialect, settings.jarai_base_url) == ("partner", None)
    assert settings.command == "/produce"
    assert settings.public_url is None


def test_the_environment_wins_over_the_file(monkeypatch):
    """What is set for one start beats what is kept in `.env`."""
    Path(".env").write_text("PORT=4000\nHOST=0.0.0.0\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "5000")
    settings = read_settings()
    assert (settings.port, settings.host) == (5000, "0.0.0.0")  # noqa: S104 - Only read.


def test_an_empty_setting_is_not_set(monkeypatch):
    """A line without a value in `.env` means the default."""
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    assert read_settings().port == 3000
    assert read_settings().slack_bot_token is None


def test_strangers_in_the_environment_are_ignored(monkeypatch):
    """Other programs' variables, and settings of other versions, stop nobody."""
    monkeypatch.setenv("GREENLIGHT_FROM_THE_FUTURE", "1")
    Path(".env").write_text("SOMETHING_ELSE=1\n", encoding="utf-8")
    assert read_settings().port == 3000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "http"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("GREENLIGHT_SOCKET_CONNECTIONS", "-3"),
        ("GREENLIGHT_SOCKET_CONNECTIONS", "11"),
        ("PUBLIC_URL", "http://greenlight.example"),
        ("PUBLIC_URL", "greenlight.example"),
        ("JARAI_BASE_URL", "ftp://api.example"),
        ("SLACK_API_URL", "http://slack.example/api/"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("SECRET_KEY", "too-short"),
        ("SECRET_KEY", "long enough to be a key,too-short"),
        ("JARAI_DIALECT", "v9"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_PORT", "-1"),
        ("METRICS_PORT", "3000"),
        ("SLACK_BOT_TOKEN", "xapp-1-2"),
        ("SLACK_SIGNING_SECRET", "seven77"),
        ("GREENLIGHT_COMMAND", "produce me"),
        ("GREENLIGHT_LOOK_QUEUED_S", "-7"),
        ("GREENLIGHT_LOOK_PRODUCING_S", "soon"),
        ("GREENLIGHT_LOOKS_AT_ONCE", "-8"),
        ("GREENLIGHT_EDITS_PER_MINUTE", "99999"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(monkeypatch, name, value):
    """The message says which setting and what it must be, and keeps the value to itself."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert caught.value.name == name
    assert str(caught.value).startswith(name)
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT must be a number from 0 to 65535"),
        ("PORT", "70000", "PORT must be a number from 0 to 65535"),
        ("METRICS_PORT", "x", "METRICS_PORT must be a number from 0 to 65535"),
        ("METRICS_PORT", "3000", "METRICS_PORT must be another port than PORT"),
        ("SLACK_BOT_TOKEN", "xoxp-1", "SLACK_BOT_TOKEN must begin with xoxb-"),
        ("SLACK_SIGNING_SECRET", "a", "SLACK_SIGNING_SECRET must hold 8 characters or more"),
        (
            "GREENLIGHT_COMMAND",
            "Produce",
            "GREENLIGHT_COMMAND must begin with / and hold small letters, digits, - or _",
        ),
        (
            "GREENLIGHT_LOOK_QUEUED_S",
            "soon",
            "GREENLIGHT_LOOK_QUEUED_S must be a number above 0, 604800 at most",
        ),
        (
            "GREENLIGHT_JARAI_REQUESTS_PER_DAY",
            "-1",
            "GREENLIGHT_JARAI_REQUESTS_PER_DAY must be a number, 0 or more",
        ),
        (
            "GREENLIGHT_JARAI_IDEMPOTENCY_KEY",
            "maybe",
            "GREENLIGHT_JARAI_IDEMPOTENCY_KEY must be true or false",
        ),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of 'console' or 'json'"),
        ("PUBLIC_URL", "http://[", "PUBLIC_URL is wrong: invalid IPv6 URL"),
    ],
)
def test_a_wrong_setting_is_told_in_plain_words(monkeypatch, name, value, said):
    """Whoever reads it needs to know no Python."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value) == said


def test_a_wrong_override_is_named_as_the_setting(monkeypatch):
    """Fields given by the command line are told by their documented name."""
    monkeypatch.setenv("PORT", "1")
    with pytest.raises(SettingsError, match=r"^PORT must be a number"):
        read_settings(port="http")


def test_both_ports_may_be_any(monkeypatch):
    """Zero is no port, so two of them do not collide."""
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("METRICS_PORT", "0")
    assert read_settings().metrics_port == 0


def test_misspelt_names_are_listed(monkeypatch):
    """From the environment and from the file; what is known, or not ours, is not listed."""
    Path(".env").write_text("GREENLIGHT_PORT=1\nGREENLIGHT_COMMAND=/film\nOTHER=1\n")
    monkeypatch.setenv("GREENLIGHT_COLECT_S", "5")
    monkeypatch.setenv("GREENLIGHT_COLLECT_S", "5")
    assert unknown_names() == ["GREENLIGHT_COLECT_S", "GREENLIGHT_PORT"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://greenlight.example/", "https://greenlight.example"),
        ("https://greenlight.example/bot", "https://greenlight.example/bot"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_the_public_url_is_kept_without_a_last_slash(monkeypatch, given, kept):
    """Paths are put behind it."""
    monkeypatch.setenv("PUBLIC_URL", given)
    assert read_settings().public_url == kept


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch):
    """A setting that is a secret shows stars, whoever prints it."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    assert "very-secret" not in repr(read_settings())


def test_a_needed_setting_is_named_when_missing():
    """Commands say which setting they cannot do without."""
    with pytest.raises(SettingsError, match="PUBLIC_URL must be set"):
        require(read_settings(), "public_url")


def test_all_missing_settings_are_named_at_once():
    """Nobody has to start the program once for each."""
    with pytest.raises(SettingsError, match=r"^SLACK_BOT_TOKEN and PUBLIC_URL must be set$"):
        require(read_settings(), "slack_bot_token", "port", "public_url")


def test_a_comma_list_is_taken_apart(monkeypatch):
    """Blanks and empty parts between commas mean nothing."""
    monkeypatch.setenv("JARAI_WEBHOOK_SECRET", "one, two,,")
    assert split(read_settings().jarai_webhook_secret) == ("one", "two")
    assert split(None) == ()


def test_the_pace_has_an_interval_for_every_state_with_a_job(monkeypatch):
    """Each state in which the service works is looked at as its setting says."""
    monkeypatch.setenv("GREENLIGHT_LOOK_QUEUED_S", "7")
    pace = read_settings().pace()
    assert pace.look_s == {
        State.QUEUED: 7,
        State.PRODUCING: 30,
        State.AWAITING_APPROVAL: 120,
        State.DISTRIBUTING: 30,
    }


def test_the_catalog_is_read():
    """Choices and people come out as they stand in the file."""
    catalog = read_catalog(Path("catalog.toml"))
    assert catalog.jarai.languages[0].name == "English (UK)"
    assert catalog.jarai.reject_cancels is False
    assert catalog.slack.approvers == ("U0BO", "S0PRODUCERS")


def test_techforges_page_for_people_is_configured(monkeypatch):
    """The committed catalog names the vendor's; another one is passed on to the service."""
    monkeypatch.setenv("TECHFORGE_API_KEY", "tfi-key")
    settings = read_settings()
    told = service_settings(settings, read_catalog(Path("catalog.toml")))
    assert told["techforge"].console_url == "https://app.techforgeinnovate.com"
    Path("catalog.toml").write_text('[techforge]\nconsole_url = ""', encoding="utf-8")
    told = service_settings(settings, read_catalog(Path("catalog.toml")))
    assert not told["techforge"].console_url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[jarai", "must be TOML"),
        ("\x00", "must be TOML"),
        ("[jarai]\nlanguages = []", "is wrong at jarai.languages: needs at least one entry"),
        (CATALOG.replace("id =", "uuid ="), "is wrong at jarai.languages.0"),
        (
            CATALOG.replace("U0BO", "bo"),
            "at slack.approvers.0: 'bo' is no Slack id; those look like U0123ABC or S0123ABC",
        ),
        (
            CATALOG.replace("C0ONCALL", "#on-call"),
            "'#on-call' is no Slack id; those look like C0123ABC",
        ),
        (CATALOG.replace('"English (UK)"', '""'), "jarai.languages.0.name: must not be empty"),
        (CATALOG.replace('"English (UK)"', "1"), "jarai.languages.0.name: input should be"),
        (
            CATALOG + '\n[techforge]\nstatus_aliases = { HELD = "PAUSED" }',
            "is wrong at techforge.status_aliases.HELD: input should be 'QUEUED',",
        ),
        (CATALOG + '\n[techforge]\nstatus_aliases = { "" = "FAILED" }', "must not be empty"),
        (CATALOG + "colour = 1", "is wrong at slack.colour: there is no such entry"),
    ],
)
def test_a_wrong_catalog_names_the_place(text, said):
    """Whoever mistyped something is led to it."""
    Path("catalog.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^CATALOG ") as caught:
        read_catalog(Path("catalog.toml"))
    assert said in str(caught.value)


def test_a_catalog_that_is_not_utf8_is_refused():
    """Bytes that are no text are a mistake in the file, not a crash."""
    Path("catalog.toml").write_bytes(b"\xff\xfe[jarai]")
    with pytest.raises(SettingsError, match="must be TOML"):
        read_catalog(Path("catalog.toml"))


def test_a_missing_catalog_is_named_without_its_folder(tmp_path):
    """The message names the file; where it was looked for is the operator's own business."""
    with pytest.raises(SettingsError, match=r"not nowhere\.toml") as caught:
        read_catalog(tmp_path / "nowhere.toml")
    assert str(tmp_path) not in str(caught.value)


def test_an_app_token_means_socket_mode(monkeypatch):
    """One setting decides how Slack is heard; two connections are usual."""
    assert not read_settings().hears_by_socket
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-A0-1")
    assert read_settings().hears_by_socket
    assert read_settings().socket_connections == 2


@pytest.mark.parametrize(
    ("most_mb", "copy_all", "copies_all"),
    [("0", "false", False), ("0", "true", True), ("25", "false", True)],
)
def test_files_for_threads_are_copied_for_every_service(monkeypatch, most_mb, copy_all, copies_all):
    """Bytes go to Slack from our copy, whose length is known."""
    monkeypatch.setenv("GREENLIGHT_UPLOAD_TO_THREAD_MAX_MB", most_mb)
    monkeypatch.setenv("GREENLIGHT_COPY_ALL", copy_all)
    settings = read_settings()
    assert settings.copies_all is copies_all
    assert settings.share_most_bytes == int(most_mb) * 1_000_000
