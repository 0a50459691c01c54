"""Finished files in the thread: which, when, once, and what is said where Slack will not have them.

The service is the usual one; its files are copied first although it can renew its links.
"""

import asyncio
from dataclasses import replace

import pytest

from tests.rig import ANA, BO, GIL, MARKETING, ZOE
from twin.faults import Fault

PROMISE, COMPLETE, BYTES = (
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "/upload/v1/",
)
HISTORY = frozenset({"channels:history", "groups:history"})
LEASE_S = 200.0


@pytest.fixture
async def sharing(make_rig):
    """Give a rig that puts finished files into their thread."""
    return await make_rig(upload_to_thread_max_mb=1)


@pytest.fixture
async def without_address(make_rig):
    """Give a rig whose own copies have no address, of a service whose links soon die."""
    rig = await make_rig(public_url=None)
    provider = rig.app.parts.providers.of("jarai")
    provider.capabilities = replace(provider.capabilities, links_die=True)
    return rig


async def _completed(rig, *, seconds=130.0):
    """Let a video be made, approved and released."""
    card = await rig.request_and_finish()
    await rig.click("Approve", card, user=BO)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(seconds)
    assert rig.state(card) == "Completed", rig.text(card)
    return card


async def _rejected(rig, card, *, seconds=130.0):
    """Let Bo reject a video here, and then the service."""
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    why = {"What is wrong with it?": "The logo is old."}
    await rig.slack.act.submit(user=BO, view_id=view["id"], values=why)
    rig.jarai.act.reject(rig.job_id())
    await rig.advance(seconds)
    assert rig.state(card) == "Rejected", rig.text(card)


def _shown(rig, card):
    """List the messages of a thread that show files."""
    return [one for one in rig.replies(card) if one.get("files")]


def _bytes_of(rig, file):
    return rig.slack.files.find(file["id"]).content


async def _service_bytes(rig):
    """Fetch every file where the service has it."""
    (production,) = await rig.app.parts.store.list_productions(limit=2)
    links = [
        await rig.app.parts.providers.of("jarai").open(production.attempt.job, one.key)
        for one in production.deliverables
    ]
    return {(await rig.fetch(link.url)).content for link in links}


async def _download(rig, card, *, user=BO, index=0):
    """Click one of the Download buttons of a card."""
    rows = [one for one in rig.message(card)["blocks"] if "accessory" in one]
    await rig.click("Download", card, user=user, block_id=rows[index]["block_id"])


async def test_completed_video_comes_into_the_thread_with_all_that_belongs_to_it(sharing):
    """In one message, the video first, to the last byte; the channel itself stays quiet."""
    card = await _completed(sharing)
    *_, said, message = sharing.replies(card)
    assert "is published" in said["text"]
    assert message["text"] == "The 6 files of “Autumn range teaser”."
    assert [one["title"] for one in message["files"]][:3] == [
        "Video for LinkedIn",
        "Video for TikTok",
        "Captions",
    ]
    assert {_bytes_of(sharing, one) for one in message["files"]} == await _service_bytes(sharing)
    assert [one["ts"] for one in sharing.cards()].count(message["ts"]) == 0
    assert sharing.text(card).count("in the thread") == 6


async def test_nothing_is_in_the_thread_that_may_still_be_rejected(sharing):
    """What waits for a decision can be watched by its Download buttons alone."""
    card = await sharing.request_and_finish()
    await sharing.advance(60)
    assert _shown(sharing, card) == []
    await _rejected(sharing, card)
    assert sharing.calls(PROMISE) == []


async def test_without_the_setting_nothing_is_put_anywhere(rig):
    """And no file is copied for it."""
    card = await _completed(rig)
    assert _shown(rig, card) == []
    assert rig.calls(PROMISE) == []


@pytest.mark.parametrize("step", [PROMISE, COMPLETE, BYTES])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "rate_limit", "seconds": 40},
        {"kind": "status", "status": 503},
        {"kind": "drop_before"},
        {"kind": "body", "status": 200, "body": "<html>"},
    ],
    ids=["limited", "away", "cut", "a page"],
)
async def test_slack_that_fails_for_a_moment_gets_every_file_once(sharing, step, fault):
    """What was cut off is tried again; the video is completed meanwhile."""
    sharing.slack.faults.add(Fault(match=step, **fault))
    card = await _completed(sharing)
    await sharing.advance(120)
    (message,) = _shown(sharing, card)
    assert len(message["files"]) == 6


async def test_slack_that_asks_to_wait_is_left_alone_that_long(sharing):
    """The bytes it has already are not sent again."""
    sharing.slack.faults.add(Fault(match=COMPLETE, kind="rate_limit", seconds=300))
    card = await _completed(sharing)
    calls = len(sharing.calls(COMPLETE))
    await sharing.advance(100)
    assert (_shown(sharing, card), len(sharing.calls(COMPLETE))) == ([], calls)
    await sharing.advance(200)
    assert len(_shown(sharing, card)) == 1
    assert len(sharing.calls(PROMISE)) == 6


async def test_answer_that_was_lost_is_looked_for(sharing):
    """Slack showed the files and we never heard: the thread tells, and nothing is shown twice."""
    sharing.slack.faults.add(Fault(match=COMPLETE, kind="drop_after"))
    card = await _completed(sharing)
    await sharing.advance(60)
    assert len(_shown(sharing, card)) == 1
    assert len(sharing.calls(COMPLETE)) == 1
    assert sharing.text(card).count("in the thread") == 6


async def test_files_may_repeat_once_without_the_history_scope(make_rig):
    """Where we may not look, showing again is the one way not to lose them."""
    rig = await make_rig(upload_to_thread_max_mb=1, scopes_off=HISTORY)
    rig.slack.faults.add(Fault(match=COMPLETE, kind="drop_after"))
    card = await _completed(rig)
    await rig.advance(400)
    assert len(_shown(rig, card)) == 2


def _killed_once(rig, monkeypatch, *, before):
    """Let the sharer be killed before or after the call that shows files, once."""
    slack, real = rig.app.copying.sharer._parts.slack, rig.app.copying.sharer._parts.slack.show

    async def show(*args, **more):
        monkeypatch.undo()
        if not before:
            await real(*args, **more)
        raise asyncio.CancelledError

    monkeypatch.setattr(slack, "show", show)


@pytest.mark.parametrize("before", [True, False], ids=["before the call", "after it"])
async def test_killed_around_the_visible_call_every_file_is_shown_once(
    sharing, monkeypatch, before
):
    """Whoever claims them next looks first; bytes that Slack has are not sent again."""
    _killed_once(sharing, monkeypatch, before=before)
    card = await _completed(sharing, seconds=150)
    await sharing.advance(LEASE_S)
    assert len(_shown(sharing, card)) == 1
    assert len(sharing.calls(PROMISE)) == 6


async def test_files_that_slack_forgot_are_sent_anew(sharing, monkeypatch):
    """An upload that nobody finished in time is dropped there."""
    _killed_once(sharing, monkeypatch, before=True)
    card = await _completed(sharing, seconds=150)
    sharing.slack.files._files.clear()
    await sharing.advance(1500, step_s=20)
    assert len(_shown(sharing, card)) == 1
    assert len(sharing.calls(PROMISE)) == 12


async def test_missing_scope_is_said_on_the_card_and_stops_nothing(make_rig):
    """Once, in Slack's word; the Download buttons work as ever."""
    rig = await make_rig(upload_to_thread_max_mb=1, scopes_off=frozenset({"files:write"}))
    card = await _completed(rig)
    assert "6 files could not be put into this thread: `missing_scope`." in rig.text(card)
    assert [(await rig.fetch(url)).status_code for url in rig.links(card)] == [200] * 6
    await rig.advance(600, step_s=20)
    assert len(rig.calls(PROMISE)) == 6


@pytest.mark.parametrize(
    ("change", "word"),
    [({"is_archived": True}, "is_archived"), ({"members": frozenset({ANA})}, "not_in_channel")],
)
async def test_channel_that_is_closed_to_us_ends_it(sharing, change, word):
    """It is recorded and not tried for ever."""
    sharing.slack.faults.add(Fault(match=PROMISE, kind="rate_limit", seconds=300))
    await _completed(sharing)
    sharing.slack.workspace.change_channel(MARKETING, **change)
    await sharing.advance(400, step_s=20)
    (production,) = await sharing.app.parts.store.list_productions(limit=2)
    shares = {(one.share.state.value, one.share.reason) for one in production.deliverables}
    assert shares == {("refused", word)}
    assert len(sharing.calls(COMPLETE)) == 1


async def test_file_that_slack_refuses_keeps_no_other_out(sharing):
    """The others are shown, and the card names the word for the one."""
    refusal = '{"ok": false, "error": "blocked_file_type"}'
    sharing.slack.faults.add(Fault(match=PROMISE, kind="body", status=200, body=refusal))
    card = await _completed(sharing)
    (message,) = _shown(sharing, card)
    assert len(message["files"]) == 5
    assert "1 file could not be put into this thread: `blocked_file_type`." in sharing.text(card)


async def test_two_videos_come_each_into_its_own_thread(sharing):
    """Files of one are never shown with those of another."""
    first = await _completed(sharing)
    second = await _completed(sharing)
    for card in (first, second):
        (message,) = _shown(sharing, card)
        assert len(message["files"]) == 6


async def test_download_without_an_address_puts_the_file_into_the_thread(without_address):
    """Who clicks is told at once; a second click says where it is, and puts nothing there again."""
    rig = without_address
    card = await rig.request_and_finish()
    await _download(rig, card)
    assert "I'm putting Video of “Autumn range teaser” into the thread" in rig.private(BO)[-1]
    (message,) = _shown(rig, card)
    assert [one["title"] for one in message["files"]] == ["Video for LinkedIn"]
    await rig.advance(40)
    await _download(rig, card, user=ANA)
    assert "is in the thread already" in rig.private(ANA)[-1]
    assert message["files"][0]["permalink"] in rig.private(ANA)[-1]
    assert len(_shown(rig, card)) == 1


@pytest.mark.parametrize("user", [GIL, ZOE], ids=["guest", "of another workspace"])
async def test_only_full_members_put_a_file_into_the_thread(without_address, user):
    """Everybody there could save what may still be rejected; where it is, all are told."""
    rig = without_address
    card = await rig.request_and_finish()
    await _download(rig, card, user=user)
    assert "Only full members of this workspace may put a file" in rig.private(user)[-1]
    assert rig.calls(PROMISE) == []
    await _download(rig, card)
    await rig.advance(40)
    await _download(rig, card, user=user)
    assert "is in the thread already" in rig.private(user)[-1]


async def test_what_was_asked_into_the_thread_goes_when_it_is_rejected(without_address):
    """Slack keeps a note that there was a file; nobody is handed it again."""
    rig = without_address
    card = await rig.request_and_finish()
    await _download(rig, card)
    await _rejected(rig, card)
    (message,) = _shown(rig, card)
    assert [one["mode"] for one in message["files"]] == ["tombstone"]


async def test_deleting_from_the_thread_is_tried_until_slack_does_it(without_address):
    """Also where it was already gone."""
    rig = without_address
    card = await rig.request_and_finish()
    await _download(rig, card)
    rig.slack.faults.add(Fault(match="files.delete", kind="drop_after"))
    await _rejected(rig, card, seconds=200)
    assert len(rig.calls("files.delete")) == 2
    (production,) = await rig.app.parts.store.list_productions(limit=2)
    assert "withdrawn" in {one.share.state for one in production.deliverables if one.share}
    assert _shown(rig, card)[0]["files"][0]["mode"] == "tombstone"


async def test_rejected_while_it_is_sent_is_not_shown(without_address):
    """The claim finds out before the visible call is made, or takes it away after."""
    rig = without_address
    card = await rig.request_and_finish()
    rig.slack.faults.add(Fault(match=BYTES, kind="rate_limit", seconds=300))
    await _download(rig, card)
    await _rejected(rig, card, seconds=400)
    assert _shown(rig, card) == []
    assert rig.calls(COMPLETE) == []


async def test_without_address_and_scope_both_ways_out_are_named(make_rig):
    """Whoever looks after the bot may choose; the file is not lost."""
    rig = await make_rig(public_url=None, scopes_off=frozenset({"files:write"}))
    provider = rig.app.parts.providers.of("jarai")
    provider.capabilities = replace(provider.capabilities, links_die=True)
    card = await rig.request_and_finish()
    await _download(rig, card)
    assert "PUBLIC_URL is not set" in rig.private(BO)[-1]
    assert "files:write" in rig.private(BO)[-1]


async def test_file_that_was_refused_may_be_asked_for_again(without_address):
    """A workspace that was full may have room by now."""
    rig = without_address
    card = await rig.request_and_finish()
    refusal = '{"ok": false, "error": "storage_limit_reached"}'
    rig.slack.faults.add(Fault(match=PROMISE, kind="body", status=200, body=refusal))
    await _download(rig, card)
    await rig.advance(40)
    assert "`storage_limit_reached`" in rig.text(card)
    await _download(rig, card)
    await rig.advance(40)
    assert len(_shown(rig, card)) == 1
    assert "`storage_limit_reached`" not in rig.text(card)
