"""Properties of a form find their way into a script's header."""

import pytest

from bot.providers.narakeet.script import with_properties

BOTH = {"size": "720p", "voice": "mickey"}


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("Hello.", "---\nsize: 720p\nvoice: mickey\n---\n\nHello."),
        ("---\nvoice: Sarah\n---\nHello.", "---\nsize: 720p\nvoice: Sarah\n---\nHello."),
        ("---\r\nvoice: S\r\n---\r\nHi.", "---\nsize: 720p\nvoice: S\n---\nHi."),
        ("---\nVoice: a\nsize: b\n---", "---\nVoice: a\nsize: b\n---"),
        ("---\n---\nHi.", "---\nsize: 720p\nvoice: mickey\n---\nHi."),
        ("---\nno end", "---\nsize: 720p\nvoice: mickey\n---\n\n---\nno end"),
        ("One.\n---\nTwo.", "---\nsize: 720p\nvoice: mickey\n---\n\nOne.\n---\nTwo."),
    ],
)
def test_a_script_keeps_what_it_sets_itself(script: str, made: str):
    """The rest is added to its header, or to a new one."""
    assert with_properties(script, BOTH) == made


def test_without_properties_a_script_stays_as_it_is():
    """No header is made for nothing."""
    assert with_properties("Hello.", {"size": "", "voice": ""}) == "Hello."


@pytest.mark.parametrize("voice", ["no", "a: b", "x\ny: z", '"', "100", "Anna-Lena Ü"])
def test_a_value_stays_one_value(voice: str):
    """Whatever it is called, it opens no other line and is no other type."""
    header = with_properties("Hello.", {"voice": voice}).split("---\n")[1]
    assert header.startswith('voice: "')
    assert header.count("\n") == 1
