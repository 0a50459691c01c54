"""A server below HTTP: it does to a connection exactly what a test says, and counts."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Exchange:
    """One connection, as the server sees it."""

    def __init__(
        self, server: "RawServer", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer

    async def read_request(self) -> bytes:
        """Read a whole request, note its first line, and give its head; empty at the end."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        self._server.heads.append(head)
        self._server.bodies.append(await self._reader.readexactly(_length(head)))
        self._server.requests.append(head.split(b"\r\n", 1)[0].decode())
        return head

    async def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        """End the connection politely."""
        self._writer.close()

    def reset(self) -> None:
        """End it with a TCP reset."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def hang(self) -> None:
        """Do nothing, neither reading nor writing, until the test is over."""
        self._writer.transport.pause_reading()
        await asyncio.Event().wait()


Behaviour = Callable[[Exchange], Awaitable[None]]


class RawServer:
    """Listen on loopback.

    Attributes:
        requests: First line of every request that was read to its end.
        connections: How many were opened.
    """

    def __init__(self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self._behaviour = behaviour
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[str] = []
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0

    @property
    def posts(self) -> int:
        """How many POSTs were read."""
        return sum(1 for line in self.requests if line.startswith("POST "))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._tls, limit=2**16
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, scheme: str = "http") -> str:
        """Give the base URL."""
        return f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._behaviour(Exchange(self, reader, writer))
        except (ConnectionError, asyncio.CancelledError):
            pass  # The client went away first, or the test is over.
        finally:
            writer.transport.abort()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def answer(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    """Write an answer, such as `answer("200 OK", b"[]")`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def answering(data: bytes) -> Behaviour:
    """Read one request, send these bytes and close."""

    async def behave(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.write(data)
        exchange.close()

    return behave


def in_turn(*answers: bytes) -> Behaviour:
    """Answer one request after the other; the last answer is given for ever."""
    left = list(answers)

    async def behave(exchange: Exchange) -> None:
        while await exchange.read_request():
            await exchange.write(left.pop(0) if len(left) > 1 else left[0])

    return behave


async def drop_after_reading(exchange: Exchange) -> None:
    """Take the request and hang up."""
    await exchange.read_request()
    exchange.close()


async def reset_after_reading(exchange: Exchange) -> None:
    """Take the request and reset the connection."""
    await exchange.read_request()
    exchange.reset()


async def hang_after_reading(exchange: Exchange) -> None:
    """Take the request and say nothing."""
    await exchange.read_request()
    await exchange.hang()


async def hang_at_once(exchange: Exchange) -> None:
    """Neither take the request nor answer."""
    await exchange.hang()


async def trickle(exchange: Exchange) -> None:
    """Answer so slowly that no single wait is long and the whole never ends."""
    await exchange.read_request()
    await exchange.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100000\r\n\r\n")
    while True:
        await exchange.write(b" ")
        await asyncio.sleep(0.02)


async def drop_reused(exchange: Exchange) -> None:
    """Answer the first request of a connection and hang up on the second."""
    await exchange.read_request()
    await exchange.write(answer("200 OK", b"{}", "Connection: keep-alive"))
    await exchange.read_request()
    exchange.close()


def untrusted_tls(folder: Path) -> ssl.SSLContext:
    """Make a server context whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=365 * 100))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
