import struct

import pytest

from twin import files

MAKERS = {
    "mp4": files.mp4,
    "mp3": files.mp3,
    "vtt": files.vtt,
    "transcript": files.transcript,
    "pdf": lambda seed: files.pdf(seed, title="Certificate"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_same_seed_gives_same_bytes_and_another_gives_others(make):
    """Files are told by their seed alone."""
    assert make("a/1") == make("a/1") != make("a/2")


def test_video_is_made_of_boxes_that_fill_the_file():
    """Sizes of the boxes add up to the file."""
    content, names = files.mp4("seed"), []
    while content:
        size, name = struct.unpack(">I4s", content[:8])
        names.append(name)
        content = content[size:]
    assert names == [b"ftyp", b"moov", b"mdat"]


def test_movie_header_has_its_standard_length():
    """A version 0 movie header takes 108 bytes with its box."""
    content = files.mp4("seed")
    at = content.index(b"mvhd") - 4
    assert struct.unpack(">I", content[at : at + 4]) == (108,)


def test_sound_starts_with_a_tag_whose_size_leads_to_the_first_frame():
    """A player that skips the tag finds a frame."""
    content = files.mp3("seed")
    size = sum(part << shift for part, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
    assert content[10 + size : 12 + size] == b"\xff\xfb"


def test_document_offsets_lead_to_their_objects():
    """The cross-reference table of the PDF is right."""
    content = files.pdf("seed", title="Certificate")
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[start:].startswith(b"xref\n")
    rows = content[start:].split(b"\n")[3:9]
    for number, row in enumerate(rows, start=1):
        assert content[int(row[:10]) :].startswith(b"%d 0 obj" % number)
