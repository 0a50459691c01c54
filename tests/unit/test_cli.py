"""The command line: one call per command, and mistakes that end with a code and a sentence."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import bot.serve
import twin.demo
import twin.launch
from bot import cli
from bot.core.errors import (
    ProviderUnavailableError,
    StorageError,
    StorageUnavailableError,
    UnknownProductionError,
    UserError,
)
from bot.core.production import State
from bot.database import open_to_serve
from bot.settings import read_settings
from tests.factories import NOW
from tests.operator import clean_machine, running_services
from tests.stores import record


@pytest.fixture(autouse=True)
def _machine(tmp_path, monkeypatch):
    clean_machine(tmp_path, monkeypatch)


@pytest.fixture
def run(capsys):
    """Run a command; gives its exit code and what it printed on either side."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return call


@pytest.fixture
def production():
    """A failed production in the database of this folder."""

    async def leave_one():
        database, store = await open_to_serve(read_settings(), now=NOW)
        try:
            return await record(store, state=State.FAILED)
        finally:
            await database.close()

    return asyncio.run(leave_one())


def test_a_wrong_setting_ends_with_2_and_its_name(run, monkeypatch):
    """One line says which setting and what it must be; the value stays out of it."""
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@db/x")
    code, out, err = run("list")
    assert code == 2
    assert out == ""
    assert err.startswith("DATABASE_URL must begin with")
    assert err.count("\n") == 1
    assert "hunter2" not in err


def test_a_misspelt_setting_is_warned_of(run, monkeypatch):
    """The command goes on; the line names the setting and keeps its value to itself."""
    monkeypatch.setenv("GREENLIGHT_COMAND", "/film")
    code, _out, err = run("manifest", "--socket")
    assert code == 0
    line = json.loads(err)
    assert (line["event"], line["name"]) == ("unknown_setting", "GREENLIGHT_COMAND")
    assert line["level"] == "warning"
    assert "/film" not in err


@pytest.mark.parametrize(
    "arguments",
    [("serve",), ("doctor",), ("migrate",), ("list",), ("show", "7K3MQ2"), ("manifest",)],
)
def test_every_command_refuses_a_wrong_setting(run, monkeypatch, arguments):
    """No command goes on with a setting that it could not read."""
    monkeypatch.setenv("PORT", "http")
    code, _out, err = run(*arguments)
    assert code == 2
    assert err.startswith("PORT ")


def test_serving_needs_a_place_for_copies_that_can_be_used(run, monkeypatch):
    """It is found out at the start, not when the first file is lost."""
    monkeypatch.setenv("DELIVERABLES_URL", "s3://key:hunter2@bucket")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "not a real one")
    monkeypatch.setenv("JARAI_API_KEY", "jarai_test_1")
    monkeypatch.setenv("PORT", "0")
    code, _out, err = run("serve")
    assert code == 2
    assert err.strip().splitlines()[-1].startswith("DELIVERABLES_URL must be file:///")
    assert "hunter2" not in err


def test_serving_needs_a_catalog(run):
    """A catalog that is missing is a setting that is wrong."""
    Path("catalog.toml").unlink()
    code, _out, err = run("serve")
    assert code == 2
    assert err.startswith("CATALOG ")


def test_serve_runs_the_app_with_what_was_read(run, monkeypatch):
    """Settings and catalog are read at the edge and handed on."""
    given = []
    monkeypatch.setattr(bot.serve, "run", lambda *arguments: given.append(arguments))
    monkeypatch.setenv("PORT", "4321")
    assert run("serve")[0] == 0
    ((settings, catalog),) = given
    assert settings.port == 4321
    assert catalog.slack.approvers == ("U0BO", "S0PRODUCERS")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnknownProductionError("7K3MQ2"), "There is no production with this id."),
        (StorageUnavailableError("disk"), "docs/runbooks/database-gone.md"),
        (StorageError("constraint x"), "docs/runbooks/database-gone.md"),
        (UserError("It is registered already."), "It is registered already."),
        (ProviderUnavailableError("It is down."), "It is down.\n"),
        (
            ProviderUnavailableError("It is down.", correlation_id="abc-1"),
            "It is down. JARAI's id for this: abc-1\n",
        ),
    ],
)
def test_other_errors_end_with_1_and_a_sentence(run, monkeypatch, error, said):
    """Whoever reads it knows what happened without a traceback."""

    def fail(*_arguments):
        raise error

    monkeypatch.setattr(bot.serve, "run", fail)
    code, out, err = run("serve")
    assert code == 1
    assert out == ""
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (
            (),
            {
                "once": False,
                "port": 0,
                "speed": twin.demo.DEFAULT_SPEED,
                "provider": "jarai",
                "by_socket": False,
            },
        ),
        (
            ("--once", "--port", "4000", "--speed", "5", "--provider", "jarai", "--socket"),
            {"once": True, "port": 4000, "speed": 5.0, "provider": "jarai", "by_socket": True},
        ),
    ],
)
def test_demo_hands_its_options_on_and_ends_as_the_story_does(run, monkeypatch, arguments, given):
    """The exit code is the story's, so that scripts can rely on it."""
    seen = []

    def play(**options):
        seen.append(options)
        return 3

    monkeypatch.setattr(twin.demo, "run", play)
    assert run("demo", *arguments)[0] == 3
    assert seen == [given]


def test_twin_hands_its_options_on(run, monkeypatch):
    """A comma list names the services; without an address the twin takes its usual one."""
    seen = []
    monkeypatch.setattr(twin.launch, "run", lambda **options: seen.append(options))
    assert run("twin", "--port", "4000", "--speed", "2", "--only", "slack,jarai")[0] == 0
    assert run("twin", "--bot-url", "http://127.0.0.1:3100/slack/events")[0] == 0
    assert seen == [
        {"port": 4000, "speed": 2.0, "only": ["slack", "jarai"]},
        {
            "port": 0,
            "speed": 1.0,
            "only": None,
            "bot_url": "http://127.0.0.1:3100/slack/events",
        },
    ]


def test_an_unknown_twin_is_refused(run):
    """A service that there is no twin of ends with 2 and the names there are."""
    code, _out, err = run("twin", "--only", "teams")
    assert code == 2
    assert "slack" in err


def test_migrate_makes_the_schema(run):
    """After it the operator's commands find their tables."""
    assert run("list")[0] == 2
    assert run("migrate")[0] == 0
    assert run("list") == (0, "There are no productions yet.\n", "")


def test_list_prints_one_line_for_each(run, production):
    """The line has what one looks for first: id, state, topic."""
    code, out, _err = run("list")
    assert code == 0
    assert out.count("\n") == 1
    assert out.startswith(f"{production.id}  failed")
    assert "Autumn range teaser" in out


def test_list_as_json_can_be_read_by_programs(run, production):
    """The same facts, with names."""
    code, out, _err = run("list", "--json")
    assert code == 0
    (one,) = json.loads(out)
    assert (one["id"], one["state"]) == (production.id, "failed")


def test_show_takes_the_id_in_either_case(run, production):
    """Ids are read aloud and typed on phones."""
    code, out, _err = run("show", production.id.lower())
    assert code == 0
    assert "What may be done" in out
    assert "Retry in the thread" in out


def test_show_as_json_can_be_read_by_programs(run, production):
    """History, attempts and decisions each have a field."""
    code, out, _err = run("show", production.id, "--json")
    assert code == 0
    shown = json.loads(out)
    assert {"history", "attempts", "decisions", "advice"} <= set(shown)


def test_show_answer_prints_only_what_nobody_could_follow(run, production):
    """Nothing, mostly."""
    code, out, _err = run("show", production.id, "--answer")
    assert (code, out.splitlines()[-1]) == (0, "null")


@pytest.mark.usefixtures("production")
def test_showing_an_unknown_id_ends_with_1(run):
    """A mistyped id is a sentence, not a traceback."""
    code, out, err = run("show", "ZZZZZZ")
    assert (code, out) == (1, "")
    assert err == "There is no production with this id.\n"


def test_doctor_ends_with_1_where_something_is_wrong(run):
    """A machine without a Slack token cannot serve."""
    code, out, _err = run("doctor")
    assert code == 1
    assert "problem  Slack" in out


def test_doctor_as_json_can_be_read_by_programs(run):
    """The exit code and the field say the same."""
    code, out, _err = run("doctor", "--json")
    assert code == 1
    assert json.loads(out)["healthy"] is False


async def test_doctor_ends_with_0_where_all_is_well(monkeypatch, capsys):
    """With everything in place there is nothing to do."""
    async with running_services() as services:
        for name, value in services.environment().items():
            monkeypatch.setenv(name, value)
        assert await main_beside("doctor") == 0
    assert "problem" not in capsys.readouterr().out


async def main_beside(*arguments: str) -> int:
    """Run a command in a thread of its own, while the twins go on in this one."""

    def call() -> int:
        try:
            cli.main(list(arguments))
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return await asyncio.to_thread(call)


async def test_webhooks_are_added_listed_and_removed(monkeypatch, capsys):
    """Adding prints the id and the events; the secret goes to the database and nowhere else."""
    async with running_services() as services:
        for name, value in services.environment().items():
            monkeypatch.setenv(name, value)
        assert await main_beside("migrate") == 0
        capsys.readouterr()
        assert await main_beside("jarai", "webhooks", "add", "--json") == 0
        out, err = capsys.readouterr()
        added = json.loads(out)
        assert added["url"] == "https://greenlight.test/webhooks/jarai"
        assert "production.published" in added["events"]
        assert set(added) == {"id", "url", "events"}
        assert err == ""

        assert await main_beside("jarai", "webhooks", "list") == 0
        assert capsys.readouterr().out.startswith(f"{added['id']}  https://greenlight.test/")
        assert await main_beside("jarai", "webhooks", "remove", added["id"]) == 0
        capsys.readouterr()
        assert await main_beside("jarai", "webhooks", "list", "--json") == 0
        assert json.loads(capsys.readouterr().out) == []


def test_adding_webhooks_needs_a_public_url(run, monkeypatch):
    """Without an address there is nothing to register."""
    monkeypatch.setenv("JARAI_API_KEY", "jarai_test_standard0000000000")
    code, _out, err = run("jarai", "webhooks", "add")
    assert code == 2
    assert err == "PUBLIC_URL must be set\n"


def test_manifest_prints_the_addresses_of_this_deployment(run, monkeypatch):
    """`--url` wins over PUBLIC_URL, and the command is the one that is set."""
    monkeypatch.setenv("PUBLIC_URL", "https://old.example")
    monkeypatch.setenv("GREENLIGHT_COMMAND", "/film")
    code, out, _err = run("manifest", "--url", "https://new.example/")
    manifest = yaml.safe_load(out)
    assert code == 0
    assert (
        manifest["settings"]["interactivity"]["request_url"] == "https://new.example/slack/events"
    )
    assert manifest["features"]["slash_commands"][0]["command"] == "/film"
    assert "old.example" not in out


def test_manifest_takes_the_public_url_by_default(run, monkeypatch):
    """Once the address is set nobody has to type it again."""
    monkeypatch.setenv("PUBLIC_URL", "https://greenlight.example")
    assert "https://greenlight.example/slack/events" in run("manifest")[1]


def test_manifest_for_socket_mode_has_no_address(run):
    """`--socket` prints the variant that Slack calls nowhere."""
    code, out, _err = run("manifest", "--socket")
    assert code == 0
    assert "socket_mode_enabled: true" in out
    assert "http" not in out


def test_manifest_refuses_an_address_slack_would_not_call(run):
    """Slack insists on https."""
    code, _out, err = run("manifest", "--url", "http://greenlight.example")
    assert code == 2
    assert "https" in err


HEAVY = ("slack_bolt", "sqlalchemy", "httpx", "aiohttp", "uvicorn", "pydantic", "twin", "alembic")


def test_help_loads_nothing_heavy():
    """`--help` answers at once, because commands import what they need when they run."""
    script = (
        "import sys\n"
        "from bot import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "serve" in done.stdout
    assert done.stderr.strip() == "[]"


def test_the_module_is_the_same_program():
    """`python -m bot` and `greenlight` are one."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True
    )
    assert "greenlight" in done.stdout
