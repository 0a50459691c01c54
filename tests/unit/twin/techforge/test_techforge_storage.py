"""Signed links, and the host behind them."""

import json
import struct
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from twin.techforge.catalogue import (
    BANNER,
    BROCHURE,
    CATALOGUE,
    HARBOUR,
    MOODS,
    PHOTO_CHECK,
    READING,
    TEASER,
)

SIGN = "/storage/generate-signed-path"


@pytest.fixture
async def key(twin, job) -> str:
    """The key of a finished file."""
    return twin.act.finish(job.uuid).output["output"]


@pytest.fixture
async def link(http: httpx.AsyncClient, key: str) -> str:
    """A good link to it."""
    return (await http.get(SIGN, params={"path": key})).json()["signedUrl"]


async def test_signature_is_answered_as_documented(twin, http, key):
    """The link and nothing else, with no end given; each is a new one."""
    answers = [(await http.get(SIGN, params={"path": key})).json() for _ in range(2)]
    assert all(set(answer) == {"signedUrl"} for answer in answers)
    assert answers[0] != answers[1]
    assert answers[0]["signedUrl"].startswith(f"{twin.url}/cdn/{key}?")


async def test_link_needs_no_key_and_refuses_one(http, plain, link):
    """The link is its own permission, and the key is for the API alone."""
    assert (await plain.get(link)).status_code == 200
    answer = await http.get(link)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        400,
        "application/xml; charset=utf-8",
    )


async def test_a_link_is_all_the_permission_that_may_be_sent(plain, link):
    """Whoever also sends `Authorization` has let a credential go where none belongs."""
    sent = {"Authorization": "Basic c3ZjOmh1c2g="}
    assert (await plain.get(link, headers=sent)).status_code == 400


async def test_link_ends(twin, http, plain, key, clock):
    """How long one lives is not documented: here 10 minutes, or as told."""
    link = (await http.get(SIGN, params={"path": key})).json()["signedUrl"]
    await clock.advance(599)
    assert (await plain.get(link)).status_code == 200
    await clock.advance(1)
    assert (await plain.get(link)).status_code == 403
    twin.configure(link_s=5)
    link = (await http.get(SIGN, params={"path": key})).json()["signedUrl"]
    await clock.advance(5)
    assert (await plain.get(link)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link.partition("?")[0],
        lambda link: link[:-1] + ("A" if link[-1] != "A" else "B"),
        lambda link: link.replace("se=2026", "se=2027"),
        lambda link: link.replace(".mp4", ".vtt"),
        lambda link: link + "&sig=%FF",
        lambda link: link.replace("%3A", ":"),
    ],
    ids=["bare", "signature", "end", "file", "more", "anew"],
)
async def test_altered_link_is_refused(plain, link, change):
    """Whoever changes a link has none, were it a single byte of its query."""
    assert (await plain.get(change(link))).status_code == 403


async def test_part_of_a_file_can_be_asked_for(plain, link):
    """Downloads can go on where they broke off."""
    whole = (await plain.get(link)).content
    part = await plain.get(link, headers={"Range": "bytes=100-"})
    assert (part.status_code, part.content) == (206, whole[100:])
    head = await plain.head(link)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(whole)


@pytest.mark.parametrize("status", ["200", "400"])
async def test_missing_path_is_told_by_the_body(twin, http, status):
    """Only 200 and 401 are listed, so it is 200 unless told otherwise."""
    if status != "200":
        twin.configure(sign_without_path=status)
    for query in ("", "?path="):
        answer = await http.get(SIGN + query)
        assert answer.status_code == int(status)
        assert answer.json() == {"error": "Path query parameter is required"}


@pytest.mark.parametrize("unknown", ["videos/x/outputs/y.mp4", "../x", "a b?c#d", "\udcff", "ü/"])
async def test_unknown_key_is_signed_or_refused_as_told(twin, http, plain, unknown):
    """No 404 is listed, so the link leads nowhere unless told otherwise."""
    params = httpx.QueryParams({"path": unknown.encode("utf-8", "replace").decode()})
    link = (await http.get(SIGN, params=params)).json()["signedUrl"]
    assert unquote(urlsplit(link).path) == f"/cdn/{params['path']}"
    assert (await plain.get(link)).status_code in {403, 404}
    twin.configure(sign_unknown="404")
    assert (await http.get(SIGN, params=params)).status_code == 404


async def test_right_name_in_a_wrong_folder_is_no_key(http, plain, key):
    """The whole key counts."""
    wrong = "videos/" + key.rpartition("/")[2]
    link = (await http.get(SIGN, params={"path": wrong})).json()["signedUrl"]
    assert (await plain.get(link)).status_code == 404


async def test_key_of_another_account_is_no_key(twin, http, key):
    """Where keys are looked at, a foreign one is not there."""
    twin.configure(sign_unknown="404")
    headers = {"x-api-key": HARBOUR.api_key}
    assert (await http.get(SIGN, params={"path": key}, headers=headers)).status_code == 404


async def test_link_may_lead_to_a_foreign_host(twin, http, key):
    """What the API answers is not to be trusted blindly."""
    twin.configure(links="foreign")
    link = (await http.get(SIGN, params={"path": key})).json()["signedUrl"]
    assert link.startswith("https://elsewhere.example/")


async def test_nothing_is_there_before_the_end(twin, http, plain, job):
    """A key can be guessed before the file is made, and leads nowhere then."""
    key = f"ai-talking-videos/{job.wish.source_id}/outputs/{job.uuid}.mp4"
    link = (await http.get(SIGN, params={"path": key})).json()["signedUrl"]
    assert (await plain.get(link)).status_code == 404
    twin.act.finish(job.uuid)
    assert (await plain.get(link)).status_code == 200


def is_video(content: bytes) -> bool:
    """Say whether boxes fill the file, a type box first."""
    names = []
    while content:
        size, name = struct.unpack(">I4s", content[:8])
        names.append(name)
        content = content[size:]
    return names[0] == b"ftyp" and {b"moov", b"mdat"} <= set(names)


def is_picture(content: bytes) -> bool:
    """Say whether a picture begins and ends as a JPEG does."""
    return content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    ("job_type", "project", "content_type", "is_good"),
    [
        ("ai_talking_video", TEASER, "video/mp4", is_video),
        ("video", CATALOGUE, "video/mp4", is_video),
        ("tts", READING, "audio/mpeg", lambda content: content.startswith(b"ID3")),
        ("image", BANNER, "image/jpeg", is_picture),
        (
            "photo_qc",
            PHOTO_CHECK,
            "application/json",
            lambda content: json.loads(content)["passed"],
        ),
        ("pdf", BROCHURE, "application/pdf", lambda content: content.startswith(b"%PDF-")),
        ("ai_image_generation", MOODS, "image/jpeg", is_picture),
    ],
)
async def test_every_job_type_delivers_real_bytes(
    twin, http, plain, submit, job_type, project, content_type, is_good
):
    """The file is of the kind that its type says."""
    answer = await submit(job_type=job_type, template_id=project.project_id, values={})
    key = twin.act.finish(answer.json()["job"]["uuid"]).output["output"]
    link = (await http.get(SIGN, params={"path": key})).json()["signedUrl"]
    file = await plain.get(link)
    assert file.headers["Content-Type"] == content_type
    assert is_good(file.content)
