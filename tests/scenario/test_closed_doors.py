"""What is closed to callers from outside, whatever they say."""

import httpx
import pytest

from tests.rig import MARKETING, TOPIC


@pytest.mark.parametrize(
    ("header", "claimed"),
    [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Real-IP", "203.0.113.9"),
        ("Forwarded", "for=127.0.0.1"),
        ("Via", "1.1 proxy"),
    ],
)
async def test_figures_are_for_this_machine_only(rig, header, claimed):
    """A call that a proxy passed on comes from outside, whatever it says, so it gets no figures."""
    async with httpx.AsyncClient(headers={header: claimed}) as client:
        answer = await client.get(f"{rig.bot_url}/metrics")
    assert answer.status_code == 403


async def test_link_that_was_taken_back_leads_nowhere(rig):
    """A download link works until it is revoked, and then says why and nothing of the video."""
    url = rig.links(await rig.request_and_finish())[0]
    (production,) = await rig.app.productions.list_open(channel_id=MARKETING, page=0)
    assert (await rig.fetch(url)).status_code == 302
    await rig.app.parts.store.revoke_deliverables(production.id, 1, rig.clock.now())
    answer = await rig.fetch(url)
    assert answer.status_code == 410
    assert "taken back" in answer.text
    assert TOPIC not in answer.text


@pytest.mark.parametrize("path", ["/healthz/", "/metrics/", "/slack/events/"])
async def test_half_an_address_leads_nowhere(rig, path):
    """A slash too many is not found, and not led on to where the Host header says."""
    assert (await rig.fetch(f"{rig.bot_url}{path}")).status_code == 404
