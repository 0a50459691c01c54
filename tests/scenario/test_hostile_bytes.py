"""Malformed bytes at any endpoint: a 4xx, never a 5xx, and nothing changes."""

import asyncio
import hashlib
import hmac
import json
from urllib.parse import quote, urlencode

import httpx
import pytest

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def payload(value):
    """Write an interaction."""
    return urlencode({"payload": value if isinstance(value, str) else json.dumps(value)}).encode()


def without(value, *names):
    """Leave some fields out."""
    return {name: part for name, part in value.items() if name not in names}


CLICK = {
    "type": "block_actions",
    "user": {"id": "U0ANA", "team_id": "T0GREEN"},
    "team": {"id": "T0GREEN"},
    "channel": {"id": "C0MARKETING"},
    "container": {"type": "message", "message_ts": "1.000001", "channel_id": "C0MARKETING"},
    "trigger_id": "x",
    "actions": [{"type": "button", "action_id": "approve", "block_id": "b", "value": "junk"}],
}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "produce",
    "private_metadata": "{}",
    "state": {"values": {}},
}
SUBMISSION = {
    "type": "view_submission",
    "user": {"id": "U0ANA", "team_id": "T0GREEN"},
    "team": {"id": "T0GREEN"},
    "trigger_id": "x",
    "view": VIEW,
}

# Signed as Slack would, so that they get past the signature.
SIGNED = {
    "nothing": (FORM, b""),
    "blanks": (FORM, b"   "),
    "not UTF-8": (FORM, b"\xff\xfe\xfd"),
    "no fields we know": (FORM, b"a=b&c=d"),
    "zero bytes": (FORM, b"\x00" * 64),
    "payload empty": (FORM, b"payload="),
    "payload no JSON": (FORM, payload("{")),
    "payload a list": (FORM, payload([])),
    "payload a number": (FORM, payload("7")),
    "payload null": (FORM, payload("null")),
    "payload without a type": (FORM, payload({})),
    "payload of an unknown type": (FORM, payload({"type": "unheard_of"})),
    "payload type no text": (FORM, payload({"type": 7})),
    "payload deep": (FORM, payload("[" * 100_000)),
    "user a number": (FORM, payload(CLICK | {"user": 7})),
    "actions no list": (FORM, payload(CLICK | {"actions": {}})),
    "an action no object": (FORM, payload(CLICK | {"actions": [7]})),
    "view without a type": (FORM, payload(SUBMISSION | {"view": {"id": "V1"}})),
    "view a list": (FORM, payload(SUBMISSION | {"view": []})),
    "actions empty": (FORM, payload(CLICK | {"actions": []})),
    "no actions": (FORM, payload(without(CLICK, "actions"))),
    "an action without an id": (FORM, payload(CLICK | {"actions": [{"value": "x"}]})),
    "an action id no text": (FORM, payload(CLICK | {"actions": [{"action_id": 7}]})),
    "click without a user": (FORM, payload(without(CLICK, "user"))),
    "click without a channel": (FORM, payload(without(CLICK, "channel"))),
    "click in a channel without an id": (FORM, payload(CLICK | {"channel": {}})),
    "click without a trigger": (FORM, payload(without(CLICK, "trigger_id"))),
    "message ts a list": (FORM, payload(CLICK | {"container": {"message_ts": []}})),
    "response URL a number": (FORM, payload(CLICK | {"response_url": 7})),
    "response URLs of numbers": (FORM, payload(SUBMISSION | {"response_urls": [7]})),
    "form without a user": (FORM, payload(without(SUBMISSION, "user"))),
    "form with user null": (FORM, payload(SUBMISSION | {"user": None})),
    "form with user empty": (FORM, payload(SUBMISSION | {"user": {}})),
    "user id a list": (FORM, payload(SUBMISSION | {"user": {"id": []}})),
    "form without a view": (FORM, payload(without(SUBMISSION, "view"))),
    "view without an id": (FORM, payload(SUBMISSION | {"view": without(VIEW, "id")})),
    "view id a list": (FORM, payload(SUBMISSION | {"view": VIEW | {"id": []}})),
    "callback id a list": (FORM, payload(SUBMISSION | {"view": VIEW | {"callback_id": []}})),
    "closed form without a view": (FORM, payload({"type": "view_closed", "user": {"id": "U1"}})),
    "enterprise a number": (FORM, payload(CLICK | {"enterprise": 7})),
    "authorizations a number": (FORM, payload(CLICK | {"authorizations": 7})),
    "an authorization a number": (FORM, payload(CLICK | {"authorizations": [7]})),
    "half a character as user": (FORM, payload(CLICK | {"user": {"id": "\ud800"}})),
    "half a character as action": (FORM, payload(CLICK | {"actions": [{"action_id": "\ud800"}]})),
    "half a character as a name": (FORM, payload(CLICK | {"\udfff": 1})),
    "half a character in metadata": (
        FORM,
        payload(SUBMISSION | {"view": VIEW | {"private_metadata": "\ud800"}}),
    ),
    "half a character in a field": (
        FORM,
        payload(SUBMISSION | {"view": VIEW | {"state": {"values": {"a": "\ud800"}}}}),
    ),
    "JSON broken": (JSON, b"{"),
    "JSON a list": (JSON, b"[]"),
    "JSON null": (JSON, b"null"),
    "JSON deep": (JSON, b'{"a":' * 50_000),
    "JSON empty": (JSON, b"{}"),
    "JSON not UTF-8": (JSON, b'{"type": "\xff"}'),
    "event without an event": (JSON, b'{"type": "event_callback"}'),
    "event no object": (JSON, b'{"type": "event_callback", "event": 7}'),
    "another content type": ("text/plain", b"hello"),
    "multipart": ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
    "event without a type": (JSON, b'{"type": "event_callback", "event": {}}'),
    "event in a channel of number seven": (
        JSON,
        b'{"type": "event_callback", "event": {"type": "message", "channel": 7}}',
    ),
    "JSON in the clothes of a form": (FORM, b'{"a": "&command=x&user_id=x"}'),
    "command without fields": (FORM, b"command=%2Fproduce"),
    "command without a trigger": (FORM, b"command=%2Fproduce&user_id=U1&channel_id=C1"),
    "command without a user": (FORM, b"command=%2Fproduce&channel_id=C1&trigger_id=x"),
    "command unknown": (FORM, b"command=%2Funknown&user_id=U1&channel_id=C1&trigger_id=x"),
}
# These are well-formed for Slack, so they are acked, but mean nothing to us.
ODD = {
    "click with a junk value": CLICK,
    "click with a list as value": CLICK
    | {"actions": [{"action_id": "approve", "block_id": "b", "value": []}]},
    "page of a list that is not": CLICK
    | {"actions": [{"action_id": "show_page", "block_id": "b", "value": {}}]},
    "click without a value": CLICK | {"actions": [{"action_id": "approve", "block_id": "b"}]},
    "click with a huge value": CLICK
    | {"actions": [{"action_id": "approve", "block_id": "b", "value": "1." + "A" * 1_000}]},
    "click on a production that is not": CLICK
    | {"actions": [{"action_id": "approve", "block_id": "b", "value": "1.AAAAAA.1"}]},
    "form with junk metadata": SUBMISSION | {"view": VIEW | {"private_metadata": "junk"}},
    "form with a list as metadata": SUBMISSION | {"view": VIEW | {"private_metadata": "[]"}},
    "form with odd values": SUBMISSION | {"view": VIEW | {"state": {"values": {"a": 7}}}},
    "form with a list of values": SUBMISSION | {"view": VIEW | {"state": {"values": []}}},
} | {
    f"{callback} with {name} as metadata": SUBMISSION
    | {"view": VIEW | {"callback_id": callback, "private_metadata": metadata}}
    for callback in ("reject_reason", "link_job")
    for name, metadata in {"nothing": "{}", "junk": "junk", "null": None, "a list": []}.items()
}


async def post(rig, path, body, headers):
    """POST bytes as they are."""
    async with httpx.AsyncClient(timeout=10) as client:
        return await client.post(f"{rig.bot_url}{path}", content=body, headers=headers)


def slack_headers(rig, body, content_type):
    """Sign as Slack does, at the moment of the rig's clock."""
    timestamp = str(int(rig.clock.now().timestamp()))
    secret = rig.slack.signing_secret.encode()
    digest = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }


@pytest.mark.parametrize("name", SIGNED)
async def test_signed_nonsense_from_slack_is_a_4xx(rig, name):
    """What carries Slack's signature and makes no sense is the sender's mistake, not ours."""
    content_type, body = SIGNED[name]
    answer = await post(rig, "/slack/events", body, slack_headers(rig, body, content_type))
    assert 400 <= answer.status_code < 500, answer.text
    await rig.settle()
    assert rig.cards() == []


@pytest.mark.parametrize("name", ODD)
async def test_odd_interactions_are_answered_and_change_nothing(rig, name):
    """Interactions that Slack might send but that fit nothing are acked, and nothing happens."""
    body = payload(ODD[name])
    answer = await post(rig, "/slack/events", body, slack_headers(rig, body, FORM))
    assert answer.status_code == 200, answer.text
    await rig.settle()
    assert rig.cards() == []
    assert rig.posts() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0="},
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": "v1=" + "0" * 64},
        {"x-slack-signature": "\u00e9".encode("latin-1")},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "1e400"},
        {"x-slack-request-timestamp": "9" * 400},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "1700000000"},
        {"x-slack-request-timestamp": "\u0661\u0662".encode()},
    ],
    ids=lambda change: str(change)[:60],
)
async def test_unsigned_requests_are_refused(rig, change):
    """A request whose signature does not hold is answered 4xx, whatever its headers hold."""
    body = b"command=%2Fproduce&user_id=U0ANA&channel_id=C0MARKETING&trigger_id=x&text=hello"
    headers = slack_headers(rig, body, FORM) | change
    answer = await post(rig, "/slack/events", body, headers)
    assert answer.status_code in {400, 401}
    await rig.settle()
    assert rig.calls("views.open") == []


async def test_ssl_check_needs_a_signature_too(rig):
    """`ssl_check=1` opens no way around the signature."""
    body = b"ssl_check=1&command=%2Fproduce&user_id=U0ANA&channel_id=C0MARKETING&trigger_id=x"
    answer = await post(rig, "/slack/events", body, {"content-type": FORM})
    assert answer.status_code == 401


async def test_old_signature_is_refused(rig):
    """A request signed more than five minutes ago is refused."""
    body = b"command=%2Fproduce&user_id=U0ANA&channel_id=C0MARKETING&trigger_id=x&text=hello"
    headers = slack_headers(rig, body, FORM)
    await rig.advance(301, step_s=301)
    answer = await post(rig, "/slack/events", body, headers)
    assert answer.status_code == 401


async def test_recorded_request_is_refused(rig):
    """What was sent and signed once is not taken a second time."""
    body = b"command=%2Fproduce&user_id=U0ANA&channel_id=C0MARKETING&trigger_id=x&text=help"
    headers = slack_headers(rig, body, FORM)
    statuses = [(await post(rig, "/slack/events", body, headers)).status_code for _ in range(2)]
    assert statuses == [200, 401]
    await rig.settle()


@pytest.mark.parametrize("path", ["/slack/events", "/webhooks/jarai"])
async def test_slow_bodies_are_given_up(rig, path, monkeypatch):
    """A body that does not come is answered 408 and its connection closed."""
    monkeypatch.setattr("bot.web.body.BODY_S", 0.05)
    port = int(rig.bot_url.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"
    writer.write(head.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.split(b"\r\n")[0].split()[1] == b"408"


@pytest.mark.parametrize("path", ["/slack/events", "/webhooks/jarai"])
async def test_bodies_without_end_are_refused(rig, path):
    """A body beyond any use is refused with 413."""
    answer = await post(rig, path, b"x" * 1_100_000, {"content-type": FORM})
    assert answer.status_code == 413


GOOD = json.dumps(
    {
        "eventId": "11111111-2222-4333-8444-555555555555",
        "eventType": "production.queued",
        "productionId": "5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444",
        "accountId": "0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e901",
        "timestamp": "2026-11-23T09:00:00Z",
        "sequenceNumber": 1,
        "correlationId": "c",
        "truncated": False,
        "data": {},
    }
)
WEBHOOK_BODIES = {
    "nothing": b"",
    "not UTF-8": b"\xff\xfe",
    "broken": b"{",
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "empty": b"{}",
    "deep": b'{"a":' * 50_000,
    "id a number": GOOD.replace('"5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444"', "7").encode(),
    "id a list": GOOD.replace('"5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444"', "[]").encode(),
    "id no UUID": GOOD.replace("5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444", "' OR 1=1").encode(),
    "timestamp no moment": GOOD.replace("2026-11-23T09:00:00Z", "now").encode(),
    "timestamp without zone": GOOD.replace("09:00:00Z", "09:00:00").encode(),
    "sequence a text": GOOD.replace('"sequenceNumber": 1', '"sequenceNumber": "1"').encode(),
    "sequence infinite": GOOD.replace('"sequenceNumber": 1', '"sequenceNumber": 1e999').encode(),
    "type a list": GOOD.replace('"production.queued"', "[]").encode(),
}


@pytest.mark.parametrize("name", WEBHOOK_BODIES)
async def test_signed_nonsense_from_the_service_is_never_a_5xx(rig, name):
    """A webhook that is signed and makes no sense is refused without harm."""
    await rig.subscribe()
    (sent,) = await rig.jarai.webhooks.send_raw(WEBHOOK_BODIES[name])
    assert sent["status"] is not None
    assert 200 <= sent["status"] < 500
    await rig.settle()
    assert rig.cards() == []


@pytest.mark.parametrize(
    "signature",
    [None, "", "sha256=", "sha256=zz", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "é".encode()],
    ids=str,
)
async def test_webhooks_without_a_good_signature_are_refused(rig, signature):
    """A webhook whose signature is missing, malformed or wrong is a 4xx."""
    await rig.subscribe()
    headers = {} if signature is None else {"x-jarai-signature": signature}
    answer = await post(rig, "/webhooks/jarai", GOOD.encode(), headers)
    assert 400 <= answer.status_code < 500


async def test_webhooks_are_refused_while_none_is_registered(rig):
    """Without any signing secret nothing can be believed."""
    answer = await post(
        rig, "/webhooks/jarai", GOOD.encode(), {"x-jarai-signature": "sha256=" + "0" * 64}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path", ["/webhooks/unheard-of", "/webhooks/", "/webhooks/%00", "/webhooks/..%2fjarai"]
)
async def test_unknown_services_have_no_webhook(rig, path):
    """Webhooks of services that are not switched on are not found."""
    answer = await post(rig, path, b"{}", {})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/d/" + "a" * 5000,
        "/d/" + quote("\x00\x01"),
        "/d/" + quote("'; DROP TABLE deliverables; --"),
        "/d/%ff%fe",
        "/d/",
        "/d/a/b",
        "/u/" + "a" * 5000 + "/file.png",
        "/u/" + quote("\x00\x01") + "/" + quote("\x00\x01"),
        "/u/%ff%fe/%ff",
        "/u/a",
        "/u//",
        "/u/a/b/c",
        "/nowhere",
    ],
    ids=[
        "long",
        "control signs",
        "SQL",
        "not UTF-8",
        "empty",
        "deeper",
        "upload, long",
        "upload, control signs",
        "upload, not UTF-8",
        "upload, half",
        "upload, empty",
        "upload, deeper",
        "elsewhere",
    ],
)
async def test_odd_paths_are_not_found(rig, path):
    """Paths that lead nowhere are a 404."""
    answer = await rig.fetch(f"{rig.bot_url}{path}")
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_links_are_only_for_reading(rig, method):
    """An address of a file takes GET and HEAD and nothing else."""
    for path in ("/d/abc", "/u/abc/file.png"):
        answer = await rig.fetch(f"{rig.bot_url}{path}", method=method)
        assert answer.status_code == 405
