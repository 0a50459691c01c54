import hashlib
import hmac
import json
import uuid
from base64 import urlsafe_b64decode

import pytest

from twin.jarai.catalogue import ARCHIVE, LEARNING, SOCIAL
from twin.jarai.courier import signature

WEBHOOKS = "/v1/partner/webhooks"
ALL_TYPES = [
    "production.queued",
    "production.step.complete",
    "production.published",
    "production.failed",
    "deliverable.ready",
]
MILESTONES = [name for name in ALL_TYPES if name != "production.step.complete"]


@pytest.fixture
def register(http, receiver):
    """Register the receiver."""

    async def post(**overrides):
        body = {"endpointUrl": receiver.url, "eventTypes": MILESTONES} | overrides
        return await http.post(WEBHOOKS, json=body)

    return post


@pytest.fixture
def events(twin, receiver):
    """Wait for deliveries under way and give the bodies received."""

    async def get():
        await twin.webhooks.courier.settle()
        return [json.loads(body) for _, body in receiver.got]

    return get


def test_signature_matches_the_sheets_vector():
    """The example worked out from the guide comes out the same."""
    body = (
        b'{"eventId":"11111111-2222-4333-8444-555555555555","eventType":"production.published",'
        b'"productionId":"aaaaaaaa-0000-4000-8000-000000000001",'
        b'"accountId":"bbbbbbbb-0000-4000-8000-000000000002","timestamp":"2026-11-21T10:00:00Z",'
        b'"sequenceNumber":17,"correlationId":"corr-example-1","truncated":false,'
        b'"data":{"status":"Published"}}'
    )
    assert len(body) == 326
    assert signature(body, signing_secret="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") == (
        "sha256=2d169321119da56047f926efe68e413740113da481b718cb81bd1f00238f703c"
    )


async def test_registration_tells_the_secret_once(register, http):
    """The answer has 32 bytes of secret in base64url; the list never has."""
    answer = await register()
    body = answer.json()
    assert answer.status_code == 201
    assert len(urlsafe_b64decode(body["signingSecret"] + "=")) == 32
    listed = (await http.get(WEBHOOKS)).json()["webhooks"]
    assert [each["webhookId"] for each in listed] == [body["webhookId"]]
    assert "signingSecret" not in listed[0]


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"endpointUrl": None}, "endpointUrl"),
        ({"endpointUrl": "http://bot.example/hooks"}, "endpointUrl"),
        ({"endpointUrl": "ftp://127.0.0.1/"}, "endpointUrl"),
        ({"endpointUrl": "https://"}, "endpointUrl"),
        ({"endpointUrl": "https://bot.example:99999/"}, "endpointUrl"),
        ({"endpointUrl": "https://[::1"}, "endpointUrl"),
        ({"endpointUrl": "https://bot.example/" + "x" * 2048}, "endpointUrl"),
        ({"eventTypes": []}, "eventTypes"),
        ({"eventTypes": "production.queued"}, "eventTypes"),
        ({"eventTypes": ["production.cancelled"]}, "eventTypes"),
        ({"eventTypes": [{}]}, "eventTypes"),
        ({"accountIds": []}, "accountIds"),
        ({"accountIds": [SOCIAL.account_id] * 51}, "accountIds"),
        ({"accountIds": ["00000000-0000-4000-8000-000000000000"]}, "accountIds"),
        ({"accountIds": [5]}, "accountIds"),
        ({"accountScopeId": "social"}, "accountScopeId"),
        (
            {"accountScopeId": SOCIAL.account_id, "accountIds": [SOCIAL.account_id]},
            "accountScopeId",
        ),
        ({"secret": "mine"}, "secret"),
    ],
)
async def test_wrong_registration_is_refused_by_name(register, overrides, field):
    """Every rule broken is a 400 that names the field."""
    answer = await register(**overrides)
    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_REQUEST")
    assert field in answer.json()["message"]


@pytest.mark.parametrize(
    "overrides",
    [
        {"endpointUrl": "https://bot.example/webhooks/jarai"},
        {"endpointUrl": "http://localhost:3000/webhooks/jarai"},
        {"endpointUrl": "http://[::1]:3000/"},
        {"eventTypes": [*ALL_TYPES, "webhook.test"]},
        {"accountIds": [SOCIAL.account_id] * 50},
        {"accountScopeId": ARCHIVE.account_id},
    ],
)
async def test_right_registration_is_taken(register, overrides):
    """Anything within the rules is taken, and plain http on this machine."""
    assert (await register(**overrides)).status_code == 201


async def test_at_most_a_hundred_are_active(twin, register, http):
    """The hundred and first is refused until one is removed."""
    twin.configure(tier="enterprise")
    ids = [(await register()).json()["webhookId"] for _ in range(100)]
    assert (await register()).status_code == 400
    assert (await http.delete(f"{WEBHOOKS}/{ids[0]}")).status_code == 204
    assert (await register()).status_code == 201


async def test_removing_an_unknown_webhook_is_not_found(http):
    """An id that is none of the partner's answers 404."""
    assert (await http.delete(f"{WEBHOOKS}/none")).status_code == 404


async def test_life_is_told_in_order(twin, register, submit, events, clock):
    """Each milestone is delivered, numbered from 1 without gaps."""
    await register(eventTypes=ALL_TYPES)
    production_id = (await submit()).json()["productionId"]
    await clock.advance(320)
    twin.act.release(production_id)
    await clock.advance(60)
    told = await events()
    assert [each["eventType"] for each in told] == [
        "production.queued",
        *["production.step.complete"] * 15,
        "deliverable.ready",
        "production.published",
    ]
    assert [each["sequenceNumber"] for each in told] == list(range(1, 19))
    assert told[1]["data"] == {
        "stepNumber": 1,
        "stepName": "ProductionBriefGenerator",
        "totalSteps": 15,
    }
    assert len(told[16]["data"]["deliverables"]) == 6


async def test_envelope_has_the_documented_fields(register, submit, events):
    """The queued event carries status and end of the slot, and the submit's correlation id."""
    await register()
    answer = await submit()
    (event,) = await events()
    assert uuid.UUID(event.pop("eventId"))
    assert event == {
        "eventType": "production.queued",
        "productionId": answer.json()["productionId"],
        "accountId": SOCIAL.account_id,
        "timestamp": "2026-11-21T10:00:00Z",
        "sequenceNumber": 1,
        "correlationId": answer.headers["X-Correlation-Id"],
        "truncated": False,
        "data": {"status": "Queued", "expiresAt": "2026-11-21T10:10:00Z"},
    }


async def test_failure_is_told_with_its_reason(twin, register, production_id, events):
    """The failed event carries the code and the message."""
    await register()
    twin.act.fail(production_id, error_code="X_1", error_message="Broken.")
    (event,) = await events()
    assert event["data"] == {"status": "Failed", "errorCode": "X_1", "errorMessage": "Broken."}


async def test_deliveries_are_signed_with_the_decoded_secret(register, submit, twin, receiver):
    """The header is the HMAC of the bytes as sent."""
    secret = (await register()).json()["signingSecret"]
    await submit()
    await twin.webhooks.courier.settle()
    ((headers, body),) = receiver.got
    key = urlsafe_b64decode(secret + "=")
    good = hmac.new(key, body, hashlib.sha256).hexdigest()
    assert headers["X-JARAI-Signature"] == f"sha256={good}"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("overrides", "is_told"),
    [
        ({"eventTypes": ["production.failed"]}, False),
        ({"accountIds": [LEARNING.account_id]}, False),
        ({"accountIds": [LEARNING.account_id, SOCIAL.account_id]}, True),
        ({"accountScopeId": LEARNING.account_id}, False),
        ({"accountScopeId": SOCIAL.account_id}, True),
    ],
)
async def test_only_what_was_asked_for_is_told(register, submit, events, overrides, is_told):
    """Event types and accounts limit what an endpoint gets."""
    await register(**overrides)
    await submit()
    assert bool(await events()) is is_told


async def test_refused_delivery_is_retried_after_10_60_and_300_seconds(
    register, submit, events, clock, receiver
):
    """It comes four times in all, with the same number and a new event id each time."""
    receiver.statuses = [500, 404, 307, 503]
    await register()
    await submit()
    counts = [len(await events())]
    for wait_s in (9, 1, 59, 1, 299, 1, 10_000):
        await clock.advance(wait_s)
        counts.append(len([each for each in await events() if each["sequenceNumber"] == 1]))
    assert counts == [1, 1, 2, 2, 3, 3, 4, 4]
    first = [each for each in await events() if each["sequenceNumber"] == 1]
    assert len({each["eventId"] for each in first}) == 4


async def test_accepted_retry_ends_the_retries(register, submit, events, clock, receiver):
    """Once an endpoint has answered 2xx it is left alone."""
    receiver.statuses = [500, 204]
    await register(eventTypes=["production.queued"])
    await submit()
    await events()
    await clock.advance(10)
    await events()
    await clock.advance(1000)
    assert len(await events()) == 2


async def test_slow_delivery_is_not_overtaken(twin, register, submit, receiver):
    """A production's next event waits until the one before was answered or given up."""
    twin.configure(webhook_timeout_s=0.2)
    receiver.silences = 1
    await register()
    twin.act.fail((await submit()).json()["productionId"])
    await twin.webhooks.courier.settle()
    deliveries = [entry for entry in twin.journal.entries() if entry.direction == "out"]
    assert [entry.detail["sequence_number"] for entry in deliveries] == [1, 2]


async def test_removed_webhook_gets_no_retry(register, submit, events, clock, receiver, http):
    """Retries end with the subscription."""
    receiver.statuses = [500]
    webhook_id = (await register()).json()["webhookId"]
    await submit()
    await events()
    await http.delete(f"{WEBHOOKS}/{webhook_id}")
    await clock.advance(1000)
    assert len(await events()) == 1


async def test_unreachable_endpoint_is_in_the_journal_without_a_status(twin, register, submit):
    """A delivery that nobody answers is written down as such."""
    await register(endpointUrl="http://127.0.0.1:1/hooks")
    await submit()
    await twin.webhooks.courier.settle()
    (entry,) = [each for each in twin.journal.entries() if each.direction == "out"]
    assert (entry.what, entry.status) == ("POST /hooks", None)
    assert entry.detail["event_type"] == "production.queued"


async def test_silent_endpoint_counts_as_failed_after_its_time(twin, register, submit, receiver):
    """An endpoint that does not answer in time is given up for now."""
    twin.configure(webhook_timeout_s=0.05)
    receiver.silences = 1
    await register()
    await submit()
    await twin.webhooks.courier.settle()
    assert [each.status for each in twin.journal.entries() if each.direction == "out"] == [None]


@pytest.mark.parametrize(
    ("mishap", "numbers"),
    [
        pytest.param({"drop": True}, [2], id="drop"),
        pytest.param({"twice": True}, [1, 1, 2], id="twice"),
        pytest.param({"late_s": 5}, [2, 1], id="late"),
        pytest.param({"out_of_order": True}, [2, 1], id="out of order"),
        pytest.param({"drop": True, "event_type": "production.failed"}, [1], id="drop by type"),
    ],
)
async def test_mishap_hits_the_next_event_only(
    twin, register, submit, events, clock, plain, mishap, numbers
):
    """Each kind of mishap changes one event's delivery and spares the next."""
    await register()
    assert (await plain.post("webhooks/next", json=mishap)).status_code == 200
    twin.act.fail((await submit()).json()["productionId"])
    await events()
    await clock.advance(5)
    assert [each["sequenceNumber"] for each in await events()] == numbers


async def test_bad_signature_is_made_good_by_the_retry(
    register, submit, twin, plain, clock, receiver
):
    """The first delivery is signed with another key, the retry with the right one."""
    secret = (await register()).json()["signingSecret"]
    receiver.statuses = [401]
    await plain.post("webhooks/next", json={"bad_signature": True})
    await submit()
    await twin.webhooks.courier.settle()
    await clock.advance(10)
    await twin.webhooks.courier.settle()
    is_good = [
        headers["X-JARAI-Signature"] == signature(body, signing_secret=secret)
        for headers, body in receiver.got[:2]
    ]
    assert is_good == [False, True]


async def test_any_bytes_can_be_sent_signed(register, plain, receiver):
    """Control sends a body as it is, to see what the other side makes of it."""
    secret = (await register()).json()["signingSecret"]
    answer = await plain.post("webhooks/send", content=b"\xffnonsense")
    assert [each["status"] for each in answer.json()["deliveries"]] == [200]
    ((headers, body),) = receiver.got
    assert body == b"\xffnonsense"
    assert headers["X-JARAI-Signature"] == signature(body, signing_secret=secret)
