"""Files of a service whose links cannot be renewed: copied first, served by us, deleted in time.

No service here is like that, so the local JARAI is said to be; its links do die after an hour.
"""

from dataclasses import replace

import pytest

from tests.rig import BO
from twin.faults import Fault

FILES = 6
DAY_S = 86_400


@pytest.fixture
async def dying(make_rig):
    """Give a rig whose service's links soon die; copies are kept for a day."""
    rig = await make_rig(keep_copies_days=1)
    _let_links_die(rig)
    return rig


def _let_links_die(rig):
    provider = rig.app.parts.providers.of("jarai")
    provider.capabilities = replace(provider.capabilities, links_die=True)


async def _keys(rig):
    """List the files as the service does."""
    (production,) = await rig.app.parts.store.list_productions(limit=2)
    return [(production.attempt.job, file.key) for file in production.deliverables]


async def _content(rig, file):
    """Fetch a file where the service has it."""
    link = await rig.app.parts.providers.of("jarai").open(*file)
    return (await rig.fetch(link.url)).content


async def _approved(rig):
    card = await rig.request_and_finish()
    await rig.click("Approve", card, user=BO)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(130)
    assert rig.state(card) == "Completed"
    return card


async def test_thread_works_after_the_services_links_have_died(dying):
    """The bytes are the service's own, to the last; the service is not asked any more."""
    card = await dying.request_and_finish()
    links = dying.links(card)
    assert len(links) == FILES
    theirs = {await _content(dying, key) for key in await _keys(dying)}
    await dying.advance(2 * 3600, step_s=600)
    await dying.jarai_down()
    answers = [await dying.fetch(url) for url in links]
    assert [one.status_code for one in answers] == [200] * FILES
    assert {one.content for one in answers} == theirs
    part = await dying.fetch(links[0], method="HEAD")
    assert part.headers["content-length"] == str(len(answers[0].content))
    await dying.jarai_up()


async def test_card_says_that_files_are_being_copied(dying):
    """While they are, nobody is asked to review, and no dead button is shown."""
    card = await dying.request()
    fault = dying.jarai.faults.add(Fault(match="/files/", kind="status", status=503, times=None))
    dying.jarai.act.finish(dying.job_id())
    await dying.advance(40)
    assert dying.state(card) == "Queued"
    assert f"being copied first: 0 of {FILES} done" in dying.text(card)
    assert "Download" not in dying.buttons(card)
    dying.jarai.faults.clear()
    await dying.advance(90)
    assert dying.state(card) == "Awaiting approval", fault
    assert dying.buttons(card).count("Download") == FILES


async def test_file_that_could_not_be_copied_is_said(make_rig):
    """On the card, in the thread to those who must know, and to the people on call."""
    rig = await make_rig(copy_patience_s=60)
    _let_links_die(rig)
    card = await rig.request()
    rig.jarai.faults.add(Fault(match="captions.vtt", kind="status", status=503, times=None))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(300)
    assert rig.state(card) == "Awaiting approval"
    assert "1 file could not be copied" in rig.text(card)
    assert "Could not be kept" in rig.text(card)
    assert rig.buttons(card).count("Download") == FILES - 1
    assert any("we could not keep Captions" in text for text in rig.reply_texts(card))
    assert any(
        "we could not keep" in rig.text(one["ts"], channel="C0ONCALL")
        for one in rig.cards("C0ONCALL")
    )


async def test_copies_are_deleted_in_time_and_everybody_is_told(dying):
    """The card says so, and the link says why and who to ask."""
    card = await _approved(dying)
    url = dying.links(card)[0]
    await dying.advance(DAY_S + 3600, step_s=3600)
    await dying.app.copying.retention.delete_outlived()
    await dying.advance(60)
    assert "Files deleted" in dying.text(card)
    assert "after 1 day" in dying.text(card)
    assert "Download" not in dying.buttons(card)
    answer = await dying.fetch(url)
    assert answer.status_code == 410
    assert "was deleted on" in answer.text


async def test_copy_without_a_public_address_says_what_is_missing(make_rig):
    """Who clicks learns, alone, that PUBLIC_URL is not set; the file is not lost."""
    rig = await make_rig(public_url=None, scopes_off=frozenset({"files:write"}))
    _let_links_die(rig)
    card = await rig.request_and_finish()
    block = next(one for one in rig.message(card)["blocks"] if "accessory" in one)
    await rig.click("Download", card, user=BO, block_id=block["block_id"])
    assert "PUBLIC_URL is not set" in rig.private(BO)[-1]


async def test_copy_is_handed_out_once_there_is_an_address(make_rig):
    """The card of before still asks; the click gives our own link to the person who clicked."""
    rig = await make_rig(public_url=None)
    _let_links_die(rig)
    card = await rig.request_and_finish()
    block = next(one for one in rig.message(card)["blocks"] if "accessory" in one)
    rig.app.parts.settings.public_url = rig.bot_url
    told = len(rig.private(BO))
    await rig.click("Download", card, user=BO, block_id=block["block_id"])
    (words,) = rig.private(BO)[told:]
    assert "PUBLIC_URL" not in words
    assert "for you" in words
    url = rig.slack.ephemerals(BO)[-1]["blocks"][0]["accessory"]["url"]
    assert "/d/" in url
    assert (await rig.fetch(url)).status_code == 200
    assert rig.links(card) == []


async def test_every_services_files_may_be_copied(make_rig):
    """With the setting on, the story goes on at once and our copy is served when it is there."""
    rig = await make_rig(copy_all=True)
    card = await rig.request_and_finish()
    assert [(await rig.fetch(url)).status_code for url in rig.links(card)] == [200] * FILES


async def test_rejected_copies_are_not_handed_out(dying):
    """They are taken back like any link, and the answer says why."""
    card = await dying.request_and_finish()
    url = dying.links(card)[0]
    await dying.click("Reject", card, user=BO)
    view = dying.slack.views(BO)[-1]
    why = {"What is wrong with it?": "The logo is old."}
    await dying.slack.act.submit(user=BO, view_id=view["id"], values=why)
    dying.jarai.act.reject(dying.job_id())
    await dying.advance(130)
    answer = await dying.fetch(url)
    assert answer.status_code == 410
    assert "rejected" in answer.text
