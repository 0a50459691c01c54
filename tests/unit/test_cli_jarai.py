"""Setting JARAI's older generation up from the command line, against the local JARAI."""

import asyncio
import io
import json

import httpx
import pytest

from bot import cli
from tests.operator import clean_machine, running_services

APPLICANT = ("--organisation", "Acme", "--email", "api@acme.example", "--name", "Jane Smith")


@pytest.fixture
async def jarai(tmp_path, monkeypatch):
    """A local JARAI that serves the older generation alone, and settings that lead to it."""
    clean_machine(tmp_path, monkeypatch)
    async with running_services() as services:
        services.jarai.configure(dialects="v1")
        monkeypatch.setenv("JARAI_DIALECT", "v1")
        monkeypatch.setenv("JARAI_BASE_URL", services.jarai.url)
        yield services.jarai


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command while the local JARAI goes on; gives exit code, output and errors."""

    async def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = await asyncio.to_thread(_code_of, arguments)
        return code, *capsys.readouterr()

    return call


def _code_of(arguments: tuple[str, ...]) -> int:
    try:
        cli.main(["jarai", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def link_in_mail(jarai) -> str:
    """Read the newest mail."""
    mails = httpx.get(f"{jarai.control_url}mails").json()["mails"]
    return mails[-1]["link"]


async def is_let_in(jarai, key: str) -> bool:
    """Try a key."""
    async with httpx.AsyncClient(headers={"X-API-Key": key}) as client:
        return (await client.get(f"{jarai.url}/v1/accounts")).status_code == 200


async def test_from_registration_to_a_key_that_works(jarai, run):
    """Two commands, and a mail between them."""
    code, out, err = await run("register", *APPLICANT)
    assert (code, err) == (0, "")
    assert "writes to api@acme.example" in out
    assert "greenlight jarai verify" in out
    link = await asyncio.to_thread(link_in_mail, jarai)
    code, out, err = await run("verify", link)
    assert (code, err) == (0, "")
    (key,) = [line.strip() for line in out.splitlines() if line.startswith("    ")]
    assert "shown this once" in out
    assert "JARAI_API_KEY" in out
    assert await is_let_in(jarai, key)


async def test_what_is_not_given_is_asked_for_beside_the_output(jarai, run):
    """Standard output stays JSON for programs."""
    answers = "Acme\napi@acme.example\nJane Smith\n"
    code, out, err = await run("register", "--json", typed=answers)
    assert code == 0
    assert json.loads(out)["email"] == "api@acme.example"
    assert err.count(": ") == 3
    link = await asyncio.to_thread(link_in_mail, jarai)
    code, out, err = await run("verify", "--json", typed=f"{link}\n")
    assert code == 0
    assert json.loads(out)["api_key"].startswith("jarai_")
    assert json.loads(out)["old_key_valid_s"] is None
    assert "Link in JARAI's mail" in err


@pytest.mark.parametrize("arguments", [("register",), ("verify",), ("rotate-key",)])
async def test_with_nobody_to_ask_nothing_is_sent(jarai, run, monkeypatch, arguments):
    """A script that forgot an option ends with a sentence."""
    monkeypatch.setenv("JARAI_API_KEY", jarai.v1_api_key)
    before = jarai.journal.number
    code, out, err = await run(*arguments)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("Nothing was ")
    assert jarai.journal.number == before


async def test_a_registration_that_is_refused_says_why(jarai, run):
    """JARAI names the field, and its reference stands beside it."""
    code, _out, err = await run("register", *APPLICANT[:3], "nobody", *APPLICANT[4:])
    assert code == 1
    assert "contactEmail" in err
    assert err.count("\n") == 1


async def test_registering_twice_is_fine_until_it_is_verified(jarai, run):
    """Then the address is taken, and one is told to use the key."""
    await run("register", *APPLICANT)
    assert (await run("register", *APPLICANT))[0] == 0
    await run("verify", await asyncio.to_thread(link_in_mail, jarai))
    code, _out, err = await run("register", *APPLICANT)
    assert code == 1
    assert "already" in err


async def test_a_used_link_gives_no_second_key(jarai, run):
    """What to do next is said."""
    await run("register", *APPLICANT)
    link = await asyncio.to_thread(link_in_mail, jarai)
    await run("verify", link)
    code, out, err = await run("verify", link)
    assert (code, out) == (1, "")
    assert "Register again" in err


async def test_a_key_is_changed_after_a_yes(jarai, run, monkeypatch):
    """Both keys work for a day, then the new one alone."""
    monkeypatch.setenv("JARAI_API_KEY", jarai.v1_api_key)
    code, out, err = await run("rotate-key", typed="y\n")
    assert code == 0
    assert "ends in 24 hours" in err
    (key,) = [line.strip() for line in out.splitlines() if line.startswith("    ")]
    assert "24 hours more" in out
    assert await is_let_in(jarai, jarai.v1_api_key)
    await jarai.clock.advance(24 * 3600)
    assert await is_let_in(jarai, key)
    assert not await is_let_in(jarai, jarai.v1_api_key)


async def test_a_no_changes_nothing(jarai, run, monkeypatch):
    """The question can be answered either way."""
    monkeypatch.setenv("JARAI_API_KEY", jarai.v1_api_key)
    before = jarai.journal.number
    code, out, err = await run("rotate-key", typed="n\n")
    assert (code, out) == (1, "")
    assert "Nothing was changed" in err
    assert jarai.journal.number == before


async def test_a_script_says_yes_beforehand(jarai, run, monkeypatch):
    """One JSON object, and the key is nowhere but in it."""
    monkeypatch.setenv("JARAI_API_KEY", jarai.v1_api_key)
    monkeypatch.setenv("LOG_LEVEL", "debug")
    code, out, err = await run("rotate-key", "--yes", "--json")
    assert code == 0
    made = json.loads(out)
    assert set(made) == {"api_key", "partner_id", "old_key_valid_s"}
    assert made["old_key_valid_s"] == 86_400
    assert await is_let_in(jarai, made["api_key"])
    assert err == ""


async def test_changing_a_key_needs_one(jarai, run):
    """The setting is named before anybody is asked."""
    assert await run("rotate-key") == (2, "", "JARAI_API_KEY must be set\n")


async def test_a_change_that_jarai_does_not_allow_says_whom_to_ask(jarai, run, monkeypatch):
    """It is switched on by the account manager."""
    monkeypatch.setenv("JARAI_API_KEY", jarai.v1_api_key)
    jarai.configure(self_serve_rotation=False)
    code, out, err = await run("rotate-key", "--yes")
    assert (code, out) == (1, "")
    assert "account manager" in err
    assert await is_let_in(jarai, jarai.v1_api_key)


@pytest.mark.parametrize(
    "arguments", [("register", *APPLICANT), ("verify", "a.b.c"), ("rotate-key", "--yes")]
)
async def test_the_newer_generation_says_where_its_keys_come_from(
    jarai, run, monkeypatch, arguments
):
    """It has no such calls, so none is made."""
    monkeypatch.delenv("JARAI_DIALECT")
    before = jarai.journal.number
    code, out, err = await run(*arguments)
    assert (code, out) == (1, "")
    assert "Settings, API Keys" in err
    assert jarai.journal.number == before


async def test_webhooks_are_set_up_in_the_older_generation_too(jarai, run, monkeypatch):
    """The same commands, at its own addresses."""
    monkeypatch.setenv("JARAI_API_KEY", jarai.v1_api_key)
    monkeypatch.setenv("PUBLIC_URL", "https://greenlight.test")
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///greenlight.db")
    assert await asyncio.to_thread(_main_code, "migrate") == 0
    code, out, _err = await run("webhooks", "add", "--json")
    assert code == 0
    added = json.loads(out)
    assert (await run("webhooks", "remove", added["id"]))[0] == 0
    code, out, _err = await run("webhooks", "list", "--json")
    assert (code, json.loads(out)) == (0, [])


def _main_code(*arguments: str) -> int:
    try:
        cli.main(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
