"""Jobs move by the clock, by updates and by an operator, and cost credits once they succeed."""

import httpx
import pytest

from twin.jobs import UnknownJobError, WrongStatusError
from twin.techforge.catalogue import HARBOUR

UNKNOWN = "8f6d0a6e-1111-4222-8333-000000000abc"


async def balance(http: httpx.AsyncClient) -> float:
    return (await http.get("/auth/credits")).json()["credits"]


async def test_states_follow_each_other_by_the_clock(clock, row):
    """A job takes as long as the one in the documents' sample: 2 min 16 s."""
    seen = [(await row())["job_status"]]
    for seconds in (9.9, 0.1, 6, 119.9, 0.1):
        await clock.advance(seconds)
        seen.append((await row())["job_status"])
    assert seen == ["QUEUED", "QUEUED", "STARTED", "IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]


async def test_finished_job_has_the_documented_row(clock, row, job):
    """The output holds a storage key, the credits are a text, moments have milliseconds."""
    await clock.advance(136)
    found = await row()
    key = f"ai-talking-videos/{job.wish.source_id}/outputs/{job.uuid}.mp4"
    assert found["output"] == {"output": key}
    assert found["credit_used"] == "12.5"
    assert (found["created_at"], found["updated_at"]) == (
        "2026-11-21T09:00:00.000Z",
        "2026-11-21T09:02:16.000Z",
    )


async def test_cost_leaves_the_balance_when_the_job_succeeds(http, clock, job):
    """The balance is a number, whole or not."""
    before = await balance(http)
    await clock.advance(136)
    assert (before, await balance(http)) == (1250, 1237.5)


async def test_balance_may_go_below_zero(twin, http, clock, submit):
    """No page says that it cannot."""
    twin.credits_left.set("northwind", 10)
    await submit()
    await clock.advance(136)
    assert await balance(http) == -2.5


@pytest.mark.parametrize("uuid", [UNKNOWN, "nonsense", "..%2F", "%00", "%FF"])
async def test_unknown_job_is_answered_200_with_a_sentence(http, uuid):
    """Only the body tells that there is no job."""
    answer = await http.get(f"/jobs/{uuid}")
    assert (answer.status_code, answer.json()) == (200, {"message": "Job not found"})


async def test_job_of_another_account_is_not_found(http, job):
    """It looks like one that never was, to looks and to updates."""
    headers = {"x-api-key": HARBOUR.api_key}
    for method, body in (("GET", None), ("PUT", {"job_status": "FAILED"})):
        answer = await http.request(method, f"/jobs/{job.uuid}", headers=headers, json=body)
        assert (answer.status_code, answer.json()) == (200, {"message": "Job not found"})


async def test_unknown_job_can_be_404(twin, http):
    """The authentication page says that wrong ids give a 404 or a sentence."""
    twin.configure(job_not_found="404")
    answer = await http.get(f"/jobs/{UNKNOWN}")
    assert (answer.status_code, answer.json()) == (404, {"message": "Job not found"})


async def test_job_is_found_in_capitals_too(http, job):
    """An id is a UUID, whatever its letters' case."""
    assert (await http.get(f"/jobs/{job.uuid.upper()}")).json()["uuid"] == job.uuid


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("none", {}),
        ("output.error", {"output": {"error": "No face."}}),
        ("output.message", {"output": {"message": "No face."}}),
        ("error", {"error": "No face."}),
        ("message", {"message": "No face."}),
    ],
)
async def test_reason_of_a_failure_is_where_the_settings_say(twin, row, job, where, shown):
    """No field is documented for it; by default there is none."""
    twin.configure(reason=where)
    before = await row()
    twin.act.fail(job.uuid, reason="No face.")
    found = await row()
    changed = {name: value for name, value in found.items() if before.get(name) != value}
    assert changed == {"job_status": "FAILED"} | shown


async def test_reason_in_the_output_stands_beside_what_an_earlier_run_made(twin, row, job):
    """The key of yesterday's file is still there."""
    twin.configure(reason="output.error")
    twin.act.finish(job.uuid)
    twin.act.revive(job.uuid)
    twin.act.fail(job.uuid)
    assert set((await row())["output"]) == {"output", "error"}


@pytest.mark.parametrize(("is_charged", "left"), [(False, 1250), (True, 1237.5)])
async def test_failed_run_costs_as_told(twin, http, job, is_charged, left):
    """Nothing, unless switched on."""
    twin.configure(failed_costs=is_charged)
    twin.act.fail(job.uuid)
    assert await balance(http) == left


async def test_output_can_name_no_file(twin, job, row):
    """A success without anything to fetch."""
    twin.configure(output="none")
    twin.act.finish(job.uuid)
    assert (await row())["output"] == {}


async def test_nested_output_names_every_file(twin, job, row):
    """Other job types may write other shapes, so one is made up."""
    twin.configure(output="nested")
    twin.act.finish(job.uuid)
    files = (await row())["output"]["result"]["files"]
    assert [each["path"].rpartition(".")[2] for each in files.values()] == ["mp4", "vtt"]


async def test_output_can_be_a_link(twin, job, row, plain):
    """A text that begins with http is used as it is."""
    twin.configure(output="url")
    twin.act.finish(job.uuid)
    url = (await row())["output"]["output"]
    assert url.startswith(f"{twin.url}/cdn/ai-talking-videos/")
    assert (await plain.get(url)).status_code == 200


async def test_update_overwrites_and_takes_credits(http, job, row):
    """What the worker writes is taken over whole, and its cost leaves the balance."""
    written = {"output": "videos/x/outputs/y.mp4", "credit_used": 3.5}
    answer = await http.put(f"/jobs/{job.uuid}", json={"job_status": "SUCCESS", "output": written})
    assert answer.status_code == 200
    assert answer.json() == await row()
    assert (answer.json()["job_status"], answer.json()["output"]) == ("SUCCESS", written)
    assert answer.json()["credit_used"] == "3.5"
    assert await balance(http) == 1246.5


async def test_update_to_success_makes_the_files(http, plain, job):
    """A worker that says so has put them in their place."""
    await http.put(f"/jobs/{job.uuid}", json={"job_status": "SUCCESS"})
    key = f"ai-talking-videos/{job.wish.source_id}/outputs/{job.uuid}.mp4"
    signed = await http.get("/storage/generate-signed-path", params={"path": key})
    assert (await plain.get(signed.json()["signedUrl"])).status_code == 200


async def test_update_takes_any_word_and_nothing_moves_the_job_then(http, job, row, clock):
    """The list of statuses is open."""
    await http.put(f"/jobs/{job.uuid}", json={"job_status": "RENDERING"})
    await clock.advance(1000)
    assert (await row())["job_status"] == "RENDERING"


@pytest.mark.parametrize(
    "body",
    [
        {"job_status": 5},
        {"output": "key"},
        {"output": {"credit_used": "12.5"}},
        {"output": {"credit_used": 1e300}},
        {"output": {"credit_used": 10**400}},
    ],
)
async def test_wrong_update_is_refused(http, job, row, body):
    """A mistake changes nothing."""
    before = await row()
    assert (await http.put(f"/jobs/{job.uuid}", json=body)).status_code == 400
    assert await row() == before


async def test_empty_update_answers_the_row(http, job):
    """Nothing named, nothing overwritten."""
    answer = await http.put(f"/jobs/{job.uuid}", json={})
    assert (answer.json()["uuid"], answer.json()["job_status"]) == (job.uuid, "QUEUED")


async def test_update_of_an_unknown_job_is_200(http):
    """As with a look."""
    answer = await http.put(f"/jobs/{UNKNOWN}", json={"job_status": "FAILED"})
    assert (answer.status_code, answer.json()) == (200, {"message": "Job not found"})


async def test_held_queue_keeps_jobs_until_it_is_let_go(twin, clock, job, row):
    """Nothing is taken up meanwhile; then it takes as long as ever."""
    twin.configure(hold_queue=True)
    await clock.advance(1000)
    assert (await row())["job_status"] == "QUEUED"
    twin.configure(hold_queue=False)
    await clock.advance(136)
    assert (await row())["job_status"] == "SUCCESS"


async def test_operator_moves_a_job_and_its_appointments_lapse(twin, clock, job):
    """What was due for an earlier state does not happen to a later one."""
    twin.act.pick_up(job.uuid)
    twin.act.step(job.uuid)
    await clock.advance(119)
    assert twin.job(job.uuid).status == "IN_PROGRESS"
    twin.act.step(job.uuid)
    await clock.advance(1000)
    assert [status for status, _ in twin.job(job.uuid).history] == [
        "QUEUED",
        "STARTED",
        "IN_PROGRESS",
        "SUCCESS",
    ]


async def test_action_that_does_not_fit_is_refused(twin, job):
    """Each says where the job stands."""
    for action in (twin.act.step, twin.act.revive):
        with pytest.raises(WrongStatusError, match="QUEUED"):
            action(job.uuid)
    twin.act.finish(job.uuid)
    for action in (twin.act.pick_up, twin.act.finish, twin.act.fail):
        with pytest.raises(WrongStatusError, match="SUCCESS"):
            action(job.uuid)
    with pytest.raises(UnknownJobError):
        twin.act.fail("nobody")
