"""Socket Mode in the whole local Slack: the Web API, what people see, control, official clients."""

import asyncio
import contextlib

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    modal,
    refusal_of,
    running_twin,
    stand_in_bot,
)

APP_TOKEN = "xapp-twin-app-token"


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        twin.app.is_socket_mode = True
        twin.app.bot_events.add("app_home_opened")
        yield twin


async def connect(twin, session):
    """Connect as a bot does, by way of the Web API."""
    async with client_of(twin) as client:
        url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
    ws = await session.ws_connect(url)
    assert (await ws.receive_json())["type"] == "hello"
    return ws


async def answer(ws, act, **more):
    """Ack the next envelope with what is given; gives the envelope and what the act gave."""
    acting = asyncio.create_task(act)
    frame = await ws.receive_json()
    await ws.send_json({"envelope_id": frame["envelope_id"], **more})
    return frame, await acting


async def open_form(twin, ws):
    """Open a form as the bot does after a command."""
    frame, _ = await answer(ws, twin.act.command(user="U0ANA", channel=MARKETING))
    async with client_of(twin) as client:
        view = modal(callback_id="form")
        opened = await client.views_open(trigger_id=frame["payload"]["trigger_id"], view=view)
    return opened["view"]["id"]


async def test_web_api_gives_a_link(twin):
    """The app-level token gets a WebSocket link with a ticket and the app's id."""
    async with client_of(twin) as client:
        answer = await client.apps_connections_open(app_token=APP_TOKEN)
    root = twin.url.replace("http", "ws", 1)
    assert answer["url"].startswith(f"{root}/link/?ticket=")
    assert answer["url"].endswith("&app_id=A0GREEN")


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("xoxb-twin-bot-token", "not_allowed_token_type"),
        ("xapp-made-up", "invalid_auth"),
        ("", "not_authed"),
    ],
)
async def test_only_the_app_token_opens_links(twin, token, word):
    """A bot token, a wrong token and none are refused with Slack's words."""
    async with client_of(twin, token=None) as client:
        refusal = await refusal_of(client.apps_connections_open(app_token=token))
    assert refusal["error"] == word


async def test_token_in_the_body_opens_no_link(twin, session):
    """The token must come in the header, other than with most methods."""
    sent = {"token": APP_TOKEN}
    async with session.post(f"{twin.api_url}apps.connections.open", data=sent) as answer:
        assert (await answer.json())["error"] == "invalid_auth"


async def test_links_are_only_posted_for(twin, session):
    """A GET is not how links are asked for."""
    headers = {"Authorization": f"Bearer {APP_TOKEN}"}
    url = f"{twin.api_url}apps.connections.open"
    async with session.get(url, headers=headers) as answer:
        assert (await answer.json())["error"] == "insecure_request"


async def test_no_link_for_an_app_on_http(twin):
    """Where Socket Mode is off, the Web API says so."""
    twin.app.is_socket_mode = False
    async with client_of(twin) as client:
        refusal = await refusal_of(client.apps_connections_open(app_token=APP_TOKEN))
    assert refusal["error"] == "socket_mode_not_enabled"


async def test_command_comes_with_its_fields(twin, session):
    """A command's envelope holds what the form over HTTP holds, and the ack answers it."""
    ws = await connect(twin, session)
    act = twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
    frame, told = await answer(ws, act, payload={"text": "On it"})
    assert (frame["type"], frame["accepts_response_payload"]) == ("slash_commands", True)
    assert frame["payload"]["command"] == "/produce"
    assert frame["payload"]["text"] == "Cats"
    assert (told["status"], told["error"]) == (200, None)
    assert [one["text"] for one in told["messages"]] == ["On it"]


async def test_form_errors_come_with_the_ack(twin, session):
    """The answer to a form rides along with the ack."""
    ws = await connect(twin, session)
    view_id = await open_form(twin, ws)
    act = twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "Cats"})
    refused = {"response_action": "errors", "errors": {"topic": "No cats"}}
    frame, told = await answer(ws, act, payload=refused)
    assert (frame["type"], frame["payload"]["type"]) == ("interactive", "view_submission")
    assert told["errors"] == {"topic": "No cats"}
    _, told = await answer(ws, twin.act.submit(user="U0ANA", view_id=view_id))
    assert (told["error"], twin.views("U0ANA")) == (None, [])


async def test_person_is_told_when_nobody_is_connected(twin):
    """A command that cannot be delivered fails for the person with Slack's word."""
    told = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert (told["status"], told["error"]) == (None, "dispatch_failed")


async def test_nothing_goes_over_http(twin, session):
    """With Socket Mode on, the request URL is left alone."""
    twin.app.request_url = "http://127.0.0.1:9/nobody-listens"
    ws = await connect(twin, session)
    _, told = await answer(ws, twin.act.command(user="U0ANA", channel=MARKETING))
    assert told["error"] is None


async def test_request_url_is_still_checked_over_http(twin):
    """The check of a request URL goes to that URL, and over no socket."""
    async with stand_in_bot(twin) as bot:
        sent = await twin.events.send({"type": "url_verification"}, to=twin.installation)
    assert [one.event["type"] for one in bot.received] == ["url_verification"]
    assert sent["error"] == "challenge_failed"


async def test_unacked_event_is_sent_again(twin, session):
    """An event that is lost with its connections comes again with its id, at once and later."""
    ws = await connect(twin, session)
    sending = asyncio.create_task(twin.act.open_home(user="U0ANA"))
    first = await ws.receive_json()
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    await twin.sockets.disturb(twin.app, do="drop")
    assert (await sending)["event"]["error"] == "connection_failed"
    ws = await connect(twin, session)
    later, _ = await answer(ws, twin.clock.advance(60))
    assert (later["retry_attempt"], later["retry_reason"]) == (2, "connection_failed")
    assert later["payload"] == first["payload"]
    assert later["envelope_id"] != first["envelope_id"]
    await twin.clock.advance(600)
    delivery = twin.act.command(user="U0ANA", channel=MARKETING)
    assert (await answer(ws, delivery))[0]["type"] == "slash_commands"


async def test_journal_tells_of_socket_deliveries_without_secrets(twin, session):
    """A delivery over a socket is noted like one over HTTP; the link's ticket is nowhere."""
    ws = await connect(twin, session)
    await answer(ws, twin.act.command(user="U0ANA", channel=MARKETING, text="Cats"))
    entries = twin.journal.entries()
    (sent,) = [entry for entry in entries if entry.what == "command"]
    assert (sent.direction, sent.status, sent.answer) == ("out", 200, "ok")
    assert (sent.detail["app_id"], sent.detail["payload"]["text"]) == ("A0GREEN", "Cats")
    (opened,) = [entry for entry in entries if entry.what == "socket"]
    assert (opened.direction, opened.status, opened.answer) == ("in", 101, "hello")
    ticket = str(ws._response.url.query["ticket"])
    assert ticket not in repr(entries)


async def test_refused_link_is_noted_once_without_its_ticket(twin, session):
    """A bot that uses a link twice can find that in the journal, and nothing to use it with."""
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(f"{twin.url}/link/?ticket=made-up")
    (entry,) = twin.journal.entries()
    assert (entry.what, entry.status, entry.answer) == ("socket", 404, "no_link")
    assert "made-up" not in repr(entry)


async def control(twin, session, path, body):
    """Ask the twin for something; gives status and answer."""
    async with session.post(f"{twin.url}/__twin/{path}", json=body) as answer:
        return answer.status, await answer.json()


async def test_control_disconnects_one_connection(twin, session):
    """The control endpoint ends the connection it names and says which are left."""
    both = [await connect(twin, session) for _ in range(2)]
    status, told = await control(
        twin, session, "apps/A0GREEN/socket", {"do": "drop", "connection": 1}
    )
    assert (status, told) == (200, {"met": [1], "connections": [2]})
    assert (await both[0].receive()).type is not aiohttp.WSMsgType.TEXT


async def test_control_switches_off(twin, session):
    """`link_disabled` switches Socket Mode off for the app."""
    ws = await connect(twin, session)
    status, told = await control(twin, session, "apps/A0GREEN/socket", {"do": "link_disabled"})
    assert (status, told) == (200, {"met": [1], "connections": []})
    assert (await ws.receive_json())["reason"] == "link_disabled"
    assert twin.app.is_socket_mode is False


async def test_changing_the_app_to_http_ends_its_connections(twin, session):
    """Who changes the app to HTTP in its settings ends its connections, as Slack does."""
    ws = await connect(twin, session)
    status, _ = await control(twin, session, "apps/A0GREEN", {"is_socket_mode": False})
    assert status == 200
    assert (await ws.receive_json())["reason"] == "link_disabled"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("apps/A0NOBODY/socket", {"do": "warn"}),
        ("apps/A0GREEN/socket", {}),
        ("apps/A0GREEN/socket", {"do": "explode"}),
        ("apps/A0GREEN/socket", {"do": "drop", "connection": 7}),
        ("apps/A0GREEN/socket", {"do": "drop", "connection": True}),
        ("apps/A0GREEN/socket", {"do": "link_disabled", "connection": 1}),
    ],
)
async def test_senseless_control_is_refused(twin, session, path, body):
    """A request about no app, no connection or no known deed is 400 with a sentence."""
    ws = await connect(twin, session)
    status, told = await control(twin, session, path, body)
    assert (status, list(told)) == (400, ["error"])
    assert not ws.closed


async def test_connections_are_counted_among_the_apps(twin, session):
    """`GET apps` tells how many connections an app has."""
    both = [await connect(twin, session) for _ in range(2)]
    async with session.get(f"{twin.url}/__twin/apps") as found:
        (app,) = [one for one in (await found.json())["apps"] if one["id"] == "A0GREEN"]
    assert (app["connections"], app["is_socket_mode"]) == (len(both), True)


@contextlib.asynccontextmanager
async def official_client(twin, *, name, served):
    """Run the official client: it acks everything and notes who got what."""
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(base_url=twin.api_url, session=session, retry_handlers=[])
        client = SocketModeClient(app_token=APP_TOKEN, web_client=web, ping_interval=1.0)

        async def serve(client, request):
            served.append((name, request.payload["text"]))
            await client.send_socket_mode_response(
                SocketModeResponse(envelope_id=request.envelope_id, payload={"text": "Yes"})
            )

        client.socket_mode_request_listeners.append(serve)
        await client.connect()
        try:
            yield client
        finally:
            await client.close()
            tasks = [client.message_processor, client.message_receiver]
            await asyncio.gather(*tasks, client.current_session_monitor, return_exceptions=True)


async def greeted(twin, count):
    """Wait until so many connections have been greeted, and give the numbers of the live ones."""
    await twin.journal.wait_for(
        lambda: [e.answer for e in twin.journal.entries()].count("hello") >= count, timeout_s=10
    )
    return twin.sockets.numbers("A0GREEN")


@pytest.mark.parametrize("do", ["disconnect", "drop"])
async def test_two_official_clients_serve_through_a_reconnect(twin, do):
    """Two official clients share the work, come back after a disturbance, and share it again."""
    served = []
    async with (
        official_client(twin, name="one", served=served),
        official_client(twin, name="two", served=served),
    ):
        assert await greeted(twin, 2) == [1, 2]
        for text in ("a", "b"):
            told = await twin.act.command(user="U0ANA", channel=MARKETING, text=text)
            assert (told["error"], told["messages"][0]["text"]) == (None, "Yes")
        assert sorted(who for who, _ in served) == ["one", "two"]
        await twin.sockets.disturb(twin.app, do=do)
        assert await greeted(twin, 4) == [3, 4]
        await twin.clock.advance(10)
        for text in ("c", "d"):
            assert (await twin.act.command(user="U0ANA", channel=MARKETING, text=text))[
                "error"
            ] is None
    assert sorted(who for who, text in served if text in "cd") == ["one", "two"]
