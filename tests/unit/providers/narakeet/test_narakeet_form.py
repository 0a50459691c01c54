"""What Narakeet's form asks, read as somebody would who has never seen a script."""

import pytest

from bot.providers.narakeet.form import ARCHIVE, AUDIO, VIDEO, build_form
from bot.providers.narakeet.settings import NarakeetSettings


def drawn(kind):
    """Build the form of a kind."""
    return build_form(NarakeetSettings(api_key="k"), chosen={"kind": kind}, note=None)


@pytest.mark.parametrize(
    ("kind", "makes"), [(VIDEO, "a video"), (ARCHIVE, "a video"), (AUDIO, "audio")]
)
def test_form_says_what_it_makes(kind: str, makes: str):
    """Its title and its button go by that."""
    assert drawn(kind).makes == makes


def test_script_of_a_video_says_how_a_picture_is_shown():
    """Whoever uploads one has to name it there; read aloud, there are none."""
    hints = {
        kind: next(one.hint or "" for one in drawn(kind).fields if one.key == "script")
        for kind in (VIDEO, AUDIO)
    }
    assert "![](cover.png) on a line of its own shows that picture" in hints[VIDEO]
    assert "![](" not in hints[AUDIO]


def test_choices_tell_what_they_are_without_their_label():
    """The card shows them alone."""
    (subtitles,) = [one for one in drawn(AUDIO).fields if one.key == "subtitles"]
    assert [choice.name for choice in subtitles.choices] == ["Subtitles as SRT and VTT"]
