"""Download links that outlive the service's own, and what they answer when they cannot."""

import asyncio
import re

import pytest

from tests.rig import ANA, BO
from twin.faults import Fault

FILES = 6


def lists_of_files(rig, *, after):
    """List the times the bot asked JARAI for the files' addresses."""
    entries = rig.jarai.journal.entries(after=after)
    return [one for one in entries if one.what.endswith("/deliverables")]


async def test_links_outlive_the_services_own(rig):
    """A link still works when the service's own, which lives an hour, is long dead."""
    card = await rig.request_and_finish()
    url = rig.links(card)[0]
    first = await rig.fetch(url)
    await rig.advance(2 * 3600, step_s=600)
    assert (await rig.fetch(first.headers["location"])).status_code == 403
    again = await rig.fetch(url, hops=1)
    assert again.status_code == 200
    assert again.content[4:8] == b"ftyp"


async def test_link_is_a_redirect_that_nobody_keeps(rig):
    """A click is answered by a 302 that neither caches nor tells where it came from."""
    card = await rig.request_and_finish()
    answer = await rig.fetch(rig.links(card)[0])
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["location"].startswith(f"{rig.jarai.url}/files/")


async def test_head_answers_as_get_does(rig):
    """Scanners that send HEAD get the same redirect."""
    card = await rig.request_and_finish()
    answer = await rig.fetch(rig.links(card)[0], method="HEAD")
    assert answer.status_code == 302


async def test_many_clicks_cost_one_request(rig):
    """Clicks within the life of the service's link cost the request budget nothing more."""
    card = await rig.request_and_finish()
    since = rig.jarai.journal.number
    await asyncio.gather(*(rig.fetch(url) for url in rig.links(card) * 3))
    assert len(lists_of_files(rig, after=since)) <= 1


async def test_flood_of_clicks_is_slowed_down(rig):
    """More than 60 clicks a minute on one link are answered 429, and the next minute is free."""
    card = await rig.request_and_finish()
    url = rig.links(card)[0]
    statuses = [(await rig.fetch(url)).status_code for _ in range(62)]
    assert statuses == [302] * 60 + [429] * 2
    await rig.advance(61)
    assert (await rig.fetch(url)).status_code == 302


@pytest.mark.parametrize("token", ["nonsense", "A" * 43, "A" * 500, "%00", "..%2f..", "é"])
async def test_unknown_links_are_not_found(rig, token):
    """A token that we never gave is answered 404 with a sentence."""
    answer = await rig.fetch(f"{rig.bot_url}/d/{token}")
    assert answer.status_code == 404


async def test_links_differ_and_cannot_be_guessed_from_each_other(rig):
    """Each file has a token of its own, long enough not to be guessed."""
    card = await rig.request_and_finish()
    tokens = {url.rsplit("/", 1)[1] for url in rig.links(card)}
    assert len(tokens) == FILES
    assert min(len(token) for token in tokens) >= 32


async def test_service_that_is_down_is_said_to_who_clicks(rig):
    """While the service cannot be reached the click is answered 503 with a sentence."""
    card = await rig.request_and_finish()
    await rig.advance(2 * 3600, step_s=600)
    await rig.jarai_down()
    answer = await rig.fetch(rig.links(card)[0])
    assert answer.status_code == 503
    assert "not lost" in answer.text
    await rig.jarai_up()
    await rig.advance(60)  # The failure is told to every click for a minute.
    assert (await rig.fetch(rig.links(card)[0])).status_code == 302


async def test_file_that_is_gone_is_said_to_who_clicks(rig):
    """Once the service has deleted its files the click is answered 410 with a sentence."""
    card = await rig.request_and_finish()
    rig.jarai.act.reject(rig.job_id())
    await rig.advance(2 * 3600, step_s=600)
    answer = await rig.fetch(rig.links(card)[0]) if rig.links(card) else None
    linked = re.search(r"<(http[^|>]*/d/[^|>]*)\|", str(rig.replies(card)[0]["blocks"]))
    answer = answer or await rig.fetch(linked[1])
    assert answer.status_code == 410


async def test_download_answers_privately_without_a_public_address(make_rig):
    """Without PUBLIC_URL, Download gives a fresh link to the person who clicked, alone."""
    rig = await make_rig(public_url=None)
    card = await rig.request_and_finish()
    assert rig.links(card) == []
    assert rig.buttons(card).count("Download") == FILES
    block = next(one for one in rig.message(card)["blocks"] if "accessory" in one)
    await rig.click("Download", card, user=ANA, block_id=block["block_id"])
    (private,) = rig.slack.ephemerals(ANA)
    url = private["blocks"][0]["accessory"]["url"]
    assert (await rig.fetch(url)).status_code == 200
    assert rig.private(BO) == []


async def test_private_download_says_when_the_service_is_down(make_rig):
    """Without PUBLIC_URL, a Download that cannot be had is explained to the person alone."""
    rig = await make_rig(public_url=None)
    card = await rig.request_and_finish()
    await rig.advance(2 * 3600, step_s=600)
    rig.jarai.faults.add(Fault(match="/deliverables", kind="status", status=503, times=None))
    block = next(one for one in rig.message(card)["blocks"] if "accessory" in one)
    await rig.click("Download", card, user=ANA, block_id=block["block_id"])
    assert "can't be reached" in rig.private(ANA)[-1]


async def test_click_on_a_link_is_acknowledged(rig):
    """Slack also tells us of clicks on link buttons; they are acked, or people see a warning."""
    card = await rig.request_and_finish()
    block = next(one for one in rig.message(card)["blocks"] if "accessory" in one)
    clicked = await rig.click("Download", card, user=ANA, block_id=block["block_id"])
    assert clicked["status"] == 200
    assert "/d/" in clicked["url"]
    studio = await rig.click("Open in Studio", card, user=ANA)
    assert studio["status"] == 200


async def test_links_of_what_was_rejected_are_taken_back(rig):
    """Files nobody wanted are no longer handed out, and the answer says so."""
    card = await rig.request_and_finish()
    url = rig.links(card)[0]
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    why = {"What is wrong with it?": "The logo is old."}
    await rig.slack.act.submit(user=BO, view_id=view["id"], values=why)
    rig.jarai.act.reject(rig.job_id())
    await rig.advance(130)
    assert rig.state(card) == "Rejected"
    answer = await rig.fetch(url)
    assert answer.status_code == 410
    assert "rejected" in answer.text
    assert "in its thread" in answer.text
