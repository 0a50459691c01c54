"""What the services deliver is read as whoever plays it would, box by box and frame by frame."""

import itertools
import struct
import zlib
from collections.abc import Iterator

import pytest

from twin import files

MAKERS = {
    "mp4": files.mp4,
    "jpg": files.jpg,
    "mp3": files.mp3,
    "m4a": files.m4a,
    "wav": files.wav,
    "vtt": files.vtt,
    "srt": files.srt,
    "transcript": files.transcript,
    "pdf": lambda seed: files.pdf(seed, title="Certificate"),
}
HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}


def boxes(content: bytes, *, at: int = 0) -> Iterator[tuple[str, bytes, int]]:
    """Walk through boxes and those in them: path, content, and where the content begins."""
    place = 0
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8])
        assert 8 <= size <= len(content) - place
        inner = content[place + 8 : place + size]
        yield name.decode(), inner, at + place + 8
        if name in HOLDERS:
            for path, deeper, where in boxes(inner, at=at + place + 8):
                yield f"{name.decode()}/{path}", deeper, where
        place += size


def samples_of(content: bytes) -> list[bytes]:
    """Cut a file's one chunk into its samples, as a player finds them."""
    table = {path.rpartition("/")[2]: inner for path, inner, _ in boxes(content)}
    (start,) = struct.unpack(">I", table["stco"][8:12])
    count = struct.unpack(">I", table["stsz"][8:12])[0]
    sizes = struct.unpack(f">{count}I", table["stsz"][12:])
    ends = [start, *itertools.accumulate(sizes, initial=start)][1:]
    return [content[end : end + size] for end, size in zip(ends, sizes, strict=False)]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_same_seed_gives_same_bytes_and_another_gives_others(make):
    """Files are told by their seed alone."""
    assert make("a/1") == make("a/1") != make("a/2")


def test_video_has_all_the_boxes_that_a_player_needs():
    """One video track with its header, its handler, its reference and its table of samples."""
    paths = [path for path, _, _ in boxes(files.mp4("seed"))]
    media = "moov/trak/mdia/minf"
    assert paths == [
        "ftyp",
        "moov",
        "moov/mvhd",
        "moov/trak",
        "moov/trak/tkhd",
        "moov/trak/mdia",
        "moov/trak/mdia/mdhd",
        "moov/trak/mdia/hdlr",
        media,
        f"{media}/vmhd",
        f"{media}/dinf",
        f"{media}/dinf/dref",
        f"{media}/stbl",
        *[f"{media}/stbl/{name}" for name in ("stsd", "stts", "stsc", "stsz", "stco")],
        "mdat",
    ]


def test_video_lasts_as_long_as_its_pictures():
    """Movie, track and samples tell the same length: a picture a second."""
    found = {path.rpartition("/")[2]: inner for path, inner, _ in boxes(files.mp4("s", seconds=7))}
    ticks, length = struct.unpack(">II", found["mvhd"][12:20])
    assert length / ticks == 7
    assert struct.unpack(">I", found["tkhd"][20:24]) == (length,)
    assert struct.unpack(">II", found["mdhd"][12:20]) == (1000, 7000)
    assert struct.unpack(">II", found["stts"][8:16]) == (7, 1000)


def test_video_is_as_wide_as_its_pictures_say():
    """The track's size and the sample's are the pictures' own."""
    content = files.mp4("seed", seconds=1)
    found = {path.rpartition("/")[2]: inner for path, inner, _ in boxes(content)}
    assert struct.unpack(">II", found["tkhd"][-8:]) == (320 << 16, 180 << 16)
    (frame,) = samples_of(content)
    at = frame.index(b"\xff\xc0")
    assert struct.unpack(">HH", frame[at + 5 : at + 9]) == (180, 320)


def test_samples_of_the_video_are_whole_pictures():
    """Where the table points, a picture begins, and where it ends, one has ended."""
    frames = samples_of(files.mp4("seed"))
    assert len(frames) == files.VIDEO_S
    assert all(frame.startswith(b"\xff\xd8\xff\xe0") for frame in frames)
    assert all(frame.endswith(b"\xff\xd9") for frame in frames)
    assert len(set(frames)) == len(frames)


def test_video_can_be_made_larger():
    """Filling lies behind the pictures, inside the media box."""
    small, large = (files.mp4("seed", filling_bytes=size) for size in (0, 100_000))
    assert len(large) == len(small) + 100_000
    assert samples_of(small) == samples_of(large)


def test_filling_is_not_told_apart_by_luck():
    """Two halves of the filling differ, so a part that is out of place is noticed."""
    filling = files.mp4("seed", filling_bytes=100_000)[-100_000:]
    assert len(zlib.compress(filling)) > 99_000


def decoded_blocks(picture: bytes) -> tuple[int, int]:
    """Decode a picture's blocks by its own tables: how many there are, and the one difference."""
    at = picture.index(b"\xff\xda")
    data = picture[at + 10 : -2]
    bits = "".join(f"{byte:08b}" for byte in data)
    place, blocks, difference = 0, 0, 0
    while place < len(bits) and "0" in bits[place:]:
        if bits[place : place + 2] == "10":
            difference = int(bits[place + 2 : place + 8], 2)
            place += 8
        else:
            assert bits[place] == "0"
            place += 1
        assert bits[place] == "0"
        place, blocks = place + 1, blocks + 1
    return blocks, difference


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 180), (9, 7)])
def test_picture_has_as_many_blocks_as_its_size_needs(width, height):
    """Every eight by eight square is there, and the coded bytes need no escape."""
    picture = files.jpg("seed", width=width, height=height)
    blocks, _ = decoded_blocks(picture)
    assert blocks == -(-width // 8) * -(-height // 8)
    assert b"\xff" not in picture[picture.index(b"\xff\xda") + 10 : -2]


def test_segments_of_a_picture_lead_to_each_other():
    """Each length leads to the next marker, up to the scan."""
    picture, at, markers = files.jpg("seed"), 2, []
    while not markers or markers[-1] != 0xDA:
        sign, marker, length = struct.unpack(">BBH", picture[at : at + 4])
        assert sign == 0xFF
        markers.append(marker)
        at += 2 + length
    assert markers == [0xE0, 0xFE, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA]


def test_sound_in_aac_has_frames_of_its_length():
    """A second has forty-four frames of 1,024 samples, all where the table points."""
    content = files.m4a("seed", seconds=1)
    assert content[4:12] == b"ftypM4A "
    frames = samples_of(content)
    assert len(frames) == 44
    assert len(set(frames)) == 1
    found = {path.rpartition("/")[2]: inner for path, inner, _ in boxes(content)}
    assert struct.unpack(">II", found["mdhd"][12:20]) == (44_100, 44 * 1024)
    assert b"mp4a" in found["stsd"]


def test_sound_in_pcm_is_as_long_as_its_header_says():
    """Chunks fill the file; bytes, rate and sample size give the length."""
    content = files.wav("seeds", seconds=2)
    assert struct.unpack("<I", content[4:8]) == (len(content) - 8,)
    at, found = 12, {}
    while at < len(content):
        name, size = struct.unpack("<4sI", content[at : at + 8])
        found[name] = content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert at == len(content)
    _, channels, rate, per_second, _, width = struct.unpack("<HHIIHH", found[b"fmt "])
    assert (channels, width, per_second) == (1, 16, rate * 2)
    assert len(found[b"data"]) / per_second == 2


def test_mpeg_sound_lasts_as_long_as_it_was_asked_to():
    """Frames of 26 milliseconds, each beginning with its sync word."""
    content = files.mp3("seed", seconds=10)
    frames = content[content.index(b"\xff\xfb") :]
    assert len(frames) % 417 == 0
    assert all(frames[at : at + 2] == b"\xff\xfb" for at in range(0, len(frames), 417))
    assert 10 <= len(frames) / 417 * 1152 / 44_100 < 10.03


def test_captions_count_their_cues():
    """SubRip numbers cues and writes commas where WebVTT writes points."""
    assert files.srt("seed").startswith(b"1\n00:00:00,000 --> 00:00:09,500\n")
    assert files.srt("seed").count(b"-->") == files.vtt("seed").count(b"-->") == 3


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
