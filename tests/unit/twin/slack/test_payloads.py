"""Whole payloads over HTTP: what Slack refuses is refused in its words, what it takes is taken.

Each file in `tests/samples/payloads` is one call. `{"$repeat": x, "times": n}` stands for a text or
list of n times x, with `#` in its texts counting up from 0.
"""

import json
from pathlib import Path

import aiohttp
import pytest

from tests.unit.twin.slack.support import MARKETING

SAMPLES = Path(__file__).parents[3] / "samples" / "payloads"
ANA = "U0ANA"


def samples(kind):
    """List the samples of a kind as parameters named after their files."""
    paths = sorted((SAMPLES / kind).glob("*.json"))
    return [
        pytest.param(json.loads(path.read_text(encoding="utf-8")), id=path.stem) for path in paths
    ]


def expanded(value, number=""):
    """Write out what a sample says in short."""
    if isinstance(value, str):
        return value.replace("#", str(number))
    if isinstance(value, list):
        return [expanded(one, number) for one in value]
    if not isinstance(value, dict):
        return value
    if "$repeat" in value:
        many = [expanded(value["$repeat"], count) for count in range(value["times"])]
        return "".join(many) if isinstance(value["$repeat"], str) else many
    return {name: expanded(one, number) for name, one in value.items()}


@pytest.fixture
async def call(twin):
    """Call a method with JSON, as any client could."""
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def call(method, arguments):
            url = f"{twin.api_url}{method}"
            async with session.post(url, json=arguments) as response:
                assert response.status == 200
                return await response.json()

        yield call


@pytest.fixture
async def send(twin, call):
    """Send a sample, with what its method needs besides."""
    posted = await call("chat.postMessage", {"channel": MARKETING, "text": "Before."})
    await twin.clock.advance(60)  # The next message must not count as too soon.
    trigger = twin.modals.issue_trigger(ANA, installation=twin.installation, channel=MARKETING)
    needs = {
        "chat.postMessage": {"channel": MARKETING},
        "chat.postEphemeral": {"channel": MARKETING},
        "chat.update": {"channel": MARKETING, "ts": posted["ts"]},
        "views.open": {"trigger_id": trigger},
        "views.publish": {"user_id": ANA},
    }

    async def send(sample):
        arguments = needs[sample["method"]] | expanded(sample["arguments"])
        return await call(sample["method"], arguments)

    return send


def stored(twin):
    """Give everything a sample could have changed."""
    return (twin.messages(MARKETING), twin.ephemerals(ANA), twin.views(ANA), twin.home(ANA))


@pytest.mark.parametrize("sample", samples("bad"))
async def test_bad_payload_is_refused(twin, send, sample):
    """Slack's word for it, a pointer to the one fault, and nothing stored."""
    before = stored(twin)
    answer = await send(sample)
    assert (answer["ok"], answer["error"]) == (False, sample["error"])
    assert pointers(answer) == ([] if sample["pointer"] is None else [sample["pointer"]])
    assert stored(twin) == before


def pointers(answer):
    """List where an answer says that something is wrong."""
    messages = answer.get("response_metadata", {}).get("messages", [])
    assert all(one.startswith("[ERROR] ") for one in messages)
    return [one.rpartition("[json-pointer:")[2].removesuffix("]") for one in messages]


@pytest.mark.parametrize("sample", samples("good"))
async def test_good_payload_is_taken(twin, send, sample):
    """What Slack takes is taken and kept."""
    before = stored(twin)
    answer = await send(sample)
    assert answer["ok"], answer
    assert stored(twin) != before


def test_there_are_enough_samples():
    """Sixty bad payloads and fifteen good ones, each with its claim in a sentence."""
    assert len(samples("bad")) >= 60
    assert len(samples("good")) >= 15
    claims = [param.values[0]["claim"] for param in [*samples("bad"), *samples("good")]]
    assert len(set(claims)) == len(claims)
    assert all(claim.endswith(".") for claim in claims)
