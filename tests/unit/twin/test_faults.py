"""Rules for bad days: who is hit, how often, for how long, and a port that refuses connections."""

import asyncio
import contextlib
import itertools
import random
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web

from twin.clock import Clock
from twin.faults import Fault, Faults, fault_middleware, read_fault
from twin.server import RunningServer, start_server

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """A clock moved by hand."""
    return Clock(start=START, speed=0)


@contextlib.asynccontextmanager
async def service(faults: Faults):
    """Run a service that says hello, under these rules."""
    obey = fault_middleware(faults, rate_limited=lambda _: web.Response(status=429))
    app = web.Application(middlewares=[obey])

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    app.router.add_get("/hello", hello)
    app.router.add_get("/__twin/hello", hello)
    server = await start_server(app)
    faults.guard(server.door)
    try:
        yield server
    finally:
        await server.stop()


async def open_connection(server: RunningServer) -> None:
    """Connect as a newcomer does."""
    await asyncio.open_connection("127.0.0.1", server.port)


def hits(faults: Faults, count: int) -> list[bool]:
    """Say of so many calls which were hit."""
    return [faults.take("GET", "/hello") is not None for _ in range(count)]


def test_probability_follows_the_numbers_that_are_drawn(clock):
    """A call is hit when the draw is below the probability."""
    drawn = iter([0.1, 0.3, 0.29, 0.99, 0.0])
    faults = Faults(clock, draw=lambda: next(drawn))
    faults.add(Fault(match="hello", kind="status", times=None, probability=0.3))
    assert hits(faults, 5) == [True, False, True, False, True]


def test_same_seed_gives_the_same_day(clock):
    """With a seeded draw a day of chance can be played again."""

    def day() -> list[bool]:
        faults = Faults(clock, draw=random.Random(7).random)  # noqa: S311
        faults.add(Fault(match="", kind="status", times=None, probability=0.5))
        return hits(faults, 50)

    assert day() == day()
    assert 10 < sum(day()) < 40


def test_call_that_chance_spares_uses_nothing_up_and_meets_the_next_rule(clock):
    """The rule stays as it was, and the rule behind it gets its turn."""
    faults = Faults(clock, draw=lambda: 0.9)
    faults.add(Fault(match="", kind="status", probability=0.5))
    faults.add(Fault(match="", kind="delay"))
    assert faults.take("GET", "/hello").kind == "delay"
    assert [rule["kind"] for rule in faults.as_json()] == ["status"]


def test_certain_rule_draws_nothing(clock):
    """Rules without chance do not shift the numbers of those with it."""
    faults = Faults(clock, draw=lambda: pytest.fail("nothing is to be drawn"))
    faults.add(Fault(match="", kind="status"))
    assert hits(faults, 2) == [True, False]


async def test_rule_ends_by_itself(clock):
    """After `for_s` on the clock the rule is gone, and not before."""
    faults = Faults(clock)
    faults.add(Fault(match="", kind="status", times=None, for_s=20))
    await clock.advance(19)
    assert hits(faults, 1) == [True]
    await clock.advance(1)
    assert faults.as_json() == []


def test_rule_on_a_fast_clock_lasts_real_seconds(clock):
    """At speed 60 a rule for 20 s ends 20 minutes later by the clock."""
    clock = Clock(start=START, speed=60, monotonic=lambda: 0.0)
    faults = Faults(clock)
    faults.add(Fault(match="", kind="status", for_s=20))
    assert faults.as_json()[0]["ends_at"] == "2026-11-22T09:20:00+00:00"


def test_one_rule_is_taken_away_by_its_id(clock):
    """The others stay; an id that is gone says so."""
    faults = Faults(clock)
    ids = [faults.add(Fault(match=match, kind="delay")) for match in "abc"]
    assert faults.remove(ids[1])
    assert not faults.remove(ids[1])
    assert [rule["match"] for rule in faults.as_json()] == ["a", "c"]
    assert [rule["id"] for rule in faults.as_json()] == [ids[0], ids[2]]


async def test_every_change_is_told(clock):
    """Adding, hitting, ending and clearing each call `changed`; clearing nothing does not."""
    told = itertools.count()
    faults = Faults(clock, changed=lambda: next(told))
    faults.add(Fault(match="", kind="status", times=2))
    faults.take("GET", "/")
    faults.add(Fault(match="", kind="status", for_s=1))
    await clock.advance(1)
    faults.clear()
    faults.clear()
    assert next(told) == 5


def test_deliveries_and_calls_have_rules_of_their_own(clock):
    """`out:` concerns deliveries only, everything else calls only."""
    faults = Faults(clock)
    faults.add(Fault(match="out:command", kind="twice"))
    faults.add(Fault(match="command", kind="delay"))
    assert faults.take_out("block_actions") is None
    assert faults.take("POST", "/out:command").kind == "delay"
    assert faults.take("POST", "/command") is None
    assert faults.take_out("command").kind == "twice"


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ({"kind": "twice", "match": "chat.postMessage"}, "calls"),
        ({"kind": "status", "match": "out:command"}, "deliveries"),
        ({"kind": "refuse", "match": "out:command", "seconds": 5}, "deliveries"),
        ({"kind": "refuse"}, "seconds"),
        ({"kind": "delay", "match": "", "probability": 1.1}, "probability"),
        ({"kind": "delay", "match": "", "probability": True}, "probability"),
        ({"kind": "delay", "match": "", "probability": float("nan")}, "probability"),
        ({"kind": "delay", "match": "", "for_s": -1}, "for_s"),
        ({"kind": "delay", "match": "", "for_s": "long"}, "for_s"),
        ({"kind": "delay", "match": "", "label": 5}, "label"),
        ({"kind": "delay", "match": "", "label": "x" * 101}, "label"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(rule, word):
    """Each mistake is a sentence that names what is wrong."""
    with pytest.raises(ValueError, match=word):
        read_fault(rule)


async def test_refusing_port_takes_no_connection_until_it_is_over(clock):
    """Connections are refused for so many seconds; then the same port answers again."""
    faults = Faults(clock)
    async with service(faults) as server:
        faults.add(read_fault({"kind": "refuse", "seconds": 10}))
        await server.door.settled()
        with pytest.raises(ConnectionRefusedError):
            await open_connection(server)
        await clock.advance(10)
        await server.door.settled()
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{server.url}/hello")).text == "hello"


async def test_taking_the_rule_away_opens_the_port(clock):
    """Nobody has to wait for the end; shutting and opening at once leaves it open."""
    faults = Faults(clock)
    async with service(faults) as server, httpx.AsyncClient(base_url=server.url) as client:
        for _ in range(3):
            faults.add(read_fault({"kind": "refuse", "seconds": 10}))
            faults.clear()
            await server.door.settled()
            assert (await client.get("/hello")).text == "hello"


async def test_two_refusals_end_with_the_later(clock):
    """While one of them stands, the port stays shut."""
    faults = Faults(clock)
    async with service(faults) as server:
        for seconds in (5, 10):
            faults.add(read_fault({"kind": "refuse", "seconds": seconds}))
        await clock.advance(5)
        await server.door.settled()
        with pytest.raises(ConnectionRefusedError):
            await open_connection(server)


async def test_refusing_port_cuts_the_bots_connections_and_keeps_peoples(clock):
    """A kept connection of a caller is gone; one that only control used goes on."""
    faults = Faults(clock)
    async with (
        service(faults) as server,
        httpx.AsyncClient(base_url=server.url) as bot,
        httpx.AsyncClient(base_url=server.url) as person,
    ):
        await asyncio.gather(bot.get("/hello"), person.get("/__twin/hello"))
        faults.add(read_fault({"kind": "refuse", "seconds": 10}))
        await server.door.settled()
        with pytest.raises(httpx.TransportError):
            await bot.get("/hello")
        assert (await person.get("/__twin/hello")).text == "hello"


async def test_shut_port_is_nobody_elses(clock):
    """While connections are refused, the port cannot be taken; after the end it can."""
    faults = Faults(clock)
    async with service(faults) as server:
        faults.add(read_fault({"kind": "refuse", "seconds": 10}))
        await server.door.settled()
        with pytest.raises(OSError, match="in use"):
            await start_server(web.Application(), port=server.port)
    await (await start_server(web.Application(), port=server.port)).stop()


async def test_work_can_be_done_although_the_answer_says_otherwise(clock):
    """What a gateway does that gave up on a service which was only slow."""
    faults, done = Faults(clock), []
    obey = fault_middleware(faults, rate_limited=lambda _: web.Response(status=429))
    app = web.Application(middlewares=[obey])

    async def work(request: web.Request) -> web.Response:
        done.append(await request.text())
        return web.Response(text="made")

    app.router.add_post("/jobs", work)
    server = await start_server(app)
    faults.add(read_fault({"match": "POST /jobs", "kind": "status_after", "status": 504}))
    async with httpx.AsyncClient(base_url=server.url) as client:
        answers = [await client.post("/jobs", content="one") for _ in range(2)]
    await server.stop()
    assert [(answer.status_code, answer.text) for answer in answers] == [(504, ""), (200, "made")]
    assert done == ["one", "one"]
