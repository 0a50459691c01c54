"""The control endpoints that only the local Narakeet has, and what its page shows."""

import httpx
import pytest


async def test_jobs_are_listed_with_what_was_asked(plain, task, speak):
    """The list shows videos and audios, oldest first, without scripts or links."""
    await speak()
    video, audio = (await plain.get("productions")).json()["productions"]
    assert video["productionId"] == task["taskId"]
    assert (video["kind"], video["source"], video["status"]) == ("video", "script.md", "building")
    assert (audio["kind"], audio["format"], audio["voice"]) == ("audio", "mp3", "mickey")
    assert video["createdAt"] == "2026-11-22T10:00:00Z"


@pytest.mark.parametrize(
    ("actions", "status", "percent"),
    [
        (("step",), "building", 5),
        (("step", "step"), "building", 10),
        (("finish",), "succeeded", 100),
        (("step", "finish"), "succeeded", 100),
        (("fail",), "failed", 0),
        (("step", "fail"), "failed", 5),
    ],
)
async def test_operator_acts_over_http(plain, task, actions, status, percent):
    """Each action answers with the job as it then is."""
    for action in actions:
        answer = await plain.post(f"productions/{task['taskId']}/{action}")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["percent"]) == (status, percent)


async def test_step_by_hand_replaces_the_clocks(clock, plain, task, look):
    """What the clock had in mind lapses: the next step is a whole one away."""
    await clock.advance(5)
    await plain.post(f"productions/{task['taskId']}/step")
    await clock.advance(5)
    assert (await look(task))["percent"] == 5
    await clock.advance(1)
    assert (await look(task))["percent"] == 10


async def test_failure_can_be_worded(plain, task, look):
    """The words given are what the status then says."""
    await plain.post(f"productions/{task['taskId']}/fail", json={"message": "No voice today."})
    assert (await look(task))["message"] == "No voice today."


async def test_action_that_does_not_fit_is_a_conflict(plain, task):
    """What is over stays over."""
    await plain.post(f"productions/{task['taskId']}/finish")
    for action in ("finish", "step", "fail"):
        answer = await plain.post(f"productions/{task['taskId']}/{action}")
        assert answer.status_code == 409
        assert "succeeded" in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("productions/x/explode", {}),
        ("productions/x/fail", {"message": 5}),
        ("productions/x/fail", {"reason": "x"}),
        ("productions/x/step", {"message": "x"}),
        ("credits", {}),
        ("credits", {"creditSeconds": -1}),
        ("credits", {"creditSeconds": True}),
        ("credits", {"creditSeconds": 1e300}),
        ("credits", {"creditSeconds": 1, "account": "nobody"}),
        ("credits", {"creditSeconds": 1, "account": []}),
        ("credits", {"creditSeconds": 1, "reason": "x"}),
        ("settings", {"steps": 0}),
        ("settings", {"steps": 101}),
        ("settings", {"without_credits": 400}),
        ("settings", {"result_s": -1}),
        ("settings", {"requests_per_day": 1.5}),
        ("clock", {}),
        ("faults", {"kind": "fire", "match": ""}),
    ],
)
async def test_wrong_input_is_refused_with_a_sentence(plain, path, body):
    """Whatever control is given, a mistake answers 400 and says what is wrong."""
    answer = await plain.post(path, json=body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10


async def test_unknown_job_is_not_found(plain):
    """An id that is nobody's answers 404."""
    assert (await plain.get("productions/none")).status_code == 404
    assert (await plain.post("productions/none/step")).status_code == 404


async def test_credits_are_shown_and_set(plain, http):
    """Any account's can be set; without a name it is the standard key's."""
    assert (await plain.get("credits")).json()["northwind"] == 5400
    await plain.post("credits", json={"creditSeconds": 7})
    shown = await plain.post("credits", json={"creditSeconds": 9, "account": "harbour"})
    assert (shown.json()["northwind"], shown.json()["harbour"]) == (7, 9)
    assert (await http.get("/account/credits")).json()["creditSeconds"] == 7


async def test_journal_tells_calls_without_secrets(plain, http, clock, task, look, twin):
    """Neither keys nor the signatures of status and result links are in it."""
    await clock.advance(120)
    status = await look(task)
    await plain.get(status["result"])
    await http.get("/voices", headers={"x-api-key": "narakeet-wrong"})
    answer = await plain.get("journal")
    assert [(each["what"].split("/")[1], each["status"]) for each in answer.json()["entries"]] == [
        ("video", 200),
        ("storage", 200),
        ("video", 200),
        ("storage", 200),
        ("storage", 200),
        ("voices", 403),
    ]
    assert answer.json()["entries"][0]["detail"]["key"] == "standard"
    secrets = [httpx.URL(url).params["sig"] for url in (task["statusUrl"], status["result"])]
    for secret in (*secrets, twin.api_key, "narakeet-wrong"):
        assert secret not in answer.text


async def test_journal_hides_the_signatures_of_foreign_storage(plain, http):
    """An archive's address may carry somebody's permission in S3's own spelling."""
    url = "https://a.example/x.zip?X-Amz-Security-Token=TOK&X-Amz-Signature=SIGNED"
    body = {"repositoryType": "zip-url", "repository": url, "source": "script.md"}
    assert (await http.post("/video/build", json=body)).status_code == 200
    text = (await plain.get("journal")).text
    assert "SIGNED" not in text
    assert "TOK&" not in text


async def test_desk_shows_jobs_newest_first_with_their_actions(twin, clock, task, speak):
    """The page offers what fits, and says how far a job is."""
    await speak()
    await clock.advance(60)
    twin.act.fail(task["taskId"], message="Missing file: a.png")
    audio, video = twin.desk()["jobs"]
    assert (audio["topic"], audio["status"], audio["actions"]) == ("mickey, mp3", "succeeded", [])
    assert (video["topic"], video["step"]) == ("script.md", "Missing file: a.png")
    await speak()
    newest = twin.desk()["jobs"][0]
    assert (newest["step"], newest["actions"]) == ("0 %, queued", ["step", "finish", "fail"])


async def test_pulse_beats_when_the_desk_changes(twin, clock, task, plain):
    """Who looks on is told of steps, settings and credits."""
    for change in (
        lambda: clock.advance(6),
        lambda: plain.post("settings", json={"steps": 5}),
        lambda: plain.post("credits", json={"creditSeconds": 1}),
    ):
        before = twin.pulse.number
        await change()
        assert twin.pulse.number > before


async def test_page_of_another_origin_may_not_act(plain):
    """A web page elsewhere cannot fail somebody's jobs."""
    answer = await plain.post("settings", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
