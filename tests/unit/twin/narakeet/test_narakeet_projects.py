"""The zip is read as whoever unpacks it would have to, and so is the script."""

import io
import stat
import struct
import time
import zipfile

import pytest

from tests.unit.twin.narakeet.conftest import PROJECT, SCRIPT, packed
from twin.narakeet.projects import MOST_FILES, ProjectError, read_project
from twin.narakeet.script import read_script, read_subtitles

LIMIT = 1_000_000


def read(content: bytes, script: str = "script.md", limit: int = LIMIT):
    """Read a project."""
    return read_project(content, script=script, unpacked_bytes=limit)


def with_entry(name: str, *, mode: int = 0o644, content: bytes = b"x") -> bytes:
    """Pack the script and one more entry, made as an archiver on Unix would."""
    packed_to = io.BytesIO()
    with zipfile.ZipFile(packed_to, "w") as archive:
        archive.writestr("script.md", "Hello.")
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, content)
    return packed_to.getvalue()


def test_good_project_is_read():
    """Its header is no scene, its pictures are named, its words are counted."""
    script = read(PROJECT)
    assert (script.scenes, script.files, script.seconds) == (2, ("london.jpg",), 6)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up.png", "a/../../up.png", "a\\b.png", "C:/x.png"]
)
def test_names_that_leave_the_archive_are_refused(name):
    """Absolute paths, steps upwards, backslashes and drives are nobody's asset."""
    with pytest.raises(ProjectError, match="leave the archive"):
        read(with_entry(name))


def test_symbolic_links_are_refused():
    """The documents forbid them."""
    with pytest.raises(ProjectError, match="Symbolic links"):
        read(with_entry("link.png", mode=stat.S_IFLNK | 0o777, content=b"script.md"))


def test_too_many_files_are_refused():
    """An archive has a bound."""
    with pytest.raises(ProjectError, match="more than"):
        read(packed({f"{number}.png": "" for number in range(MOST_FILES + 1)}))


def test_project_that_is_too_large_unpacked_is_refused_before_it_is():
    """What the archive says of its sizes is enough."""
    with pytest.raises(ProjectError, match="larger than 1000 bytes"):
        read(packed({"script.md": "Hello.", "zeros.png": bytes(100_000)}), limit=1000)


def test_two_files_of_one_name_are_refused():
    """Which of them is meant nobody could say."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = with_entry("script.md")
    with pytest.raises(ProjectError, match="two files of one name"):
        read(content)


def test_damaged_file_is_refused():
    """A file whose checksum is wrong is found, even if it is not the script."""
    content = bytearray(with_entry("pic.png", content=b"picture bytes"))
    content[content.index(b"picture bytes")] ^= 0xFF
    with pytest.raises(ProjectError, match="damaged: pic"):
        read(bytes(content))


def test_encrypted_archive_is_refused():
    """The service has no password."""
    content = bytearray(with_entry("pic.png"))
    at = content.rindex(b"PK\x01\x02") + 8
    content[at : at + 2] = struct.pack("<H", 1)
    with pytest.raises(ProjectError, match="encrypted"):
        read(bytes(content))


@pytest.mark.parametrize("cut", [1, 10, 30, 60, 100])
def test_broken_bytes_are_no_archive(cut):
    """However it is broken, the answer is a sentence."""
    for content in (PROJECT[:-cut], PROJECT[cut:], PROJECT[:cut] + bytes(cut) + PROJECT[cut * 2 :]):
        with pytest.raises(ProjectError):
            read(content, script="other.md")


def test_folder_is_no_script():
    """An entry that is a folder cannot be read aloud."""
    with pytest.raises(ProjectError, match="Missing file: film/"):
        read(with_entry("film/"), script="film/")


@pytest.mark.parametrize(
    ("text", "scenes", "seconds", "files"),
    [
        ("One two three four five.", 1, 2, ()),
        ("---\nsize: 720p\n---\nHi.", 1, 1, ()),
        ("A.\n---\nB.\n---\n![](x.png)", 3, 1 + 1 + 3, ("x.png",)),
        ('![cat](cat.png "A cat") Hi.\r\n\r\n---\r\n\r\n![cat](cat.png)', 2, 4, ("cat.png",)),
        ("![](https://a.example/x.png) Hi.", 1, 1, ()),
        ("", 0, 0, ()),
        ("---\n---\n", 0, 0, ()),
    ],
)
def test_script_is_measured(text, scenes, seconds, files):
    """Two and a half words take a second; a scene without words takes three."""
    script = read_script(text)
    assert (script.scenes, script.seconds, script.files) == (scenes, seconds, files)


def test_speed_shortens_the_reading():
    """Twice the speed is half the time."""
    assert read_script("word " * 100, speed=2).seconds == 20


def test_times_of_subtitles_are_not_read_aloud():
    """Only what is said counts."""
    text = "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\nHello you all out there.\n"
    assert read_subtitles(text).seconds == read_script("Hello you all out there.").seconds


@pytest.mark.parametrize(
    "line", ["![" * 200_000, "![](" * 100_000, "-->" * 100_000, "---\n" * 9999]
)
def test_hostile_script_is_read_in_time(line):
    """No line makes the reading slow."""
    begun = time.process_time()
    read_script(line)
    read_subtitles(line)
    assert time.process_time() - begun < 5


def test_sample_script_is_what_the_documents_show():
    """The script of these tests has a header, a picture and two scenes."""
    assert SCRIPT.count("---\n") == 3
