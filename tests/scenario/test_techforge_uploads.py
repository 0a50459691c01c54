"""Files uploaded for TechForge: published by us, fetched by its worker, taken away in time."""

import json
import re

import httpx
import pytest

from bot.core.errors import FilesUnavailableError
from tests.rig import ANA, BO, MARKETING, TOPIC
from tests.scenario.on_techforge import FACE, VOICE, job, order, paid, send, with_techforge
from tests.scenario.titlecard import choose, held, labels, upload
from twin.faults import Fault
from twin.files import jpg, mp3
from twin.slack.text import inputs, visible_text

PICTURE, SOUND = jpg("a face"), mp3("a voice")
WORKER = {"queued_s": 5, "outside_media": "doubt"}
DAY_S = 86_400


@pytest.fixture
async def rig(make_rig, monkeypatch):
    """Run a rig whose worker fetches every file, and takes none that it cannot reach."""
    return await with_techforge(make_rig, monkeypatch, twin=WORKER)


async def teaser(rig):
    """Open the form of the teaser."""
    await rig.open_form(TOPIC)
    return await choose(rig, "Project", "Autumn teaser")


async def order_uploads(rig, **values):
    """Ask for a teaser of which every file is an upload; gives its card."""
    picture, sound = await upload(rig, ("Ana Schön.JPG", PICTURE), ("voice.mp3", SOUND))
    given = {"Avatar": [picture], FACE: "", "Voiceover": [sound], VOICE: ""}
    return await order(rig, **(given | values))


def addresses(rig):
    """Give the addresses in the newest job, by field."""
    values = job(rig).wish.values
    return {name: next(iter(one.values())) for name, one in values.items() if isinstance(one, dict)}


def made_of(view, label):
    """Give the hint of a field."""
    (block,) = [one for one in inputs(view["blocks"]) if one["label"]["text"] == label]
    return block["hint"]["text"]


async def test_uploaded_files_are_fetched_by_the_worker(rig):
    """Under our own address, which tells nothing of the file, with the bytes that were uploaded."""
    card = await order_uploads(rig)
    sent = addresses(rig)
    for url, ending in ((sent["avatar"], "jpg"), (sent["voiceover"], "mp3")):
        assert re.fullmatch(rf"{rig.bot_url}/u/[\w-]{{32}}/file\.{ending}", url)
    await rig.advance(60)
    assert rig.state(card) == "Producing"
    answer = await rig.fetch(sent["avatar"])
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_music_can_be_uploaded_too(rig):
    """It is sent as an address like any other file."""
    (music,) = await upload(rig, ("music.wav", b"RIFF" + SOUND))
    card = await order_uploads(rig, **{"Background music": [music]})
    url = job(rig).wish.body["background_music"]
    assert (await rig.fetch(url)).content == b"RIFF" + SOUND
    await rig.advance(60)
    assert rig.state(card) == "Producing"


async def test_parts_heads_and_other_names_are_answered(rig):
    """The name finds nothing; half an address is none."""
    await order_uploads(rig)
    url = addresses(rig)["avatar"]
    bare = url.rsplit("/", 1)[0]
    async with httpx.AsyncClient() as client:
        part = await client.get(url, headers={"range": "bytes=2-9"})
        head = await client.head(f"{bare}/other.html")
        assert (part.status_code, part.content) == (206, PICTURE[2:10])
        assert (head.status_code, head.headers["content-type"]) == (200, "image/jpeg")
        assert (await client.post(url)).status_code == 405
        for wrong in (bare, f"{bare}/", f"{url}/more", f"{bare}x/file.jpg"):
            assert (await client.get(wrong)).status_code == 404


async def test_an_upload_or_an_address_and_not_both(rig):
    """What is too much is said under the address, and nothing is made."""
    (picture,) = await upload(rig, ("face.png", PICTURE))
    sent = await send(rig, await teaser(rig), Avatar=[picture])
    assert sent["errors_by_label"] == {FACE: "Choose one for Avatar: the upload, or this address."}
    assert rig.cards(MARKETING) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://assets.example/face.png", "it is not https"),
        ("https://10.0.0.7/face.png", "it points into a private network"),
        ("the one from last year", "cannot be used"),
        ("https://assets.example/" + "a" * 2000, "2000 are the most"),
    ],
    ids=["http", "private", "words", "long"],
)
async def test_an_address_that_cannot_be_used_is_said_under_it(rig, address, words):
    """Before anything is recorded."""
    view = await teaser(rig)
    sent = await rig.slack.act.submit(
        user=ANA, view_id=view["id"], values={FACE: address}, force=True
    )
    assert words in sent["errors_by_label"][FACE]
    assert rig.cards(MARKETING) == []


async def test_a_field_that_is_needed_takes_either(make_rig, monkeypatch):
    """Neither is an error under it; Slack itself insists on none of the two."""
    rig = await with_techforge(make_rig, monkeypatch, twin=WORKER | {"required_flag": True})
    view = await teaser(rig)
    assert "A file or an address is needed." in made_of(view, "Voiceover")
    sent = await send(rig, view, **{VOICE: ""})
    needed = "Upload something for Voiceover, or give its address here."
    assert sent["errors_by_label"] == {VOICE: needed}
    (sound,) = await upload(rig, ("voice.mp3", SOUND))
    sent = await send(rig, view, **{VOICE: "", "Voiceover": [sound]})
    assert not sent["errors"]


async def test_files_are_checked_when_they_are_sent(rig):
    """What a browser would run is never taken, nor what is too long."""
    ids = await upload(rig, ("face.svg", b"<svg/>"), ("face.png", PICTURE))
    view = await teaser(rig)
    wrong = {"Avatar": ids[:1], FACE: ""}
    values = wrong | {"Voiceover": ids[1:], VOICE: ""}
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values, force=True)
    assert set(sent["errors_by_label"]) == {"Avatar", "Voiceover"}
    assert "PNG, JPG" in sent["errors_by_label"]["Avatar"]


async def test_without_a_public_address_the_form_asks_for_addresses_only(make_rig, monkeypatch):
    """And says why."""
    rig = await with_techforge(make_rig, monkeypatch, public_url=None)
    view = await teaser(rig)
    assert FACE not in labels(view)
    assert "because PUBLIC_URL is not set" in made_of(view, "Avatar")
    assert "because PUBLIC_URL is not set" in made_of(view, "Background music")


async def test_without_the_right_to_read_files_an_address_still_does(make_rig, monkeypatch):
    """The form says what is missing where the upload would stand."""
    rig = await with_techforge(make_rig, monkeypatch, scopes_off=frozenset({"files:read"}))
    view = await teaser(rig)
    assert "Avatar" not in labels(view)
    assert "files:read" in visible_text(view)
    sent = await send(rig, view)
    assert not sent["errors"], sent
    await rig.advance(2)
    assert addresses(rig)["avatar"] == "https://assets.example/face.png"


async def test_again_with_changes_keeps_addresses_and_files(rig):
    """Slack can put no file into a form, so that leaving it empty means the same again."""
    (picture,) = await upload(rig, ("face.png", PICTURE))
    card = await order(rig, Avatar=[picture], **{FACE: ""})  # The voice cannot be reached.
    await rig.advance(60)
    assert rig.state(card) == "Failed"
    await rig.click("Again with changes", card, user=ANA)
    view = rig.slack.views(ANA)[-1]
    assert held(view)[VOICE] == "https://assets.example/vo.mp3"
    assert held(view)[FACE] is None
    assert made_of(view, "Avatar").startswith("Leave empty to use face.png again.")
    assert "again" not in made_of(view, "Voiceover")
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values={"Headline": "New"})
    assert not sent["errors"], sent
    await rig.advance(2)
    assert (await rig.fetch(addresses(rig)["avatar"])).content == PICTURE


async def test_last_choices_do_not_hold_addresses(rig):
    """They may hold a signature, and last choices are kept in the clear."""
    await order(rig)
    await rig.open_form("Another")
    view = rig.slack.views(ANA)[-1]
    assert held(view)["Project"] == "Autumn teaser"
    assert held(view)[FACE] is None


async def test_the_card_names_files_and_hides_what_signs_an_address(rig):
    """Nobody in the channel can fetch more than they should."""
    (picture,) = await upload(rig, ("face.png", PICTURE))
    given = {"Avatar": [picture], FACE: "", VOICE: "https://assets.example/vo.mp3?sig=abc#x"}
    card = await order(rig, **given)
    assert "face.png" in rig.text(card)
    assert " · vo.mp3 · " in rig.text(card)
    assert addresses(rig)["voiceover"].endswith("?sig=abc#x")
    shown = json.dumps([rig.slack.messages(MARKETING), rig.replies(card)])
    assert "sig=abc" not in shown
    assert "/u/" not in shown


async def test_a_file_that_is_gone_from_slack_fails_in_clear_words(rig):
    """Nothing was ordered, and nothing is served."""
    fault = {"status": 200, "body": '{"ok":false,"error":"file_deleted"}'}
    rig.slack.faults.add(Fault(match="files.info", kind="body", **fault))
    (picture,) = await upload(rig, ("face.png", PICTURE))
    card = await order(rig, Avatar=[picture], **{FACE: "", VOICE: ""})
    assert rig.state(card) == "Failed"
    assert "“face.png” is no longer in Slack" in rig.text(card)
    assert paid(rig) == []


async def test_a_file_that_cannot_be_had_now_is_waited_for(rig):
    """The order goes out once Slack answers, once."""
    rig.slack.faults.add(Fault(match="files.info", kind="status", status=503))
    card = await order_uploads(rig)
    assert "Slack does not hand out the uploaded files right now" in rig.text(card)
    await rig.advance(120)
    assert rig.state(card) == "Producing"
    assert paid(rig) == ["POST /jobs/v2"]


async def test_a_store_that_is_full_is_waited_for(rig, monkeypatch):
    """The card says whose trouble it is, and the order goes out once that is mended."""
    files = rig.app.parts.files

    async def full(*_args):
        raise FilesUnavailableError("full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", full)
        card = await order_uploads(rig)
        assert "Our own store does not take the uploaded files right now" in rig.text(card)
    await rig.advance(120)
    assert rig.state(card) == "Producing"
    assert paid(rig) == ["POST /jobs/v2"]


async def test_a_form_that_was_open_when_uploads_ended_is_drawn_anew(rig):
    """Rather than recorded without what was uploaded; addresses stay."""
    view = await teaser(rig)
    (picture,) = await upload(rig, ("face.png", PICTURE))
    techforge = rig.app.parts.providers.of("techforge")
    techforge._stock._takes_files = False
    sent = await send(rig, view, Avatar=[picture], **{FACE: ""})
    assert (sent["errors"], sent["response_action"]) == ({}, "update")
    view = rig.slack.views(ANA)[-1]
    assert "nothing was sent yet" in visible_text(view)
    assert "because PUBLIC_URL is not set" in made_of(view, "Avatar")
    assert held(view)["Voiceover"] == "https://assets.example/vo.mp3"
    assert rig.cards(MARKETING) == []


async def test_the_same_file_keeps_its_address_while_it_lives(rig):
    """A second order with it lets it live on, and is served the same bytes."""
    (picture,) = await upload(rig, ("face.png", PICTURE))
    given = {"Avatar": [picture], FACE: "", VOICE: ""}
    await order(rig, **given)
    first = addresses(rig)["avatar"]
    await rig.advance(6 * DAY_S, step_s=7200)
    await order(rig, **given)
    assert addresses(rig)["avatar"] == first
    await rig.advance(6 * DAY_S, step_s=7200)
    assert (await rig.fetch(first)).content == PICTURE


async def test_an_address_that_is_over_says_why_and_the_next_order_gets_a_new_one(rig):
    """The bytes go, and the old address stays dead."""
    (picture,) = await upload(rig, ("face.png", PICTURE))
    given = {"Avatar": [picture], FACE: "", VOICE: ""}
    await order(rig, **given)
    first = addresses(rig)["avatar"]
    await rig.advance(7 * DAY_S, step_s=7200)
    answer = await rig.fetch(first)
    assert answer.status_code == 410
    assert "kept for a limited time" in answer.text
    await rig.app.parts.published.delete_outlived()
    folder = rig.app.parts.files.folder
    assert [one for one in folder.rglob("*") if one.is_file()] == []
    card = await order(rig, **given)
    second = addresses(rig)["avatar"]
    assert second != first
    assert (await rig.fetch(second)).content == PICTURE
    assert (await rig.fetch(first)).status_code == 410
    await rig.advance(60)
    assert rig.state(card) == "Producing"


async def test_a_retry_in_place_fetches_the_same_files_again(rig):
    """TechForge keeps what it was sent."""
    card = await order_uploads(rig)
    await rig.advance(20)
    rig.besides.act.fail(job(rig).uuid, reason="No face was found.")
    await rig.advance(40)
    await rig.click("Retry", card, user=ANA)
    await rig.advance(60)
    assert rig.state(card) == "Producing"
    rig.besides.act.finish(job(rig).uuid)
    await rig.advance(40)
    await rig.click("Approve", card, user=BO)
    await rig.advance(2)
    assert rig.state(card) == "Completed"
