"""Files are there whole or not at all, in a folder as in a bucket."""

import resource
import stat

import pytest

from bot.core.errors import FilesUnavailableError, SettingsError
from storage.files import PART_BYTES, PIECE_BYTES, Files
from tests.faults.raw_server import RawServer, answer, answering


@pytest.fixture
def files(tmp_path):
    return Files((tmp_path / "kept files").as_uri())


async def pieces(*data, error=None):
    """Give pieces, then fail if told to."""
    for one in data:
        yield one
    if error is not None:
        raise error


async def read(files, name, start, end):
    """Read a part at once."""
    return b"".join([piece async for piece in files.read(name, start, end)])


def left_in(files):
    """List every file in the folder, whatever it is called."""
    return sorted(path.name for path in files.folder.rglob("*") if path.is_file())


async def test_what_is_written_can_be_read_in_parts(files):
    """Across the borders of parts and pieces nothing is lost."""
    data = bytes(range(256)) * ((PART_BYTES + PIECE_BYTES) // 128)
    await files.put(
        "a/b/c", pieces(*(data[at : at + 70_001] for at in range(0, len(data), 70_001)))
    )
    assert await files.size("a/b/c") == len(data)
    assert await read(files, "a/b/c", 0, len(data)) == data
    middle = PIECE_BYTES - 3
    assert await read(files, "a/b/c", middle, middle + 10) == data[middle : middle + 10]


async def test_what_is_whole_below_a_folder_is_found(files):
    """What was cut off in the middle of being written has no name yet."""
    assert await files.find("a") == []
    await files.put("a/b/c", pieces(b"123"))
    await files.put("ab/c", pieces(b"1"))
    (files.folder / "a" / "b" / "d#1").write_bytes(b"12")
    assert await files.find("a") == [("a/b/c", 3)]


async def test_empty_file_is_a_file(files):
    """Nothing is something too."""
    await files.put("empty", pieces())
    assert await files.size("empty") == 0
    assert await read(files, "empty", 0, 0) == b""


@pytest.mark.parametrize("amount", [1, PART_BYTES, 3 * PART_BYTES])
async def test_source_that_fails_leaves_nothing(files, amount):
    """However far it came, nothing has its name, and the error is the source's own."""
    error = LookupError("gone")
    with pytest.raises(LookupError) as raised:
        await files.put("a/b", pieces(b"x" * amount, error=error))
    assert raised.value is error
    assert await files.size("a/b") is None
    assert left_in(files) == []


async def test_nobody_else_can_read_the_folder(files):
    """What is kept is for those who have its link."""
    await files.put("a", pieces(b"x"))
    assert stat.S_IMODE(files.folder.stat().st_mode) == 0o700


async def test_nothing_is_made_before_the_first_file(files):
    """Who keeps no copies has no folder."""
    assert not files.folder.exists()


async def test_removing_sweeps_up_what_was_half_written(files):
    """A process that died has left names that are no file's."""
    await files.put("p/1/f/one", pieces(b"x"))
    (files.folder / "p/1/f/two#1").write_bytes(b"half")
    await files.remove("p/1/f", but="p/1/f/one")
    assert left_in(files) == ["one"]
    await files.remove("p")
    assert left_in(files) == []
    await files.remove("p")


async def test_one_file_is_removed_and_no_other(files):
    """Once or twice, what stands beside it stays."""
    await files.put("p/1/one", pieces(b"x"))
    await files.put("p/1/two", pieces(b"y"))
    await files.remove_one("p/1/one")
    await files.remove_one("p/1/one")
    assert left_in(files) == ["two"]


async def test_file_that_is_shorter_than_it_was_is_not_read(files):
    """Readers are told, so that nobody takes a part for the whole."""
    await files.put("a", pieces(b"12345"))
    with pytest.raises(FilesUnavailableError):
        await read(files, "a", 0, 6)


async def test_folder_that_cannot_be_made_is_said(tmp_path):
    """Nothing of the path is in the words."""
    (tmp_path / "file").write_text("in the way")
    files = Files((tmp_path / "file/below").as_uri())
    with pytest.raises(FilesUnavailableError) as raised:
        await files.put("a", pieces(b"x"))
    assert str(tmp_path) not in str(raised.value)


async def test_probe_leaves_nothing(files):
    """It writes, reads and removes."""
    await files.probe()
    assert left_in(files) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "/var/files",
        "file://host/folder",
        "file:///",
        "file:relative",
        "s3://",
        "s3://key:secret@bucket",
        "https://example.com/x",
        "ftp://x/y",
        "memory:///",
        "az://[bad",
    ],
)
def test_address_that_cannot_be_used_names_the_setting(url):
    """And never its value, which may hold a key."""
    with pytest.raises(SettingsError) as raised:
        Files(url)
    assert raised.value.name == "DELIVERABLES_URL"
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["s3://bucket/folder", "gs://bucket"])
def test_buckets_are_opened_without_being_asked(url):
    """Whether they answer is for doctor to find out."""
    assert Files(url).is_local is False


async def test_disk_that_is_full_is_said_in_the_systems_words(files):
    """What the system refuses, the library passes on; nothing has the name, and nothing is left."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PART_BYTES, before[1]))
    try:
        with pytest.raises(FilesUnavailableError, match="File too large"):
            await files.put("a/b", pieces(*[b"x" * PART_BYTES] * 3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await files.size("a/b") is None
    assert left_in(files) == []


@pytest.fixture
def bucket(monkeypatch):
    """Give what opens a bucket at an address in one's own network."""

    def opened(url, *, allows="true"):
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "key-of-the-bucket",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-west-1",
            "AWS_ALLOW_HTTP": allows,
        }.items():
            monkeypatch.setenv(name, value)
        return Files("s3://bucket/folder")

    return opened


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer("403 Forbidden", b"<Error><Code>InvalidAccessKeyId</Code></Error>"), "KeyId$"),
        (answer("404 Not Found", b"<Error><Code>NoSuchBucket</Code></Error>"), "NoSuchBucket$"),
        (answer("403 Forbidden", b"<b>secret</b>"), "status 403$"),
    ],
)
async def test_bucket_that_refuses_is_said_by_its_code(bucket, said, words):
    """Enough to know what to mend; addresses and keys are not in it."""
    async with RawServer(answering(said)) as server:
        with pytest.raises(FilesUnavailableError, match=words) as raised:
            await bucket(server.url()).put("a", pieces(b"x"))
    assert "127.0.0.1" not in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("allows", ["", "false"])
async def test_plain_http_to_a_bucket_is_refused_unless_it_is_allowed(bucket, allows):
    """By the setting of the library's that says so; nothing is sent."""
    async with RawServer(answering(b"")) as server:
        with pytest.raises(FilesUnavailableError, match="plain http"):
            await bucket(server.url(), allows=allows).put("a", pieces(b"x"))
        assert server.connections == 0
