"""Small files with honest headers, made from a seed: the same seed gives the same bytes.

They stand in for what a video service delivers. Players and viewers open each kind; nobody is
meant to enjoy watching them: pictures are of one grey, sound is silence.
"""

import hashlib
import math
import struct

from twin.boxes import AAC_RATE, AAC_SAMPLES, aac_track, box, jpeg_track, movie

VIDEO_FILLING_BYTES = 48 * 1024
VIDEO_S = 30
_VIDEO_SIZE = (320, 180)
_POSTER_SIZE = (640, 360)
_SILENT_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz.
_MP3_SAMPLES = 1152
_MP3_RATE = 44_100
_SILENT_AAC = bytes((0x00, 0xC8, 0x00, 0x80, 0x23, 0x80))  # AAC-LC, one channel.
_WAV_RATE = 8000


def sha256_hex(content: bytes) -> str:
    """Give the digest by which two copies are compared, in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def mp4(seed: str, *, seconds: int = VIDEO_S, filling_bytes: int = VIDEO_FILLING_BYTES) -> bytes:
    """Make a video of grey pictures, one a second.

    Args:
        seconds: Length, 1 or more.
        filling_bytes: How much larger than its pictures the file is.
    """
    width, height = _VIDEO_SIZE
    frames = [jpg(f"{seed}/{number}", width=width, height=height) for number in range(seconds)]
    filling = hashlib.shake_256(seed.encode()).digest(filling_bytes)
    return movie(jpeg_track(frames, width=width, height=height), brand=b"isom", filling=filling)


def jpg(seed: str, *, width: int = _POSTER_SIZE[0], height: int = _POSTER_SIZE[1]) -> bytes:
    """Make a picture of one grey, with the seed as its comment (baseline JPEG, ITU-T T.81)."""
    blocks = math.ceil(width / 8) * math.ceil(height / 8)
    shade = hashlib.sha256(seed.encode()).digest()[0] & 0x3F
    return (
        b"\xff\xd8"
        + _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + _segment(0xFE, seed.encode())
        + _segment(0xDB, b"\x00" + b"\x10" * 64)  # Every coefficient is divided by 16.
        + _segment(0xC0, struct.pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0))
        # Code 0 is "as the block before", code 10 "differs by a number of six bits".
        + _segment(0xC4, b"\x00\x01\x01" + bytes(14) + b"\x00\x06")
        # Code 0 is "nothing else in this block".
        + _segment(0xC4, b"\x10\x01" + bytes(15) + b"\x00")
        + _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + _bits(f"10{shade:06b}0" + "00" * (blocks - 1))
        + b"\xff\xd9"
    )


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def _bits(text: str) -> bytes:
    """Write binary digits as bytes, filled up with ones; no byte comes out as 0xFF."""
    length = math.ceil(len(text) / 8)
    return int(text.ljust(length * 8, "1"), 2).to_bytes(length, "big")


def mp3(seed: str, *, seconds: float = 1.0) -> bytes:
    """Make silence with the seed as its title (ID3v2.3)."""
    title = b"\x00" + seed.encode("latin-1", "replace")
    frame = b"TIT2" + struct.pack(">I", len(title)) + b"\x00\x00" + title
    tag = b"ID3\x03\x00\x00" + _sync_safe(len(frame)) + frame
    return tag + _SILENT_FRAME * math.ceil(seconds * _MP3_RATE / _MP3_SAMPLES)


def _sync_safe(number: int) -> bytes:
    """Write a size as ID3 does: four bytes of seven bits."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def m4a(seed: str, *, seconds: float = 1.0) -> bytes:
    """Make silence in AAC, with the seed in a box that players skip."""
    frames = [_SILENT_AAC] * math.ceil(seconds * AAC_RATE / AAC_SAMPLES)
    return movie(aac_track(frames), brand=b"M4A ") + box(b"free", seed.encode())


def wav(seed: str, *, seconds: float = 1.0) -> bytes:
    """Make silence in 16-bit PCM, 8 kHz, one channel, with the seed as its title."""
    shape = struct.pack("<HHIIHH", 1, 1, _WAV_RATE, _WAV_RATE * 2, 2, 16)
    title = b"INFO" + _chunk(b"INAM", seed.encode() + b"\x00")
    sound = bytes(2 * math.ceil(seconds * _WAV_RATE))
    body = b"WAVE" + _chunk(b"fmt ", shape) + _chunk(b"LIST", title) + _chunk(b"data", sound)
    return _chunk(b"RIFF", body)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def vtt(seed: str) -> bytes:
    """Make captions with three cues (WebVTT)."""
    cues = (
        f"00:00:{start:02d}.000 --> 00:00:{start + 9:02d}.500\nCaption {number} of {seed}\n"
        for number, start in enumerate((0, 10, 20), start=1)
    )
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def srt(seed: str) -> bytes:
    """Make captions with three cues (SubRip)."""
    cues = (
        f"{number}\n00:00:{start:02d},000 --> 00:00:{start + 9:02d},500\n"
        f"Caption {number} of {seed}\n"
        for number, start in enumerate((0, 10, 20), start=1)
    )
    return "\n".join(cues).encode()


def transcript(seed: str) -> bytes:
    """Make a plain text with a few spoken lines."""
    lines = (f"[{second:02d} s] Line {second // 10 + 1} of {seed}." for second in (0, 10, 20))
    return ("Transcript\n\n" + "\n".join(lines) + "\n").encode()


def pdf(seed: str, *, title: str) -> bytes:
    """Make a one-page document that states its title and the seed, both plain ASCII."""
    text = f"BT /F1 14 Tf 60 760 Td ({title}) Tj 0 -24 Td ({seed}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    return _pdf_of(objects)


def _pdf_of(objects: tuple[bytes, ...]) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n" % count + table + trailer
