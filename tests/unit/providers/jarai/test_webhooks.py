"""Webhooks: believed only when signed, fresh and readable."""

import json
from datetime import timedelta

import pytest

from bot.core.errors import InvalidSignatureError, StaleTimestampError, WebhookError
from bot.core.production import Progress
from bot.providers.jarai.webhooks import read_event
from bot.providers.signing import decode_secret, sign_sha256
from tests.unit.providers.hands import NOW
from tests.unit.providers.jarai.samples import SECRET, build_settings, sample, sample_bytes

GOOD = "sha256=2d169321119da56047f926efe68e413740113da481b718cb81bd1f00238f703c"
UNDECODED = "sha256=f00ddd6d725ce884f1a39645fb2ad36349843e204be578e5129a68df2fded7f2"
PRODUCTION = "aaaaaaaa-0000-4000-8000-000000000001"


def read(raw: bytes, signature: str | None = None, *, secrets=(SECRET,), now=NOW):
    """Read a webhook, signed as it should be unless told otherwise."""
    header = signature or sign_sha256(decode_secret(SECRET), raw)
    settings = build_settings()
    headers = {"x-jarai-signature": header}
    return read_event(headers, raw, secrets=secrets, now=now, settings=settings)


def changed(**changes) -> bytes:
    """Write the published event with some fields changed."""
    return json.dumps(sample("webhook_published") | changes).encode()


def test_the_documented_signature_is_believed():
    """The vector was worked out independently: the key is the decoded secret."""
    event = read(sample_bytes("webhook_published"), GOOD)
    assert event.delivery_ids == (f"{PRODUCTION}:17", "11111111-2222-4333-8444-555555555555")
    assert (event.kind, event.job_id) == ("production.published", PRODUCTION)
    assert event.account == "bbbbbbbb-0000-4000-8000-000000000002"
    assert event.progress is None


def test_a_signature_with_the_undecoded_secret_is_not_believed():
    """The mistake that is easily made."""
    with pytest.raises(InvalidSignatureError):
        read(sample_bytes("webhook_published"), UNDECODED)


def test_a_missing_signature_is_not_believed():
    """No header is as good as a wrong one."""
    with pytest.raises(InvalidSignatureError):
        read_event({}, b"{}", secrets=(SECRET,), now=NOW, settings=build_settings())


def test_one_broken_secret_does_not_disable_the_others():
    """A list of secrets may hold a typing mistake."""
    raw = sample_bytes("webhook_published")
    assert read(raw, GOOD, secrets=("!!", SECRET)).job_id == PRODUCTION
    with pytest.raises(InvalidSignatureError):
        read(raw, GOOD, secrets=("!!",))


def test_a_step_brings_its_progress():
    """The body alone updates the card, at the cost of no request."""
    event = read(sample_bytes("webhook_step"))
    assert event.job_id == PRODUCTION
    assert event.progress == Progress(
        stage="Video & variants", step="Video composition", step_number=10, total_steps=15
    )


def test_a_step_whose_data_is_unknown_brings_none():
    """Then a look is worth its request."""
    raw = json.dumps(sample("webhook_step") | {"data": {"odd": True}}).encode()
    assert read(raw).progress is None
    assert read(json.dumps(sample("webhook_step") | {"data": []}).encode()).progress is None


def test_a_test_event_belongs_to_no_production():
    """It is known again by its event id alone."""
    event = read(sample_bytes("webhook_test"))
    assert (event.job_id, event.account) == (None, None)
    assert event.delivery_ids == ("11111111-2222-4333-8444-555555555557",)


def test_an_unknown_type_is_still_an_event():
    """A few types are not documented; each means look now."""
    assert read(changed(eventType="production.odd")).kind == "production.odd"


def test_an_event_without_a_number_is_known_by_its_id():
    """Either of the two keys will do."""
    assert len(read(changed(sequenceNumber=None)).delivery_ids) == 1
    assert read(changed(eventId=None)).delivery_ids == (f"{PRODUCTION}:17",)


@pytest.mark.parametrize("age", [timedelta(hours=24, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_a_webhook_from_another_time_is_not_believed(age: timedelta):
    """The timestamp is inside what is signed."""
    with pytest.raises(StaleTimestampError):
        read(sample_bytes("webhook_published"), now=NOW + age)


@pytest.mark.parametrize("age", [timedelta(hours=24), timedelta(minutes=-5)])
def test_a_webhook_at_the_edge_is_believed(age: timedelta):
    """Retries may come late, and clocks differ."""
    assert read(sample_bytes("webhook_published"), now=NOW + age).job_id == PRODUCTION


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b"\xff",
        b"[" * 50_000,
        changed(timestamp=None),
        changed(timestamp="soon"),
        changed(timestamp=1),
        changed(eventType=None),
        changed(productionId=None),
        changed(productionId="../x"),
        changed(eventId=None, sequenceNumber="17"),
        changed(eventId=7, sequenceNumber=True),
    ],
)
def test_a_signed_body_that_cannot_be_read_is_one_error(raw: bytes):
    """The route answers 4xx, never 500."""
    with pytest.raises(WebhookError):
        read(raw)
