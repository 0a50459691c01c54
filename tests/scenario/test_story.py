"""The whole story, in at Slack's wire and read off the local Slack; in both JARAI's generations."""

import hashlib
import itertools

import pytest

from tests.rig import ANA, CATALOG, MARKETING, TOPIC, state_in

EVERY_HOUR = {
    "look_queued_s": 3600,
    "look_producing_s": 3600,
    "look_awaiting_s": 3600,
    "look_distributing_s": 3600,
    "look_safety_s": 3600,
}
WAY = [
    "Requested",
    "Queued",
    "Producing",
    "Awaiting approval",
    "Distributing",
    "Completed",
]
SERVICE_FILES = 6


@pytest.fixture(params=["partner", "v1"])
def dialect(request):
    """Give each generation of JARAI's API in turn."""
    return request.param


@pytest.fixture
async def rig(make_rig, dialect):
    """Run a rig with the usual settings."""
    return await make_rig(jarai_dialect=dialect)


def told_states(rig, card):
    """List the states a card went through, each once, in the order the local Slack heard them."""
    texts = [entry.detail["args"]["text"] for entry in rig.calls("chat.postMessage")[:1]]
    edits = [entry.detail["args"] for entry in rig.calls("chat.update") if entry.answer == "ok"]
    texts += [edit["text"] for edit in edits if edit["ts"] == card]
    return list(dict.fromkeys(state_in(text) for text in texts))


def looks(rig):
    """Count the times the bot asked JARAI how a production is."""
    whats = [entry.what for entry in rig.jarai.journal.entries()]
    return len([what for what in whats if what.startswith("GET") and "/productions/" in what])


async def test_story_passes_by_polling_alone(rig):
    """Without any webhook, a production goes from `/produce` to the files in one thread."""
    rig.jarai.configure(distributing_s=150.0)  # Longer than the two minutes between looks.
    card = await rig.request()
    await rig.advance(420)
    await rig.click("Approve", card)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(300)
    assert told_states(rig, card) == WAY
    assert len(rig.links(card)) == SERVICE_FILES
    assert rig.posts() == 1
    assert [message["ts"] for message in rig.cards()] == [card]


async def test_story_passes_with_webhooks_and_a_look_an_hour(make_rig, dialect):
    """The five documented events carry a production through when looks come once an hour."""
    rig = await make_rig(jarai_dialect=dialect, **EVERY_HOUR)
    await rig.subscribe()
    card = await rig.request()
    await rig.advance(360)
    assert rig.state(card) == "Awaiting approval"
    await rig.click("Approve", card)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(90)
    assert rig.state(card) == "Completed"
    states = told_states(rig, card)
    assert states == [state for state in WAY if state in states]
    assert rig.posts() == 1
    assert looks(rig) <= 8


async def test_files_arrive_as_they_were_made(rig):
    """Every link of the finished card leads to the bytes that the service made."""
    card = await rig.request_and_finish()
    answers = [await rig.fetch(url, hops=1) for url in rig.links(card)]
    assert [answer.status_code for answer in answers] == [200] * SERVICE_FILES
    shown = await rig.fetch(f"{rig.jarai.control_url}productions/{rig.job_id()}")
    made = {one["sha256"] for one in shown.json()["deliverables"]}
    assert {sha256(answer.content) for answer in answers} == made


async def test_card_mentions_who_asked_from_the_start(rig):
    """The first card mentions the requester, in the words that notifications show too."""
    card = await rig.request()
    (post,) = rig.calls("chat.postMessage")
    assert f"<@{ANA}>" in post.detail["args"]["text"]
    assert f"<@{ANA}>" in rig.text(card)


async def test_review_mentions_those_who_decide(make_rig):
    """The call for a decision mentions the approvers and the requester."""
    rig = await make_rig(catalog=with_approver("U0BO"))
    card = await rig.request_and_finish()
    (reply,) = rig.replies(card)
    assert "<@U0BO>" in reply["text"]
    assert f"<@{ANA}>" in reply["text"]
    assert "ready for review" in reply["text"]


async def test_completed_is_shown_in_the_channel_and_mentions_who_asked(rig):
    """The last milestone mentions the requester and is broadcast; the ones before it are not."""
    card = await rig.request_and_finish()
    rig.jarai.act.release(rig.job_id())
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(130)
    subtypes = [reply.get("subtype") for reply in rig.replies(card)]
    assert subtypes[-1] == "thread_broadcast"
    assert set(subtypes[:-1]) == {None}
    assert f"<@{ANA}>" in rig.replies(card)[-1]["text"]


async def test_texts_say_everything(rig):
    """Each card's text, which is all a screen reader gets, holds the topic and the state."""
    card = await rig.request_and_finish()
    rig.jarai.act.release(rig.job_id())
    await rig.advance(240)
    texts = [
        entry.detail["args"]["text"]
        for entry in (*rig.calls("chat.postMessage")[:1], *rig.calls("chat.update"))
    ]
    assert all(TOPIC in text for text in texts)
    assert None not in [state_in(text) for text in texts]
    assert all(TOPIC in reply["text"] for reply in rig.replies(card))


async def test_two_productions_keep_their_threads_apart(rig):
    """Two productions in one channel each have their own card, buttons and replies."""
    first = await rig.request("Spring sale")
    first_job = rig.job_id()
    second = await rig.request("Winter sale")
    rig.jarai.act.finish(first_job)
    await rig.advance(40)
    assert rig.state(first) == "Awaiting approval"
    assert rig.state(second) in {"Queued", "Producing"}
    assert all("Spring sale" in reply["text"] for reply in rig.replies(first))
    assert rig.replies(second) == []
    await rig.click("Approve", first)
    assert "Approved by" in rig.text(first)
    assert "Approved by" not in rig.text(second)


async def test_progress_edits_are_paced(rig):
    """Mere steps edit a card at most every 30 s, however often the service tells of one."""
    rig.jarai.configure(producing_s=150.0)
    await rig.subscribe()
    card = await rig.request()
    await rig.advance(190)
    moments = [
        entry.at
        for entry in rig.calls("chat.update")
        if state_in(entry.detail["args"]["text"]) == "Producing"
    ]
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(moments)]
    assert gaps
    assert min(gaps) >= 30
    assert rig.state(card) == "Awaiting approval"


async def test_late_replies_are_merged(rig):
    """What could not be told for long is told in one reply, not in many."""
    card = await rig.request()
    rig.slack.limits.set("chat.postMessage", 0)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    await rig.click("Approve", card)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(240)
    assert rig.replies(card) == []
    rig.slack.limits.set("chat.postMessage", None)
    await rig.advance(120)
    (reply,) = rig.replies(card)
    assert "While Slack was unreachable: ready for review" in reply["text"]
    assert "completed" in reply["text"]
    assert reply["subtype"] == "thread_broadcast"


async def test_finished_form_remembers_choices(rig):
    """The next form begins with what this person chose last."""
    await rig.request()
    view = await rig.open_form("Another one")
    initial = [
        block["element"].get("initial_option", {}).get("text", {}).get("text")
        for block in view["blocks"]
        if block["type"] == "input"
    ]
    assert "Mia" in initial


async def test_private_message_is_not_needed_when_all_goes_well(rig):
    """A production that goes well bothers nobody by direct message."""
    await rig.request_and_finish()
    assert rig.direct(ANA) == []
    assert rig.private(ANA) == []
    assert len(rig.slack.messages(MARKETING)) == 2


def with_approver(*approvers):
    """Give the usual catalog with people named who decide."""
    return CATALOG | {"slack": CATALOG["slack"] | {"approvers": list(approvers)}}


def sha256(content):
    """Digest bytes."""
    return hashlib.sha256(content).hexdigest()
