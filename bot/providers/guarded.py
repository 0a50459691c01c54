"""Connections to hosts that a service named: their names may not lead into a private network.

`urls.check_url` refuses what an address shows. A name shows nothing, and whoever owns it may let it
resolve to anything, another thing each time. So a name is checked where it is resolved to connect,
and what is connected to is what was checked. Behind a proxy of the environment names are the
proxy's to resolve, and its own host is nobody's to check.
"""

import asyncio
import functools
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpcore
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp.transport import AiohttpResponseStream, map_aiohttp_exceptions
from yarl import URL

from bot.core.addresses import UnsafeUrlError, is_loopback, is_public_address
from bot.providers.proxies import proxied

_MOST_CONNECTIONS = 100
_KEEPALIVE_S = 5.0

Guards = Callable[[str], bool]
"""Tells whether a host's name, in lower case and without its last dot, has to be checked."""


def all_but(base_url: str) -> Guards:
    """Guard every name but the host that whoever runs the bot has configured.

    Where that is on this machine, so may names be that can only mean this machine.
    """
    ours = (urlsplit(base_url).hostname or "").rstrip(".")
    has_local_base = is_loopback(base_url)

    def guards(host: str) -> bool:
        is_local = has_local_base and is_loopback(f"http://{host}")
        return host != ours and not is_local

    return guards


class GuardedResolver(AbstractResolver):
    """Resolve names, but give no private address for a name that is guarded."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards
        self._real: AbstractResolver | None = None

    def has_to_check(self, host: str) -> bool:
        """Tell whether a name is guarded."""
        return self._guards(host.rstrip(".").lower())

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve a name.

        Raises:
            UnsafeUrlError: One of its addresses is private.
            OSError: It cannot be resolved.
        """
        if self._real is None:  # It needs a running loop, and we may be built without one.
            self._real = aiohttp.DefaultResolver()
        found = await self._real.resolve(host, port, family)
        if self.has_to_check(host) and not all(is_public_address(one["host"]) for one in found):
            raise UnsafeUrlError("it points into a private network")
        return found

    async def close(self) -> None:
        """Close the resolver."""
        if self._real is not None:
            await self._real.close()


@functools.cache
def _tls(*, trust_env: bool) -> ssl.SSLContext:
    """Read the certificates that we trust, once for all clients: it takes longer than a call."""
    return httpx.create_ssl_context(trust_env=trust_env)


class GuardedLooks(httpx.AsyncClient):
    """The client for looks, over aiohttp."""

    def __init__(self, resolver: GuardedResolver, *, trust_env: bool, **settings: Any) -> None:
        transport = _Looking(resolver, trust_env=trust_env)
        super().__init__(transport=transport, trust_env=trust_env, **settings)


class _Looking(httpx.AsyncBaseTransport):
    """Ask by aiohttp, with addresses as they are.

    httpx-aiohttp's own transport lets yarl write them anew, `%2F` as `/` for one (0.2.0, tried),
    and whoever signed the bytes then refuses them.
    """

    def __init__(self, resolver: GuardedResolver, *, trust_env: bool) -> None:
        self._resolver = resolver
        self._trust_env = trust_env
        self._context = _tls(trust_env=trust_env)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; a body is not read."""
        if self._session is None:  # It needs a running loop, and we may be built without one.
            self._session = self._open()
        url, limits = str(request.url), request.extensions.get("timeout", {})
        with map_aiohttp_exceptions():
            response = await self._session.request(
                request.method,
                URL(url, encoded=True),
                headers=request.headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    connect=limits.get("pool"),
                    sock_connect=limits.get("connect"),
                    sock_read=limits.get("read"),
                ),
                **(proxied(url) if self._trust_env else {}),
            )
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=AiohttpResponseStream(response)
        )

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=_MOST_CONNECTIONS,
            keepalive_timeout=_KEEPALIVE_S,
            ssl=self._context,
            resolver=self._resolver,
        )
        return aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_asked_once()],
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()


def _asked_once() -> aiohttp.TraceConfig:
    """Let aiohttp repeat a look only where a connection it had kept turned out to be closed.

    It repeats any GET whose connection broke, once, also where a server has read the request: the
    service would count two requests and we one.
    """

    async def on_create(_: Any, look: Any, __: Any) -> None:
        await on_reuse(_, look, __)
        look.has_new_connection = True

    async def on_reuse(_: Any, look: Any, __: Any) -> None:
        if getattr(look, "has_new_connection", False):
            raise aiohttp.ServerDisconnectedError

    traced = aiohttp.TraceConfig()
    traced.on_connection_create_start.append(on_create)
    traced.on_connection_reuseconn.append(on_reuse)
    return traced


class GuardedPaid(httpx.AsyncClient):
    """The client for paid calls and uploads, over httpx's own transport."""

    def __init__(self, resolver: GuardedResolver, **settings: Any) -> None:
        self._resolver = resolver
        super().__init__(**settings)

    def _init_transport(self, *args: Any, **settings: Any) -> httpx.AsyncBaseTransport:
        limits, trust_env = settings["limits"], settings["trust_env"]
        settings["transport"] = _Direct(self._resolver, limits=limits, trust_env=trust_env)
        return super()._init_transport(*args, **settings)


class _Direct(httpx.AsyncHTTPTransport):
    def __init__(self, resolver: GuardedResolver, *, limits: httpx.Limits, trust_env: bool) -> None:
        # Not `super()`'s, which would make a pool of its own and read every certificate for it.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(trust_env=trust_env),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_GuardedNetwork(resolver),
        )


class _GuardedNetwork(httpcore.AnyIOBackend):
    """Connect to the very addresses that were checked; TLS still asks for the name."""

    def __init__(self, resolver: GuardedResolver) -> None:
        self._resolver = resolver

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it.
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect.

        Raises:
            UnsafeUrlError: The name points into a private network.
            httpcore.ConnectError: It cannot be resolved, or nobody answers.
            httpcore.ConnectTimeout: Not in time.
        """
        if not self._resolver.has_to_check(host):
            return await super().connect_tcp(host, port, timeout, local_address, socket_options)
        try:
            async with asyncio.timeout(timeout):
                found = await self._resolver.resolve(host, port)
                addresses = list(dict.fromkeys(one["host"] for one in found))
                share_s = timeout and timeout / max(len(addresses), 1)
                return await self._first(addresses, port, share_s, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error

    async def _first(
        self, addresses: list[str], port: int, share_s: float | None, *more: Any
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers."""
        for address in addresses[:-1]:
            try:
                return await super().connect_tcp(address, port, share_s, *more)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await super().connect_tcp(addresses[-1], port, share_s, *more)
