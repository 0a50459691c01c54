"""What only TechForge has: forms shaped by projects, two generations of answers, odd outputs."""

import httpx
import pytest

from bot.core.errors import ProviderRefusedError, ProviderReplyError, ProviderUnavailableError
from bot.core.events import News
from bot.core.form import SelectField, TextField
from bot.providers.base import Accepted, Refused
from tests.contract.provider_benches import send, submit
from tests.contract.provider_techforge import TechForgeBench, project_value
from twin.faults import Fault
from twin.techforge.catalogue import (
    BANNER,
    BROCHURE,
    CATALOGUE,
    JOB_TYPES,
    MOODS,
    PHOTO_CHECK,
    READING,
    STORE_TOUR,
    TEASER,
)

ONE_OF_EACH = (TEASER, CATALOGUE, READING, BANNER, PHOTO_CHECK, BROCHURE, MOODS)


@pytest.fixture
async def bench():
    """Give TechForge with its server running."""
    async with TechForgeBench() as running:
        yield running


@pytest.mark.parametrize("project", [TEASER, CATALOGUE, STORE_TOUR], ids=lambda one: one.name)
async def test_a_projects_form_submits_what_it_asks(bench, project):
    """With 3 fields, with 60, and with kinds that no page knows: each arrives in its shape."""
    form = await bench.provider.form({"project": project_value(project)})
    values = {
        field.key: "https://assets.example/a.jpg" if "." in field.key else "x"
        for field in form.fields
        if isinstance(field, TextField) and field.key != "music.url"
    }
    asked = [key for key in values if key != "topic"]
    assert len(asked) == len(project.fields)
    values.pop("topic")
    empty = dict.fromkeys(("text.headline", "audio.voiceover", "image.avatar"), "")
    await submit(bench, **(empty | values | {"project": project_value(project)}))
    sent = bench.twin.jobs()[0].wish.values
    assert sent.keys() == project.fields.keys()
    for name, value in sent.items():
        kind = project.fields[name].instruction_type
        assert isinstance(value, dict) == (kind in {"image", "audio"})


async def test_only_projects_that_are_active_are_offered(bench):
    """Each in a select that stays short enough for Slack."""
    (project,) = [
        field for field in (await bench.provider.form()).fields if isinstance(field, SelectField)
    ]
    assert len(project.choices) == 8
    assert {one.group for one in project.choices} == {
        "Talking videos", "Videos", "Speech", "Images", "Photo checks", "Documents",
        "Generated images",
    }  # fmt: skip


@pytest.mark.parametrize("project", ONE_OF_EACH, ids=lambda one: one.type)
async def test_all_seven_types_of_jobs_are_made(bench, project):
    """From the submit to the bytes."""
    assert {one.type for one in ONE_OF_EACH} == set(JOB_TYPES)
    job = await submit(bench, project=project_value(project))
    assert bench.twin.jobs()[0].wish.job_type == project.type
    await bench.bring(job, News.COMPLETED)
    files = await bench.provider.deliverables(job)
    assert files
    async with httpx.AsyncClient() as client:
        for one in files:
            link = await bench.provider.open(job, one.key)
            answer = await client.get(link.url)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(one.content_type)


async def test_the_older_generations_answers_are_taken(bench):
    """From the submit to the bytes, and through a retry."""
    bench.twin.configure(shapes="old", reason="output.error")
    job = await submit(bench)
    assert (await bench.provider.observe(job)).word == "queued"
    await bench.bring(job, News.PRODUCING)
    assert (await bench.provider.observe(job)).news is News.PRODUCING
    bench.twin.act.fail(job.job_id, reason="No face.")
    assert (await bench.provider.observe(job)).failure.text == "No face."
    assert isinstance(await bench.provider.retry(job), Accepted)
    await bench.bring(job, News.COMPLETED)
    (file,) = await bench.provider.deliverables(job)
    link = await bench.provider.open(job, file.key)
    assert link.expires_at is not None
    async with httpx.AsyncClient() as client:
        assert (await client.get(link.url)).status_code == 200


@pytest.mark.parametrize(
    ("output", "kinds"),
    [("key", ["video"]), ("url", ["video"]), ("nested", ["video", "captions"]), ("none", [])],
)
async def test_outputs_of_any_shape_are_searched(bench, output: str, kinds: list[str]):
    """Each file that is found can be fetched."""
    bench.twin.configure(output=output)
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    files = await bench.provider.deliverables(job)
    assert [one.kind for one in files] == kinds
    async with httpx.AsyncClient() as client:
        for one in files:
            link = await bench.provider.open(job, one.key)
            assert (await client.get(link.url)).status_code == 200


@pytest.mark.parametrize("status", ["200", "201", "400", "404"])
async def test_a_retry_of_a_foreign_job_is_refused(bench, status: str):
    """Whatever status its sentence has."""
    bench.twin.configure(trigger_not_found=status)
    job = bench.forgotten(await submit(bench))
    outcome = await bench.provider.retry(job)
    assert isinstance(outcome, Refused)
    assert outcome.failure.code == "job_missing"


async def test_a_job_that_is_opened_again_from_outside_is_alive(bench):
    """Somebody in the studio may do what our button does."""
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    bench.twin.act.revive(job.job_id)
    assert (await bench.provider.observe(job)).news is News.QUEUED
    assert await bench.provider.deliverables(job) == ()


async def test_files_on_another_host_are_linked_and_get_no_key(bench):
    """The link goes to people; we ask that host for nothing."""
    bench.twin.configure(links="foreign")
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    (file,) = await bench.provider.deliverables(job)
    assert (await bench.provider.open(job, file.key)).url.startswith("https://elsewhere.example/")


async def test_credits_that_cannot_be_had_leave_the_form_usable(bench):
    """They are a help, not a condition; a broken project list is none."""
    bench.twin.faults.add(bench_fault("GET /auth/credits"))
    form = await bench.provider.form(bench.chosen)
    assert form.note is None
    await bench.pass_time(301)
    bench.twin.faults.add(bench_fault("GET /api/provider/projects"))
    with pytest.raises(ProviderUnavailableError):
        await bench.provider.form(bench.chosen)


def bench_fault(match: str):
    """Answer one call with a fault of the server's."""
    return Fault(match=match, kind="status", status=503)


async def test_an_account_without_credits_is_warned_of(bench):
    """In the form and by the doctor; it is not kept from asking."""
    bench.twin.credits_left.set("northwind", 0)
    assert "may be too few" in (await bench.provider.form()).note
    assert [one.is_good for one in await bench.provider.check()] == [True, False]
    assert isinstance(await send(bench, bench.provider), Accepted)


async def test_an_account_without_projects_is_told_so(bench):
    """Nothing can be made then, and waiting does not help."""
    bench.fail("FORM", "body", status=200, body='{"message": "Success", "data": []}')
    with pytest.raises(ProviderRefusedError, match="no active project"):
        await bench.provider.form()
    bench.fail("FORM", "body", status=200, body='{"message": "Success"}')
    with pytest.raises(ProviderReplyError):
        await bench.provider.form()
