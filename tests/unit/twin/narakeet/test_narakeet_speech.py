"""Text to speech: polled and streamed, formats, voices, speed, subtitles, batches."""

import io
import zipfile

import pytest

STREAM = {"Accept": "application/octet-stream"}
STARTS = {"mp3": b"ID3", "m4a": b"\x00\x00\x00\x1cftypM4A ", "wav": b"RIFF"}


@pytest.mark.parametrize("kind", STARTS)
async def test_text_becomes_a_job_that_ends_with_its_sound(clock, speak, look, plain, kind):
    """Every format can be polled; the status tells the length in whole seconds."""
    answer = await speak(kind=kind)
    assert (answer.status_code, set(answer.json())) == (200, {"taskId", "statusUrl"})
    await clock.advance(10)
    assert await look(answer.json()) == {"finished": False, "percent": 50, "message": "speaking"}
    await clock.advance(10)
    status = await look(answer.json())
    assert status["durationInSeconds"] == 2
    assert "subtitles" not in status
    assert f"/result.{kind}?" in status["result"]
    assert (await plain.get(status["result"])).content.startswith(STARTS[kind])


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
async def test_short_text_is_answered_with_its_sound(speak, twin, kind):
    """Streaming answers the bytes, says how long they are, and is paid for at once."""
    answer = await speak(kind=kind, **STREAM)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["x-duration-seconds"] == "2"
    assert answer.content.startswith(STARTS[kind])
    assert twin.credits_left.left("northwind") == 5398
    assert [job.state for job in twin.jobs()] == ["succeeded"]


async def test_wav_is_not_streamed(speak, twin):
    """The short way has two formats."""
    answer = await speak(kind="wav", **STREAM)
    assert (answer.status_code, "wav" in answer.json()["error"]) == (400, True)
    assert twin.jobs() == []


@pytest.mark.parametrize("kind", ["ogg", "MP3"])
async def test_unknown_format_is_not_found(speak, kind):
    """Formats are paths."""
    assert (await speak(kind=kind)).status_code == 404


@pytest.mark.parametrize(
    ("size", "headers", "status"),
    [
        (1000, STREAM, 200),
        (1001, STREAM, 400),
        (1_000_000, {}, 200),
        (1_000_001, {}, 400),
    ],
)
async def test_text_has_a_limit_in_bytes(speak, size, headers, status):
    """A kilobyte streamed, a thousand polled; bytes of UTF-8 count, not letters."""
    text = ("ä" * (size // 2)).encode() + b"." * (size % 2)
    assert (await speak(text, **headers)).status_code == status


async def test_limit_can_be_the_older_one(twin, speak):
    """Older pages say 100 KB."""
    twin.configure(text_bytes=100_000)
    assert (await speak("a" * 100_001)).status_code == 400


@pytest.mark.parametrize("voice", ["mickey", "Mickey", "MICKEY", "%20mickey"])
async def test_voice_is_found_in_any_spelling(speak, voice):
    """Clients write names as they like."""
    assert (await speak(query=f"?voice={voice}")).status_code == 200


async def test_voice_may_be_left_out(speak):
    """The service then takes one of its own."""
    assert (await speak(query="")).status_code == 200


@pytest.mark.parametrize("headers", [{}, STREAM])
async def test_unknown_voice_is_refused(speak, headers):
    """A name that is nobody's answers 400."""
    answer = await speak(query="?voice=nobody", **headers)
    assert (answer.status_code, "voice" in answer.json()["error"]) == (400, True)


async def test_unknown_voice_can_fail_later(twin, clock, speak, look):
    """The service may find out only when it speaks."""
    twin.configure(unknown_voice="fails")
    task = (await speak(query="?voice=nobody")).json()
    await clock.advance(20)
    assert "nobody" in (await look(task))["message"]
    assert (await speak(query="?voice=nobody", **STREAM)).status_code == 400


async def test_speed_changes_the_length(speak):
    """Half the speed takes twice as long."""
    text = "word " * 50
    for speed, seconds in (("1", "20"), ("2", "10"), ("0.5", "40")):
        answer = await speak(text, query=f"?voice=linda&voice-speed={speed}", **STREAM)
        assert answer.headers["x-duration-seconds"] == seconds


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "nan", "inf", "99"])
async def test_speed_that_is_none_is_refused(speak, speed):
    """What is no sensible number answers 400."""
    assert (await speak(query=f"?voice-speed={speed}")).status_code == 400


async def test_volume_is_taken(speak):
    """A third party's description has it."""
    assert (await speak(query="?voice=linda&voice-volume=soft")).status_code == 200


@pytest.mark.parametrize("text", ["", " \n", b"\xff"], ids=["empty", "blank", "bytes"])
async def test_text_that_is_none_is_refused(speak, text):
    """Nothing to say, or not said in UTF-8."""
    assert (await speak(text)).status_code == 400


async def test_any_content_type_is_taken_as_text(speak):
    """One of the vendor's own examples calls its text JSON."""
    answer = await speak("Hello.", Content_Type="application/json")
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["text/vtt", "application/x-subrip", "text/srt"])
async def test_subtitles_are_read_without_their_times(speak, kind):
    """Cues are spoken, times are not."""
    text = "1\n00:00:00,000 --> 00:00:02,000\nHello you all out there.\n"
    answer = await speak(text, Content_Type=kind, **STREAM)
    assert answer.headers["x-duration-seconds"] == "2"


async def test_subtitles_come_along_where_they_are_asked_for(clock, speak, look, plain):
    """`application/json+vtt` adds their links to the status."""
    task = (await speak(Accept="application/json+vtt")).json()
    await clock.advance(20)
    subtitles = (await look(task))["subtitles"]
    assert (await plain.get(subtitles["vtt"])).content.startswith(b"WEBVTT")
    assert (await plain.get(subtitles["srt"])).content.startswith(b"1\n00:00:00,000 -->")


async def test_batch_is_a_file_for_each_scene(clock, speak, look, plain):
    """`application/zip` gives an archive; the same bytes at every look."""
    task = (await speak("One.\n---\nTwo.\n---\nThree.", Accept="application/zip")).json()
    await clock.advance(20)
    link = (await look(task))["result"]
    content = (await plain.get(link)).content
    assert (await plain.get(link)).content == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["001.mp3", "002.mp3", "003.mp3"]
        assert archive.read("002.mp3").startswith(b"ID3")


async def test_text_shows_nowhere(clock, speak, plain):
    """Neither the journal nor the job's description has what is to be said."""
    await speak("A secret launch in May.")
    await speak("A secret launch in May.", **STREAM)
    await clock.advance(20)
    for path in ("journal", "productions"):
        answer = await plain.get(path)
        assert len(answer.json()[{"journal": "entries"}.get(path, path)]) == 2
        assert "secret" not in answer.text
