"""Files of the ISO base media family (MP4, M4A) with one track, written box by box.

Source: box layouts of ISO/IEC 14496-12 and 14496-14, descriptors of 14496-1.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_UNITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # The language code `und`, five bits a letter.
_MOVIE_TICKS = 1000  # A second.
_VIDEO, _AUDIO = 0x11, 0x15  # Stream types of a decoder's configuration.
_JPEG, _AAC = 0x6C, 0x40  # Object types of the same.
_AAC_LC_44100_MONO = bytes((0x12, 0x08))
AAC_SAMPLES = 1024
AAC_RATE = 44_100


@dataclass(frozen=True, kw_only=True)
class Track:
    """What a file plays.

    Attributes:
        kind: `vide` or `soun`.
        entry: How the samples are coded.
        samples: Frames, each as long as the others.
        ticks: Ticks of the track's clock in a second.
        sample_ticks: Length of a sample.
        width: Pixels; 0 for sound.
        height: Pixels; 0 for sound.
    """

    kind: bytes
    entry: bytes
    samples: Sequence[bytes]
    ticks: int
    sample_ticks: int
    width: int = 0
    height: int = 0

    @property
    def length(self) -> int:
        """Length in ticks."""
        return len(self.samples) * self.sample_ticks


def jpeg_track(frames: Sequence[bytes], *, width: int, height: int) -> Track:
    """Make a track of pictures, one a second."""
    return Track(
        kind=b"vide",
        entry=_picture_entry(width, height),
        samples=frames,
        ticks=_MOVIE_TICKS,
        sample_ticks=_MOVIE_TICKS,
        width=width,
        height=height,
    )


def aac_track(frames: Sequence[bytes]) -> Track:
    """Make a track of AAC-LC frames, 44.1 kHz, one channel."""
    return Track(
        kind=b"soun", entry=_sound_entry(), samples=frames, ticks=AAC_RATE, sample_ticks=AAC_SAMPLES
    )


def movie(track: Track, *, brand: bytes, filling: bytes = b"") -> bytes:
    """Write a file: its type, its header, then the samples.

    Args:
        brand: Four letters that say what the file is.
        filling: Bytes behind the samples that nothing points at.
    """
    kind = box(b"ftyp", brand + struct.pack(">I", 512) + brand + b"iso2mp41")
    first = len(kind) + len(_header(track, first=0)) + 8
    media = b"".join(track.samples) + filling
    return kind + _header(track, first=first) + box(b"mdat", media)


def box(name: bytes, content: bytes) -> bytes:
    """Write a box."""
    return struct.pack(">I", 8 + len(content)) + name + content


def _full(name: bytes, content: bytes, *, flags: int = 0) -> bytes:
    """Write a box that has a version, 0, and flags."""
    return box(name, struct.pack(">I", flags) + content)


def _header(track: Track, *, first: int) -> bytes:
    """Write all that says what the file plays; `first` is the first sample's place."""
    length = track.length * _MOVIE_TICKS // track.ticks
    return box(b"moov", _movie_header(length) + box(b"trak", _track(track, length, first)))


def _movie_header(length: int) -> bytes:
    times = struct.pack(">IIII", 0, 0, _MOVIE_TICKS, length)  # Created, changed, ticks, length.
    rate_and_volume = struct.pack(">IH", 0x10000, 0x100) + bytes(10)
    next_track = bytes(24) + struct.pack(">I", 2)
    return _full(b"mvhd", times + rate_and_volume + _UNITY_MATRIX + next_track)


def _track(track: Track, length: int, first: int) -> bytes:
    volume = 0x100 if track.kind == b"soun" else 0
    place = struct.pack(">IIIII8xHHHxx", 0, 0, 1, 0, length, 0, 0, volume)
    size = struct.pack(">II", track.width << 16, track.height << 16)
    head = _full(b"tkhd", place + _UNITY_MATRIX + size, flags=7)
    times = struct.pack(">IIIIHxx", 0, 0, track.ticks, track.length, _UNDETERMINED)
    handler = bytes(4) + track.kind + bytes(12) + b"twin\x00"
    media = _full(b"mdhd", times) + _full(b"hdlr", handler) + box(b"minf", _media(track, first))
    return head + box(b"mdia", media)


def _media(track: Track, first: int) -> bytes:
    is_video = track.kind == b"vide"
    head = _full(b"vmhd", bytes(8), flags=1) if is_video else _full(b"smhd", bytes(4))
    here = struct.pack(">I", 1) + _full(b"url ", b"", flags=1)
    return head + box(b"dinf", _full(b"dref", here)) + box(b"stbl", _table(track, first))


def _table(track: Track, first: int) -> bytes:
    """Say how samples are coded, how long they last and where they are: all in one chunk."""
    count = len(track.samples)
    sizes = struct.pack(f">{count}I", *(len(sample) for sample in track.samples))
    return (
        _full(b"stsd", struct.pack(">I", 1) + track.entry)
        + _full(b"stts", struct.pack(">III", 1, count, track.sample_ticks))
        + _full(b"stsc", struct.pack(">IIII", 1, 1, count, 1))
        + _full(b"stsz", struct.pack(">II", 0, count) + sizes)
        + _full(b"stco", struct.pack(">II", 1, first))
    )


def _picture_entry(width: int, height: int) -> bytes:
    size = struct.pack(">6xH16xHH", 1, width, height)
    print_size = struct.pack(">II4xH", 0x480000, 0x480000, 1)
    depth = bytes(32) + struct.pack(">Hh", 24, -1)
    return box(b"mp4v", size + print_size + depth + _decoder(_JPEG, _VIDEO))


def _sound_entry() -> bytes:
    shape = struct.pack(">6xH8xHH4xI", 1, 1, 16, AAC_RATE << 16)
    return box(b"mp4a", shape + _decoder(_AAC, _AUDIO, special=_AAC_LC_44100_MONO))


def _decoder(object_type: int, stream: int, *, special: bytes = b"") -> bytes:
    """Say which decoder the samples need."""
    config = struct.pack(">BB3xII", object_type, stream, 0, 0)
    if special:
        config += _descriptor(5, special)
    body = struct.pack(">HB", 1, 0) + _descriptor(4, config) + _descriptor(6, b"\x02")
    return _full(b"esds", _descriptor(3, body))


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content
