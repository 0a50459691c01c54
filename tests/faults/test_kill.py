"""`kill -9` at named points, then `serve` again: every production goes on, or asks a person."""

import signal

import pytest

from storage.files import PART_BYTES
from tests.faults.lives import running_world
from tests.rig import ANA, MARKETING
from twin.faults import Fault
from twin.narakeet.deliverables import files_of
from twin.slack.text import visible_text

pytestmark = pytest.mark.slow

KILLED = -signal.SIGKILL
SETTLE_UNKNOWN = ["Link existing", "Submit again", "Give up"]


@pytest.fixture
async def world(tmp_path):
    async with running_world(tmp_path) as world:
        yield world


async def assert_one_of_everything(world):
    """See that nothing was done twice: one job, one card, no message again."""
    assert len(world.jarai.jobs()) == 1
    assert world.submissions() == 1
    assert len(world.cards()) == 1
    assert world.told_twice() == []
    replies = world.replies()
    assert len(replies) == len(set(replies))


async def die_at(world, point):
    """Ask for a video of a bot that dies on the way, and start it anew."""
    life = await world.live(dies_at=point)
    await world.request()
    assert await life.ended() == KILLED
    await world.live()


async def test_recorded_but_not_acked_goes_on(world):
    """Killed between the record and the ack: sending the form again is the same production."""
    life = await world.live(dies_at="recorded")
    form = await world.open_form()
    sent = await world.send_form(form)
    assert sent["error"] is not None
    assert await life.ended() == KILLED
    await world.live()
    again = await world.send_form(form)
    assert again["error"] is None
    await world.finish()
    await assert_one_of_everything(world)


async def test_card_that_slack_took_is_found_again(world):
    """Killed after Slack took the card, before we saved where it is: it is not posted again."""
    await die_at(world, "card_unsaved")
    await world.finish()
    await assert_one_of_everything(world)


async def test_card_may_repeat_once_without_the_history_scope(world):
    """Where we may not read back, a second card is the one repeat allowed, and one job is made."""
    world.slack.installation.scopes -= {"channels:history", "groups:history"}
    await die_at(world, "card_unsaved")
    await world.until_state("Awaiting approval")
    assert len(world.cards()) == 2
    assert len(world.jarai.jobs()) == 1
    assert world.submissions() == 1


async def unknown(world, point):
    """Die around the paid call; the thread must ask what to do, and nothing be sent by itself."""
    await die_at(world, point)
    await world.until_state("Submission unknown")
    await world.until_reply("know if it arrived")
    (card,) = world.cards()
    assert [one for one in card["buttons"] if one in SETTLE_UNKNOWN] == SETTLE_UNKNOWN


async def test_marked_as_submitting_asks_and_submits_again(world):
    """Killed after the mark and before the POST: a person submits again, and one job is made."""
    await unknown(world, "submitting")
    assert world.submissions() == 0
    await world.click("Submit again", user=ANA)
    await world.finish()
    await assert_one_of_everything(world)


async def test_accepted_but_unsaved_asks_and_links_the_job(world):
    """Killed after JARAI took it: a person links the job that exists, and no other is made."""
    await unknown(world, "accepted_unsaved")
    assert world.submissions() == 1
    await world.click("Link existing", user=ANA)
    await world.until(lambda: len(world.slack.views(ANA)) > 0)
    view = world.slack.views(ANA)[-1]
    (job,) = world.jarai.jobs()
    (label,) = [
        block["label"]["text"] for block in view["blocks"] if block.get("block_id") == "job"
    ]
    linked = await world.slack.act.submit(
        user=ANA, view_id=view["id"], values={label: job.production_id}
    )
    assert linked["errors"] == {}
    await world.finish()
    await assert_one_of_everything(world)


async def test_accepted_but_unsaved_asks_and_is_given_up(world):
    """Killed after JARAI took it: a person gives up, and it is never sent again."""
    await unknown(world, "accepted_unsaved")
    await world.click("Give up", user=ANA)
    await world.until_state("Cancelled")
    await world.until_reply("was cancelled")
    await assert_one_of_everything(world)


@pytest.mark.parametrize("point", ["collecting", "edit_unsaved", "reply_unsaved"])
async def test_killed_while_people_are_told_of_the_review(world, point):
    """Killed while the files are listed, or the card or reply is out and unsaved: told once."""
    await die_at(world, point)
    await world.finish()
    await assert_one_of_everything(world)


@pytest.mark.parametrize("point", ["copying", "copied_unsaved"])
async def test_killed_while_files_are_copied(world, point):
    """Killed with a file half written, or written and unsaved: each is kept once, and whole."""
    world.settings["GREENLIGHT_COPY_ALL"] = "true"
    await die_at(world, point)
    await world.until_state("Awaiting approval")
    copies = await world.copied()
    assert sorted(await world.swept(len(copies))) == sorted(copies)
    await world.finish()
    await assert_one_of_everything(world)


async def test_killed_half_way_through_a_large_file(world):
    """Part of it is on the disk by then: in the end each file is kept once, as it was made."""
    narakeet = world.twins.services["narakeet"]
    narakeet.configure(building_s=0.2, steps=2, result_bytes=3 * PART_BYTES)
    world.settings |= {
        "JARAI_API_KEY": "",
        "NARAKEET_API_KEY": narakeet.api_key,
        "NARAKEET_BASE_URL": narakeet.url,
        **{f"GREENLIGHT_NARAKEET_LOOK_{name}_S": "0.2" for name in ("QUEUED", "PRODUCING")},
    }
    life = await world.live(dies_at="half_copied")
    await world.request(Script="Good morning.")
    assert await life.ended() == KILLED
    assert world.kept()
    await world.live()
    await world.until_state("Awaiting approval")
    made = [
        blob.content for blob in files_of(narakeet.jobs()[-1], settings=narakeet.settings).values()
    ]
    assert sorted(await world.copied()) == sorted(made)
    assert sorted(await world.swept(len(made))) == sorted(made)


@pytest.mark.parametrize("point", ["uploaded", "showing", "shown_unsaved"])
async def test_killed_while_files_come_into_the_thread(world, point):
    """Killed with bytes at Slack, before the visible call or after it: all are shown once."""
    world.settings["GREENLIGHT_UPLOAD_TO_THREAD_MAX_MB"] = "5"
    life = await world.live(dies_at=point)
    await world.request()
    await world.finish()
    assert await life.ended() == KILLED
    await world.live()
    await world.until(lambda: "in the thread" in visible_text(world.cards()[0]))
    assert [len(files) for files in world.shared()] == [6]
    assert sorted(world.kept_in_slack()) == sorted(await world.copied())


async def test_decision_that_nobody_was_told_of_is_told(world):
    """Killed after the decision was saved: it stands, and the thread hears of it once."""
    life = await world.live(dies_at="decided")
    await world.request()
    await world.until_state("Awaiting approval")
    await world.click("Approve")
    assert await life.ended() == KILLED
    await world.live()
    await world.until_reply("approved “")
    await world.release()
    await assert_one_of_everything(world)
    assert len([one for one in world.replies() if "approved “" in one]) == 1


async def test_webhook_remembered_but_unanswered_counts_once(world):
    """Killed before a webhook was answered: it is acted on, and JARAI's repeat does nothing."""
    await world.subscribe("deliverable.ready", "production.published")
    slow = ("LOOK_PRODUCING_S", "LOOK_AWAITING_S", "LOOK_DISTRIBUTING_S", "LOOK_SAFETY_S")
    world.settings |= {f"GREENLIGHT_{name}": "600" for name in slow}
    await die_at(world, "hinted")
    await world.until_state("Awaiting approval")
    before = world.looks()
    await world.jarai.clock.advance(10)
    await world.jarai.webhooks.courier.settle()
    assert world.jarai.journal.entries()[-1].status == 204
    await world.finish()
    assert world.looks() == before + 1
    await assert_one_of_everything(world)


async def test_told_to_stop_it_finishes_the_submission(world):
    """SIGTERM during the paid call: its answer is awaited and saved, so nobody is asked."""
    world.jarai.faults.add(Fault(match="POST /v1/partner", kind="delay", seconds=1.0))
    life = await world.live(dies_at="told_to_stop")
    await world.request()
    assert await life.ended() in {0, -signal.SIGTERM}
    assert len(world.jarai.jobs()) == 1
    await world.live()
    await world.finish()
    await assert_one_of_everything(world)
    assert not [one for one in world.replies() if "know if it arrived" in one]
    assert len(world.slack.thread(MARKETING, world.cards()[0]["ts"])) == 4
