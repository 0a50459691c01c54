"""Small Bolt apps in Python and JavaScript that know nothing of Greenlight work on the twin."""

import time

import aiohttp
import pytest

from tests.clients.processes import node_command, python_command, running, wait_until_running
from tests.unit.twin.slack.support import running_twin
from twin.demo.environment import free_port

RANDOM = "C0RANDOM"
PATIENCE_S = 30.0
MANIFEST = {
    "display_information": {"name": "Lunch"},
    "features": {
        "bot_user": {"display_name": "lunch"},
        "slash_commands": [{"command": "/lunch", "description": "Order lunch"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "app_mentions:read"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention"]},
        "interactivity": {"is_enabled": True},
    },
}


def manifest_for(request_url: str | None) -> dict:
    """Fill in the address, or Socket Mode without one."""
    features, settings = MANIFEST["features"], MANIFEST["settings"]
    if request_url is None:
        return {**MANIFEST, "settings": {**settings, "socket_mode_enabled": True}}
    address = {"request_url": request_url}
    [command] = features["slash_commands"]
    return {
        **MANIFEST,
        "features": {**features, "slash_commands": [{**command, "url": request_url}]},
        "settings": {
            "event_subscriptions": {**settings["event_subscriptions"], **address},
            "interactivity": {**settings["interactivity"], **address},
        },
    }


@pytest.fixture
async def twin():
    """Run a local Slack; it signs by the clock on the wall, which these apps look at."""
    async with running_twin(wall=time.time) as running_one:
        yield running_one


async def register(twin, request_url: str | None) -> dict:
    """Register and install the app as its developer would, through the control calls."""
    async with aiohttp.ClientSession() as session:

        async def call(path: str, body: dict) -> dict:
            async with session.post(f"{twin.url}/__twin/{path}", json=body) as answer:
                told = await answer.json()
                assert answer.status == 200, told
                return told

        app = await call("apps", {"manifest": manifest_for(request_url)})
        installed = await call(f"apps/{app['app_id']}/install", {"team_id": "T0GREEN"})
        await call(f"channels/{RANDOM}", {"add": [installed["bot_user_id"]]})
    return app | installed


def environment_of(app: dict, twin, *, port: int | None) -> dict[str, str]:
    """Write what a Bolt app is told when it is started."""
    transport = {"SLACK_APP_TOKEN": app["app_token"]} if port is None else {"PORT": str(port)}
    return {
        "SLACK_API_URL": twin.api_url,
        "SLACK_BOT_TOKEN": app["bot_token"],
        "SLACK_SIGNING_SECRET": app["signing_secret"],
        **transport,
    }


@pytest.fixture(params=["python", "node"])
def command(request):
    """Give the command that starts the app in one of the languages."""
    return python_command() if request.param == "python" else node_command("lunch_app.mjs")


@pytest.fixture(params=["http", "socket"])
async def lunch(request, command, twin):
    """Run the app against the twin, over HTTP or over Socket Mode."""
    port = free_port() if request.param == "http" else None
    url = f"http://127.0.0.1:{port}/slack/events" if port else None
    app = await register(twin, url)
    async with running(command, environment_of(app, twin, port=port)) as process:
        await wait_until_running(process)
        yield app


async def until(twin, is_so) -> None:
    """Wait until something is so on the twin."""
    await twin.journal.wait_for(is_so, timeout_s=PATIENCE_S)


async def test_a_foreign_bolt_app_works(lunch, twin):
    """It answers a command, opens a form, refuses an answer, posts, and updates its message."""
    typed = await twin.act.command(user="U0ANA", channel=RANDOM, command="/lunch")
    assert typed["error"] is None
    assert typed["messages"][0]["text"] == "Lunch for <@U0ANA>: one moment."
    await until(twin, lambda: bool(twin.views("U0ANA")))
    view_id = twin.views("U0ANA")[0]["id"]
    refused = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Dish": "nothing"})
    assert refused["errors_by_label"] == {"Dish": "Eat something."}
    await twin.act.submit(user="U0ANA", view_id=view_id, values={"Dish": "Soup"})
    await until(twin, lambda: bool(twin.messages(RANDOM)))
    [message] = twin.messages(RANDOM)
    assert message["buttons"] == ["Done"]
    await twin.act.click(user="U0BO", channel=RANDOM, ts=message["ts"], button="Done")
    await until(twin, lambda: twin.messages(RANDOM)[0]["edits"] == 1)
    assert twin.messages(RANDOM)[0]["text"] == "Lunch: Soup, done by <@U0BO>"


async def test_a_foreign_bolt_app_hears_its_name(lunch, twin):
    """An event reaches it, and it answers in the thread."""
    said = await twin.act.say(
        user="U0ANA", channel=RANDOM, text=f"<@{lunch['bot_user_id']}> are you there?"
    )
    await until(twin, lambda: len(twin.messages(RANDOM)) == 2)
    assert twin.messages(RANDOM)[1]["thread_ts"] == said["ts"]
