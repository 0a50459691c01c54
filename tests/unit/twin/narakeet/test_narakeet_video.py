"""The flow of the vendor's published clients: token, PUT, build, poll without the key."""

import hashlib
from pathlib import PurePosixPath

import httpx
import pytest

from tests.unit.twin.narakeet.conftest import PROJECT, START, packed


async def test_token_names_where_and_how_to_upload(http):
    """The four keys that clients read are there."""
    token = (await http.get("/video/upload-request/zip")).json()
    assert set(token) == {"url", "contentType", "repository", "repositoryType"}
    assert token["contentType"] == "application/zip"


async def test_build_answers_a_task_and_its_status_at_once(build, look):
    """A build answers 200 with both ids, and the status is there from the first moment."""
    answer = await build()
    assert answer.status_code == 200
    assert set(answer.json()) == {"taskId", "statusUrl"}
    assert await look(answer.json()) == {"finished": False, "percent": 0, "message": "queued"}


async def test_percent_and_message_grow_with_the_clock(clock, task, look):
    """Progress is whole per cents that never shrink, and the text says what is done."""
    seen = []
    for _ in range(5):
        await clock.advance(23)
        seen.append(await look(task))
    percents = [each["percent"] for each in seen]
    assert percents == [15, 35, 55, 75, 95]
    assert [each["message"] for each in seen] == [
        "reading the script",
        "loading assets",
        "building scenes",
        "joining scenes",
        "joining scenes",
    ]


async def test_finished_video_has_files_that_arrive_whole(clock, task, look, plain):
    """Result, poster and subtitles are what the twin says it made."""
    await clock.advance(120)
    status = await look(task)
    assert (status["finished"], status["succeeded"], status["percent"]) == (True, True, 100)
    shown = (await plain.get(f"productions/{task['taskId']}")).json()["deliverables"]
    digests = {each["type"]: each["sha256"] for each in shown}
    links = {name: status[name] for name in ("result", "poster")} | status["subtitles"]
    assert set(links) == {"result", "poster", "srt", "vtt"}
    for label, link in links.items():
        answer = await plain.get(link)
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == digests[label]


async def test_result_is_named_as_the_vendors_client_saves_it(clock, task, look):
    """The last part of the link's path is a file name."""
    await clock.advance(120)
    path = httpx.URL((await look(task))["result"]).path
    assert PurePosixPath(path).name == "result.mp4"


async def test_poster_and_subtitles_can_be_missing(twin, clock, task, look):
    """Both are optional for the vendor's clients."""
    twin.configure(with_poster=False, with_subtitles=False)
    await clock.advance(120)
    assert set(await look(task)) == {"finished", "succeeded", "percent", "message", "result"}


async def test_made_video_is_paid_for_by_the_second(clock, task, http, twin):
    """Credits go down by the video's length, once it is made and not before."""

    async def left() -> int:
        return (await http.get("/account/credits")).json()["creditSeconds"]

    await clock.advance(119)
    assert await left() == 5400
    await clock.advance(1)
    (job,) = twin.jobs()
    assert job.seconds == 6
    assert await left() == 5400 - 6


async def test_same_upload_can_be_built_twice(http, upload):
    """Each build is another job with another status."""
    token = await upload()
    body = {name: token[name] for name in ("repository", "repositoryType")}
    body["source"] = "script.md"
    first, second = [(await http.post("/video/build", json=body)).json() for _ in range(2)]
    assert first["taskId"] != second["taskId"]
    assert first["statusUrl"] != second["statusUrl"]


async def failure(clock, look, answer: httpx.Response) -> str:
    """Give a job's message once it has failed."""
    assert answer.status_code == 200
    await clock.advance(120)
    status = await look(answer.json())
    assert (status["finished"], status["succeeded"]) == (True, False)
    return status["message"]


@pytest.mark.parametrize(
    ("content", "source", "message"),
    [
        (PROJECT, "other.md", "Missing file: other.md"),
        (packed({"script.md": "![](london.jpg) Hi."}), "script.md", "Missing file: london.jpg"),
        (packed({"script.md": "\n"}), "script.md", "The script is empty."),
        (packed({"script.pdf": "Hi."}), "script.pdf", "The script must be a .md or .txt file."),
        (packed({"script.md": b"\xff\xfe"}), "script.md", "The script is not UTF-8."),
        (b"no zip", "script.md", "The project is not a zip archive."),
        (PROJECT[:-40], "script.md", "The project is not a zip archive."),
        (b"", "script.md", "The project is not a zip archive."),
    ],
    ids=["other script", "asset", "empty", "ending", "bytes", "no zip", "cut", "nothing"],
)
async def test_project_that_cannot_be_built_fails_in_the_status(
    clock, build, look, twin, content, source, message
):
    """The build is accepted; what is wrong shows in the status, and nothing is paid."""
    assert await failure(clock, look, await build(content, source=source)) == message
    assert twin.credits_left.left("northwind") == 5400


async def test_repository_that_was_never_filled_fails(clock, http, look):
    """A token without an upload is accepted and cannot be built."""
    token = (await http.get("/video/upload-request/zip")).json()
    body = {name: token[name] for name in ("repository", "repositoryType")}
    answer = await http.post("/video/build", json=body | {"source": "script.md"})
    assert await failure(clock, look, answer) == "The archive could not be downloaded."


async def test_upload_of_somebody_else_cannot_be_built(clock, plain, upload, look, twin):
    """An upload belongs to the account whose key asked for it."""
    token = await upload()
    body = {name: token[name] for name in ("repository", "repositoryType")}
    answer = await plain.post(
        f"{twin.url}/video/build",
        json=body | {"source": "script.md"},
        headers={"x-api-key": "narakeet-metered-0000000000"},
    )
    assert await failure(clock, look, answer) == "The archive could not be downloaded."


async def test_script_in_a_folder_names_files_from_there(clock, build, look):
    """Names are relative to the script's folder, as the documents say."""
    content = packed(
        {"film/script.txt": "![a](pics/my%20cat.png) Hi.", "film/pics/my cat.png": b"x"}
    )
    task = (await build(content, source="film/script.txt")).json()
    await clock.advance(120)
    assert (await look(task))["succeeded"] is True


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"repositoryType": "zip-url", "repository": "invalid-url"}, "zip-url repository must"),
        ({"repositoryType": "zip-url", "repository": "http://a.example/x.zip"}, "zip-url repos"),
        ({"repositoryType": "zip-url", "repository": "http://[/x.zip"}, "zip-url repository"),
        ({"repositoryType": "zip-url"}, "zip-url repository must start with https://"),
        ({"repositoryType": "zip-url", "repository": "https://a.example/x.zip"}, "source"),
        ({"repositoryType": "ftp", "repository": "x", "source": "y"}, "repositoryType"),
        ({"repositoryType": [], "repository": "x", "source": "y"}, "repositoryType"),
        ({"repository": "x", "source": "y"}, "repositoryType"),
        ({"repositoryType": "s3-zip", "source": "y"}, "repository is missing"),
        ({"repositoryType": "s3-zip", "repository": "x", "source": " "}, "source is missing"),
        ({"repositoryType": "github", "repository": "a/b", "source": "y"}, "token is missing"),
    ],
)
async def test_wrong_build_is_refused(http, twin, body, text):
    """A body that breaks a rule answers 400 with an `error`, and no job comes of it."""
    answer = await http.post("/video/build", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(text)
    assert twin.jobs() == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b"[]", "application/json"),
        (b"{}" + b" " * 70_000, "application/json"),
        (b"{}", "text/plain"),
    ],
    ids=["cut", "bytes", "deep", "list", "long", "type"],
)
async def test_build_that_is_no_json_is_refused(http, content, kind):
    """Whatever is sent, the answer is 400."""
    answer = await http.post("/video/build", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_status_begins_when_the_job_does(twin, task):
    """Moments are the twin's clock's."""
    assert twin.job(task["taskId"]).created_at == START
