"""What TechForge's JSON becomes, in every shape it may have."""

import pytest

from bot.core.errors import SettingsError
from bot.core.events import News
from bot.providers.reading import UnreadableError
from bot.providers.techforge.files import find_files
from bot.providers.techforge.reading import (
    read_credits,
    read_fields_of,
    read_job_id,
    read_observation,
    read_pasted_id,
    read_projects,
)
from bot.providers.techforge.settings import Paths
from tests.unit.providers.techforge.samples import JOB, MP4, PROJECT, build_settings, sample


@pytest.mark.parametrize(
    ("word", "news"),
    [
        ("QUEUED", News.QUEUED),
        ("STARTED", News.PRODUCING),
        ("IN_PROGRESS", News.PRODUCING),
        ("in progress", News.PRODUCING),
        ("processing", News.PRODUCING),
        ("SUCCESS", News.COMPLETED),
        ("done", News.COMPLETED),
        ("FAILED", News.FAILED),
        ("RENDER_HELD", None),
    ],
)
def test_words_of_both_generations_are_known(word: str, news: News | None):
    """Any other is no news, and no failure."""
    seen = read_observation({"uuid": JOB, "job_status": word}, correlation_id=None)
    assert (seen.news, seen.word) == (news, word)


def test_words_that_an_operator_knows_are_known():
    """However they are spelt; TechForge's own keep their meaning."""
    settings = build_settings(status_aliases={"Render-held": "IN_PROGRESS", "OVER": "SUCCESS"})
    words = {"RENDER_HELD": News.PRODUCING, "over": News.COMPLETED, "FAILED": News.FAILED}
    for word, news in words.items():
        row = {"uuid": JOB, "job_status": word}
        seen = read_observation(row, correlation_id=None, statuses=settings.statuses)
        assert (seen.news, seen.word) == (news, word)


@pytest.mark.parametrize("word", ["SUCCESS", "in-progress", "Done"])
def test_a_word_of_techforges_own_cannot_be_given_another_meaning(word: str):
    """The start ends with a line that names the place."""
    with pytest.raises(SettingsError) as caught:
        Paths(build_settings(status_aliases={word: "FAILED"}))
    assert str(caught.value).startswith("CATALOG is wrong at techforge.status_aliases: ")


@pytest.mark.parametrize(
    "row",
    [
        {"output": {"error": "No face."}},
        {"output": {"message": "No face."}},
        {"output": {"error": {"message": "No face."}}},
        {"output": {"error": ["No face."]}},
        {"output": "No face."},
        {"error": "No face."},
        {"message": "No face.", "output": {"output": "a/b.mp4"}},
    ],
)
def test_the_reason_of_a_failure_is_found_where_it_may_be(row):
    """No document says where it is."""
    seen = read_observation(row | {"job_status": "FAILED"}, correlation_id="r-1")
    assert seen.failure.text == "No face."
    assert seen.failure.correlation_id == "r-1"


@pytest.mark.parametrize("output", [None, {}, [], 7, {"error": None}, {"error": {"a": 1}}])
def test_a_failure_without_a_reason_says_so(output):
    """Silence would look like a mistake of ours."""
    seen = read_observation({"job_status": "FAILED", "output": output}, correlation_id=None)
    assert seen.failure.text == "It gave no reason."


@pytest.mark.parametrize(
    "body", [{"uuid": JOB}, {"job": {"uuid": JOB}}, {"jobId": JOB}, {"uuid": JOB.upper()}]
)
def test_a_jobs_id_is_found_in_every_shape(body):
    """A row, the answer to a submit, and the overview of v1.0.0."""
    assert read_job_id(body) == JOB


@pytest.mark.parametrize("body", [{}, {"job": None}, {"uuid": 7}, {"uuid": "../x"}, {"job": []}])
def test_what_is_no_id_is_none(body):
    """It would end up in a path."""
    assert read_job_id(body) is None


@pytest.mark.parametrize(
    ("text", "job_id"),
    [
        (f" {JOB.upper()} ", JOB),
        (f"https://app.techforgeinnovate.com/jobs/{JOB}?tab=1", JOB),
        ("job_20261121", "job_20261121"),
        ("nonsense", None),
        ("7K3MQ2", None),
        ("../../jobs", None),
        ("", None),
    ],
)
def test_a_pasted_id_is_found(text: str, job_id: str | None):
    """Alone, or in an address."""
    assert read_pasted_id(text) == job_id


def test_projects_that_cannot_be_named_in_an_option_are_left_out():
    """Slack's values are short, and an id must fit a path."""
    listed = [
        {"projectId": PROJECT, "projectName": "Good", "projectType": 7},
        {"projectId": "a/b", "projectName": "Bad id"},
        {"projectId": "a" * 60, "projectType": "b" * 30},
        {"projectName": "No id"},
    ]
    assert [(one.name, one.job_type) for one in read_projects({"data": listed})] == [("Good", "")]
    with pytest.raises(UnreadableError):
        read_projects({"data": {"a": 1}})


def test_fields_that_could_not_be_sent_back_are_known_and_not_asked():
    """A name that is changed by being stored is another name; people are told what is missing."""
    fields = {"good": 7, "a\u0000b": {}, "c" * 300: {}, " d": {}, "": {}}
    asked = read_fields_of({"data": {"fields": fields}})
    assert [(one.label, one.is_askable) for one in asked] == [
        ("good", True),
        ("a\N{REPLACEMENT CHARACTER}b", False),
        ("c" * 159 + "…", False),
        ("d", False),
        ("a field", False),
    ]
    for odd in ({}, {"data": []}, {"data": {"fields": []}}):
        with pytest.raises(UnreadableError):
            read_fields_of(odd)


def test_a_project_without_end_is_unreadable():
    """Whatever number of fields people may fill in is read whole; none is dropped in silence."""
    fields = {f"f{n}": {} for n in range(2000)}
    assert len(read_fields_of({"data": {"fields": fields}})) == 2000
    with pytest.raises(UnreadableError):
        read_fields_of({"data": {"fields": {**fields, "more": {}}}})


@pytest.mark.parametrize(("value", "number"), [(1250, 1250.0), ("12.5", 12.5), (0, 0.0), (-1, -1)])
def test_a_balance_may_be_a_number_or_a_text(value, number: float):
    """Rows have credits as texts, the balance has a number."""
    assert read_credits({"credits": value}) == number


@pytest.mark.parametrize("value", [None, True, "many", "nan", "1e999", [], {"a": 1}, 10**400])
def test_what_is_no_balance_is_unreadable(value):
    """It is then left out of the note."""
    with pytest.raises(UnreadableError):
        read_credits({"credits": value})


def test_the_documented_output_is_one_file():
    """Its name says nothing to people, so it is called by what it is."""
    (found,) = find_files(sample("job_success")["output"])
    one = found.deliverable
    assert (found.path, found.is_url) == (MP4, False)
    assert (one.kind, one.name, one.content_type) == ("video", "video.mp4", "video/mp4")


OUTPUTS = {
    "nested": (
        {"result": {"files": {"captions": {"path": "c/x.vtt"}, "result": {"path": "v/x.mp4"}}}},
        [("captions", "x.vtt"), ("video", "x.mp4")],
    ),
    "list": (["a/one.mp3", "a/two.mp3"], [("Audio", "one.mp3"), ("Audio", "two.mp3")]),
    "twins": ({"a": f"x/{JOB}.jpg", "b": f"y/{JOB}.jpg"},
              [("Image", "image.jpg"), ("Image", "image-2.jpg")]),
    "poster": ({"output": "v/film.mp4", "thumbnail": "v/film.jpg"},
               [("video", "film.mp4"), ("Poster", "film.jpg")]),
    "address": ({"output": "https://cdn.example.com/v/film.mp4?sig=1"}, [("video", "film.mp4")]),
    "unknown ending": ({"subtitle_pack": "v/film.xyz"}, [("Subtitle pack", "film.xyz")]),
    "no ending": ({"preview": "https://cdn.example.com/v/film"}, [("Preview", "film")]),
    "no files": ({"note": "made in 1.5 s", "credit_used": "12.5", "host": "example.com"}, []),
    "spaces": ({"message": "see a/b.mp4 there", "url": "https://x.example/a b"}, []),
    "nothing": (None, []),
}  # fmt: skip


@pytest.mark.parametrize(("output", "files"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_files_are_found_by_how_they_look(output, files):
    """Only one shape is documented, for one type of jobs."""
    found = find_files(output)
    assert [(one.deliverable.kind, one.deliverable.name) for one in found] == files


def test_a_file_keeps_its_key_when_its_address_is_signed_anew():
    """Download links in the thread are bound to it."""
    old, new = (
        find_files({"output": f"https://cdn.example.com/a.mp4?sig={n}"})[0].deliverable.key
        for n in (1, 2)
    )
    assert old == new


def test_files_that_differ_only_in_the_query_are_several():
    """They are told apart by their order, which a new signature leaves."""

    def keys(signature):
        urls = [f"https://cdn.example.com/get?id={n}&sig={signature}" for n in (1, 2, 2)]
        return [one.deliverable.key for one in find_files({"output": urls})]

    assert keys("a") == keys("b")
    assert len(set(keys("a"))) == len(keys("a")) == 2


@pytest.mark.parametrize("name", ["prompt", "text", "Script", "values", "input", "message"])
def test_what_was_ordered_is_no_file(name):
    """A worker may echo it, and what people wrote must not come up as a file's name."""
    output = {"output": "v/film.mp4", name: "either/or.else", "meta": {name: ["one/two.three"]}}
    assert [one.path for one in find_files(output)] == ["v/film.mp4"]


def test_an_endless_output_is_not_followed_to_its_end():
    """However deep, long, or full of the same."""
    deep = "v/film.mp4"
    for _ in range(50):
        deep = {"a": deep}
    assert find_files(deep) == ()
    assert len(find_files([f"v/{n}.mp4" for n in range(5000)])) == 100
    assert len(find_files(["v/a.mp4"] * 500)) == 1


@pytest.mark.parametrize(
    ("used", "words"),
    [
        ("12.5", "12.5 credits"),
        ("1", "1 credit"),
        ("1250", "1,250 credits"),
        ("100.00", "100 credits"),
        (3, "3 credits"),
        ("0", None),
        ("-2", None),
        ("0.001", None),
        ("inf", None),
        ("nan", None),
        ("many", None),
        (True, None),
        (None, None),
    ],
)
def test_a_job_says_what_it_has_used_up(used: object, words: str | None):
    """A number that is written as a text; nothing is what each row begins with."""
    row = sample("job_success") | {"credit_used": used}
    assert read_observation(row, correlation_id=None).cost == words
