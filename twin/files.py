"""Small files with honest headers, made from a seed: the same seed gives the same bytes.

They stand in for what a video service delivers. Players and viewers recognise each kind by its
signature; nobody is meant to enjoy watching them.
"""

import hashlib
import struct

VIDEO_FILLING_BYTES = 48 * 1024
_UNITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_SILENT_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz.


def sha256_hex(content: bytes) -> str:
    """Give the digest by which two copies are compared, in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def mp4(seed: str, *, filling_bytes: int = VIDEO_FILLING_BYTES) -> bytes:
    """Make a video container: a type box, a header without tracks, and media data.

    Source: box layout of ISO/IEC 14496-12.
    """
    kind = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41")
    filling = hashlib.shake_256(seed.encode()).digest(filling_bytes)
    return kind + _box(b"moov", _movie_header()) + _box(b"mdat", filling)


def _movie_header() -> bytes:
    times = struct.pack(">IIII", 0, 0, 1000, 30_000)  # Created, changed, ticks a second, length.
    rate_and_volume = struct.pack(">IH", 0x10000, 0x100) + bytes(10)
    next_track = bytes(24) + struct.pack(">I", 1)
    return _box(b"mvhd", bytes(4) + times + rate_and_volume + _UNITY_MATRIX + next_track)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def mp3(seed: str, *, frames: int = 38) -> bytes:
    """Make about a second of silence, with the seed as its title (ID3v2.3)."""
    title = b"\x00" + seed.encode("latin-1", "replace")
    frame = b"TIT2" + struct.pack(">I", len(title)) + b"\x00\x00" + title
    return b"ID3\x03\x00\x00" + _sync_safe(len(frame)) + frame + _SILENT_FRAME * frames


def _sync_safe(number: int) -> bytes:
    """Write a size as ID3 does: four bytes of seven bits."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def vtt(seed: str) -> bytes:
    """Make captions with three cues."""
    cues = (
        f"00:00:{start:02d}.000 --> 00:00:{start + 9:02d}.500\nCaption {number} of {seed}\n"
        for number, start in enumerate((0, 10, 20), start=1)
    )
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


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
