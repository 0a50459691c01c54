"""A sent form becomes a wish, or is refused in words before anything is sent."""

import pytest

from bot.core.errors import FormRefusedError
from bot.core.form import FileField, SearchField, SelectField
from bot.core.production import FileReference
from bot.providers.narakeet.form import build_form, credits_note
from bot.providers.narakeet.settings import NarakeetSettings
from bot.providers.narakeet.wish import ArchiveWish, AudioWish, VideoWish, read_wish
from tests.unit.providers.narakeet.samples import KEY, build_request

SETTINGS = NarakeetSettings(api_key=KEY, upload_bytes=1000)


def file(name: str, size_bytes: int = 10) -> FileReference:
    """Give an upload."""
    return FileReference(file_id=f"F{name}", name=name, size_bytes=size_bytes)


def wish(*files: FileReference, field: str = "files", **values: str):
    """Read a form with these uploads."""
    return read_wish(build_request(files={field: files} if files else {}, **values), SETTINGS)


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (None, ["topic", "kind", "script", "files", "source", "voice", "size"]),
        ("archive", ["topic", "kind", "address", "source"]),
        (
            "audio",
            ["topic", "kind", "script", "text_file", "voice", "format", "speed", "subtitles"],
        ),
    ],
)
def test_the_form_asks_what_its_kind_needs(kind: str | None, keys: list[str]):
    """The kind reshapes it; voices are searched, since there are hundreds."""
    form = build_form(SETTINGS, chosen={"kind": kind} if kind else {}, note=None)
    assert [field.key for field in form.fields] == keys
    assert [one.key for one in form.fields if getattr(one, "reshapes", False)] == ["kind"]
    assert all(isinstance(one, SearchField) for one in form.fields if one.key == "voice")
    assert {one.key for one in form.fields if isinstance(one, FileField)} <= {"files", "text_file"}
    assert isinstance(form.fields[1], SelectField)


def test_a_typed_script_takes_every_file_along():
    """Also another text, which it may include."""
    asked = wish(file("a.jpg"), file("more.md"), script="\nHello.\n", voice="mickey", size="720p")
    assert isinstance(asked, VideoWish)
    assert (asked.script, asked.voice, asked.size) == ("Hello.", "mickey", "720p")
    assert [one.name for one in asked.assets] == ["a.jpg", "more.md"]


def test_the_only_script_among_the_files_is_the_script():
    """It is no asset then."""
    asked = wish(file("a.jpg"), file("story.md"))
    assert asked.script == file("story.md")
    assert asked.assets == (file("a.jpg"),)


def test_one_of_several_scripts_is_named():
    """In any spelling of its letters."""
    asked = wish(file("one.md"), file("two.txt"), source="TWO.txt")
    assert asked.script == file("two.txt")


@pytest.mark.parametrize(
    ("files", "values"),
    [
        ([], {}),
        ([], {"script": "  \n"}),
        (["a.jpg"], {}),
        (["one.md", "two.md"], {}),
        (["one.md"], {"source": "two.md"}),
        (["one.md"], {"source": "one.md", "script": "Hello."}),
        (["a.jpg", "A.JPG"], {"script": "Hello."}),
        (["../a.jpg"], {"script": "Hello."}),
        (["b/a.jpg"], {"script": "Hello."}),
        (["b\\a.jpg"], {"script": "Hello."}),
        ([".jpg"], {"script": "Hello."}),
        (["a.exe"], {"script": "Hello."}),
        (["a\n.jpg"], {"script": "Hello."}),
        (["a\u202e.jpg"], {"script": "Hello."}),
        (["x" * 101 + ".jpg"], {"script": "Hello."}),
    ],
)
def test_a_video_without_one_script_and_plain_names_is_refused(files: list[str], values: dict):
    """A zip is made of nothing but plain names."""
    with pytest.raises(FormRefusedError) as caught:
        wish(*(file(name) for name in files), **values)
    assert caught.value.text.endswith("Nothing was sent.")


def test_a_script_file_that_is_too_long_is_refused():
    """Pictures may be larger than a script that a person wrote."""
    with pytest.raises(FormRefusedError) as caught:
        read_wish(
            build_request(files={"files": [file("story.md", 1_000_001)]}),
            NarakeetSettings(api_key=KEY),
        )
    assert (list(caught.value.fields), caught.value.code) == (["files"], "form_too_long")


def test_files_that_are_too_large_together_are_refused():
    """The form checks the same; this is the last gate."""
    with pytest.raises(FormRefusedError) as caught:
        wish(file("a.jpg", 600), file("b.jpg", 600), script="Hello.")
    assert caught.value.code == "form_too_long"


def test_a_zip_on_the_web_is_named_by_address_and_script():
    """Folders within it are the requester's own."""
    asked = wish(kind="archive", address=" https://a.example/x.zip ", source="talk/script.md")
    assert asked == ArchiveWish(address="https://a.example/x.zip", source="talk/script.md")


@pytest.mark.parametrize("source", ["", "../script.md", "/script.md", "a//b.md", "script", "a.exe"])
def test_a_script_that_is_no_path_in_a_zip_is_refused(source: str):
    """It would fail at the service, later and paid for."""
    with pytest.raises(FormRefusedError):
        wish(kind="archive", address="https://a.example/x.zip", source=source)


def test_a_text_is_read_aloud_as_asked():
    """The speed is written the short way."""
    asked = wish(kind="audio", script="Hello.", format="wav", speed="1.10", subtitles="yes")
    assert asked == AudioWish(
        text="Hello.", voice="", format="wav", speed="1.1", has_subtitles=True
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"script": "Hello.", "format": "ogg"},
        {"script": "Hello.", "speed": "9"},
        {"script": "Hello.", "speed": "NaN"},
        {"script": "Hello.", "speed": "quick"},
    ],
)
def test_a_text_that_cannot_be_read_aloud_is_refused(values: dict[str, str]):
    """In words, and before anything is sent."""
    with pytest.raises(FormRefusedError):
        wish(kind="audio", **values)


def test_a_text_is_typed_or_uploaded_but_not_both():
    """Nobody could say which was meant."""
    with pytest.raises(FormRefusedError):
        wish(file("a.txt"), field="text_file", kind="audio", script="Hello.")
    assert wish(file("a.srt"), field="text_file", kind="audio").text == file("a.srt")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "no credits left"), (90, "90 seconds"), (5400, "90 minutes")]
)
def test_credits_are_said_in_words(seconds: int, words: str):
    """Above the button, before anything is spent."""
    assert words in credits_note(seconds)
