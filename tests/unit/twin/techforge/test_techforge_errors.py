"""The shapes of answers that no page fixes, the old ones, and bad days."""

import httpx
import pytest

from twin.faults import Fault
from twin.techforge.catalogue import HARBOUR

ACTIVE = "/api/provider/projects/active"
SIGN = "/storage/generate-signed-path"


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("nest", {"statusCode": 400, "message": "WHY", "error": "Bad Request"}),
        ("list", {"statusCode": 400, "message": ["WHY"], "error": "Bad Request"}),
        ("message", {"message": "WHY"}),
        ("error", {"error": "WHY"}),
    ],
)
async def test_errors_have_the_shape_told(twin, submit, shape, body):
    """A client reads them all."""
    twin.configure(errors=shape)
    answer = await submit(session_id=7)
    why = "session_id must be a string."
    filled = {
        name: why if value == "WHY" else [why] if value == ["WHY"] else value
        for name, value in body.items()
    }
    assert (answer.status_code, answer.json()) == (400, filled)


async def test_errors_can_be_bare_text(twin, submit):
    """Not even JSON is promised."""
    twin.configure(errors="text")
    answer = await submit(session_id=7)
    assert (answer.text, answer.headers["Content-Type"]) == (
        "session_id must be a string.",
        "text/plain; charset=utf-8",
    )


async def test_broken_characters_are_no_fault_of_ours(twin, submit):
    """Half a character in a name that a refusal repeats is answered like any other."""
    for shape in ("nest", "text"):
        twin.configure(errors=shape)
        answer = await submit(values={"\ud800": 5})
        assert (answer.status_code, "values." in answer.text) == (400, True)


async def test_nobody_is_slowed_down_by_default(http):
    """The numbers of the limit are not documented."""
    assert {(await http.get("/auth/credits")).status_code for _ in range(40)} == {200}


async def test_pace_is_kept_as_told(twin, http, clock):
    """Calls over it answer 429 until a minute has passed since the first; accounts are apart."""
    twin.configure(per_minute=2)
    answers = [await http.get(ACTIVE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json() == {"statusCode": 429, "message": "Too Many Requests"}
    assert "Retry-After" not in answers[2].headers
    other = await http.get(ACTIVE, headers={"x-api-key": HARBOUR.api_key})
    assert other.status_code == 200
    await clock.advance(60)
    assert (await http.get(ACTIVE)).status_code == 200


async def test_429_may_say_how_long_to_wait(twin, http, clock):
    """Headers are not documented either."""
    twin.configure(per_minute=1, retry_after=True)
    await http.get(ACTIVE)
    await clock.advance(20.5)
    assert (await http.get(ACTIVE)).headers["Retry-After"] == "40"


async def test_fault_answers_429_in_the_services_shape(twin, http):
    """A bad day looks like the service's own."""
    twin.configure(retry_after=True)
    twin.faults.add(Fault(match="GET /auth", kind="rate_limit", seconds=7))
    answer = await http.get("/auth/credits")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["message"] == "Too Many Requests"
    assert (await http.get("/auth/credits")).status_code == 200


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_lost_answer_leaves_a_job_or_none(twin, submit, kind):
    """The client cannot tell, and there is no list to look in."""
    twin.faults.add(Fault(match="POST /jobs/v2", kind=kind))
    with pytest.raises(httpx.RemoteProtocolError):
        await submit()
    assert len(twin.jobs()) == (kind == "drop_after")
    assert [entry.status for entry in twin.journal.entries()] == [None]


async def test_fault_can_answer_anything(twin, http, job):
    """Nonsense, once."""
    twin.faults.add(Fault(match=f"/jobs/{job.uuid}", kind="body", status=200, body="<html>"))
    answers = [(await http.get(f"/jobs/{job.uuid}")).text[:6] for _ in range(2)]
    assert answers == ["<html>", '{"uuid']


async def test_old_submit_is_answered_with_its_shape(twin, submit):
    """202 with `jobId` and a word in small letters."""
    twin.configure(shapes="old")
    answer = await submit()
    (job,) = twin.jobs()
    assert answer.status_code == 202
    assert answer.json() == {
        "jobId": job.uuid,
        "status": "queued",
        "message": "Job update accepted and processing",
    }


async def test_old_statuses_are_four(twin, clock, job, row):
    """Both running states are one."""
    twin.configure(shapes="old")
    seen = []
    for seconds in (0, 10, 6, 120):
        await clock.advance(seconds)
        found = await row()
        seen.append(found["status"])
        assert found["jobId"] == job.uuid
        assert not {"uuid", "job_status"} & set(found)
    twin.act.revive(job.uuid)
    twin.act.fail(job.uuid)
    seen.append((await row())["status"])
    assert seen == ["queued", "processing", "processing", "done", "failed"]


async def test_old_row_shows_unknown_words_as_they_are(twin, job, row):
    """What is not in the list is not translated."""
    twin.configure(shapes="old")
    twin.act.stand(job.uuid, job_status="RENDERING")
    assert (await row())["status"] == "RENDERING"


async def test_old_signature_says_when_it_ends(twin, http, job):
    """And a key that is not there is not found."""
    twin.configure(shapes="old")
    key = twin.act.finish(job.uuid).output["output"]
    answer = (await http.get(SIGN, params={"path": key})).json()
    assert set(answer) == {"signedUrl", "expiresAt"}
    assert answer["expiresAt"] == "2026-11-21T09:10:00Z"
    assert (await http.get(SIGN, params={"path": "nowhere"})).status_code == 404
    assert (await http.get(SIGN)).status_code == 400


async def test_old_values_may_be_a_list_of_texts(twin, submit):
    """As the direct talking video had them."""
    twin.configure(shapes="old")
    assert (await submit(values=["a", "b"])).status_code == 202
    assert (await submit(values=["a", 5])).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs/%FF"),
        ("GET", "/api/provider/projects/%FF/mapping-fields"),
        ("GET", f"{SIGN}?path=%FF"),
        ("GET", f"{SIGN}?path=%ED%A0%80"),
        ("GET", f"{SIGN}?path=%00&path=x"),
        ("GET", f"{SIGN}?path=a%0D%0ALocation:%20x"),
        ("GET", "/cdn/%FF?sig=%FF"),
        ("GET", "/cdn/x?se=never&sig=x"),
        ("POST", "/cdn/x"),
        ("PATCH", "/jobs/v2"),
        ("OPTIONS", "/jobs/v2"),
        ("GET", "/" + "x" * 4000),
    ],
)
async def test_odd_requests_are_answered_without_a_fault_of_ours(http, method, path):
    """Nothing that comes from outside makes the twin answer 500."""
    assert (await http.request(method, path)).status_code < 500
