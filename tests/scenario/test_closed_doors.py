"""What is closed to callers from outside, whatever they say."""

import httpx
import pytest

from tests.rig import TOPIC
from tests.scenario.test_review import reject


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
    """A download link works until the video is rejected, and then says nothing of the video."""
    card = await rig.request_and_finish()
    url = rig.links(card)[0]
    assert (await rig.fetch(url)).status_code == 302
    await reject(rig, card)
    rig.jarai.act.reject(rig.job_id())
    await rig.advance(130)
    answer = await rig.fetch(url)
    assert answer.status_code == 410
    assert "rejected" in answer.text
    assert TOPIC not in answer.text


@pytest.mark.parametrize("path", ["/healthz/", "/metrics/", "/slack/events/"])
async def test_half_an_address_leads_nowhere(rig, path):
    """A slash too many is not found, and not led on to where the Host header says."""
    assert (await rig.fetch(f"{rig.bot_url}{path}")).status_code == 404
