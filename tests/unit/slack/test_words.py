"""Words that several messages share."""

import pytest

from bot.core.production import Deliverable
from bot.slack.views.words import file_word


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("video", "Video"),
        ("Video", "Video"),
        ("audio_description", "Audio description"),
        ("jingle_song", "Jingle song"),
        ("end-card", "End card"),
        ("AttributionPackage", "Attribution package"),
        ("PDF", "PDF"),
        ("Captions (SRT)", "Captions (SRT)"),
        ("my jingle", "my jingle"),
        ("_", "File"),
        ("", "File"),
    ],
)
def test_kind_of_file_is_said_in_words(kind, words):
    """A name out of a program is spelt out; what the service says in words stays."""
    assert file_word(Deliverable(key="f", kind=kind, name="f.mp4")) == words
