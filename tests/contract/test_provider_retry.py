"""What a service must do that takes up a failed job again in place: a second paid call."""

import pytest

from bot.core.events import News
from bot.providers.base import Accepted, Delayed, Refused, Uncertain
from tests.contract.provider_benches import BENCHES, NONSENSE, having, submit


@pytest.fixture(params=having("retries_in_place"))
async def bench(request: pytest.FixtureRequest):
    """Give each such service in turn, with its server running."""
    async with BENCHES[request.param]() as running:
        yield running


async def test_a_failed_job_is_taken_up_again_under_its_id(bench):
    """It goes on where it was queued, and its files are those of the newest run."""
    job = await submit(bench)
    await bench.bring(job, News.FAILED)
    outcome = await bench.provider.retry(job)
    assert isinstance(outcome, Accepted)
    assert outcome.job == job
    assert (await bench.provider.observe(job)).news is News.QUEUED
    await bench.bring(job, bench.finished)
    assert await bench.provider.deliverables(job)
    assert bench.submitted == 1


async def test_a_retry_is_as_strict_as_a_submit(bench):
    """It costs as much, so it is asked for once, and what is unclear is uncertain."""
    job = await submit(bench)
    await bench.bring(job, News.FAILED)
    bench.fail("RETRY", "rate_limit", seconds=37)
    outcome = await bench.provider.retry(job)
    assert isinstance(outcome, Delayed)
    assert outcome.wait_s == 37.0
    await bench.pass_time(37)
    for kind, more in (
        ("status", {"status": 500}),
        ("status", {"status": 302}),
        ("drop_before", {}),
        ("drop_after", {}),
        *(("body", {"status": 201, "body": body}) for body in NONSENSE.values()),
    ):
        asked = len(bench.calls("POST"))
        bench.fail("RETRY", kind, **more)
        assert isinstance(await bench.provider.retry(job), Uncertain)
        assert len(bench.calls("POST")) == asked + 1
    assert isinstance(await bench.provider.retry(bench.forgotten(job)), Refused)
    assert isinstance(await bench.build(api_key="nobody").retry(job), Refused)
