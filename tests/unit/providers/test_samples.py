"""Every sample of a wire body is read by the reader it is meant for, and none lies unused."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.events import News
from bot.providers.http import Reply
from bot.providers.jarai import errors as jarai_errors
from bot.providers.jarai import reading as jarai
from bot.providers.jarai.enrolment import read_key
from bot.providers.jarai.webhooks import read_event
from bot.providers.narakeet import errors as narakeet_errors
from bot.providers.narakeet import reading as narakeet
from bot.providers.reading import read_items
from bot.providers.signing import decode_secret, sign_sha256
from bot.providers.techforge import errors as techforge_errors
from bot.providers.techforge import reading as techforge
from bot.providers.techforge.files import find_files
from tests.contract.storable import is_storable
from tests.unit.providers.hands import NOW
from tests.unit.providers.jarai.samples import SECRET, build_settings

FOLDER = Path(__file__).parents[2] / "samples"
SERVICES = ("jarai", "narakeet", "techforge")
Read = Callable[[bytes], Any]


def of(reader: Callable[..., Any], **more: Any) -> Read:
    """Let a reader of JSON read bytes."""
    return lambda body: reader(json.loads(body), **more)


def refusal(errors: Any) -> Callable[[str], Read]:
    """Read an answer that is no success; its name ends with its status."""

    def named(name: str) -> Read:
        digits = [part for part in name.split("_") if part.isdecimal()]
        status = int(digits[-1])
        return lambda body: errors.read_refusal(
            Reply(status=status, headers={}, body=body), now=NOW
        )

    return named


def webhook(body: bytes) -> Any:
    """Read a webhook, signed as it should be."""
    headers = {"x-jarai-signature": sign_sha256(decode_secret(SECRET), body)}
    return read_event(headers, body, secrets=(SECRET,), now=NOW, settings=build_settings())


def webhooks(body: bytes) -> Any:
    """Read a list of subscriptions."""
    return [jarai.read_subscription(item) for item in read_items(json.loads(body), "webhooks")]


READERS: Mapping[str, Mapping[str, Read]] = {
    "jarai": {
        "accounts": of(jarai.read_accounts),
        "deliverables": of(jarai.read_deliverables),
        "status": of(jarai.read_observation, correlation_id=None),
        "submit": of(lambda body: jarai.read_id(body["productionId"])),
        "webhooks": webhooks,
        "webhook_added": of(jarai.read_subscription),
        "webhook": webhook,
        "registered": of(lambda body: jarai.read_id(body["partnerId"])),
        "rotated": lambda body: read_key(body, old=None),
        "verified": lambda body: read_key(body, old=None),
    },
    "narakeet": {
        "credits": of(narakeet.read_credit_seconds),
        "status": of(narakeet.read_status),
        "task": of(narakeet.read_task),
        "upload_token": of(narakeet.read_upload_token),
        "voices": of(narakeet.read_voices),
    },
    "techforge": {
        "credits": of(techforge.read_credits),
        "fields": of(techforge.read_fields_of),
        "job_not_found": of(techforge.is_job_missing),
        "job": of(techforge.read_observation, correlation_id=None),
        "projects": of(techforge.read_projects),
        "signed_without_path": of(lambda body: techforge_errors.said_by(body, "message", "error")),
        "signed": of(lambda body: body["signedUrl"]),
        "submit": of(techforge.read_job_id),
        "trigger": of(lambda body: techforge_errors.said_by(body, "message")),
    },
}
"""By the service and how a sample's name begins; the first that fits is meant."""

ERRORS = {
    "jarai": refusal(jarai_errors),
    "narakeet": refusal(narakeet_errors),
    "techforge": refusal(techforge_errors),
}
SAMPLES = [
    pytest.param(service, path.stem, id=f"{service}: {path.stem}")
    for service in SERVICES
    for path in sorted((FOLDER / service).iterdir())
]


def read(service: str, name: str) -> Any:
    """Read a sample by the reader that it is meant for."""
    body, plain = (FOLDER / service / f"{name}.json").read_bytes(), name.removeprefix("v1_")
    if plain.startswith("error"):
        return ERRORS[service](name)(body)
    reader = next(read for begins, read in READERS[service].items() if plain.startswith(begins))
    return reader(body)


@pytest.mark.parametrize(("service", "name"), SAMPLES)
def test_a_sample_is_understood(service: str, name: str):
    """What is read of it is something, and can be stored."""
    value = read(service, name)
    assert value
    assert is_storable(value)


@pytest.mark.parametrize("service", SERVICES)
def test_every_reader_has_a_sample(service: str):
    """One that has none was never tried on a body as the documents show it."""
    names = [path.stem.removeprefix("v1_") for path in (FOLDER / service).iterdir()]
    assert [one for one in READERS[service] if not any(n.startswith(one) for n in names)] == []


@pytest.mark.parametrize(
    ("name", "kind", "job_id"),
    [
        ("webhook_queued", "production.queued", True),
        ("webhook_failed", "production.failed", True),
        ("webhook_ready_truncated", "deliverable.ready", True),
        ("webhook_test", "webhook.test", False),
    ],
)
def test_an_event_is_a_hint_whatever_it_carries(name: str, kind: str, *, job_id: bool):
    """Its data is no news; the look that follows is."""
    event = read("jarai", name)
    assert event.kind == kind
    assert (event.job_id is not None) == job_id
    assert event.progress is None


def test_every_state_of_jarai_has_its_sample():
    """A state that waits for people is one of them."""
    assert read("jarai", "status_awaiting").news is News.AWAITING_APPROVAL
    assert read("jarai", "status_expired").failure.code == "PRODUCTION_EXPIRED"


def test_an_output_as_documented_is_one_file():
    """A key of the store, under `output.output`."""
    body = json.loads((FOLDER / "techforge" / "job_success.json").read_bytes())
    assert [one.deliverable.kind for one in find_files(body["output"])] == ["video"]
