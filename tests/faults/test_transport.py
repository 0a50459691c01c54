"""What every way of losing a connection means for a look and for a paid call.

The right-hand columns are the promise that nothing is ever submitted twice: only what cannot have
left this machine counts as not sent.
"""

import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.core.errors import ProviderUnavailableError
from bot.providers.base import NotSent, Uncertain
from bot.providers.http import Reply, ServiceClient, Timeouts
from tests.faults.raw_server import (
    Behaviour,
    RawServer,
    answer,
    answering,
    drop_after_reading,
    drop_reused,
    hang_after_reading,
    hang_at_once,
    reset_after_reading,
    trickle,
    untrusted_tls,
)
from twin.demo.environment import free_port

PATIENT = Timeouts(look_s=10.0, submit_s=10.0)
HURRIED = Timeouts(look_s=0.3, submit_s=0.4)


def build_client(base_url: str, *, timeouts: Timeouts = PATIENT) -> ServiceClient:
    """Make a client as a provider would."""
    return ServiceClient(
        label="Studio",
        base_url=base_url,
        key=("X-API-Key", "key"),
        timeouts=timeouts,
        max_bytes=100_000,
    )


@asynccontextmanager
async def client_of(base_url: str, *, timeouts: Timeouts = PATIENT) -> AsyncIterator[ServiceClient]:
    """Make a client and close it."""
    client = build_client(base_url, timeouts=timeouts)
    try:
        yield client
    finally:
        await client.aclose()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way to lose a connection once it stands."""

    behaviour: Behaviour
    code: str
    timeouts: Timeouts = PATIENT


AFTER_SENDING = {
    "drop after reading": Row(behaviour=drop_after_reading, code="connection_lost"),
    "reset": Row(behaviour=reset_after_reading, code="connection_lost"),
    "half a head": Row(behaviour=answering(b"HTTP/1.1 202 Acc"), code="connection_lost"),
    "garbage": Row(behaviour=answering(b"\x00\xff\x13 nonsense\r\n\r\n"), code="connection_lost"),
    "cut body": Row(
        behaviour=answering(b'HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{"pro'),
        code="connection_lost",
    ),
    "cut chunks": Row(
        behaviour=answering(
            b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}  "
        ),
        code="connection_lost",
    ),
    "no answer": Row(behaviour=hang_after_reading, code="timed_out", timeouts=HURRIED),
    "trickle": Row(behaviour=trickle, code="timed_out", timeouts=HURRIED),
}


@pytest.mark.parametrize("row", AFTER_SENDING.values(), ids=AFTER_SENDING.keys())
async def test_a_submit_whose_answer_is_lost_is_uncertain_and_sent_once(row: Row):
    """Whatever happens after the request was read, nobody knows, and nobody sends it again."""
    async with (
        RawServer(row.behaviour) as server,
        client_of(server.url(), timeouts=row.timeouts) as client,
    ):
        outcome = await client.submit(server.url() + "/jobs", content=b"{}", headers={})
    assert isinstance(outcome, Uncertain)
    assert outcome.failure.code == row.code
    assert server.posts == 1


@pytest.mark.parametrize("row", AFTER_SENDING.values(), ids=AFTER_SENDING.keys())
async def test_a_look_whose_answer_is_lost_is_unavailable(row: Row):
    """A look tells nothing and says so in our words, never with the library's error."""
    async with (
        RawServer(row.behaviour) as server,
        client_of(server.url(), timeouts=row.timeouts) as client,
    ):
        with pytest.raises(ProviderUnavailableError) as caught:
            await client.look(server.url() + "/jobs/1")
    assert caught.value.text.startswith("Studio ")
    assert len(server.requests) == 1


@pytest.mark.parametrize("row", AFTER_SENDING.values(), ids=AFTER_SENDING.keys())
async def test_a_change_whose_answer_is_lost_is_unavailable_and_sent_once(row: Row):
    """A cancel or a registration is not repeated behind the caller's back either."""
    async with (
        RawServer(row.behaviour) as server,
        client_of(server.url(), timeouts=row.timeouts) as client,
    ):
        with pytest.raises(ProviderUnavailableError):
            await client.change("DELETE", server.url() + "/jobs/1")
    assert len(server.requests) == 1


async def test_an_upload_that_stalls_is_uncertain():
    """A server that stops reading may have read enough."""
    async with (
        RawServer(hang_at_once) as server,
        client_of(server.url(), timeouts=HURRIED) as client,
    ):
        outcome = await client.submit(server.url(), content=bytes(30_000_000), headers={})
    assert isinstance(outcome, Uncertain)
    assert outcome.failure.code == "timed_out"


async def test_a_look_at_a_server_that_does_not_read_is_unavailable():
    """The total timeout ends it."""
    async with (
        RawServer(hang_at_once) as server,
        client_of(server.url(), timeouts=HURRIED) as client,
    ):
        with pytest.raises(ProviderUnavailableError, match="in time"):
            await client.look(server.url())


async def assert_not_sent(url: str, *, timeouts: Timeouts = PATIENT) -> None:
    """Check both columns of a row in which no connection came about."""
    async with client_of(url, timeouts=timeouts) as client:
        assert isinstance(await client.submit(url, content=b"{}", headers={}), NotSent)
        with pytest.raises(ProviderUnavailableError):
            await client.look(url)
        with pytest.raises(ProviderUnavailableError):
            await client.change("DELETE", url)


async def test_a_refused_connection_means_not_sent():
    """Nobody listens, so nothing arrived."""
    await assert_not_sent(f"http://127.0.0.1:{free_port()}")


async def test_a_name_that_does_not_resolve_means_not_sent(monkeypatch: pytest.MonkeyPatch):
    """Without an address there is nowhere to send to."""

    def fail(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    await assert_not_sent("https://studio.invalid")


async def test_a_server_that_speaks_no_tls_means_not_sent():
    """The handshake failed before the request."""
    async with RawServer(say_nonsense) as server:
        await assert_not_sent(server.url("https"))
    assert server.requests == []


async def say_nonsense(exchange) -> None:
    """Answer a handshake with plain text."""
    await exchange.write(b"this is no TLS record\r\n\r\n")
    exchange.close()


async def test_a_certificate_nobody_vouches_for_means_not_sent(tmp_path):
    """The server is not who it says it is, so it gets neither request nor key."""
    async with RawServer(answering(answer("200 OK")), tls=untrusted_tls(tmp_path)) as server:
        await assert_not_sent(server.url("https"))
    assert server.requests == []


async def test_a_tls_handshake_that_stalls_means_not_sent():
    """The time ran out while connecting, not while waiting for an answer."""
    async with RawServer(hang_at_once) as server:
        await assert_not_sent(server.url("https"), timeouts=HURRIED)


async def test_tls_that_breaks_after_the_request_is_uncertain(tmp_path):
    """Encryption does not make a lost answer look like a failed handshake."""
    tls = untrusted_tls(tmp_path)
    async with RawServer(drop_after_reading, tls=tls) as server:
        client = build_client(server.url("https"))
        client._paid._transport._pool._ssl_context = ssl.create_default_context(
            cafile=str(tmp_path / "server.pem")
        )
        outcome = await client.submit(server.url("https"), content=b"{}", headers={})
        await client.aclose()
    assert isinstance(outcome, Uncertain)
    assert server.posts == 1


async def test_a_submit_never_travels_on_a_used_connection():
    """A stale keep-alive connection cannot be confused with a lost answer."""
    async with RawServer(drop_reused) as server, client_of(server.url()) as client:
        first = await client.submit(server.url(), content=b"{}", headers={})
        second = await client.submit(server.url(), content=b"{}", headers={})
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert (server.connections, server.posts) == (2, 2)


async def test_a_look_survives_a_stale_connection():
    """Looks share connections; one that went stale costs a new connection, not an error."""
    async with RawServer(drop_reused) as server, client_of(server.url()) as client:
        first = await client.look(server.url())
        second = await client.look(server.url())
    assert (first.status, second.status) == (200, 200)


@pytest.mark.parametrize("call", ["look", "submit", "change"])
async def test_redirects_are_not_followed(call: str):
    """The key stays here, and the answer is handed over as it is."""
    async with RawServer(answering(answer("200 OK"))) as elsewhere:
        redirect = answer("307 Temporary Redirect", b"", f"Location: {elsewhere.url()}/x")
        async with RawServer(answering(redirect)) as server, client_of(server.url()) as client:
            reply = await CALLS[call](client, server.url())
    assert isinstance(reply, Reply)
    assert reply.status == 307
    assert elsewhere.requests == []


CALLS: dict[str, Callable] = {
    "look": lambda client, url: client.look(url),
    "submit": lambda client, url: client.submit(url, content=b"{}", headers={}),
    "change": lambda client, url: client.change("DELETE", url),
}


@pytest.mark.parametrize("call", CALLS)
async def test_a_body_that_does_not_end_is_cut_at_the_cap(call: str):
    """Memory stays bounded, and the reply says that it is not whole."""

    async def flood(exchange) -> None:
        await exchange.read_request()
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n")
        while True:
            await exchange.write(bytes(10_000))

    async with RawServer(flood) as server, client_of(server.url()) as client:
        reply = await CALLS[call](client, server.url())
    assert isinstance(reply, Reply)
    assert (len(reply.body), reply.is_whole) == (100_000, False)


@pytest.mark.parametrize("call", CALLS)
async def test_the_key_goes_to_the_configured_origin_only(call: str):
    """The same call to another port carries no key."""
    heads = []

    async def remember(exchange) -> None:
        heads.append(await exchange.read_request())
        await exchange.write(answer("200 OK"))
        exchange.close()

    async with (
        RawServer(remember) as ours,
        RawServer(remember) as other,
        client_of(ours.url()) as client,
    ):
        await CALLS[call](client, ours.url())
        await CALLS[call](client, other.url())
    assert [b"x-api-key: key" in head.lower() for head in heads] == [True, False]
