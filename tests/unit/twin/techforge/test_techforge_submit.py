"""Submitting jobs: what is taken, what is refused, and how both are answered."""

import re

import pytest

from twin.techforge.catalogue import (
    BANNER,
    BROCHURE,
    CATALOGUE,
    HARBOUR_NEWS,
    MOODS,
    NORTHWIND,
    PHOTO_CHECK,
    READING,
    SPRING,
    TEASER,
)

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GONE = "1d2e3f40-7a10-4bbb-8ccc-000000000099"


async def test_submit_is_answered_as_documented(submit, wish):
    """201 with the message and the created row, the job being queued."""
    answer = await submit()
    body = answer.json()
    uuid = body["job"]["uuid"]
    assert answer.status_code == 201
    assert UUID.fullmatch(uuid)
    assert body == {
        "message": "Job update accepted and processing",
        "job": {
            "uuid": uuid,
            "user_id": NORTHWIND.user_id,
            "template_id": TEASER.project_id,
            "input": {name: value for name, value in wish.items() if value is not None},
            "output": None,
            "values": wish["values"],
            "job_status": "QUEUED",
            "job_type": "ai_talking_video",
            "credit_used": "0",
            "created_at": "2026-11-21T09:00:00.000Z",
            "updated_at": "2026-11-21T09:00:00.000Z",
        },
    }


async def test_answer_can_have_the_four_documented_fields_alone(twin, submit):
    """Whether the whole row comes is an inference, so there is a switch."""
    twin.configure(created_row="short")
    job = (await submit()).json()["job"]
    assert set(job) == {"uuid", "job_status", "job_type", "template_id"}


@pytest.mark.parametrize(
    ("job_type", "project"),
    [
        ("ai_talking_video", TEASER),
        ("video", CATALOGUE),
        ("tts", READING),
        ("image", BANNER),
        ("photo_qc", PHOTO_CHECK),
        ("pdf", BROCHURE),
    ],
)
@pytest.mark.parametrize("name", ["template_id", "project_id"])
async def test_job_types_are_taken(submit, job_type, project, name):
    """A project is named by either field, and its id comes back."""
    ids = {"template_id": None, "project_id": None, name: project.project_id.upper()}
    answer = await submit(job_type=job_type, values={}, **ids)
    assert (answer.status_code, answer.json()["job"]["template_id"]) == (201, project.project_id)


@pytest.mark.parametrize("source_id", [MOODS.project_id, MOODS.prompt_id])
async def test_image_generation_answers_the_prompts_id(submit, source_id):
    """The resolved source is an image prompt there, whichever id was sent."""
    answer = await submit(job_type="ai_image_generation", template_id=None, project_id=source_id)
    assert answer.json()["job"]["template_id"] == MOODS.prompt_id


async def test_template_id_is_looked_at_before_project_id(submit):
    """With both, the template counts, even when only the project would do."""
    answer = await submit(project_id=CATALOGUE.project_id)
    assert answer.json()["job"]["template_id"] == TEASER.project_id
    assert (await submit(template_id=GONE, project_id=TEASER.project_id)).status_code == 400


@pytest.mark.parametrize(
    ("overrides", "word"),
    [
        ({"job_type": None}, "job_type"),
        ({"job_type": "podcast"}, "job_type"),
        ({"job_type": ["video"]}, "job_type"),
        ({"template_id": None}, "template_id"),
        ({"template_id": 5}, "template_id"),
        ({"template_id": "teaser"}, "template_id"),
        ({"template_id": GONE}, "template_id"),
        ({"template_id": HARBOUR_NEWS.project_id}, "template_id"),
        ({"template_id": SPRING.project_id}, "not active"),
        ({"template_id": None, "project_id": GONE}, "project_id"),
        ({"job_type": "ai_image_generation"}, "template_id"),
        ({"version": "2"}, "version"),
        ({"version": True}, "version"),
        ({"session_id": 7}, "session_id"),
        ({"values": "text"}, "values"),
        ({"values": ["text"]}, "values"),
        ({"values": {"headline": 5}}, "values.headline"),
        ({"values": {"headline": None}}, "values.headline"),
        ({"values": {"headline": ["a"]}}, "values.headline"),
        ({"values": {"avatar": {}}}, "values.avatar"),
        ({"values": {"avatar": {"image_url": 5}}}, "values.avatar"),
        ({"values": {"avatar": {"image_url": "a", "audio_url": "b"}}}, "values.avatar"),
        ({"values": {"voiceover": {"audio_url": "a", "effects": "echo"}}}, "values.voiceover"),
        ({"background_music": "song.mp3"}, "background_music"),
        ({"background_music": 5}, "background_music"),
        ({"background_volume": 1.01}, "background_volume"),
        ({"background_volume": -0.1}, "background_volume"),
        ({"background_volume": "loud"}, "background_volume"),
        ({"background_volume": True}, "background_volume"),
        ({"background_start": -1}, "background_start"),
        ({"background_start": "0"}, "background_start"),
    ],
)
async def test_wrong_body_is_refused_and_the_field_named(twin, submit, overrides, word):
    """What a page gives a rule for is checked; nothing is queued."""
    answer = await submit(**overrides)
    body = answer.json()
    assert (answer.status_code, body["statusCode"], body["error"]) == (400, 400, "Bad Request")
    assert word in body["message"]
    assert twin.jobs() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"version": NaN}',
        b'{"version": 1e999}',
        b'{"a": ' * 80 + b"1" + b"}" * 80,
    ],
    ids=["none", "cut", "list", "text", "bytes", "abyss", "nan", "endless", "deep"],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/jobs/v2"), ("POST", "/jobs/trigger-job"), ("PUT", "/jobs/x")],
)
async def test_unreadable_body_is_refused(http, method, path, content):
    """Whatever comes in, it is answered 400."""
    answer = await http.request(
        method, path, content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400


async def test_body_must_be_declared_as_json(http):
    """A form is no submit."""
    assert (await http.post("/jobs/v2", data={"job_type": "video"})).status_code == 400


async def test_body_over_the_limit_is_refused(submit):
    """A body of over a mebibyte answers 413."""
    assert (await submit(note="x" * 1_100_000)).status_code == 413


@pytest.mark.parametrize(
    "overrides",
    [
        {"background_music": "https://music.example/a.mp3"},
        {"background_music": None},
        {"background_volume": 0, "background_start": 0},
        {"background_volume": 1, "background_start": 12.5},
        {"version": 5},
        {"values": None},
        {"values": {"of nobody": "kept"}},
        {"values": {"avatar": "https://assets.example/face.jpg"}},
        {"session_id": None},
        {"language": "en", "crop": True, "more": {"any": [1, "x"]}},
    ],
)
async def test_what_the_page_allows_is_taken_and_echoed(http, submit, overrides):
    """Optional fields, and fields that no page names, come back in the input."""
    job = (await submit(**overrides)).json()["job"]
    row = (await http.get(f"/jobs/{job['uuid']}")).json()
    sent = {name: value for name, value in overrides.items() if value is not None}
    assert sent.items() <= row["input"].items()


@pytest.mark.parametrize(
    "overrides",
    [
        {"job_type": "image", "template_id": BANNER.project_id},
        {"version": 1},
        {"version": None},
    ],
)
async def test_music_is_checked_only_where_it_means_something(submit, overrides):
    """Elsewhere it is a field like any other, for the worker."""
    answer = await submit(values={}, background_volume="loud", **overrides)
    assert answer.status_code == 201


async def test_same_body_twice_makes_two_jobs(twin, submit):
    """No key and no session makes two submits one: a repeated submit costs twice."""
    first, second = [(await submit()).json()["job"]["uuid"] for _ in range(2)]
    assert first != second
    assert len(twin.jobs()) == 2


async def test_project_out_of_its_dates_may_be_accepted(twin, submit):
    """No page says what happens, so there is a switch."""
    twin.configure(inactive_projects="accept")
    assert (await submit(template_id=SPRING.project_id)).status_code == 201


@pytest.mark.parametrize(
    ("how", "status"), [("accept", 201), ("fail", 201), ("400", 400), ("402", 402)]
)
async def test_submit_without_credits_is_answered_as_told(twin, submit, how, status):
    """What the service does at a balance of 0 is not documented."""
    twin.configure(without_credits=how)
    twin.credits_left.set("northwind", 0)
    assert (await submit()).status_code == status


@pytest.mark.parametrize("how", ["fail", "400", "402"])
async def test_submit_with_credits_is_accepted(twin, submit, clock, how):
    """Any balance above 0 will do, since no page says what a job needs."""
    twin.configure(without_credits=how)
    twin.credits_left.set("northwind", 0.5)
    assert (await submit()).status_code == 201
    await clock.advance(10)
    assert twin.jobs()[0].status == "STARTED"


async def test_submit_without_credits_can_fail_later(twin, submit, clock):
    """It is accepted, and no worker takes it."""
    twin.configure(without_credits="fail", reason="message")
    twin.credits_left.set("northwind", 0)
    await submit()
    await clock.advance(10)
    assert twin.jobs()[0].status == "FAILED"


async def test_missing_value_is_refused_as_told(twin, submit):
    """A submit without a required value is refused once that is switched on."""
    assert (await submit(values={})).status_code == 201
    twin.configure(missing_values="refuse")
    answer = await submit(values={"headline": "x", "voiceover": ""})
    assert (answer.status_code, "voiceover" in answer.json()["message"]) == (400, True)


async def test_missing_value_fails_as_told(twin, submit, clock):
    """Or the worker finds out."""
    twin.configure(missing_values="fail")
    await submit(values={})
    await clock.advance(10)
    assert (twin.jobs()[0].status, twin.jobs()[0].reason) == (
        "FAILED",
        "headline: a value is missing.",
    )
