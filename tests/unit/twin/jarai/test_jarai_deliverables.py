import hashlib
from datetime import datetime, timedelta

import pytest

from twin.jarai.catalogue import SOCIAL

PRODUCTIONS = f"/v1/partner/accounts/{SOCIAL.account_id}/productions"
DOCUMENTED_TYPES = {
    "Video",
    "ClosedCaptions",
    "AudioDescription",
    "Transcript",
    "ComplianceCertificate",
}
STARTS = {
    "video/mp4": b"\x00\x00\x00\x1cftypisom",
    "text/vtt": b"WEBVTT\n\n",
    "audio/mpeg": b"ID3\x03",
    "text/plain": b"Transcript\n",
    "application/pdf": b"%PDF-1.4\n",
}


@pytest.fixture
def listing(http, production_id):
    """Ask for the deliverables."""

    async def get():
        return await http.get(f"{PRODUCTIONS}/{production_id}/deliverables")

    return get


@pytest.fixture
async def item(twin, listing, production_id):
    """The first video of a production that awaits approval."""
    twin.act.finish(production_id)
    return (await listing()).json()["deliverables"][0]


async def test_every_documented_type_is_delivered(twin, listing, production_id):
    """Two videos for two platforms and one of each other type are listed."""
    twin.act.finish(production_id)
    items = (await listing()).json()["deliverables"]
    assert {each["type"] for each in items} == DOCUMENTED_TYPES
    assert [each["platform"] for each in items if each["type"] == "Video"] == ["LinkedIn", "TikTok"]


@pytest.mark.parametrize(
    "path", [("finish",), ("finish", "release"), ("finish", "release", "finish")]
)
async def test_deliverables_stand_from_approval_on(twin, listing, production_id, path):
    """They are there in AwaitingApproval, Distributing and Published."""
    for step in path:
        getattr(twin.act, step)(production_id)
    assert len((await listing()).json()["deliverables"]) == 6


@pytest.mark.parametrize("path", [(), ("pick_up",), ("fail",), ("cancel",), ("finish", "reject")])
@pytest.mark.parametrize(("how", "status"), [("404", 404), ("409", 409), ("empty", 200)])
async def test_otherwise_there_are_none(twin, listing, production_id, path, how, status):
    """Before, after a failure and after a reject the answer is what the switch says."""
    twin.configure(deliverables_before=how)
    for step in path:
        getattr(twin.act, step)(production_id)
    answer = await listing()
    assert answer.status_code == status
    assert answer.json().get("deliverables", []) == []


async def test_links_give_the_files_that_control_has_the_digests_of(
    twin, listing, plain, production_id
):
    """Every file arrives complete, typed, and equal to what the twin says it made."""
    twin.act.finish(production_id)
    shown = (await plain.get(f"productions/{production_id}")).json()["deliverables"]
    digests = {each["fileName"]: each["sha256"] for each in shown}
    for each in (await listing()).json()["deliverables"]:
        answer = await plain.get(each["sasUrl"])
        assert hashlib.sha256(answer.content).hexdigest() == digests[each["fileName"]]
        assert len(answer.content) == each["sizeBytes"]
        assert answer.headers["Content-Type"].split(";")[0] == each["contentType"]
        assert answer.content.startswith(STARTS[each["contentType"]])


async def test_every_listing_signs_anew(listing, item):
    """Two listings never give the same link."""
    again = (await listing()).json()["deliverables"][0]
    assert again["sasUrl"] != item["sasUrl"]


@pytest.mark.parametrize(("after_s", "status"), [(3599, 200), (3600, 403)])
async def test_link_lives_an_hour(clock, plain, item, after_s, status):
    """A link ends an hour after it was made, on the twin's clock."""
    ends_at = datetime.fromisoformat(item["expiresAt"])
    assert ends_at == clock.now() + timedelta(hours=1)
    await clock.advance(after_s)
    assert (await plain.get(item["sasUrl"])).status_code == status


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda url: url.partition("?")[0], id="no query"),
        pytest.param(lambda url: url.partition("&sig=")[0], id="no signature"),
        pytest.param(lambda url: url[:-2] + "zz", id="other signature"),
        pytest.param(lambda url: url.replace("16x9", "9x16"), id="other file"),
        pytest.param(lambda url: url.replace("2026", "2036"), id="longer life"),
        pytest.param(lambda url: url.partition("&sig=")[0] + "&sig=%ff%00", id="no text"),
    ],
)
async def test_altered_link_is_refused(plain, item, spoil):
    """A link is good only as it was made."""
    assert (await plain.get(spoil(item["sasUrl"]))).status_code == 403


async def test_file_host_refuses_a_key(http, item):
    """An API key sent to the file host is a leak, and answered as a mistake."""
    answer = await http.get(item["sasUrl"])
    assert answer.status_code == 400


async def test_rejected_files_are_gone_though_the_link_is_good(twin, plain, item, production_id):
    """A reject deletes the files behind links already given out."""
    twin.act.reject(production_id)
    assert (await plain.get(item["sasUrl"])).status_code == 404


async def test_head_tells_size_and_type_without_the_bytes(plain, item):
    """HEAD answers like GET, without a body."""
    answer = await plain.head(item["sasUrl"])
    assert int(answer.headers["Content-Length"]) == item["sizeBytes"]
    assert answer.content == b""


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=4-11", 206, 4, 12),
        ("bytes=-8", 206, -8, None),
        ("bytes=100-", 206, 100, None),
        ("bytes=100-99999999", 206, 100, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=x", 200, 0, None),
        ("bytes=0-1,4-5", 200, 0, None),
    ],
)
async def test_ranges_are_served(plain, item, asked, status, start, stop):
    """One range is answered with its part; what cannot be read as one is ignored."""
    whole = (await plain.get(item["sasUrl"])).content
    answer = await plain.get(item["sasUrl"], headers={"Range": asked})
    assert answer.status_code == status
    if status != 416:
        assert answer.content == whole[start:stop]
    else:
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"


async def test_range_answer_says_which_part_it_is(plain, item):
    """The part's place in the file is in the header."""
    answer = await plain.get(item["sasUrl"], headers={"Range": "bytes=4-11"})
    assert answer.headers["Content-Range"] == f"bytes 4-11/{item['sizeBytes']}"


async def test_unknown_type_can_be_added(twin, listing, plain, production_id):
    """A switch adds a file of a type that no document mentions."""
    twin.configure(unknown_deliverable=True)
    twin.act.finish(production_id)
    last = (await listing()).json()["deliverables"][-1]
    assert last["type"] not in DOCUMENTED_TYPES
    assert (await plain.get(last["sasUrl"])).status_code == 200


async def test_fields_can_have_their_other_names(twin, listing, production_id):
    """A switch uses the other plausible spelling of type and file name."""
    twin.configure(field_aliases=True)
    twin.act.finish(production_id)
    first = (await listing()).json()["deliverables"][0]
    assert (first["deliverableType"], first["name"]) == ("Video", "video-16x9.mp4")
    assert not {"type", "fileName"} & set(first)


async def test_a_link_is_all_the_permission_that_may_be_sent(plain, item):
    """Whoever also sends `Authorization` has let a credential go where none belongs."""
    sent = {"Authorization": "Basic c3ZjOmh1c2g="}
    assert (await plain.get(item["sasUrl"], headers=sent)).status_code == 400
