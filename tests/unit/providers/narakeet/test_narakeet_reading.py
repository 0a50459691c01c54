"""Narakeet's JSON becomes our values, or is recognised as nonsense."""

import pytest

from bot.providers.narakeet.form import cost_words
from bot.providers.narakeet.reading import (
    read_credit_seconds,
    read_status,
    read_task,
    read_upload_token,
    read_voices,
)
from bot.providers.reading import UnreadableError
from tests.unit.providers.narakeet.samples import sample


def test_a_job_in_hand_says_how_far_it_is():
    """The percentage is the service's own."""
    status = read_status(sample("status_building"))
    assert (status.is_finished, status.percent, status.message) == (False, 42, "building scenes")


def test_a_status_without_finished_goes_on():
    """The vendor's own client had to learn this."""
    assert not read_status(sample("status_without_finished")).is_finished


def test_a_finished_video_lists_what_comes_with_it():
    """The result first, under the name that its link ends in."""
    files = [one.deliverable for one in read_status(sample("status_video")).files]
    assert [(one.key, one.kind, one.name, one.content_type) for one in files] == [
        ("result", "video", "result.mp4", "video/mp4"),
        ("srt", "Captions (SRT)", "result.srt", "application/x-subrip"),
        ("vtt", "Captions (VTT)", "result.vtt", "text/vtt"),
        ("poster", "Poster", "poster.jpg", "image/jpeg"),
    ]


def test_a_finished_text_is_audio():
    """It is told by the ending of its link."""
    (only,) = read_status(sample("status_audio")).files
    assert (only.deliverable.kind, only.deliverable.name) == ("Audio", "result.mp3")


@pytest.mark.parametrize("name", ["status_failed", "status_failed_mute"])
def test_finished_without_success_is_a_failure(name: str):
    """Also where `succeeded` is missing altogether."""
    status = read_status(sample(name))
    assert (status.is_finished, status.has_succeeded, status.files) == (True, False, ())


@pytest.mark.parametrize("percent", [-1, 101, "42", True, None, [], 1e300])
def test_a_percentage_that_is_none_is_not_shown(percent: object):
    """Nothing is made up in its place."""
    assert read_status({"finished": False, "percent": percent}).percent is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "hello"},
        {"finished": "yes", "percent": 1},
        {"finished": None, "percent": 1},
        {"finished": True, "succeeded": "true", "result": "https://a.example/b.mp4"},
        {"finished": True, "succeeded": 1, "result": "https://a.example/b.mp4"},
        {"finished": True, "succeeded": None, "result": "https://a.example/b.mp4"},
        {"finished": True, "succeeded": True, "percent": 100},
        {"finished": True, "succeeded": True, "result": ""},
        {"finished": True, "succeeded": True, "result": ["https://a.example/b.mp4"]},
    ],
)
def test_what_is_no_status_is_recognised(body: dict):
    """A success without its result is none either."""
    with pytest.raises(UnreadableError):
        read_status(body)


@pytest.mark.parametrize("url", ["https://r.example/", "https://r.example/%2e%2e%2fpasswd", "["])
def test_a_link_without_a_usable_name_lends_none(url: str):
    """The file is then called after what it is."""
    status = read_status({"finished": True, "succeeded": True, "result": url})
    assert status.files[0].deliverable.name == "result"


def test_a_task_has_its_id_and_its_secret_address():
    """The address shows in no `repr`."""
    task = read_task(sample("task"))
    assert task.task_id == "t-20261121-0001"
    assert task.status_url == sample("task")["statusUrl"]
    assert "X-Sig" not in repr(task)


@pytest.mark.parametrize("task_id", [None, "", "a b", "x" * 101, 7])
def test_a_task_without_a_usable_id_gets_one_that_stays(task_id: object):
    """It is made from the address, and gives nothing of it away."""
    body = {**sample("task_without_id"), "taskId": task_id}
    assert read_task(body) == read_task(body)
    assert read_task(body).task_id.startswith("status-")


def test_an_upload_token_goes_back_as_it_came():
    """What it means to the service is its own affair."""
    token = read_upload_token(sample("upload_token"))
    assert (token.repository, token.repository_type) == ("uploads/abc.zip", "s3-zip-EXAMPLE")


@pytest.mark.parametrize("name", ["url", "contentType", "repository", "repositoryType"])
@pytest.mark.parametrize("value", [None, "", 7, "a\r\nb: c"])
def test_half_an_upload_token_is_none(name: str, value: object):
    """Nor is one whose parts could not stand in a header."""
    with pytest.raises(UnreadableError):
        read_upload_token({**sample("upload_token"), name: value})


def test_voices_without_a_name_are_left_out():
    """Styles are not asked for."""
    voices = read_voices(sample("voices"))
    assert [(one.name, one.language) for one in voices] == [
        ("mickey", "English (US)"),
        ("hans", "German"),
    ]


@pytest.mark.parametrize(("value", "seconds"), [(5400.5, 5400), (0, 0), (-3, 0)])
def test_credits_are_whole_seconds(value: float, seconds: int):
    """A debt counts as nothing left."""
    assert read_credit_seconds({**sample("credits"), "creditSeconds": value}) == seconds


@pytest.mark.parametrize("value", [None, True, "5400", 1e300])
def test_credits_that_are_none_are_recognised(value: object):
    """The form then says nothing of them."""
    with pytest.raises(UnreadableError):
        read_credit_seconds({"creditSeconds": value})


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (31, "31 seconds of credit"),
        (30.2, "31 seconds of credit"),
        (1, "1 second of credit"),
        (3600, "3,600 seconds of credit"),
        (0, None),
        (-1, None),
        (True, None),
        ("31", None),
        (float("inf"), None),
        (None, None),
    ],
)
def test_what_is_made_costs_as_much_as_it_is_long(length: object, words: str | None):
    """Where the status says how long that is."""
    status = read_status(sample("status_audio") | {"durationInSeconds": length})
    assert cost_words(status.seconds) == words
