"""What every video service must do, against its local server over real HTTP.

The services stand in `provider_benches`.
"""

import hashlib

import httpx
import pytest

from bot.core.errors import (
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.events import News
from bot.core.form import SelectField, TextField
from bot.providers.base import Accepted, Delayed, Refused, Uncertain
from tests.contract.provider_benches import BENCHES, NONSENSE, having, send, submit

REFUSALS = [
    pytest.param(name, scenario, id=f"{name}: {scenario}")
    for name, bench in BENCHES.items()
    for scenario in bench.refusals
]
STATES = [
    pytest.param(name, news, id=f"{name}: {news}")
    for name, bench in BENCHES.items()
    for news in bench.steps
]


@pytest.fixture(params=BENCHES)
async def bench(request: pytest.FixtureRequest):
    """Give each service in turn, with its server running."""
    async with BENCHES[request.param]() as running:
        yield running


async def test_the_form_can_be_drawn(bench):
    """The topic comes first, and every value fits a Slack option."""
    assert await bench.provider.known_form() is None
    form = await bench.provider.form(bench.chosen)
    assert form.provider == bench.provider.name == bench.name
    assert (form.fields[0].key, form.fields[0].label) == ("topic", "Topic")
    for field in form.fields:
        if isinstance(field, SelectField):
            assert field.choices
            assert all(0 < len(one.value) <= 75 and one.name for one in field.choices)
        if isinstance(field, TextField):
            assert 0 < field.max_length <= 3000


async def test_a_form_that_can_be_ordered_raises_no_complaint(bench):
    """Finding that out asks nobody."""
    form = await bench.provider.form(bench.chosen)
    calls = len(bench.calls())
    assert bench.provider.complaints(bench.request(), form) == {}
    assert len(bench.calls()) == calls


async def test_a_form_once_seen_is_known_without_asking(bench):
    """It opens at once, whatever the service is doing."""
    form = await bench.provider.form(bench.chosen)
    calls = len(bench.calls())
    assert await bench.provider.known_form(bench.chosen) == form
    assert await bench.provider.form(bench.chosen) == form
    assert len(bench.calls()) == calls


@pytest.mark.parametrize(("name", "news"), STATES)
async def test_each_of_its_states_is_understood(name: str, news: News):
    """A look says where the job is, in our words and in the service's."""
    async with BENCHES[name]() as bench:
        job = await submit(bench)
        await bench.bring(job, news)
        seen = await bench.provider.observe(job)
        assert seen.news is news
        assert seen.word
        assert (seen.failure is not None) == (news is News.FAILED)
        assert (seen.progress is not None) == (news is News.PRODUCING and bench.has_progress)


async def test_finished_files_arrive_as_they_were_made(bench):
    """Listed, opened and fetched without a key; the sizes that were promised hold."""
    job = await submit(bench)
    await bench.bring(job, bench.finished)
    files = await bench.provider.deliverables(job)
    assert bench.kinds <= {one.kind for one in files}
    assert len({one.key for one in files}) == len(files)
    async with httpx.AsyncClient() as client:
        for one in files:
            link = await bench.provider.open(job, one.key)
            answer = await client.get(link.url)
            assert answer.status_code == 200
            assert answer.content
            assert one.size_bytes in ({len(answer.content)} if bench.has_sizes else {None})


@pytest.mark.parametrize("bench", having("renews_links"), indirect=True)
async def test_a_click_after_the_link_died_gets_a_fresh_one(bench):
    """The file is the same; only its address is new."""
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    key = (await bench.provider.deliverables(job))[0].key
    old = await bench.provider.open(job, key)
    async with httpx.AsyncClient() as client:
        before = await client.get(old.url)
        await bench.pass_time(2 * 3600)
        assert (await client.get(old.url)).status_code == 403
        new = await bench.provider.open(job, key)
        after = await client.get(new.url)
    assert after.status_code == 200
    assert hashlib.sha256(after.content).digest() == hashlib.sha256(before.content).digest()


@pytest.mark.parametrize("bench", having("listing"), indirect=True)
async def test_a_link_is_kept_until_just_before_it_dies(bench):
    """Every link handed out still works, and a click costs at most one request."""
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    key = (await bench.provider.deliverables(job))[0].key
    asked = len(bench.calls("GET"))
    async with httpx.AsyncClient() as client:
        for _ in range(24):
            await bench.pass_time(5 * 60)
            link = await bench.provider.open(job, key)
            assert (await client.head(link.url)).status_code == 200
    assert 1 <= len(bench.calls(bench.listing)) <= 4
    assert len(bench.calls("GET")) - asked <= 24


async def test_a_file_that_is_gone_is_refused(bench):
    """Waiting does not bring it back."""
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    with pytest.raises(ProviderRefusedError):
        await bench.provider.open(job, "no-such-key")


async def test_files_before_their_time_are_none(bench):
    """Whatever the service answers then."""
    job = await submit(bench)
    assert await bench.provider.deliverables(job) == ()


@pytest.mark.parametrize(("name", "scenario"), REFUSALS)
async def test_a_documented_refusal_is_a_refusal_in_plain_words(name: str, scenario: str):
    """With the service's code and the id to quote to its support; nothing was started."""
    async with BENCHES[name]() as bench:
        refusal = bench.refusals[scenario]
        bench.configure(**refusal.twin)
        outcome = await send(bench, bench.build(**refusal.settings), **refusal.values)
        assert isinstance(outcome, Refused)
        assert outcome.failure.code == refusal.code
        assert bool(outcome.failure.correlation_id) == bench.has_correlation
        assert outcome.failure.text.startswith((bench.label, "Our", "This", "The"))
        assert bench.submitted == 0


async def test_a_429_on_a_submit_is_a_delay(bench):
    """Nothing was started, and it says how long to wait."""
    bench.fail("SUBMIT", "rate_limit", seconds=37)
    outcome = await send(bench, bench.provider)
    assert isinstance(outcome, Delayed)
    assert outcome.wait_s == 37.0
    assert bench.submitted == 0
    await bench.pass_time(37)
    await submit(bench)


@pytest.mark.parametrize("bench", having("has_tiers"), indirect=True)
async def test_the_days_productions_are_a_delay_until_tomorrow(bench):
    """Looks at those that run go on."""
    bench.twin.configure(tier="free")
    jobs = [await submit(bench, topic=f"Topic {number}") for number in range(1)]
    for number in range(2, 4):
        prepared = await bench.provider.prepare(bench.request(topic=f"Topic {number}"))
        assert isinstance(await bench.provider.submit(prepared, key=f"k{number}"), Accepted)
    prepared = await bench.provider.prepare(bench.request(topic="One too many"))
    outcome = await bench.provider.submit(prepared, key="k4")
    assert isinstance(outcome, Delayed)
    assert outcome.wait_s == 14 * 3600
    assert (await bench.provider.observe(jobs[0])).news is News.QUEUED


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_on_a_look_passes(bench, status: int):
    """The next look is as good as if nothing had been."""
    job = await submit(bench)
    bench.fail("LOOK", "status", status=status, times=2)
    for _ in range(2):
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.observe(job)
    assert (await bench.provider.observe(job)).news is next(iter(bench.steps))


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_on_a_submit_is_uncertain(bench, status: int):
    """It is asked for once."""
    bench.fail("SUBMIT", "status", status=status)
    outcome = await send(bench, bench.provider)
    assert isinstance(outcome, Uncertain)
    assert len(bench.calls("POST")) == 1


@pytest.mark.parametrize(
    ("kind", "started"), [("drop_after", 1), ("drop_before", 0), ("status_after", 1), ("status", 0)]
)
async def test_a_submit_whose_answer_is_lost_is_uncertain(bench, kind: str, started: int):
    """From here the two cannot be told apart, so neither is repeated."""
    bench.fail("SUBMIT", kind)
    outcome = await send(bench, bench.provider)
    assert isinstance(outcome, Uncertain)
    assert bench.submitted == started
    assert len(bench.calls("POST")) == 1


@pytest.mark.parametrize("bench", having("has_timeouts"), indirect=True)
async def test_an_answer_that_takes_too_long_is_none(bench):
    """A look is worth another try, and a submit may have arrived."""
    job = await submit(bench)
    hasty = bench.build(look_timeout_s=0.2, submit_timeout_s=0.2)
    bench.fail("LOOK", "delay", seconds=1.0)
    with pytest.raises(ProviderUnavailableError):
        await hasty.observe(job)
    bench.fail("SUBMIT", "delay", seconds=1.0)
    assert isinstance(await send(bench, hasty), Uncertain)


@pytest.mark.parametrize("bench", having("finds_jobs"), indirect=True)
async def test_a_lost_job_can_be_linked_by_its_id(bench):
    """A person pastes it, and it is followed as if nothing had happened."""
    bench.fail("SUBMIT", "drop_after")
    await send(bench, bench.provider)
    lost_id = bench.job_ids()[0]
    job, word = await bench.provider.find(bench.request(), job_id=f" {lost_id.upper()} ")
    assert job.job_id == lost_id
    assert word
    await bench.bring(job, News.COMPLETED)
    assert (await bench.provider.observe(job)).news is News.COMPLETED
    assert await bench.provider.deliverables(job)


async def test_whether_jobs_can_be_looked_up_is_said(bench):
    """Link existing is offered from it, and only where it can work."""
    assert bench.provider.capabilities.finds_by_id is getattr(bench, "finds_jobs", False)


@pytest.mark.parametrize(
    "job_id", ["", "nonsense", "99999999-2a11-4b8e-9d33-7a5f10c2e901", "../../accounts"]
)
async def test_what_is_no_job_cannot_be_linked(bench, job_id: str):
    """The person is told in a sentence."""
    with pytest.raises(ProviderRefusedError) as caught:
        await bench.provider.find(bench.request(), job_id=job_id)
    assert caught.value.text.endswith(".")


@pytest.mark.parametrize("bench", having("has_words"), indirect=True)
async def test_a_word_nobody_knows_is_no_failure(bench):
    """It is shown as it is, and the next look counts again."""
    job = await submit(bench)
    bench.fail("LOOK", "body", status=200, body=bench.look_saying("PendingReview", job))
    seen = await bench.provider.observe(job)
    assert (seen.news, seen.word, seen.failure) == (None, "PendingReview", None)
    assert (await bench.provider.observe(job)).news is News.QUEUED


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_is_recognised_wherever_it_comes(bench, body: str):
    """A reader either understands or says so; a submit then is uncertain."""
    job = await submit(bench)
    calls = {
        "LOOK": lambda: bench.provider.observe(job),
        "FILES": lambda: bench.provider.deliverables(job),
        "FORM": bench.provider.form,
    }
    for match, call in calls.items():
        bench.fail(match, "body", status=200, body=body)
        with pytest.raises(ProviderReplyError) as caught:
            await call()
        assert len(caught.value.sample) <= 1000
    bench.fail("SUBMIT", "body", status=bench.accepted, body=body)
    assert isinstance(await send(bench, bench.provider), Uncertain)


@pytest.mark.parametrize("bench", having("points_to_status"), indirect=True)
@pytest.mark.parametrize("location", ["relative", "absolute", "foreign"])
async def test_a_job_is_followed_wherever_the_service_points(bench, location: str):
    """A foreign address is ignored, and our key never goes there."""
    bench.twin.configure(location=location)
    job = await submit(bench)
    assert (await bench.provider.observe(job)).news is News.QUEUED


@pytest.mark.parametrize("bench", having("lists_deliverables"), indirect=True)
@pytest.mark.parametrize("before", ["404", "409", "empty"])
@pytest.mark.parametrize("lists", ["wrapped", "bare"])
async def test_undocumented_shapes_make_no_difference(bench, before: str, lists: str):
    """What no document shows is taken in every likely form."""
    bench.twin.configure(
        deliverables_before=before, lists=lists, field_aliases=True, unknown_deliverable=True
    )
    assert await bench.provider.form()
    job = await submit(bench)
    assert await bench.provider.deliverables(job) == ()
    await bench.bring(job, News.AWAITING_APPROVAL)
    kinds = [one.kind for one in await bench.provider.deliverables(job)]
    assert "video" in kinds
    assert "AttributionPackage" in kinds


@pytest.mark.parametrize("bench", having("has_cancel"), indirect=True)
async def test_a_job_can_be_cancelled_while_there_is_time(bench):
    """Afterwards it is refused, and the job is looked at as ever."""
    early = await submit(bench)
    await bench.provider.cancel(early)
    assert (await bench.provider.observe(early)).news is News.CANCELLED
    prepared = await bench.provider.prepare(bench.request(topic="Another"))
    outcome = await bench.provider.submit(prepared, key="production-2.1")
    assert isinstance(outcome, Accepted)
    late = outcome.job
    await bench.bring(late, News.COMPLETED)
    with pytest.raises(ProviderRefusedError) as caught:
        await bench.provider.cancel(late)
    assert caught.value.code == "too_late"


async def test_a_job_the_service_forgot_is_refused(bench):
    """With a code of ours, so that the card can say that it is missing."""
    job = bench.forgotten(await submit(bench))
    calls = [bench.provider.observe]
    if bench.provider.capabilities.has_cancel:
        calls.append(bench.provider.cancel)
    for call in calls:
        with pytest.raises(ProviderRefusedError) as caught:
            await call(job)
        assert caught.value.code == "job_missing"


@pytest.mark.parametrize("bench", having("has_tiers"), indirect=True)
async def test_who_keeps_the_budget_is_never_told_to_slow_down(bench):
    """A day on the smallest tier: looks stop by themselves, and people still get through."""
    bench.twin.configure(tier="free")
    job = await submit(bench)
    budget = bench.provider.budget
    looks = 0
    for _ in range(24 * 60):
        while budget.may_look():
            await bench.provider.observe(job)
            looks += 1
        await bench.pass_time(30)
    assert looks == 79
    await bench.provider.form()
    assert {status for _, status in bench.calls()} == {200, 202}
    await bench.pass_time(3600 * 3)
    assert budget.may_look()


async def test_a_check_finds_what_is_wrong_with_a_key(bench):
    """A good key has no complaint; one that nobody knows has exactly that."""
    assert all(finding.is_good for finding in await bench.provider.check())
    unknown = bench.build(api_key="nobody")
    assert [finding.is_good for finding in await unknown.check()] == [False]


@pytest.mark.parametrize("bench", having("has_scopes"), indirect=True)
async def test_a_check_names_the_right_that_a_key_lacks(bench):
    """One that only reads has exactly that complaint."""
    readonly = bench.build(api_key=bench.refusals["right missing"].settings["api_key"])
    complaints = [one.text for one in await readonly.check() if not one.is_good]
    assert any(bench.unwritable in text for text in complaints)


async def test_no_error_shows_a_key_or_a_link(bench):
    """Texts and samples reach people, logs and a database."""
    job = await submit(bench)
    secret = f'{{"token": "hush", "message": "{bench.api_key} https://s.example/a?sig=hush"}}'
    errors: list[ProviderError] = []
    for kind, status in (("status", 400), ("status", 401), ("status", 500), ("body", 200)):
        bench.fail("LOOK", kind, status=status, body=secret)
        with pytest.raises(ProviderError) as caught:
            await bench.provider.observe(job)
        errors.append(caught.value)
    shown = " ".join(f"{error} {vars(error)}" for error in errors)
    assert "hush" not in shown
    assert bench.api_key not in shown
