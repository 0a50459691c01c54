"""What the local Slack sends to the bot: signatures, deadlines, retries."""

import asyncio
import hashlib
import hmac
import json

import pytest
from aiohttp import web
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from tests.unit.twin.slack.support import MARKETING, WALL_S, running_twin
from twin.slack.place.model import Command

EVENT = {"type": "app_home_opened", "user": "U0ANA", "channel": "D0ANA", "tab": "home"}


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        twin.app.bot_events.add("app_home_opened")
        yield twin


def never():
    """Make an answer that does not come until its connection ends."""
    return asyncio.Event().wait()


class StandingClock(SignatureClock):
    """A clock that shows the moment of the twin's signatures."""

    def now(self):
        """Give that moment."""
        return WALL_S


async def test_signature_is_slacks(twin, bot):
    """The signature is the HMAC of version, timestamp and raw body, worked out independently."""
    await twin.act.command(user="U0ANA", channel=MARKETING, text="grüße & <mehr>")
    (delivery,) = bot.received
    timestamp = delivery.headers["X-Slack-Request-Timestamp"]
    signed = b":".join([b"v0", timestamp.encode(), delivery.raw])
    digest = hmac.new(twin.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    assert delivery.headers["X-Slack-Signature"] == f"v0={digest}"
    assert timestamp == str(int(WALL_S))


async def test_official_verifier_accepts_every_kind_of_delivery(twin, bot):
    """Commands and events alike pass the SDK's own check, and not with another secret."""
    await twin.act.command(user="U0ANA", channel=MARKETING)
    await twin.events.send(EVENT, to=twin.installation)
    verifiers = [
        SignatureVerifier(secret, clock=StandingClock())
        for secret in (twin.signing_secret, "another")
    ]
    for delivery in bot.received:
        good, bad = (one.is_valid_request(delivery.raw, delivery.headers) for one in verifiers)
        assert (good, bad) == (True, False)
    assert len(bot.received) == 2


async def test_command_carries_slacks_fields(twin, bot):
    """All documented fields are there, form-encoded."""
    twin.app.commands["/make"] = Command(name="/make", description="Make")
    await twin.act.command(user="U0ANA", channel=MARKETING, text="a & b", command="/make")
    (delivery,) = bot.received
    form = delivery.form
    assert delivery.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (form["command"], form["text"]) == ("/make", "a & b")
    assert (form["user_id"], form["user_name"]) == ("U0ANA", "ana")
    assert (form["channel_id"], form["channel_name"]) == (MARKETING, "marketing")
    assert (form["team_id"], form["api_app_id"]) == ("T0GREEN", "A0GREEN")
    assert form["response_url"].startswith(f"{twin.url}/commands/T0GREEN/")
    assert form["trigger_id"]


async def test_private_channel_has_no_name_in_payloads(twin, bot):
    """The bot learns a private channel's id, not its name."""
    await twin.act.command(user="U0MEI", channel="C0SECRET")
    assert bot.received[0].form["channel_name"] == "privategroup"


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, "http_client_error"), (500, "http_service_error"), (200, None), (204, None)],
)
async def test_person_sees_an_error_unless_the_answer_is_2xx(twin, bot, status, error):
    """Refusals and breakdowns show as Slack shows them; nothing is sent again."""
    bot.answer = lambda _: web.Response(status=status)
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert (result["status"], result["error"]) == (status, error)
    assert len(bot.received) == 1


async def test_person_sees_a_timeout_when_the_ack_does_not_come(bot, twin):
    """A command that is not acked in time fails with Slack's word."""
    bot.answer = lambda _: never()
    twin._deliveries._ack_deadline_s = 0.05
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert (result["status"], result["error"]) == (None, "operation_timeout")


async def test_person_sees_an_error_when_the_bot_is_away(twin):
    """Nobody listening is another word than nobody answering."""
    twin.app.request_url = "http://127.0.0.1:1/slack/events"
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert (result["status"], result["error"]) == (None, "dispatch_failed")


async def test_event_comes_in_its_envelope(twin, bot):
    """An event carries its id, its time, and for whom it was authorised."""
    result = await twin.events.send(EVENT, to=twin.installation)
    envelope = bot.received[0].event
    assert envelope["type"] == "event_callback"
    assert envelope["event"].items() >= EVENT.items()
    assert envelope["event_id"] == result["event_id"]
    assert envelope["event_time"] == int(float(envelope["event"]["event_ts"]))
    assert (envelope["team_id"], envelope["api_app_id"]) == ("T0GREEN", "A0GREEN")
    assert envelope["authorizations"][0]["user_id"] == "U0BOT"


async def test_event_without_subscription_is_not_sent(twin, bot):
    """Only what the app subscribes to is sent."""
    result = await twin.events.send(
        {"type": "channel_archive", "channel": MARKETING}, to=twin.installation
    )
    assert result["sent"] is False
    assert bot.received == []


async def test_failed_event_is_sent_again_at_once_then_after_one_and_five_minutes(twin, bot):
    """Three retries with number, reason and the same event id, and then no more."""
    bot.answer = lambda _: web.Response(status=500)
    result = await twin.events.send(EVENT, to=twin.installation)
    assert (result["status"], result["error"], len(bot.received)) == (500, "http_error", 2)
    await twin.clock.advance(59)
    assert len(bot.received) == 2
    await twin.clock.advance(1)
    assert len(bot.received) == 3
    await twin.clock.advance(299)
    assert len(bot.received) == 3
    await twin.clock.advance(1)
    await twin.clock.advance(3600)
    assert [one.headers.get("X-Slack-Retry-Num") for one in bot.received] == [None, "1", "2", "3"]
    assert {one.headers["X-Slack-Retry-Reason"] for one in bot.received[1:]} == {"http_error"}
    assert {one.event["event_id"] for one in bot.received} == {result["event_id"]}


async def test_event_that_is_acked_late_is_not_sent_a_third_time(twin, bot):
    """Once a retry is acked the rest is called off."""
    answers = iter([500, 200])
    bot.answer = lambda _: web.Response(status=next(answers))
    assert (await twin.events.send(EVENT, to=twin.installation))["error"] is None
    await twin.clock.advance(3600)
    assert len(bot.received) == 2


async def test_retry_names_the_timeout(bot, twin):
    """An event that was not acked in time is sent again for that reason."""
    twin._deliveries._ack_deadline_s = 0.05
    bot.answer = lambda _: never()
    await twin.events.send(EVENT, to=twin.installation)
    assert bot.received[1].headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_bot_can_call_retries_off(twin, bot):
    """`X-Slack-No-Retry: 1` on a refusal ends the matter."""
    bot.answer = lambda _: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await twin.events.send(EVENT, to=twin.installation)
    await twin.clock.advance(3600)
    assert len(bot.received) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda challenge: challenge, None),
        (lambda challenge: json.dumps({"challenge": challenge}), None),
        (lambda _: "", "challenge_failed"),
        (lambda _: "[]", "challenge_failed"),
    ],
    ids=["text", "json", "empty", "list"],
)
async def test_url_verification_wants_the_challenge_back(twin, bot, answer, error):
    """The challenge must come back, as text or in JSON."""
    bot.answer = lambda one: web.Response(text=answer(one.event["challenge"]))
    assert (await twin.events.send({"type": "url_verification"}, to=twin.installation))[
        "error"
    ] == error


async def test_deliveries_are_journalled_without_secrets(twin, bot):
    """The journal tells what went out and how it ended; response URLs stay out of it."""
    await twin.act.command(user="U0ANA", channel=MARKETING)
    (entry,) = twin.journal.entries()
    assert (entry.direction, entry.what, entry.status, entry.answer) == (
        "out",
        "command",
        200,
        "ok",
    )
    assert entry.detail["payload"]["command"] == "/produce"
    assert bot.received[0].form["response_url"] not in str(entry)
