"""Foreign names become names that are safe to save under."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.naming import LONGEST_NAME, OCTETS, content_type, disposition, file_name


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("autumn.mp4", "video", "autumn.mp4"),
        ("../../etc/passwd", "video", "etc passwd.mp4"),
        ("C:\\temp\\x.mp4", "video", "C temp x.mp4"),
        ("..", "video", "video.mp4"),
        ("", "", "file.mp4"),
        ("a\r\nSet-Cookie: x=1.mp4", "video", "aSet-Cookie x=1.mp4"),
        ("fdp\u202e4pm.exe", "video", "fdp4pm.exe"),
        ("con.mp4", "video", "_con.mp4"),
        (".hidden", "video", "hidden.mp4"),
        ('a"b.mp4', "video", "a b.mp4"),
        ("\uff02\uff0f.mp4", "video", "mp4.mp4"),
        ("Größe 東京.mp4", "video", "Größe 東京.mp4"),
        ("Autumn teaser", "video", "Autumn teaser.mp4"),
    ],
)
def test_name_is_made_safe(name, kind, safe):
    """No folders, no lines, no turning round, an ending that fits."""
    assert file_name(name, topic="", kind=kind, content_type="video/mp4") == safe


@pytest.mark.parametrize(
    ("topic", "name", "saved", "plain"),
    [
        ("Autumn range", "result.mp4", "Autumn range.mp4", "Autumn range.mp4"),
        ("Autumn range", "poster.jpg", "Autumn range - poster.jpg", "Autumn range - poster.jpg"),
        ("Autumn range", "AUTUMN RANGE_li.mp4", "AUTUMN RANGE_li.mp4", "AUTUMN RANGE_li.mp4"),
        (
            "Autumn range",
            "8f6d0a6e-1111-4222-8333-000000000abc.mp4",
            "Autumn range.mp4",
            "Autumn range.mp4",
        ),
        ("run.exe", "result", "run.exe - result", "run.exe - result"),
        ("a/b\\c\r\n: d", "result.mp4", "a b c d.mp4", "a b c d.mp4"),
        ("...", "result.mp4", "result.mp4", "result.mp4"),
        ("con", "result.mp4", "_con.mp4", "_con.mp4"),
        ("Über uns", "result.mp4", "Über uns.mp4", "Uber uns.mp4"),
        ("秋の新作", "poster.jpg", "秋の新作 - poster.jpg", "poster.jpg"),
        ("秋の新作", "result.mp4", "秋の新作.mp4", "file.mp4"),
        ("word " * 40, "result.mp4", ("word " * 14).strip() + ".mp4", None),
        ("x" * 400, "poster.jpg", "x" * 70 + " - poster.jpg", None),
    ],
)
def test_download_is_named_after_its_topic(topic, name, saved, plain):
    """What lies in a folder of downloads tells what it is, also where only ASCII is understood."""
    named = file_name(name, topic=topic, kind="video", content_type=OCTETS)
    assert named == saved
    assert f'filename="{plain or saved}"' in disposition(named)


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=20))
def test_header_holds_one_name_whatever_it_is_called(name, topic, kind):
    """Nothing in a name ends the header or its quotes, and no name is endless."""
    safe = file_name(name, topic=topic, kind=kind, content_type="video/mp4")
    written = disposition(safe)
    assert len(safe) <= LONGEST_NAME + 1
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\/%\r\n]+\"; filename\*=UTF-8''[\w.~%-]+", written, re.ASCII
    )
    assert written.isascii()
    assert written.isprintable()


def test_long_name_keeps_its_ending():
    """Programs go by it."""
    name = "x" * 500 + ".srt"
    safe = file_name(name, topic="Y", kind="captions", content_type="application/x-subrip")
    assert len(safe) <= LONGEST_NAME
    assert safe.endswith("x.srt")


@pytest.mark.parametrize(
    ("name", "listed", "sent", "kind"),
    [
        ("a.mp4", "video/mp4", "text/html", "video/mp4"),
        ("a.vtt", None, "binary/octet-stream", "text/vtt"),
        ("a.bin", None, "Video/MP4; codecs=x", "video/mp4"),
        ("a", "application/octet-stream", "audio/mpeg", "audio/mpeg"),
        ("a", "x\r\ny", None, "application/octet-stream"),
        ("a", None, None, "application/octet-stream"),
    ],
)
def test_type_is_what_is_known_best(name, listed, sent, kind):
    """What the service listed, else what the name ends in, else what it was sent as."""
    assert content_type(name, listed=listed, sent=sent) == kind
