"""The poster in Slack: fetched as Slack fetches, and never at the cost of the card."""

import json

import pytest

from bot import instruments
from tests.rig import ANA, BO, MARKETING, TOPIC
from twin.faults import Fault
from twin.narakeet.app import NarakeetTwin

NO_PICTURES = Fault(match="out:picture", kind="drop_before", times=None)
BLIND = frozenset({"channels:history", "groups:history"})
REFUSED = json.dumps({"ok": False, "error": "invalid_blocks"})


@pytest.fixture
def start(monkeypatch):
    """Start a local Narakeet, whose videos have posters."""

    async def started(clock):
        twin = NarakeetTwin(clock)
        await twin.start()
        monkeypatch.setenv("NARAKEET_API_KEY", twin.api_key)
        monkeypatch.setenv("NARAKEET_BASE_URL", twin.url)
        return twin

    return started


@pytest.fixture
async def rig(make_rig, start):
    return await make_rig(beside=start, jarai_api_key=None)


async def ask(rig):
    """Ask for a video; gives its card."""
    view = await rig.open_form(TOPIC)
    await rig.slack.act.submit(user=ANA, view_id=view["id"], values={"Script": "Good morning."})
    await rig.advance(2)
    return rig.cards(MARKETING)[-1]["ts"]


async def finish(rig):
    """Ask for a video and wait for it; gives its card."""
    card = await ask(rig)
    await rig.advance(150)
    assert rig.state(card) == "Awaiting approval"
    return card


def pictures(message):
    """List the addresses of the pictures in a message."""
    beside = [block.get("accessory", {}) for block in message["blocks"]]
    return [one["image_url"] for one in beside if one.get("type") == "image"]


def refusals(rig):
    """List the calls that Slack refused, with its words."""
    calls = [*rig.calls("chat.postMessage"), *rig.calls("chat.update")]
    return [one.detail["body"] for one in calls if one.answer == "invalid_blocks"]


async def test_poster_is_on_the_card_and_on_the_reply(rig):
    """Slack fetched it from our link, and the link serves the picture."""
    card = await finish(rig)
    (url,) = pictures(rig.message(card))
    assert pictures(rig.replies(card)[0]) == [url]
    answer = await rig.fetch(url)
    assert answer.headers["content-type"] == "image/jpeg"
    assert refusals(rig) == []


async def test_what_slack_fetches_is_no_download(rig):
    """Nobody asked for the file, so nothing is counted until somebody does."""
    before = instruments.DOWNLOADS.labels(source="copy")._value.get()
    card = await finish(rig)
    (url,) = pictures(rig.message(card))
    assert instruments.DOWNLOADS.labels(source="copy")._value.get() == before
    await rig.fetch(url)
    assert instruments.DOWNLOADS.labels(source="copy")._value.get() == before + 1


async def test_picture_that_slack_cannot_fetch_costs_the_picture_alone(rig):
    """Card and reply come without it, buttons and all; the next edit brings it back."""
    rig.slack.faults.add(NO_PICTURES)
    card = await finish(rig)
    assert "downloading image failed" in str(refusals(rig))
    assert pictures(rig.message(card)) == []
    assert {"Approve", "Reject", "Download"} <= set(rig.buttons(card))
    assert "ready for review" in rig.reply_texts(card)[0]
    rig.slack.faults.clear()
    await rig.click("Approve", card, user=BO)
    await rig.advance(2)
    assert rig.state(card) == "Completed"
    assert len(pictures(rig.message(card))) == 1


async def test_edit_that_is_refused_every_way_still_tells_the_state(rig):
    """As text alone, which takes the old buttons away; the card is edited again afterwards."""
    card = await finish(rig)
    rig.slack.faults.add(Fault(match="chat.update", kind="body", status=200, body=REFUSED, times=2))
    await rig.click("Approve", card, user=BO)
    await rig.advance(2)
    message = rig.message(card)
    assert rig.state(card) == "Completed"
    assert message["blocks"] == []


async def test_rejected_video_shows_no_poster(rig):
    """Its link leads nowhere any more, and the card does not ask for it."""
    card = await finish(rig)
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    why = {"What is wrong with it?": "Too loud."}
    await rig.slack.act.submit(user=BO, view_id=view["id"], values=why)
    await rig.advance(2)
    assert rig.state(card) == "Rejected"
    assert pictures(rig.message(card)) == []
    assert refusals(rig) == []


def time_out(rig, monkeypatch, is_hit, *, is_done):
    """Let calls that are hit have no answer in time, whether or not Slack does what they ask."""
    client = rig.app.notifier._payer._messenger._client
    real = client.api_call

    async def api_call(method, **more):
        body = more.get("json") or {}
        is_slow = method in {"chat.postMessage", "chat.update"} and is_hit(body)
        answer = await real(method, **more) if is_done or not is_slow else None
        if is_slow:
            raise TimeoutError
        return answer

    monkeypatch.setattr(client, "api_call", api_call)


def is_pictured(body):
    """Tell whether a call draws a picture."""
    return '"image_url"' in json.dumps(body["blocks"])


@pytest.mark.parametrize("is_done", [False, True], ids=["nothing done", "done all the same"])
async def test_picture_that_takes_slack_too_long_costs_the_picture_alone(rig, monkeypatch, is_done):
    """Card and reply go out without it in the end, and the reply is there once."""
    time_out(rig, monkeypatch, is_pictured, is_done=is_done)
    card = await ask(rig)
    await rig.advance(240)
    assert rig.state(card) == "Awaiting approval"
    assert pictures(rig.message(card)) == []
    assert len(rig.replies(card)) == 1
    assert await rig.app.parts.store.count_owed() == 0


async def test_card_that_cannot_be_edited_holds_up_no_other(rig, monkeypatch):
    """Whatever it is that Slack takes too long at; it is tried again, but not at once."""
    stuck, tries = await ask(rig), []

    def is_stuck(body):
        tries.extend([body] if body.get("ts") == stuck else [])
        return body.get("ts") == stuck

    time_out(rig, monkeypatch, is_stuck, is_done=False)
    card = await finish(rig)
    assert rig.state(stuck) != "Awaiting approval"
    assert 4 <= len(tries) <= 8
    assert rig.state(card) == "Awaiting approval"


async def test_without_the_history_scope_a_reply_repeats_ever_more_slowly(
    make_rig, start, monkeypatch
):
    """Where every answer comes too late, four in all; repeats have no picture to be fetched."""
    rig = await make_rig(beside=start, jarai_api_key=None, scopes_off=BLIND)
    time_out(rig, monkeypatch, lambda body: "thread_ts" in body, is_done=True)
    card = await ask(rig)
    await rig.advance(300)
    assert [len(pictures(reply)) for reply in rig.replies(card)] == [1, 0]
    assert await rig.app.parts.store.count_owed() == 1
    await rig.advance(5400, step_s=60)
    assert [len(pictures(reply)) for reply in rig.replies(card)] == [1, 0, 0, 0]
    assert await rig.app.parts.store.count_owed() == 0
