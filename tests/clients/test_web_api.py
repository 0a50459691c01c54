"""Slack's own clients for Python and Node drive the local Slack, refusals included."""

import pytest

from tests.clients.drivers import running_driver
from tests.unit.twin.slack.support import modal, running_twin, section, stand_in_bot

MARKETING = "C0MARKETING"
TOKEN = "xoxb-twin-bot-token"


@pytest.fixture
async def twin():
    """Run a local Slack whose clock stands still."""
    async with running_twin() as running:
        yield running


@pytest.fixture(params=["python", "node"])
async def driver(request, twin):
    """Run one of Slack's clients against it."""
    async with running_driver(request.param, twin.api_url) as running:
        yield running


@pytest.fixture
async def trigger(twin):
    """Let Ana type the command, and give the trigger that the bot got with it."""

    async def typed() -> str:
        async with stand_in_bot(twin) as bot:
            await twin.act.command(user="U0ANA", channel=MARKETING, text="")
        return bot.received[-1].form["trigger_id"]

    return typed


async def test_a_message_is_posted_edited_and_read_back(driver, twin):
    """The everyday round: post with blocks and metadata, edit, read the thread."""
    metadata = {"event_type": "made", "event_payload": {"id": "p1"}}
    posted = await driver.call(
        "chat.postMessage",
        token=TOKEN,
        channel=MARKETING,
        text="Hello",
        blocks=[section("Hello")],
        metadata=metadata,
    )
    ts = posted.data["ts"]
    edited = await driver.call(
        "chat.update", token=TOKEN, channel=MARKETING, ts=ts, text="Bye", blocks=[section("Bye")]
    )
    assert (posted.error, edited.error) == (None, None)
    [message] = twin.messages(MARKETING)
    assert (message["text"], message["metadata"]) == ("Bye", metadata)


@pytest.mark.parametrize(
    ("token", "word"), [("xoxb-of-somebody-else", "invalid_auth"), (None, "not_authed")]
)
async def test_a_wrong_token_is_refused(driver, token, word):
    """Without the right token there is nothing."""
    answer = await driver.call("auth.test", token=token)
    assert answer.error == word


async def test_a_revoked_token_is_refused(driver, twin):
    """A token that was good until today says so."""
    twin.installation.token_state = "revoked"
    answer = await driver.call("auth.test", token=TOKEN)
    assert answer.error == "token_revoked"


async def test_a_missing_scope_is_named(driver, twin):
    """The client hears what it would need and what it has."""
    twin.installation.scopes.discard("users:read")
    answer = await driver.call("users.info", token=TOKEN, user="U0ANA")
    assert (answer.error, answer.data["needed"]) == ("missing_scope", "users:read")
    assert "chat:write" in answer.data["provided"].split(",")


async def test_a_trigger_opens_one_form(driver, twin, trigger):
    """The second use of a trigger is refused."""
    trigger_id = await trigger()
    first = await driver.call("views.open", token=TOKEN, trigger_id=trigger_id, view=modal())
    second = await driver.call("views.open", token=TOKEN, trigger_id=trigger_id, view=modal())
    assert (first.error, second.error) == (None, "exchanged_trigger_id")
    assert len(twin.views("U0ANA")) == 1


async def test_an_old_trigger_opens_nothing(driver, twin, trigger):
    """After three seconds the moment has passed."""
    trigger_id = await trigger()
    await twin.clock.advance(3.0)
    answer = await driver.call("views.open", token=TOKEN, trigger_id=trigger_id, view=modal())
    assert (answer.error, twin.views("U0ANA")) == ("expired_trigger_id", [])


async def test_a_stale_form_is_not_overwritten(driver, trigger):
    """Of two updates that saw the same form, the second is told."""
    opened = await driver.call("views.open", token=TOKEN, trigger_id=await trigger(), view=modal())
    view = opened.data["view"]
    updates = [
        await driver.call(
            "views.update", token=TOKEN, view_id=view["id"], hash=view["hash"], view=modal()
        )
        for _ in range(2)
    ]
    assert [update.error for update in updates] == [None, "hash_conflict"]


async def test_bad_blocks_are_pointed_at(driver, twin):
    """A refusal says where the mistake is, and nothing is posted."""
    answer = await driver.call(
        "chat.postMessage", token=TOKEN, channel=MARKETING, text="x", blocks=[{"type": "section"}]
    )
    assert answer.error == "invalid_blocks"
    assert "/blocks/0" in str(answer.data["response_metadata"]["messages"])
    assert twin.messages(MARKETING) == []


async def test_a_call_too_many_says_how_long_to_wait(driver, twin):
    """429 comes with Retry-After, which both clients read."""
    twin.limits.set("auth.test", 0)
    answer = await driver.call("auth.test", token=TOKEN)
    assert answer.error == "ratelimited"
    assert answer.retry_after_s >= 1


async def test_a_file_arrives_in_the_thread(driver, twin):
    """Each client's own three steps end with the file in the channel, byte by byte."""
    twin.installation.scopes |= {"files:write", "files:read"}
    parent = await driver.call("chat.postMessage", token=TOKEN, channel=MARKETING, text="Files:")
    uploaded = await driver.upload(
        "script.txt",
        "Once upon a time.\n",
        token=TOKEN,
        channel=MARKETING,
        thread_ts=parent.data["ts"],
        initial_comment="The script",
    )
    assert uploaded.error is None
    reply = twin.messages(MARKETING)[-1]
    assert (reply["text"], reply["thread_ts"]) == ("The script", parent.data["ts"])
    [file] = reply["files"]
    assert (file["name"], file["size"]) == ("script.txt", 18)
