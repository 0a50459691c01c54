"""The doctor finds what is wrong before it matters, and says what to do."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.app import utc_now
from bot.database import open_to_serve
from bot.doctor import Finding, Level
from bot.doctor.slack import examine_clock, socket_finding
from bot.settings import Settings
from bot.slack.errors import NotSent, Paused, RateLimited
from storage.engine import Database
from tests.factories import NOW
from tests.operator import CATALOG, clean_machine, running_services

DATABASE = Path("greenlight.db")
FOREIGN = b"something else entirely" * 100


def write_catalog(text: str) -> None:
    Path("catalog.toml").write_text(text, encoding="utf-8")


def lose_key() -> None:
    Path("greenlight.db.key").unlink()


@pytest.fixture(autouse=True)
def _machine(tmp_path, monkeypatch):
    clean_machine(tmp_path, monkeypatch)


@pytest.fixture
async def services():
    """Both twins."""
    async with running_services() as running:
        yield running


async def examine(settings: Settings) -> list[Finding]:
    """Examine, checking that every finding says what to do exactly where there is something."""
    findings = await doctor.examine(settings, clock=utc_now)
    for finding in findings:
        assert (finding.todo is None) == (finding.level is Level.OK), finding
    return findings


def about(findings: list[Finding], topic: str) -> list[Finding]:
    return [finding for finding in findings if finding.about == topic]


async def serve_once(settings: Settings) -> None:
    """Leave a database behind, as a first start would."""
    database, _store = await open_to_serve(settings, now=NOW)
    await database.close()


async def test_a_good_set_up_has_no_problem(services):
    """With everything as it should be there is nothing to do."""
    settings = services.settings()
    await serve_once(settings)
    findings = await examine(settings)
    assert [finding for finding in findings if finding.level is not Level.OK] == []
    assert doctor.is_healthy(findings)


async def test_nothing_secret_is_shown(services):
    """Neither the lines nor the JSON hold a token, a key or an address with credentials."""
    settings = services.settings()
    findings = await examine(settings)
    shown = "\n".join(doctor.as_lines(findings)) + json.dumps(doctor.as_json(findings))
    for value in settings.model_dump().values():
        if isinstance(value, SecretStr):
            assert value.get_secret_value() not in shown


async def test_a_fresh_machine_is_told_what_is_missing():
    """Without any setting the doctor names all that are needed, and goes on."""
    findings = await examine(Settings())
    assert [one.text for one in about(findings, "Slack")] == [
        "SLACK_BOT_TOKEN is not set.",
        "SLACK_SIGNING_SECRET is not set.",
    ]
    assert about(findings, "public URL")[0].level is Level.WARNING
    assert "JARAI_API_KEY" in about(findings, "services")[0].text
    assert about(findings, "database")[0].level is Level.OK
    assert not doctor.is_healthy(findings)


async def test_looking_makes_no_database(services):
    """The doctor may be asked before the first start, and leaves that to the start."""
    await examine(services.settings())
    assert not DATABASE.exists()  # noqa: ASYNC240 - Nothing else runs.


async def test_a_revoked_token_is_a_problem(services):
    """The token is tried, and Slack's word is passed on."""
    services.slack.installation.token_state = "revoked"
    findings = await examine(services.settings())
    assert "token_revoked" in about(findings, "Slack")[0].text


async def test_a_slack_that_cannot_be_reached_is_a_problem(services):
    """An address where nobody listens is told apart from a bad token."""
    await services.slack.stop()
    await services.slack.start()
    settings = services.settings()
    await services.slack.stop()
    findings = await examine(settings)
    (finding,) = about(findings, "Slack")
    assert finding.text == "Slack cannot be reached."
    assert finding.todo == "Check network and proxy."
    await services.slack.start()


async def test_a_missing_scope_is_a_problem(services):
    """Without a needed scope the app has to be installed again."""
    services.slack.installation.scopes.discard("users:read")
    (finding,) = about(await examine(services.settings()), "scopes")
    assert finding.level is Level.PROBLEM
    assert "users:read" in finding.text


async def test_a_missing_optional_scope_is_only_a_warning(services):
    """What the bot can do without does not make it unhealthy; what is lost is said."""
    services.slack.installation.scopes -= {"groups:history", "files:read"}
    (finding,) = about(findings := await examine(services.settings()), "scopes")
    assert finding.level is Level.WARNING
    assert "files:read, groups:history" in finding.text
    assert "no form can take files. Without the history ones" in finding.todo
    assert doctor.is_healthy(findings)


@pytest.mark.parametrize("channel", ["C0RANDOM", "C0SECRET", "C0OLD", "C0NOWHERE"])
async def test_an_on_call_channel_the_bot_cannot_post_in_is_a_problem(services, channel):
    """Not in it, hidden, archived or absent: nobody would be told."""
    text = CATALOG.replace("C0ONCALL", channel)
    write_catalog(text)
    (finding,) = about(await examine(services.settings()), "on call")
    assert finding.level is Level.PROBLEM


async def test_no_on_call_channel_is_fine(services):
    """The channel is optional."""
    text = CATALOG.replace('on_call_channel = "C0ONCALL"', "")
    write_catalog(text)
    (finding,) = about(await examine(services.settings()), "on call")
    assert finding.level is Level.OK


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("U0NOBODY", "user_not_found"),
        ("U0DEL", "has left"),
        ("S0NOBODY", "no user group in use"),
    ],
)
async def test_people_who_are_not_there_are_noticed(services, wrong, why):
    """A mistyped approver would leave nobody to decide; the bot works all the same."""
    write_catalog(CATALOG.replace("U0BO", wrong))
    findings = await examine(services.settings())
    (finding,) = about(findings, "people")
    assert finding.level is Level.WARNING
    assert finding.text == f"Not found: {wrong} ({why})."
    assert doctor.is_healthy(findings)


async def test_an_on_call_group_that_is_not_there_is_noticed(services):
    """It would be mentioned in vain."""
    write_catalog(f'{CATALOG}on_call_group = "S0NOBODY"\n')
    (finding,) = about(await examine(services.settings()), "people")
    assert "S0NOBODY" in finding.text


async def test_naming_nobody_is_fine(services):
    """Then every full member decides, and nobody has to be looked up."""
    write_catalog(CATALOG.partition("[slack]")[0])
    (finding,) = about(await examine(services.settings()), "people")
    assert finding.level is Level.OK
    assert "nobody" in finding.text


async def test_groups_that_may_not_be_listed_are_told_as_that(services):
    """Slack's word is passed on rather than calling the group absent."""
    services.slack.installation.scopes.discard("usergroups:read")
    (finding,) = about(await examine(services.settings()), "people")
    assert "S0PRODUCERS (missing_scope)" in finding.text


async def test_what_was_not_tried_is_said(services):
    """Good findings promise no more than was looked at."""
    findings = await examine(services.settings())
    assert "not tried" in about(findings, "public URL")[0].text
    assert any("webhooks:write is not tried" in one.text for one in about(findings, "JARAI"))


async def test_the_older_generation_is_examined_by_its_own_rights(services):
    """The newer generation's key is tried on the older paths, and what it lacks there is named."""
    findings = about(await examine(services.settings(JARAI_DIALECT="v1")), "JARAI")
    assert "older generation" in findings[0].text
    assert any("lacks productions:cancel" in one.text for one in findings)


async def test_a_wrong_catalog_is_a_problem_and_the_rest_is_still_examined(services):
    """One mistake does not hide the others."""
    write_catalog("[jarai")
    findings = await examine(services.settings())
    assert about(findings, "catalog")[0].level is Level.PROBLEM
    assert about(findings, "Slack")[0].level is Level.OK


@pytest.mark.parametrize("key", ["readonly", "inactive", "nonsense"])
async def test_a_key_that_cannot_work_is_a_problem(services, key):
    """The service's own check is asked and its sentences are shown."""
    keys = {
        "readonly": "jarai_test_readonly0000000000",
        "inactive": "jarai_test_inactive0000000000",
    }
    settings = services.settings(JARAI_API_KEY=keys.get(key, "jarai_test_nobody"))
    findings = about(await examine(settings), "JARAI")
    assert any(finding.level is Level.PROBLEM for finding in findings)
    assert all("docs/providers/jarai.md" in finding.todo for finding in findings if finding.todo)


async def test_an_empty_database_is_migrated_by_the_next_start(services):
    """An SQLite file without our schema is nothing to worry about."""
    settings = services.settings()
    await (await Database.open(settings.database_url)).close()
    (finding,) = about(await examine(settings), "database")
    assert finding.level is Level.OK
    assert "empty" in finding.text


async def test_a_lost_key_is_a_problem(services):
    """Without the key the database cannot be read, and the doctor says so before the start does."""
    settings = services.settings()
    await serve_once(settings)
    lose_key()
    (finding,) = about(await examine(settings), "database")
    assert finding.level is Level.PROBLEM
    assert "SECRET_KEY" in finding.text


async def test_a_wrong_key_is_a_problem(services):
    """The key is tried on something encrypted."""
    await serve_once(services.settings())
    settings = services.settings(SECRET_KEY="another key of some length")
    (finding,) = about(await examine(settings), "database")
    assert finding.level is Level.PROBLEM
    assert "SECRET_KEY" in finding.text


async def test_a_file_that_is_no_database_is_a_problem(services):
    """Somebody else's file is not written to."""
    DATABASE.write_bytes(FOREIGN)  # noqa: ASYNC240 - Nothing else runs.
    (finding,) = about(await examine(services.settings()), "database")
    assert finding.level is Level.PROBLEM
    assert DATABASE.read_bytes() == FOREIGN  # noqa: ASYNC240 - Nothing else runs.


async def test_a_folder_that_does_not_exist_is_a_problem(services):
    """The address of the database is checked before anything is opened."""
    settings = services.settings(DATABASE_URL="sqlite+aiosqlite:///nowhere/greenlight.db")
    (finding,) = about(await examine(settings), "database")
    assert finding.level is Level.PROBLEM
    assert "DATABASE_URL" in finding.text


@pytest.mark.parametrize(
    ("url", "level"),
    [
        (None, Level.WARNING),
        ("http://127.0.0.1:3000", Level.WARNING),
        ("https://greenlight.test", Level.OK),
    ],
)
async def test_the_public_url_has_to_be_reachable_in_form(services, url, level):
    """Only an https address lets others in; anything less still works on this machine."""
    findings = await examine(services.settings(PUBLIC_URL=url))
    assert about(findings, "public URL")[0].level is level


@pytest.mark.parametrize(
    ("now", "level"),
    [
        (datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC), Level.OK),
        (datetime(2026, 11, 22, 10, 2, 0, tzinfo=UTC), Level.WARNING),
        (datetime(2026, 11, 22, 9, 58, 0, tzinfo=UTC), Level.WARNING),
        (datetime(2026, 11, 22, 10, 6, 0, tzinfo=UTC), Level.PROBLEM),
        (datetime(2026, 11, 22, 9, 54, 0, tzinfo=UTC), Level.PROBLEM),
    ],
)
def test_a_clock_that_is_off_is_noticed_before_slack_refuses(now, level):
    """Five minutes is where requests begin to be refused; one minute is where we say so."""
    (finding,) = examine_clock("Sun, 22 Nov 2026 10:00:00 GMT", now=now)
    assert finding.level is level


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_slack_without_a_clock_is_only_a_warning(date):
    """A proxy may drop the header; that proves nothing."""
    (finding,) = examine_clock(date, now=NOW)
    assert finding.level is Level.WARNING


@pytest.mark.parametrize(
    ("installed", "level"),
    [("1.30.0", Level.OK), ("1.28.9", Level.PROBLEM), ("2.0.0", Level.OK), ("1.4", Level.PROBLEM)],
)
def test_an_old_library_is_a_problem(monkeypatch, installed, level):
    """Versions with faults that matter are refused, whatever came along with the environment."""
    given = {"slack-bolt": installed, "slack-sdk": "3.47.0"}
    monkeypatch.setattr(doctor, "version", given.__getitem__)
    bolt, sdk = doctor._examine_versions()
    assert (bolt.level, sdk.level) == (level, Level.OK)


def test_lines_show_what_to_do_under_what_is_wrong():
    """Somebody in a hurry reads the first word and the line below."""
    findings = [
        Finding(level=Level.OK, about="clock", text="Fine."),
        Finding(level=Level.PROBLEM, about="scopes", text="Missing: x.", todo="Reinstall it."),
    ]
    first, second, third = doctor.as_lines(findings)
    assert first.split() == ["ok", "clock", "Fine."]
    assert second.split() == ["problem", "scopes", "Missing:", "x."]
    assert third.strip() == "> Reinstall it."


def test_json_says_whether_it_is_healthy():
    """Programs need one field."""
    bad = Finding(level=Level.PROBLEM, about="scopes", text="Missing.", todo="Reinstall it.")
    assert doctor.as_json([bad]) == {
        "healthy": False,
        "findings": [
            {"level": "problem", "about": "scopes", "text": "Missing.", "todo": "Reinstall it."}
        ],
    }


# Socket Mode.


async def test_app_token_is_asked_about_once_and_nothing_is_opened(services):
    """Over Socket Mode no signing secret is missed, and one question tells whether it works."""
    services.slack.app.is_socket_mode = True
    findings = await examine(socket_settings(services))
    (finding,) = about(findings, "socket mode")
    assert finding.level is Level.OK
    asked = [one for one in services.slack.journal.entries() if one.what == "apps.connections.open"]
    assert len(asked) == 1
    assert services.slack.sockets.numbers(services.slack.app.id) == []


@pytest.mark.parametrize(
    ("token", "is_on", "word", "todo"),
    [
        ("xapp-wrong", True, "invalid_auth", "connections:write"),
        (None, False, "socket_mode_not_enabled", "greenlight manifest --socket"),
    ],
)
async def test_app_token_that_does_not_connect_is_a_problem(services, token, is_on, word, todo):
    """The doctor names Slack's word and what to do."""
    services.slack.app.is_socket_mode = is_on
    changes = {} if token is None else {"SLACK_APP_TOKEN": SecretStr(token)}
    (finding,) = about(await examine(socket_settings(services, **changes)), "socket mode")
    assert finding.level is Level.PROBLEM
    assert word in finding.text
    assert todo in (finding.todo or "")


def test_missing_scope_of_the_app_token_says_which():
    """Slack's word alone would not tell that the scope belongs to the app-level token."""
    finding = socket_finding(Paused(word="missing_scope"))
    assert "missing_scope" in finding.text
    assert "connections:write" in (finding.todo or "")


@pytest.mark.parametrize(
    ("outcome", "level"),
    [(RateLimited(retry_after_s=60), Level.WARNING), (NotSent(text="x"), Level.PROBLEM)],
)
def test_unanswered_question_is_no_fault_of_the_token(outcome, level):
    """Nobody is sent to mend a token that was not looked at."""
    assert socket_finding(outcome).level is level
    assert "token" not in socket_finding(outcome).text


def socket_settings(services, **changes: Any) -> Settings:
    """Give settings of a bot that is heard over Socket Mode."""
    app_token = SecretStr(services.slack.app.app_token)
    usual = {"SLACK_APP_TOKEN": app_token, "SLACK_SIGNING_SECRET": None}
    return services.settings(**(usual | changes))
