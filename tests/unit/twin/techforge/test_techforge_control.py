"""The operator's hand over HTTP, settings, the journal, and what the page shows."""

from pathlib import Path

import jsonschema
import pytest

from twin.jobs import UnknownJobError
from twin.openapi import spelled
from twin.techforge.control import Control
from twin.techforge.settings import Settings

VALUES = ["", "x", "old", "404", "fail", "key", 0, 1, 1.5, -1, 1e12, True, None, [], ["x"], {}]


async def test_jobs_are_listed_with_what_the_row_does_not_say(plain, twin, job):
    """Account, project, runs, reason and history are for people who look."""
    twin.act.fail(job.uuid, reason="No face.")
    (shown,) = (await plain.get("productions")).json()["productions"]
    assert (shown["productionId"], shown["account"], shown["projectId"]) == (
        job.uuid,
        "northwind",
        job.wish.project_id,
    )
    assert (shown["reason"], shown["runs"]) == ("No face.", 1)
    assert shown["history"] == [
        {"status": "QUEUED", "at": "2026-11-21T09:00:00.000Z"},
        {"status": "FAILED", "at": "2026-11-21T09:00:00.000Z"},
    ]


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        (("pick_up",), "STARTED"),
        (("pick_up", "step"), "IN_PROGRESS"),
        (("pick_up", "step", "step"), "SUCCESS"),
        (("finish",), "SUCCESS"),
        (("fail",), "FAILED"),
        (("fail", "revive"), "QUEUED"),
    ],
)
async def test_operator_acts_over_http(plain, job, actions, status):
    """Each action answers with the job as it then is."""
    for action in actions:
        answer = await plain.post(f"productions/{job.uuid}/{action}", json={})
    assert (answer.status_code, answer.json()["job_status"]) == (200, status)


async def test_actions_take_their_word(plain, job):
    """A reason for a failure, any status for standing."""
    path = f"productions/{job.uuid}"
    stood = await plain.post(f"{path}/stand", json={"job_status": "RENDERING"})
    assert stood.json()["job_status"] == "RENDERING"
    failed = await plain.post(f"{path}/fail", json={"reason": "No face."})
    assert failed.json()["reason"] == "No face."


async def test_finished_job_shows_its_files(plain, job):
    """Tests compare digests with what they downloaded."""
    await plain.post(f"productions/{job.uuid}/finish")
    files = (await plain.get(f"productions/{job.uuid}")).json()["deliverables"]
    assert [(each["type"], each["fileName"], each["contentType"]) for each in files] == [
        ("result", f"{job.uuid}.mp4", "video/mp4"),
        ("captions", f"{job.uuid}.vtt", "text/vtt"),
    ]
    assert all(each["key"].endswith(each["fileName"]) for each in files)
    assert all(len(each["sha256"]) == 64 and each["sizeBytes"] for each in files)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("productions/x/finish", {}, 404),
        ("productions/{id}/explode", {}, 400),
        ("productions/{id}/finish", {"reason": "x"}, 400),
        ("productions/{id}/fail", {"job_status": "x"}, 400),
        ("productions/{id}/fail", {"reason": 5}, 400),
        ("productions/{id}/stand", {}, 400),
        ("productions/{id}/step", {}, 409),
        ("credits", {}, 400),
        ("credits", {"credits": "many"}, 400),
        ("credits", {"credits": True}, 400),
        ("credits", {"credits": 1e300}, 400),
        ("credits", {"credits": 5, "account": "nobody"}, 400),
        ("credits", {"credits": 5, "account": []}, 400),
        ("credits", {"credits": 5, "more": 1}, 400),
        ("settings", {"shapes": "ancient"}, 400),
        ("settings", {"per_minute": 0}, 400),
        ("settings", {"per_minute": True}, 400),
        ("settings", {"media_most_bytes": 0}, 400),
        ("settings", {"queued_s": -1}, 400),
        ("settings", {"unknown": 1}, 400),
        ("settings", {"CHECKS": {}}, 400),
        ("clock", {}, 400),
        ("faults", {"kind": "fire"}, 400),
    ],
)
async def test_mistakes_are_answered_with_a_sentence(plain, job, path, body, status):
    """Each says what is wrong."""
    answer = await plain.post(path.format(id=job.uuid), json=body)
    assert answer.status_code == status
    assert len(answer.json()["error"]) > 10


async def test_balance_is_shown_and_set(plain, http):
    """Of the demo's account, unless another is named."""
    assert (await plain.get("credits")).json() == {"northwind": 1250, "harbour": 5}
    await plain.post("credits", json={"credits": 0.5})
    await plain.post("credits", json={"credits": -3, "account": "harbour"})
    assert (await plain.get("credits")).json() == {"northwind": 0.5, "harbour": -3}
    assert (await http.get("/auth/credits")).json() == {"credits": 0.5}


async def test_settings_are_shown_and_changed(twin, plain):
    """What is not named stays."""
    answer = await plain.post("settings", json={"shapes": "old", "queued_s": 1})
    assert answer.json() == (await plain.get("settings")).json() == twin.settings.as_json()
    assert (twin.settings.shapes, twin.settings.queued_s, twin.settings.link_s) == ("old", 1, 600)


@pytest.mark.parametrize("name", Settings.schema()["properties"])
def test_setting_is_described_as_it_is_read(name):
    """The document and the reader say the same of every value."""
    check = jsonschema.Draft202012Validator(Settings.schema())

    def is_taken(value: object) -> bool:
        try:
            Settings().changed({name: value})
        except ValueError:
            return False
        return True

    assert [check.is_valid({name: value}) for value in VALUES] == [
        is_taken(value) for value in VALUES
    ]


def test_every_setting_can_be_changed():
    """None was forgotten."""
    assert set(Settings.schema()["properties"]) == set(Settings().as_json())


async def test_document_names_every_endpoint(twin, plain):
    """What is served and what is described are the same."""
    document = (await plain.get("openapi.json")).json()
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    served = {(route.method, "/__twin" + spelled(route.path)) for route in Control(twin).routes()}
    assert described == served
    assert document["info"]["title"] == "Local TechForge, control"


async def test_clock_is_moved(plain, twin, job):
    """Advancing runs what falls due."""
    await plain.post("clock", json={"advance_s": 136})
    assert twin.job(job.uuid).status == "SUCCESS"


async def test_journal_tells_calls_without_secrets(plain, http, twin, job):
    """Neither the key nor a link's signature shows; what was asked and answered does."""
    key = twin.act.finish(job.uuid).output["output"]
    signed = await http.get("/storage/generate-signed-path", params={"path": key})
    await plain.get(signed.json()["signedUrl"])
    await http.get("/auth/credits", headers={"x-api-key": "tfi-twin-wrong"})
    answer = await plain.get("journal")
    entries = answer.json()["entries"]
    assert [(each["what"].split("?")[0][:12], each["status"]) for each in entries] == [
        ("POST /jobs/v", 201),
        ("GET /storage", 200),
        ("GET /cdn/ai-", 200),
        ("GET /auth/cr", 401),
    ]
    assert [each["detail"]["key"] for each in entries] == ["northwind", "northwind", None, None]
    assert entries[0]["detail"]["payload"]["job_type"] == "ai_talking_video"
    assert entries[3]["answer"] == "Unauthorized"
    signature = signed.json()["signedUrl"].rpartition("sig=")[2]
    for secret in (twin.api_key, "tfi-twin-wrong", signature):
        assert secret not in answer.text


async def test_page_sees_the_newest_job_first_with_what_can_be_done(twin, submit):
    """The entry has what the protocol of the page names."""
    for headline in ("First", "Second", "x" * 100):
        await submit(values={"headline": headline})
    await submit(values={})
    first, second, third, fourth = twin.jobs()
    twin.act.fail(second.uuid)
    twin.act.revive(second.uuid)
    twin.act.pick_up(second.uuid)
    twin.act.finish(first.uuid)
    twin.act.stand(third.uuid, job_status="RENDERING")
    desk = twin.desk()
    assert (desk["name"], desk["label"], desk["speed"]) == ("techforge", "TechForge", 0)
    assert [(one["id"], one["topic"], one["status"], one["step"]) for one in desk["jobs"]] == [
        (fourth.uuid, "Autumn teaser", "QUEUED", None),
        (third.uuid, "x" * 79 + "…", "RENDERING", None),
        (second.uuid, "Second", "STARTED", "run 2"),
        (first.uuid, "First", "SUCCESS", None),
    ]
    assert [one["actions"] for one in desk["jobs"]] == [
        ["pick_up", "finish", "fail"],
        ["finish", "fail"],
        ["step", "finish", "fail"],
        ["revive"],
    ]


async def test_every_change_makes_the_pulse_beat(twin, job):
    """Whoever looks on is told."""
    for change in (
        lambda: twin.act.pick_up(job.uuid),
        lambda: twin.configure(queued_s=1),
        lambda: twin.credits_left.set("northwind", 3),
    ):
        before = twin.pulse.number
        change()
        assert twin.pulse.number > before


async def test_unknown_job_is_an_error(twin):
    """Asking for what is not there is a mistake."""
    with pytest.raises(UnknownJobError):
        twin.job("nobody")


@pytest.mark.parametrize("name", Settings().as_json())
def test_setting_is_documented(name):
    """Nobody has to read the code to find one."""
    page = Path(__file__).parents[4] / "docs/twin-techforge.md"
    assert f"`{name}`" in page.read_text(encoding="utf-8")
