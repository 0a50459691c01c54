"""The same story on both databases, because the loops stand on what they share."""

import pytest

from tests.rig import BO, running_rig
from twin.faults import Fault

DROPPED = Fault(match="POST /productions", kind="drop_after")


@pytest.mark.parametrize("dialect", ["partner", "v1"])
async def test_the_story_is_the_same_on_both_databases(database_url, tmp_path, dialect):
    """From `/produce` to the files in one thread, whatever the database and JARAI's generation."""
    async with running_rig(tmp_path, database_url=database_url, jarai_dialect=dialect) as rig:
        card = await rig.request_and_finish()
        await rig.click("Approve", card, user=BO)
        assert "not yet released" in rig.text(card)
        rig.jarai.act.release(rig.job_id())
        await rig.advance(300)
        assert rig.state(card) == "Completed"
        assert rig.posts() == 1
        assert (await rig.fetch(rig.links(card)[0])).status_code == 302


async def test_an_unknown_submission_asks_a_person_on_both_databases(database_url, tmp_path):
    """A dropped answer is never sent again by itself, and giving up ends it."""
    async with running_rig(tmp_path, database_url=database_url) as rig:
        rig.jarai.faults.add(DROPPED)
        card = await rig.request()
        await rig.advance(600)
        assert rig.state(card) == "Submission unknown"
        assert rig.posts() == 1
        await rig.click("Give up", card, user=BO)
        assert rig.state(card) == "Cancelled"
