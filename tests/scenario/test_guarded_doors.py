"""What is not to be believed stays outside, and changes nothing."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.rig import ANA, MARKETING
from twin.slack.deliveries import sign

COMMAND = urlencode(
    {
        "command": "/produce",
        "text": "Cats",
        "user_id": ANA,
        "channel_id": MARKETING,
        "team_id": "T0GREEN",
        "trigger_id": "1.2.3",
    }
).encode()


@pytest.fixture
async def outside(rig):
    async with httpx.AsyncClient(base_url=rig.bot_url) as client:
        yield client


def signed(rig, *, age_s=0, body=COMMAND):
    """Sign a body as the workspace's Slack would have so many seconds ago."""
    timestamp = str(int(rig.clock.now().timestamp() - age_s))
    signature = sign(body, secret=rig.slack.signing_secret, timestamp=timestamp)
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
    }


async def send(outside, headers, *, body=COMMAND):
    answer = await outside.post("/slack/events", content=body, headers=headers)
    return answer.status_code


async def test_fresh_signature_is_believed(rig, outside):
    """What Slack signed just now is taken in."""
    assert await send(outside, signed(rig)) == 200
    await rig.settle()
    assert rig.calls("views.open") != []


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "tomorrow"},
        {"X-Slack-Request-Timestamp": ""},
    ],
    ids=["wrong", "missing", "no number", "no moment"],
)
async def test_unsigned_request_does_nothing(rig, outside, change):
    """A request that Slack did not sign is answered 401, and no form opens."""
    assert await send(outside, signed(rig) | change) == 401
    await rig.settle()
    assert rig.calls("views.open") == []


async def test_request_recorded_earlier_cannot_be_sent_again(rig, outside):
    """A signature that was right six minutes ago is no longer believed."""
    assert await send(outside, signed(rig, age_s=360)) == 401
    await rig.settle()
    assert rig.calls("views.open") == []


@pytest.mark.parametrize("path", ["/slack/events", "/webhooks/jarai"])
async def test_endless_body_is_cut_off(rig, outside, path):
    """More than a megabyte is not read, whoever says they sent it."""
    body = b"x" * 1_000_001
    answer = await outside.post(path, content=body, headers=signed(rig, body=body))
    assert answer.status_code == 413


async def test_figures_are_for_this_machine_only(outside):
    """A call that a proxy passed on comes from outside, so it gets no figures."""
    answer = await outside.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 403


async def test_link_that_was_taken_back_leads_nowhere(rig, outside):
    """A download link works until it is revoked, and then tells nothing."""
    card = await rig.request_and_finish()
    (production,) = await rig.app.productions.list_open(channel_id=MARKETING, page=0)
    url = next(
        block["accessory"]["url"]
        for block in rig.message(card)["blocks"]
        if block.get("accessory", {}).get("url")
    )
    assert (await outside.get(url)).status_code == 302
    await rig.app.parts.store.revoke_deliverables(production.id, 1, rig.clock.now())
    assert (await outside.get(url)).status_code == 404
