"""The demo's bot: told everything by its environment, waited for, and ended whatever happens."""

import os
import signal
import tomllib

import pytest

from twin.demo import bot_process
from twin.demo.bot_process import BotError, BotProcess
from twin.demo.environment import (
    CATALOG,
    PACKAGES,
    Place,
    build_environment,
    free_port,
    write_catalog,
)
from twin.demo.parts import PARTS
from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import COUNTRIES, LANGUAGES, PROJECT_TYPES
from twin.launch import Twins
from twin.slack.place import seed

READY = """
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
"""
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY


@pytest.fixture
async def run_bot(tmp_path):
    """Give a function that starts a stand-in bot from its source; it is ended with the test."""
    started = []

    async def start(source):
        package = tmp_path / "bot"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "__main__.py").write_text(source)
        port = free_port()
        environment = {"PYTHONPATH": str(tmp_path), "PORT": str(port), "PATH": os.environ["PATH"]}
        bot = BotProcess(folder=tmp_path, environment=environment)
        started.append(bot)
        await bot.start()
        return bot, f"http://127.0.0.1:{port}"

    yield start
    for bot in started:
        await bot.stop()


async def test_bot_is_waited_for_and_ended(run_bot):
    """A bot that answers is ready, and `stop` ends its process."""
    bot, url = await run_bot(READY)
    await bot.wait_ready(url)
    await bot.stop()
    assert bot._process.returncode == -signal.SIGTERM


async def test_bot_that_ends_by_itself_is_an_error_with_its_exit(run_bot):
    """A bot that cannot start is reported at once, with what it wrote kept."""
    bot, url = await run_bot("print('no database')\nraise SystemExit(2)")
    with pytest.raises(BotError, match="exit 2"):
        await bot.wait_ready(url)
    assert "no database" in bot.log_path.read_text()


async def test_bot_that_is_never_ready_is_an_error(run_bot, monkeypatch):
    """A bot that does not answer in time is an error that says how long was waited."""
    monkeypatch.setattr(bot_process, "START_S", 0.2)
    bot, url = await run_bot("import signal\nsignal.pause()")
    with pytest.raises(BotError, match="waited 0 s for the bot to be ready"):
        await bot.wait_ready(url)


async def test_bot_that_does_not_end_is_killed(run_bot, monkeypatch):
    """A bot that ignores the request to end is ended by force."""
    monkeypatch.setattr(bot_process, "STOP_S", 0.2)
    bot, url = await run_bot(STUBBORN)
    await bot.wait_ready(url)
    await bot.stop()
    assert bot._process.returncode == -signal.SIGKILL


@pytest.fixture
async def environment(tmp_path, monkeypatch):
    """Give the bot's environment, made while the caller's own holds other settings."""
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-of-the-caller")
    monkeypatch.setenv("NARAKEET_API_KEY", "of the caller")
    monkeypatch.setenv("GREENLIGHT_COMMAND", "/other")
    twins = Twins(speed=10)
    await twins.start()
    yield build_environment(
        Place(folder=tmp_path, port=4321),
        twins,
        service={"TECHFORGE_API_KEY": "a"},
        speed=10.0,
        intervals_s={"GREENLIGHT_TECHFORGE_LOOK_QUEUED_S": 5.0},
    )
    await twins.stop()


def test_settings_of_the_caller_stay_out(environment):
    """Nothing that the caller has set for their own bot reaches the demo's."""
    assert "SLACK_APP_TOKEN" not in environment
    assert "NARAKEET_API_KEY" not in environment
    assert "GREENLIGHT_COMMAND" not in environment
    assert environment["TECHFORGE_API_KEY"] == "a"


@pytest.mark.parametrize("name", PARTS)
async def test_each_service_brings_its_settings(name):
    """A key that the local service takes, and its address; the other services stay off."""
    twins = Twins(only=["slack", name])
    await twins.start()
    made = await PARTS[name].ready(twins.services[name], "http://127.0.0.1:4321")
    await twins.stop()
    prefix = name.upper()
    assert made[f"{prefix}_BASE_URL"] == twins.services[name].url
    assert all(prefix in setting for setting in made)


async def test_the_older_generation_has_a_key_of_its_own(monkeypatch):
    """The bot is told which generation it speaks, and what it is let in with."""
    monkeypatch.setenv("JARAI_DIALECT", "v1")
    twins = Twins(only=["slack", "jarai"])
    await twins.start()
    made = await PARTS["jarai"].ready(twins.services["jarai"], "http://127.0.0.1:4321")
    await twins.stop()
    assert made["JARAI_DIALECT"] == "v1"
    assert made["JARAI_API_KEY"] == JaraiTwin.v1_api_key


async def test_socket_mode_needs_no_signing_secret(tmp_path):
    """The bot gets the one token that it is heard by, and nothing else to be heard by."""
    twins = Twins(speed=10)
    await twins.start()
    place = Place(folder=tmp_path, port=4321)
    made = build_environment(place, twins, service={}, speed=10.0, app_token="xapp-1")
    await twins.stop()
    assert made["SLACK_APP_TOKEN"] == "xapp-1"
    assert "SLACK_SIGNING_SECRET" not in made


def test_intervals_are_as_fast_as_the_service(environment):
    """Look intervals are divided by the speed at which the service lives."""
    assert float(environment["GREENLIGHT_LOOK_PRODUCING_S"]) == 3.0
    assert float(environment["GREENLIGHT_TECHFORGE_LOOK_QUEUED_S"]) == 0.5
    assert environment["PUBLIC_URL"] == "http://127.0.0.1:4321"


def test_the_studio_of_the_demo_is_the_page(tmp_path):
    """The button "Open in Studio" leads to the page's drawer, not to the vendor's address."""
    place = Place(folder=tmp_path, port=4321)
    write_catalog(place, page_url="http://127.0.0.1:4000/")
    catalog = tomllib.loads(place.catalog.read_text())
    for service in ("jarai", "techforge"):
        assert catalog[service]["console_url"] == "http://127.0.0.1:4000/?drawer=studio"


@pytest.mark.parametrize("path", [CATALOG, PACKAGES / "catalog.toml"], ids=["demo", "committed"])
def test_catalogs_fit_the_local_services(path):
    """The demo's catalog and the committed one hold only what the local services take."""
    catalog = tomllib.loads(path.read_text())
    jarai = catalog["jarai"]
    assert {one["id"] for one in jarai["languages"]} <= set(LANGUAGES)
    assert {one["id"] for one in jarai["countries"]} <= set(COUNTRIES)
    assert {one["slug"] for one in jarai["project_types"]} <= set(PROJECT_TYPES)
    assert set(catalog["slack"].get("approvers", [])) <= {user.id for user in seed.users()}
