"""Retrying in place: the same job again, to be paid again."""

import pytest

from twin.techforge.catalogue import HARBOUR

UNKNOWN = "8f6d0a6e-1111-4222-8333-000000000abc"
PATH = "/jobs/trigger-job"


@pytest.mark.parametrize("end", ["fail", "finish"])
async def test_ended_job_is_put_on_the_queue_under_its_own_id(twin, http, clock, job, row, end):
    """A failed one and one that succeeded both run again to the end."""
    getattr(twin.act, end)(job.uuid)
    answer = await http.post(PATH, json={"ids": [job.uuid]})
    assert (answer.status_code, answer.json()) == (201, {"message": "Job triggered"})
    assert (await row())["job_status"] == "QUEUED"
    await clock.advance(136)
    assert (await row())["job_status"] == "SUCCESS"
    assert len(twin.jobs()) == 1


@pytest.mark.parametrize(("costs", "left", "used"), [(True, 1225, "25"), (False, 1237.5, "12.5")])
async def test_second_run_costs_as_told(twin, http, clock, job, row, costs, left, used):
    """Again as much, unless switched off; the row shows the sum."""
    twin.configure(trigger_costs=costs)
    await clock.advance(136)
    await http.post(PATH, json={"ids": [job.uuid]})
    await clock.advance(136)
    assert (await http.get("/auth/credits")).json() == {"credits": left}
    assert (await row())["credit_used"] == used


@pytest.mark.parametrize(("keeps", "is_there"), [(True, True), (False, False)])
async def test_old_output_stays_as_told(twin, http, job, row, keeps, is_there):
    """Only the status says that the files are yesterday's."""
    twin.configure(trigger_keeps_output=keeps)
    twin.act.finish(job.uuid)
    await http.post(PATH, json={"ids": [job.uuid]})
    assert ((await row())["output"] is not None) is is_there


async def test_second_run_makes_other_bytes_under_the_same_key(twin, http, plain, job, row):
    """The key is the job's, the file the run's."""
    contents = []
    for _ in range(2):
        twin.act.finish(job.uuid)
        key = (await row())["output"]["output"]
        signed = await http.get("/storage/generate-signed-path", params={"path": key})
        contents.append((await plain.get(signed.json()["signedUrl"])).content)
        await http.post(PATH, json={"ids": [job.uuid]})
    assert contents[0] != contents[1]


@pytest.mark.parametrize("status", ["200", "201", "400", "404"])
async def test_unknown_job_is_told_by_the_message(twin, http, status):
    """Which status comes with it is not documented; it is 201 unless told otherwise."""
    if status != "201":
        twin.configure(trigger_not_found=status)
    answer = await http.post(PATH, json={"ids": [UNKNOWN]})
    assert (answer.status_code, answer.json()) == (int(status), {"message": "No job found"})


async def test_call_stops_at_the_first_unknown_job(twin, http, submit):
    """Those before it are on the queue already, those after it are not."""
    for _ in range(2):
        await submit()
    first, last = (job.uuid for job in twin.jobs())
    twin.act.fail(first)
    twin.act.fail(last)
    answer = await http.post(PATH, json={"ids": [first, UNKNOWN, last]})
    assert answer.json() == {"message": "No job found"}
    assert [job.status for job in twin.jobs()] == ["QUEUED", "FAILED"]


@pytest.mark.parametrize(
    ("is_reached", "message", "status"),
    [(False, "No job found", "FAILED"), (True, "Job triggered", "QUEUED")],
)
async def test_foreign_jobs_are_reached_as_told(twin, http, job, is_reached, message, status):
    """Whether ownership is looked at is not documented; it is, unless told otherwise."""
    twin.configure(trigger_foreign=is_reached)
    twin.act.fail(job.uuid)
    answer = await http.post(PATH, json={"ids": [job.uuid]}, headers={"x-api-key": HARBOUR.api_key})
    assert answer.json() == {"message": message}
    assert twin.job(job.uuid).status == status


@pytest.mark.parametrize(("how", "runs"), [("requeue", 2), ("ignore", 1)])
async def test_running_job_is_triggered_as_told(twin, http, clock, job, how, runs):
    """The page looks at no status, so it starts over unless told otherwise."""
    twin.configure(trigger_running=how)
    await clock.advance(16)
    answer = await http.post(PATH, json={"ids": [job.uuid]})
    assert answer.json() == {"message": "Job triggered"}
    assert (twin.job(job.uuid).runs, twin.job(job.uuid).status) == (
        runs,
        "QUEUED" if how == "requeue" else "IN_PROGRESS",
    )


async def test_ended_job_runs_again_even_where_running_ones_are_left_alone(twin, http, job):
    """That setting speaks of jobs that have not ended."""
    twin.configure(trigger_running="ignore")
    twin.act.fail(job.uuid)
    await http.post(PATH, json={"ids": [job.uuid]})
    assert twin.job(job.uuid).status == "QUEUED"


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": UNKNOWN}, {"ids": [5]}, {"id": UNKNOWN}])
async def test_wrong_body_is_refused(http, body):
    """The field is named."""
    answer = await http.post(PATH, json=body)
    assert (answer.status_code, "ids" in answer.json()["message"]) == (400, True)


async def test_failure_of_the_second_run_leaves_no_reason_of_the_first(twin, http, job, row):
    """A job that was put on the queue again has no failure."""
    twin.configure(reason="error")
    twin.act.fail(job.uuid, reason="No face.")
    await http.post(PATH, json={"ids": [job.uuid]})
    assert "error" not in await row()


async def test_studio_puts_a_job_back_for_nothing(twin, http, clock, job):
    """Somebody at the service can revive a job; that costs nothing."""
    twin.act.fail(job.uuid)
    twin.act.revive(job.uuid)
    await clock.advance(136)
    assert twin.job(job.uuid).status == "SUCCESS"
    assert (await http.get("/auth/credits")).json() == {"credits": 1250}
