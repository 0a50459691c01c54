"""Statuses and results: links that end, refuse keys, and are good only as they were made."""

import re

import httpx
import pytest


@pytest.fixture
async def status(clock, task, look):
    """The status of a video that is made."""
    await clock.advance(120)
    return await look(task)


def code_of(answer: httpx.Response) -> str:
    """Give the code in the storage's error."""
    return re.search("<Code>(.*)</Code>", answer.text)[1]


def links_of(status: dict) -> list[str]:
    """List a status's links."""
    return [status["result"], status["poster"], *status["subtitles"].values()]


async def test_every_result_ends_after_ten_minutes(clock, plain, status):
    """Result, poster and subtitles die together, ten minutes after they were made."""
    for after_s, expected in ((599, 200), (1, 403)):
        await clock.advance(after_s)
        answers = [await plain.get(link) for link in links_of(status)]
        assert {answer.status_code for answer in answers} == {expected}
    assert {code_of(answer) for answer in answers} == {"AccessDenied"}


async def test_looking_again_does_not_renew_the_links(clock, task, look, plain, status):
    """A dead link stays dead: what was not copied in time is lost."""
    await clock.advance(600)
    again = await look(task)
    assert again == status
    assert (await plain.get(again["result"])).status_code == 403


async def test_links_can_be_renewed_by_looking(twin, clock, task, look, plain, status):
    """A switch makes every look give new ones, which no document rules out."""
    twin.configure(fresh_links=True)
    await clock.advance(600)
    again = await look(task)
    assert again["result"] != status["result"]
    assert (await plain.get(again["result"])).status_code == 200


async def test_a_link_is_all_the_permission_that_may_be_sent(plain, status):
    """Whoever also sends `Authorization` has let a credential go where none belongs."""
    sent = {"Authorization": "Basic c3ZjOmh1c2g="}
    assert (await plain.get(status["result"], headers=sent)).status_code == 400


async def test_key_on_status_and_results_is_refused(http, task, status):
    """A key that is sent to the storage has leaked."""
    for link in (task["statusUrl"], *links_of(status)):
        answer = await http.get(link)
        assert (answer.status_code, code_of(answer)) == (400, "InvalidRequest")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda url: url.partition("?")[0], id="no query"),
        pytest.param(lambda url: url[:-2] + "zz", id="other signature"),
        pytest.param(lambda url: url.replace("2026", "2036"), id="longer life"),
        pytest.param(lambda url: url.partition("&sig=")[0] + "&sig=%ff%00", id="no text"),
    ],
)
async def test_altered_link_is_refused(plain, task, status, spoil):
    """A link is good only as it was made."""
    for link in (task["statusUrl"], status["result"]):
        answer = await plain.get(spoil(link))
        assert (answer.status_code, code_of(answer)) == (403, "SignatureDoesNotMatch")


async def test_links_are_for_getting_alone(plain, task, status):
    """A link is signed for GET; HEAD is another method."""
    for link in (task["statusUrl"], status["result"]):
        assert (await plain.head(link)).status_code == 403
        assert (await plain.delete(link)).status_code == 403


async def test_results_are_served_in_parts(plain, status):
    """A broken download goes on where it stopped."""
    whole = (await plain.get(status["result"])).content
    answer = await plain.get(status["result"], headers={"Range": "bytes=1000-"})
    assert (answer.status_code, answer.content) == (206, whole[1000:])
    assert answer.headers["Content-Range"] == f"bytes 1000-{len(whole) - 1}/{len(whole)}"


async def test_result_can_be_large(twin, clock, task, look, plain):
    """A switch makes a video as large as a test needs it."""
    twin.configure(result_bytes=3_000_000)
    await clock.advance(120)
    content = (await plain.get((await look(task))["result"])).content
    assert 3_000_000 < len(content) < 3_100_000


async def test_status_ends_after_a_day(clock, task, look, plain):
    """The status lives longer than any build; for how long no document says."""
    await clock.advance(86_399)
    assert await look(task)
    await clock.advance(1)
    assert code_of(await plain.get(task["statusUrl"])) == "AccessDenied"


@pytest.mark.parametrize(("how", "code"), [("404", "NoSuchKey"), ("403", "AccessDenied")])
async def test_status_can_come_late(twin, clock, task, look, plain, how, code):
    """On demand there is none for a while after the submit."""
    twin.configure(status_late_s=30, status_missing=how)
    await clock.advance(29)
    answer = await plain.get(task["statusUrl"])
    assert (answer.status_code, code_of(answer)) == (int(how), code)
    await clock.advance(1)
    assert (await look(task))["percent"] > 0


async def test_finished_can_be_left_out_while_it_goes_on(twin, clock, task, look):
    """The vendor's clients have met a status without `finished`."""
    twin.configure(omit_finished=True)
    assert "finished" not in await look(task)
    await clock.advance(120)
    assert (await look(task))["finished"] is True


async def test_failure_can_be_mute(twin, task, look):
    """A failure without `message` happens."""
    twin.act.fail(task["taskId"])
    assert (await look(task))["message"] == "The build failed."
    twin.configure(mute_failures=True)
    assert await look(task) == {"finished": True, "succeeded": False, "percent": 0}


async def test_held_builds_go_on_when_released(twin, clock, task, look):
    """A stuck build stays where it is for as long as it is held, and then takes its time."""
    twin.configure(hold_builds=True)
    await clock.advance(10_000)
    assert (await look(task))["percent"] == 0
    twin.configure(hold_builds=False)
    await clock.advance(120)
    assert (await look(task))["succeeded"] is True
