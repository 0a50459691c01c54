"""The form that a project shapes, and the body it becomes."""

from dataclasses import replace

import pytest

from bot.core.errors import FormRefusedError
from bot.core.form import FileField, NumberField, SelectField, TextField, steps_of
from bot.providers.techforge.form import build_form, build_submit, complaints, find_chosen
from bot.providers.techforge.reading import Asked, Project, read_fields_of, read_projects
from bot.providers.techforge.words import JOB_TYPES
from bot.publishing import CONTENT_TYPES
from tests.unit.providers.techforge.samples import PROJECT, build_request, build_settings, sample

BASE = "https://api.techforgeinnovate.com"
PROJECTS = read_projects(sample("projects"))
ASKED = read_fields_of(sample("fields"))


def drawn(*, chosen=PROJECTS[0], asked=ASKED, credits_left=1250.0, takes_files=False, **changes):
    """Build the form with the sample's projects."""
    return build_form(
        PROJECTS,
        build_settings(**changes),
        chosen=chosen,
        asked=asked,
        credits_left=credits_left,
        takes_files=takes_files,
    )


def body(**values):
    """Build the body that a form becomes."""
    return build_submit(build_request(**values), build_settings(), base_url=BASE)


def found(**values):
    """Give what is wrong with a form, by field."""
    return complaints(build_request(**values), drawn(), build_settings(), base_url=BASE)


def test_before_a_project_is_chosen_only_that_is_asked():
    """Choosing it reshapes the form; projects stand under their type."""
    topic, project = drawn(chosen=None).fields
    assert topic.key == "topic"
    assert isinstance(project, SelectField)
    assert project.reshapes
    assert [(one.name, one.group) for one in project.choices] == [
        ("Autumn teaser", "Talking videos"),
        ("Project 1d2e3f40", "Documents"),
    ]


def test_the_projects_fields_become_the_form():
    """In their order; an unknown kind and a missing one are texts, files are addresses."""
    fields = drawn().fields[2:]
    assert [(one.key, one.label) for one in fields[:5]] == [
        ("text.headline", "Headline"),
        ("audio.voiceover", "Voiceover"),
        ("image.avatar", "Avatar"),
        ("text.brand_color", "Brand colour"),
        ("text.greeting", "Greeting"),
    ]
    assert all(isinstance(one, TextField) for one in fields[:5])
    assert not any(one.is_required for one in fields)


def test_files_are_taken_where_they_can_be_given_an_address():
    """With the sizes and kinds that fit, or an address in their place; music too."""
    asked = (*ASKED, Asked(name="a", label="A", kind="image", is_required=True))
    fields = {one.key: one for one in drawn(asked=asked, takes_files=True, upload_bytes=9).fields}
    files = {key: one for key, one in fields.items() if isinstance(one, FileField)}
    assert set(files) == {"audio.voiceover", "image.avatar", "image.a", "music.url"}
    assert all(one.takes_address and one.max_bytes == 9 for one in files.values())
    assert files["image.a"].is_required
    assert not files["image.avatar"].is_required
    assert "png" in files["image.avatar"].extensions
    assert "mp3" in files["audio.voiceover"].extensions
    assert {ending for one in files.values() for ending in one.extensions} == set(CONTENT_TYPES)


@pytest.mark.parametrize(
    ("takes_files", "count", "why"),
    [(False, 1, "because PUBLIC_URL is not set"), (True, 140, "asks for too much")],
)
def test_where_nothing_can_be_uploaded_the_form_says_why(takes_files, count, why):
    """No field is dropped for the sake of uploads: a form has an end."""
    asked = [Asked(name=f"f{n}", label=f"Field {n}", kind="image") for n in range(count)]
    form = drawn(asked=asked, takes_files=takes_files)
    assert len(form.fields) == sum(map(len, steps_of(form))) == count + 2 + 3
    media = [one for one in form.fields if one.key.startswith(("image.", "music.url"))]
    assert all(isinstance(one, TextField) and why in one.hint for one in media)


def test_what_a_project_says_is_required_is_required():
    """No document mentions it; whoever says it means it."""
    asked = (Asked(name="a", label="A", kind="text", is_required=True),)
    assert drawn(asked=asked).fields[2].is_required


@pytest.mark.parametrize("count", [0, 3, 60, 265])
def test_any_number_of_fields_is_asked(count: int):
    """What one view cannot hold is asked in further steps."""
    asked = [Asked(name=f"f{n}", label=f"Field {n}", kind="text") for n in range(count)]
    form = drawn(asked=asked)
    assert len({one.key for one in form.fields}) == len(form.fields) == count + 2 + 3
    assert sum(len(step) for step in steps_of(form)) == len(form.fields)


@pytest.mark.parametrize("job_type", [*JOB_TYPES, ""])
def test_music_is_offered_for_videos_of_the_second_version(job_type: str):
    """Elsewhere it would mean nothing; a project without a type takes the configured one."""
    project = Project(project_id=PROJECT, name="P", job_type=job_type)
    keys = [one.key for one in drawn(chosen=project, asked=()).fields]
    has_music = job_type in {"video", "ai_talking_video", ""}
    assert ("music.url" in keys) == has_music
    assert "music.url" not in [one.key for one in drawn(chosen=project, asked=(), version=4).fields]
    if has_music:
        numbers = [one for one in drawn(chosen=project).fields if isinstance(one, NumberField)]
        assert [(one.min_value, one.max_value) for one in numbers] == [(0, 1), (0, None)]


@pytest.mark.parametrize(
    ("credits_left", "words"),
    [
        (1250.0, "TechForge has 1,250 credits left."),
        (1.0, "TechForge has 1 credit left."),
        (12.5, "TechForge has 12.5 credits left."),
        (0.0, "may be too few"),
        (-3.0, "may be too few"),
        (None, None),
    ],
)
def test_the_note_says_what_is_left(credits_left, words):
    """And warns at the floor, which keeps nobody from asking."""
    note = drawn(credits_left=credits_left).note
    assert note is None if words is None else words in note


def test_a_project_that_is_gone_is_not_chosen():
    """Remembered choices may be older than the list."""
    assert find_chosen(PROJECTS, {"project": f"{PROJECT}/ai_talking_video"}) == PROJECTS[0]
    assert find_chosen(PROJECTS, {"project": f"{PROJECT}/video"}) is None
    assert find_chosen(PROJECTS, {}) is None


@pytest.mark.parametrize("job_type", JOB_TYPES)
def test_each_type_of_job_is_sent_as_its_project_has_it(job_type: str):
    """Pictures from prompts name their source by another field."""
    sent = body(project=f"{PROJECT}/{job_type}")
    source = "project_id" if job_type == "ai_image_generation" else "template_id"
    assert (sent["job_type"], sent[source], sent["version"]) == (job_type, PROJECT, 2)
    assert ("background_music" in sent) == (job_type in {"video", "ai_talking_video"})


def test_a_project_without_a_type_takes_the_configured_one():
    """The select's value then names none."""
    assert body(project=f"{PROJECT}/")["job_type"] == "video"


def test_values_have_the_shape_of_their_kind():
    """Empty fields are left out."""
    sent = body(
        audio__voiceover=" https://assets.example/vo.mp3 ",
        image__avatar="https://assets.example/face.png",
        text__greeting="",
    )
    assert sent["values"] == {
        "headline": "Meet the range",
        "voiceover": {"audio_url": "https://assets.example/vo.mp3"},
        "avatar": {"image_url": "https://assets.example/face.png"},
    }


def test_names_with_dots_come_back_as_they_were():
    """Only the first dot is ours."""
    assert body(**{"text.scene.1.title": "A"})["values"]["scene.1.title"] == "A"


def test_music_is_sent_with_its_numbers():
    """Without an address the numbers mean nothing."""
    music = {"music.url": "https://assets.example/m.mp3", "music.volume": "0.4", "music.start": "3"}
    sent = body(**music)
    assert sent["background_music"] == music["music.url"]
    assert (sent["background_volume"], sent["background_start"]) == (0.4, 3.0)
    assert "background_volume" not in body(**{"music.volume": "0.4"})


MUSIC = {"music.url": "https://assets.example/m.mp3"}
BAD = {
    "no project": ("project", {"project": ""}),
    "odd project": ("project", {"project": "../jobs/video"}),
    "plain http": ("image.avatar", {"image__avatar": "http://assets.example/face.png"}),
    "private": ("image.avatar", {"image__avatar": "https://192.168.0.9/face.png"}),
    "loopback": ("audio.voiceover", {"audio__voiceover": "http://127.0.0.1/vo.mp3"}),
    "words": ("image.avatar", {"image__avatar": "the one from last year"}),
    "music": ("music.url", {"music.url": "ftp://assets.example/m.mp3"}),
    "too loud": ("music.volume", MUSIC | {"music.volume": "7"}),
    "no number": ("music.start", MUSIC | {"music.start": "nan"}),
}


@pytest.mark.parametrize(("key", "values"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_sent_is_refused_before_anything_is_paid(key: str, values: dict[str, str]):
    """Under its field while the form is open; the last gate says the same."""
    with pytest.raises(FormRefusedError) as caught:
        body(**values)
    assert caught.value.text.endswith(". Nothing was sent.")
    assert list(caught.value.fields) == [key]
    assert found(**values) == caught.value.fields


def test_music_alone_is_nothing_to_work_with():
    """The first of the project's own fields is complained about; a project without any is not."""
    request = build_request(**MUSIC)
    left = [one for one in request.answers if one.key != "text.headline"]
    bare = replace(request, answers=tuple(left))
    settings = build_settings()
    asked = complaints(bare, drawn(), settings, base_url=BASE)
    assert list(asked) == ["text.headline"]
    assert complaints(bare, drawn(asked=()), settings, base_url=BASE) == {}


def test_every_address_that_cannot_be_used_is_named_at_once():
    """So that nobody has to send a form as often as it has mistakes."""
    wrong = {"image__avatar": "face.png", "audio__voiceover": "voice.mp3"}
    assert found(**wrong).keys() == {"image.avatar", "audio.voiceover"}
    assert found() == {}


@pytest.mark.parametrize(
    ("job_type", "makes"),
    [
        ("ai_talking_video", "a video"),
        ("hologram", "a video"),
        ("tts", "speech"),
        ("image", "an image"),
        ("ai_image_generation", "an image"),
        ("photo_qc", "a photo check"),
        ("pdf", "a document"),
    ],
)
def test_the_form_says_what_its_project_makes(job_type: str, makes: str):
    """Slack's titles hold 24 characters, five of which are taken."""
    assert drawn(chosen=replace(PROJECTS[0], job_type=job_type)).makes == makes
    assert len(makes) <= 19
