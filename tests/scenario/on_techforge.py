"""The rig with TechForge in place of the usual service."""

from typing import Any

from tests.rig import ANA, MARKETING, TOPIC, Rig
from tests.scenario.titlecard import choose
from twin.techforge.app import TechForgeTwin
from twin.techforge.model import Job

VOICE, FACE = "Voiceover, or its address", "Avatar, or its address"
FILLED = {
    "Headline": "Meet the autumn range",
    VOICE: "https://assets.example/vo.mp3",
    FACE: "https://assets.example/face.png",
}
Json = dict[str, Any]


async def with_techforge(make_rig, monkeypatch, *, twin: Json | None = None, **options: Any) -> Rig:
    """Run a rig in which TechForge is the only service.

    Args:
        twin: How the local TechForge is set; it takes no job up by itself unless this says so.
    """

    async def start(clock):
        techforge = TechForgeTwin(clock)
        techforge.configure(**({"queued_s": 100_000, "reason": "output.error"} | (twin or {})))
        await techforge.start()
        monkeypatch.setenv("TECHFORGE_API_KEY", techforge.api_key)
        monkeypatch.setenv("TECHFORGE_BASE_URL", techforge.url)
        return techforge

    return await make_rig(beside=start, jarai_api_key=None, **options)


async def send(rig: Rig, view: Json, **values: Any) -> Json:
    """Send the form of the teaser, with values over those that work; gives Slack's answer."""
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=FILLED | values)
    assert sent["error"] is None, sent
    return sent


async def order(rig: Rig, **values: Any) -> str:
    """Ask for a teaser; gives its card."""
    await rig.open_form(TOPIC)
    sent = await send(rig, await choose(rig, "Project", "Autumn teaser"), **values)
    assert not sent["errors"], sent
    await rig.advance(2)
    return rig.cards(MARKETING)[-1]["ts"]


def job(rig: Rig) -> Job:
    """Give the newest job."""
    return rig.besides.jobs()[-1]


def paid(rig: Rig) -> list[str]:
    """List the paid calls that reached the service."""
    return [
        one.what
        for one in rig.besides.journal.entries()
        if one.direction == "in" and one.what.startswith("POST ")
    ]
