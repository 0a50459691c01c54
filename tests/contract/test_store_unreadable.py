"""One production whose row cannot be read keeps none of the others waiting."""

import pytest

from bot.core.production import State
from tests.factories import later, make_job, make_production
from tests.stores import raw, record

SPOILT = {
    "facts that are none": "UPDATE productions SET facts = '{\"problem\": 7}'",
    "facts that are no JSON": "UPDATE productions SET facts = 'none'",
    "a handle under another key": "UPDATE attempts SET handle = 'c2VhbGVk'",
    "a state we do not know": "UPDATE productions SET state = 'napping'",
}


async def _due(store, *ids):
    for number, name in enumerate(ids):
        job = make_job(f"job-{number}")
        await record(store, make_production(State.QUEUED, id=name, job=job, due_at=later(number)))


async def _claimed(store, *, seconds):
    claims = await store.claim_due("jarai", now=later(seconds), limit=10, lease_s=60)
    return [claim.production.id for claim in claims]


def _only(statement, production_id):
    column = "id" if "productions" in statement else "production_id"
    return f"{statement} WHERE {column} = '{production_id}'"


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
async def test_others_are_claimed_beside_one_that_cannot_be_read(store, database, spoil):
    """The service goes on being asked about them, in their order."""
    await _due(store, "GOOD01", "BAD001", "GOOD02")
    await raw(database, _only(spoil, "BAD001"))
    assert await _claimed(store, seconds=10) == ["GOOD01", "GOOD02"]


async def test_one_that_cannot_be_read_is_tried_again_after_an_hour(store, database):
    """Whoever mends it need do nothing else."""
    await _due(store, "BAD001")
    await raw(database, _only(SPOILT["facts that are none"], "BAD001"))
    assert await _claimed(store, seconds=10) == []
    await raw(database, "UPDATE productions SET facts = '{}'")
    assert await _claimed(store, seconds=3609) == []
    assert await _claimed(store, seconds=3610) == ["BAD001"]
