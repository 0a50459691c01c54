"""Links in the thread, of every service: they outlive the service's own, or say why they end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from tests.rig import ANA, BO, MARKETING, TOPIC, Rig, running_rig
from tests.scenario.test_techforge import order as order_of_techforge
from twin.jarai.deliverables import items_of
from twin.narakeet import deliverables as of_narakeet
from twin.narakeet.app import NarakeetTwin
from twin.techforge import storage as of_techforge
from twin.techforge.app import TechForgeTwin

HOPS = 5
"""Redirects that a browser would follow, and more."""
DAY_S = 86_400
KEYS = ("JARAI_API_KEY", "NARAKEET_API_KEY", "TECHFORGE_API_KEY")
Json = dict[str, Any]


async def _made_by_jarai(rig: Rig) -> str:
    return await rig.request_and_finish()


async def _made_by_narakeet(rig: Rig) -> str:
    view = await rig.open_form(TOPIC)
    values = {"Script": "Good morning."}
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    assert not sent["errors"], sent
    await rig.advance(150)
    return rig.cards(MARKETING)[-1]["ts"]


async def _made_by_techforge(rig: Rig) -> str:
    card = await order_of_techforge(rig)
    rig.besides.act.finish(rig.besides.jobs()[-1].uuid)
    await rig.advance(40)
    return card


def _bytes_of_jarai(rig: Rig) -> list[bytes]:
    job = rig.jarai.jobs()[-1]
    return [item.content for item in items_of(job, settings=rig.jarai.settings)]


def _bytes_of_narakeet(rig: Rig) -> list[bytes]:
    twin = rig.besides
    blobs = of_narakeet.files_of(twin.jobs()[-1], settings=twin.settings)
    return [blob.content for blob in blobs.values()]


def _bytes_of_techforge(rig: Rig) -> list[bytes]:
    return [file.blob.content for file in of_techforge.files_of(rig.besides.jobs()[-1])]


def _rejected_in_the_studio(rig: Rig) -> None:
    rig.jarai.act.reject(rig.job_id())


@dataclass(frozen=True, kw_only=True)
class Service:
    """How a story at a service goes.

    Attributes:
        beside: The local service, where it is not JARAI.
        make: Has a video made; gives its card, which waits for a decision.
        made: Gives the bytes that the service has made.
        renews: Whether the service gives a new link for one that is over.
        then_reject: What makes a rejection final, where our word is not.
    """

    name: str
    make: Callable[[Rig], Awaitable[str]]
    made: Callable[[Rig], list[bytes]]
    renews: bool
    beside: type | None = None
    settings: Json = field(default_factory=dict)
    then_reject: Callable[[Rig], None] = lambda _rig: None

    def options(self, monkeypatch: pytest.MonkeyPatch) -> Json:
        """Give what makes a rig of this service and no other."""
        for name in KEYS:
            monkeypatch.delenv(name, raising=False)
        if self.beside is None:
            return self.settings

        async def start(clock: Any) -> Any:
            twin = self.beside(clock)
            if self.name == "techforge":
                twin.configure(queued_s=100_000, output="nested")
            await twin.start()
            prefix = self.name.upper()
            monkeypatch.setenv(f"{prefix}_API_KEY", twin.api_key)
            monkeypatch.setenv(f"{prefix}_BASE_URL", twin.url)
            return twin

        return {"beside": start, "jarai_api_key": None} | self.settings


JARAI = Service(
    name="jarai",
    make=_made_by_jarai,
    made=_bytes_of_jarai,
    renews=True,
    then_reject=_rejected_in_the_studio,
)
OLDER_JARAI = Service(
    name="jarai",
    make=_made_by_jarai,
    made=_bytes_of_jarai,
    renews=True,
    settings={"jarai_dialect": "v1"},
    then_reject=_rejected_in_the_studio,
)
NARAKEET = Service(
    name="narakeet",
    make=_made_by_narakeet,
    made=_bytes_of_narakeet,
    renews=False,
    beside=NarakeetTwin,
)
TECHFORGE = Service(
    name="techforge",
    make=_made_by_techforge,
    made=_bytes_of_techforge,
    renews=True,
    beside=TechForgeTwin,
)
ALL = pytest.mark.parametrize(
    "service",
    [JARAI, OLDER_JARAI, NARAKEET, TECHFORGE],
    ids=["jarai", "jarai-v1", "narakeet", "techforge"],
)


async def _own_links(rig: Rig, name: str) -> list[str]:
    """Give the service's own links to a production's files."""
    (production,) = await rig.app.parts.store.list_productions(limit=2)
    provider, job = rig.app.parts.providers.of(name), production.attempt.job
    return [(await provider.open(job, file.key)).url for file in production.deliverables]


async def _statuses(rig: Rig, urls: list[str]) -> set[int]:
    return {(await rig.fetch(url)).status_code for url in urls}


async def _contents(rig: Rig, links: list[str]) -> list[bytes]:
    answers = [await rig.fetch(link, hops=HOPS) for link in links]
    assert {one.status_code for one in answers} == {200}
    return [one.content for one in answers]


@ALL
async def test_links_give_the_right_bytes_after_the_services_own_are_over(
    service, make_rig, monkeypatch
):
    """A day later, when every link that the service gave is refused, as a browser follows them."""
    rig = await make_rig(**service.options(monkeypatch))
    card = await service.make(rig)
    assert rig.state(card) == "Awaiting approval"
    links, own = rig.links(card), await _own_links(rig, service.name)
    assert await _statuses(rig, own) == {200}
    await rig.advance(DAY_S, step_s=7200.0)
    assert await _statuses(rig, own) == {403}
    found = await _contents(rig, links)
    assert len(set(found)) == len(links) == len(own)
    assert set(found) == set(service.made(rig))


@ALL
async def test_links_of_what_was_rejected_say_why(service, make_rig, monkeypatch):
    """410 with a sentence, who to ask, and none of the file."""
    rig = await make_rig(**service.options(monkeypatch))
    card = await service.make(rig)
    links = rig.links(card)
    await rig.click("Reject", card, user=BO)
    view = rig.slack.views(BO)[-1]
    why = {"What is wrong with it?": "The logo is old."}
    await rig.slack.act.submit(user=BO, view_id=view["id"], values=why)
    service.then_reject(rig)
    await rig.advance(130)
    assert rig.state(card) == "Rejected"
    for link in links:
        answer = await rig.fetch(link)
        assert answer.status_code == 410
        assert "the video was rejected" in answer.text
        assert "Ask whoever asked for the video" in answer.text


@ALL
async def test_links_say_so_when_our_copies_are_deleted_in_time(service, make_rig, monkeypatch):
    """Where the service still has the file, its link leads there; else 410 says since when."""
    options = service.options(monkeypatch)
    rig = await make_rig(keep_copies_days=1, copy_all=True, **options)
    card = await service.make(rig)
    await rig.click("Approve", card, user=BO)
    if service.name == "jarai":
        rig.jarai.act.release(rig.job_id())
    await rig.advance(130)
    assert rig.state(card) == "Completed"
    links = rig.links(card)
    assert await _statuses(rig, links) == {200}
    await rig.advance(DAY_S + 7200, step_s=7200.0)
    await rig.app.copying.retention.delete_outlived()
    if service.renews:
        assert await _statuses(rig, links) == {302}
        assert set(await _contents(rig, links)) == set(service.made(rig))
        return
    for link in links:
        answer = await rig.fetch(link)
        assert answer.status_code == 410
        assert "was deleted on 24 November 2026" in answer.text


@ALL
@pytest.mark.parametrize("copies", [True, False], ids=["copied", "not copied"])
async def test_links_say_so_when_the_service_is_switched_off(
    service, copies, tmp_path, monkeypatch
):
    """What we have kept is still served; the rest answers 410, and nothing breaks meanwhile."""
    options = service.options(monkeypatch)
    async with running_rig(tmp_path, copy_all=copies, **options) as rig:
        card = await service.make(rig)
        links, made = rig.links(card), service.made(rig)
    other = JARAI if service.name != "jarai" else NARAKEET
    with capture_logs() as lines:
        async with running_rig(tmp_path, **other.options(monkeypatch)) as rig:
            await rig.advance(600, step_s=60)
            answers = [await rig.fetch(rig.bot_url + urlsplit(link).path) for link in links]
    if copies or not service.renews:
        assert {one.content for one in answers} == set(made)
    else:
        assert {one.status_code for one in answers} == {410}
        assert all("is switched off here" in one.text for one in answers)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []
