"""The rig with Narakeet in place of the usual service."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from tests.rig import ANA, MARKETING, TOPIC, Rig
from twin.narakeet.app import NarakeetTwin

Json = dict[str, Any]


def with_narakeet(make_rig, monkeypatch) -> Callable[..., Awaitable[Rig]]:
    """Give a function that runs a rig in which Narakeet is the only service."""

    async def start(clock):
        twin = NarakeetTwin(clock)
        await twin.start()
        monkeypatch.setenv("NARAKEET_API_KEY", twin.api_key)
        monkeypatch.setenv("NARAKEET_BASE_URL", twin.url)
        return twin

    return partial(make_rig, beside=start, jarai_api_key=None)


async def order(rig: Rig, **values: Any) -> str:
    """Ask for a video; gives its card."""
    view = await rig.open_form(TOPIC)
    return await send(rig, view, **({"Script": "Good morning."} | values))


async def send(rig: Rig, view: Json, **values: Any) -> str:
    """Send an open form; gives the card."""
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    assert sent["error"] is None, sent
    assert not sent["errors"], sent
    await rig.advance(2)
    return rig.cards(MARKETING)[-1]["ts"]


def paid(rig: Rig) -> list[str]:
    """List the paid calls that reached the service."""
    return [
        one.what
        for one in rig.besides.journal.entries()
        if one.direction == "in" and one.what.startswith("POST ")
    ]
