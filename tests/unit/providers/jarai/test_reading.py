"""JARAI's JSON, documented and not."""

import contextlib
import json
from datetime import UTC, datetime

import pytest

from bot.core.events import News
from bot.core.production import Failure, Progress
from bot.providers.jarai.reading import (
    MOST_FILES,
    has_more_files,
    has_more_pages,
    read_accounts,
    read_deliverables,
    read_id,
    read_observation,
    read_pasted_id,
    read_progress,
    read_subscription,
)
from bot.providers.reading import UnreadableError
from tests.unit.providers.jarai.samples import ACCOUNT, AVATAR, PRODUCTION, sample


def observe(body):
    """Read a status body."""
    return read_observation(body, correlation_id="corr-1")


@pytest.mark.parametrize(
    ("word", "news"),
    [
        ("Queued", News.QUEUED),
        ("Producing", News.PRODUCING),
        ("AwaitingApproval", News.AWAITING_APPROVAL),
        ("Distributing", News.DISTRIBUTING),
        ("Published", News.COMPLETED),
        ("Failed", News.FAILED),
        ("Cancelled", News.CANCELLED),
        ("AWAITINGAPPROVAL", News.AWAITING_APPROVAL),
        ("queued", News.QUEUED),
        ("PendingReview", None),
        ("Archived", None),
    ],
)
def test_words_become_news_whatever_their_case(word: str, news: News | None):
    """A word we do not know carries no news and is shown as it is."""
    observation = observe({"status": word})
    assert (observation.news, observation.word) == (news, word)


@pytest.mark.parametrize("status", [None, 3, "", {}, []])
def test_a_look_without_a_status_is_unreadable(status: object):
    """Nothing is made up."""
    with pytest.raises(UnreadableError):
        observe({"status": status})


def test_a_producing_job_shows_its_step():
    """Phase and step in people's words."""
    assert observe(sample("status_producing")).progress == Progress(
        stage="Audio", step="Speaking the text", step_number=8, total_steps=15
    )


def test_a_lapsed_job_says_so_in_our_words():
    """The only documented failure, and the only one where asking again helps at once."""
    failure = observe(sample("status_expired")).failure
    assert failure is not None
    assert (failure.code, failure.correlation_id) == ("PRODUCTION_EXPIRED", "corr-1")
    assert "asking again works" in failure.text


def test_another_failure_is_told_in_jarais_words_without_secrets():
    """Unknown codes are shown as they are."""
    failure = observe(sample("status_failed")).failure
    assert failure is not None
    assert failure.code == "STEP_FAILED"
    assert failure.text.startswith("Render node lost")
    assert "abc123" not in failure.text
    assert "ops@" not in failure.text


def test_a_failure_without_a_reason_is_still_one():
    """Code and message may be missing or of any type."""
    body = {"status": "Failed", "errorCode": 7, "errorMessage": ["x"]}
    assert observe(body).failure == Failure(code=None, text="", correlation_id="corr-1")


def test_old_errors_do_not_make_a_living_job_fail():
    """After a revival the error fields may linger."""
    body = {"status": "Producing", "errorCode": "STEP_FAILED", "errorMessage": "x"}
    assert observe(body).failure is None


@pytest.mark.parametrize(
    ("number", "stage"),
    [
        (1, "Write"),
        (4, "Write"),
        (5, "Visuals"),
        (7, "Visuals"),
        (8, "Audio"),
        (9, "Audio"),
        (10, "Video & variants"),
        (12, "Video & variants"),
        (13, "Package"),
        (15, "Package"),
        (16, None),
    ],
)
def test_the_phase_follows_from_the_step(number: int, stage: str | None):
    """A step beyond the pipeline we know has no phase."""
    progress = read_progress({"stepNumber": number})
    assert progress == Progress(stage=stage, step_number=number)


@pytest.mark.parametrize(
    "body",
    [
        {"currentStep": {"stepNumber": 10, "stepName": "VideoComposition", "totalSteps": 15}},
        {"stepNumber": 10, "stepName": "VideoComposition", "totalSteps": 15},
        {"step": {"stepIndex": 10, "name": "VideoComposition"}, "totalSteps": 15},
        {"step": "10b", "stepName": "VideoComposition", "totalSteps": 15},
        {"currentStep": 10, "currentStepName": "VideoComposition", "stepCount": 15},
    ],
)
def test_steps_are_read_in_every_likely_spelling(body: dict):
    """No document shows how a step is written; names of unknown steps are taken apart."""
    assert read_progress(body) == Progress(
        stage="Video & variants", step="Video composition", step_number=10, total_steps=15
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"currentStep": None},
        {"currentStep": []},
        {"currentStep": {}},
        {"stepNumber": 0},
        {"stepNumber": True},
        {"stepNumber": -3},
        {"stepNumber": 10**9},
        {"stepNumber": "x"},
        {"stepName": 5},
    ],
)
def test_where_no_step_is_named_there_is_no_progress(body: dict):
    """Nonsense shows nothing rather than something wrong."""
    assert read_progress(body) is None


def test_accounts_that_cannot_produce_are_left_out():
    """Suspended ones, and those without an avatar."""
    (account,) = read_accounts(sample("accounts"))
    assert (account.account_id, account.name) == (ACCOUNT, "Northwind Social")
    assert [avatar.name for avatar in account.avatars] == ["Mia", "Theo"]


def test_accounts_are_read_in_other_spellings():
    """Bare lists, other names, avatars as mere ids; what is no UUID is left out."""
    (account,) = read_accounts(sample("accounts_aliases"))
    assert (account.account_id, account.name) == (ACCOUNT, "Northwind Social")
    assert [avatar.name for avatar in account.avatars] == ["Avatar c4e0d0a1", "Theo"]
    assert account.avatars[0].avatar_id == AVATAR


def test_a_list_that_goes_on_is_noticed():
    """How to ask for the rest is not documented."""
    assert has_more_pages({"accounts": [], "nextLink": "https://x"})
    assert not has_more_pages({"accounts": [], "nextLink": None})
    assert not has_more_pages([])


def test_deliverables_keep_what_is_known():
    """Types become ours, unknown ones stay, and links expire when JARAI says so."""
    video, captions, credit = read_deliverables(sample("deliverables"))
    assert (video.deliverable.key, video.deliverable.kind) == ("d1", "video")
    assert video.deliverable.size_bytes == 18350080
    assert video.expires_at == datetime(2026, 11, 21, 11, 30, tzinfo=UTC)
    assert (captions.deliverable.kind, captions.deliverable.language) == ("captions", "en-GB")
    assert captions.expires_at is None
    assert credit.deliverable.kind == "AttributionPackage"


def test_a_deliverable_does_not_hold_its_link():
    """It is stored; the link must not be, nor show in a log."""
    for listed in read_deliverables(sample("deliverables")):
        assert "sig" not in repr(listed.deliverable)
        assert "sig" not in repr(listed)


def test_deliverables_are_read_in_other_spellings():
    """Fields of the wrong type are empty, files without a link are left out, keys stay apart."""
    listed = read_deliverables(sample("deliverables_aliases"))
    first, second, third, fourth = (one.deliverable for one in listed)
    assert (first.kind, first.name, first.platform) == ("video", "autumn.mp4", "TikTok")
    assert (first.content_type, first.size_bytes) == (None, None)
    assert second.key == f"{first.key}-2"
    assert (third.kind, third.name) == ("transcript", "Transcript")
    assert fourth.kind == "audio_description"
    assert " " not in fourth.key


def test_keys_are_the_same_from_list_to_list():
    """A stored key must find its file again, whatever order the others are in."""
    bodies = sample("deliverables_aliases")
    once = {one.deliverable.key for one in read_deliverables(bodies)}
    again = {one.deliverable.key for one in read_deliverables(list(reversed(bodies)))}
    assert once == again


def file(**fields: object) -> dict[str, object]:
    """Write a file as JARAI lists it."""
    return {"deliverableId": "d", "type": "Video", "sasUrl": "https://s.example/a"} | fields


def test_twins_are_counted_past_keys_that_look_like_theirs():
    """Three files with one id, and one whose id is what the second would be called."""
    ids = ("d", "d-2", "d", "d", "d-2")
    listed = read_deliverables([file(deliverableId=one) for one in ids])
    assert [one.deliverable.key for one in listed] == ["d", "d-2", "d-3", "d-4", "d-2-2"]


def test_a_list_without_end_is_cut():
    """200 files are more than any production has; what is cut is noticed."""
    many = [file() for _ in range(20_000)]
    assert len(read_deliverables(many)) == MOST_FILES
    assert has_more_files(many)
    assert not has_more_files(many[:MOST_FILES])


def test_names_show_the_ending_they_have():
    """Marks that turn the order of letters round are gone from words and names."""
    (listed,) = read_deliverables([file(fileName="clip\u202e4pm.exe", type="Vid\u2066eo")])
    assert (listed.deliverable.name, listed.deliverable.kind) == ("clip4pm.exe", "video")


@pytest.mark.parametrize("value", [None, {}, "text", {"deliverables": "x"}, ["a", "b"]])
def test_deliverables_that_are_no_list_are_unreadable(value: object):
    """They are not the same as none."""
    with pytest.raises(UnreadableError):
        read_deliverables(value)


@pytest.mark.parametrize(
    "text",
    [
        PRODUCTION,
        PRODUCTION.upper(),
        f"  {PRODUCTION}\n",
        f"https://console.jarai.studio/productions/{PRODUCTION}",
        f"https://api.jarai.studio/v1/partner/accounts/{ACCOUNT}/productions/{PRODUCTION}",
        f"https://api.jarai.studio/productions/{PRODUCTION}/deliverables/{ACCOUNT}",
        f"<https://console.jarai.studio/p/{ACCOUNT}/{PRODUCTION}?tab=1>",
    ],
)
def test_a_pasted_id_is_found(text: str):
    """People paste what they have: the id or an address."""
    assert read_pasted_id(text) == PRODUCTION


@pytest.mark.parametrize("text", ["", "7K3MQ2", "https://console.jarai.studio/", PRODUCTION[:-1]])
def test_what_holds_no_id_is_none(text: str):
    """It is told to the person in a sentence, not sent to JARAI."""
    assert read_pasted_id(text) is None


@pytest.mark.parametrize("value", [None, 3, "", "x", f"{PRODUCTION}\n", f" {PRODUCTION}"])
def test_ids_are_uuids(value: object):
    """They go into paths."""
    assert read_id(value) is None


def test_a_subscription_is_read_with_its_secret_out_of_sight():
    """It is shown once, and only on purpose."""
    added = read_subscription(sample("webhook_added_201"))
    assert added.webhook_id == "9a0e0000-0000-4000-8000-000000000009"
    assert added.secret is not None
    assert added.secret not in repr(added)
    with pytest.raises(UnreadableError):
        read_subscription({"endpointUrl": "https://bot.example"})


def test_readers_survive_any_json():
    """Whatever type stands where, the answer is a value or the one error."""
    values = [None, True, 0, -1, 1.5, "", "x", [], {}, [[]], [{}], {"a": {}}, [None, {"sasUrl": 5}]]
    names = sorted({name for one in ("status_failed", "status_producing") for name in sample(one)})
    for reader in (read_accounts, read_deliverables):
        for value in values:
            _try(reader, value)
    for value in values:
        for name in names:
            _try(observe, sample("status_failed") | {name: value})
            _try(observe, sample("status_producing") | {name: value})


def _try(reader, value) -> None:
    with contextlib.suppress(UnreadableError):
        reader(json.loads(json.dumps(value)))
