"""How a file's bytes come here: by which proxy, with whose credentials, how fast, from which address."""

from base64 import b64encode

import aiohttp
import pytest

from bot.providers import fetching
from bot.providers.fetching import SLOW_S, BrokenFetchError, Fetch
from tests.faults.raw_server import RawServer, answer, answering
from tests.faults.test_fetching import DATA, ETAG, RULES, dropping, fetched, head


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Take this machine for the world, and set the environment: a ~/.netrc for every host."""
    secrets = tmp_path / "netrc"
    secrets.write_text("default login svc password hush\n")
    secrets.chmod(0o600)
    monkeypatch.setenv("NETRC", str(secrets))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(fetching, "is_loopback", lambda _url: False)

    async def resolve(*_args, **_more):
        raise OSError(None, "no such name")

    monkeypatch.setattr(aiohttp.DefaultResolver, "resolve", resolve)
    return monkeypatch


async def test_credentials_of_the_environment_stay_here(environment):
    """A link's host is the service's word; passwords of ours are not for it."""
    async with RawServer(dropping()) as server:
        await fetched(server.url())
    assert b"authorization" not in server.heads[0].lower()


LINK = "https://files.example/v.mp4?sig=hush"


@pytest.mark.parametrize("name", ["https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("credentials", ["", "ana:p%40ss@"])
async def test_proxy_of_the_environment_is_used(environment, name, credentials):
    """With its own credentials where its address has some, and never with others."""
    async with RawServer(answering(answer("403 Forbidden"))) as proxy:
        environment.setenv(name, proxy.url().replace("http://", f"http://{credentials}"))
        with pytest.raises(BrokenFetchError):
            await fetched(LINK)
    assert proxy.requests == ["CONNECT files.example:443 HTTP/1.1"]
    sent = b"Basic " + b64encode(b"ana:p@ss") if credentials else None
    assert header_of(proxy.heads[0], b"proxy-authorization") == sent


@pytest.mark.parametrize("besides", ["files.example", ".example", "a.example, example", "*"])
async def test_hosts_that_need_no_proxy_are_asked_directly(environment, besides):
    """As `NO_PROXY` lists them; here nobody answers there."""
    async with RawServer(answering(answer("403 Forbidden"))) as proxy:
        environment.setenv("https_proxy", proxy.url())
        environment.setenv("no_proxy", besides)
        with pytest.raises(BrokenFetchError):
            await fetched(LINK)
    assert proxy.connections == 0


def header_of(head, name):
    """Give a header of a request; None where it has none."""
    pairs = [line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line]
    return next((value for key, value in pairs if key.lower() == name), None)


class Ticking:
    """A clock that goes on by so much whenever it is read, and as a test says."""

    def __init__(self, tick_s=0.0):
        self.at_s, self.tick_s = 0.0, tick_s

    def __call__(self):
        """Read it."""
        self.at_s += self.tick_s
        return self.at_s


async def test_trickle_is_given_up(monkeypatch):
    """Bytes that come are no speed: it has to be begun anew, and others get their turn."""

    async def trickle(exchange):
        await exchange.read_request()
        await exchange.write(head("200 OK", f"Content-Length: {len(DATA)}", ETAG) + DATA[:9])
        await exchange.hang()

    monkeypatch.setattr(fetching, "monotonic", Ticking(SLOW_S))
    async with RawServer(trickle) as server:
        with pytest.raises(BrokenFetchError, match="too slowly"):
            await fetched(server.url())
        assert server.connections == 1


async def test_time_that_our_store_takes_is_not_the_servers(monkeypatch):
    """However long a piece is worked on, only waiting for the next one counts."""
    clock = Ticking()
    monkeypatch.setattr(fetching, "monotonic", clock)
    async with RawServer(answering(answer("200 OK", DATA))) as server:
        fetch = Fetch(server.url(), listed_bytes=None, rules=RULES)
        async for _ in fetch.pieces():
            clock.at_s += 10 * SLOW_S
    assert clock.at_s >= 20 * SLOW_S


SIGNED = (
    "/a%2Fb%7Ec%28d%29/%E2%9c%93;x=%3B/f.mp4?c=k%2F2026%2Fs3&sig=ab%2Bcd%3D%7e&e=a+b%20c&q='x'!*"
)


async def test_signed_address_is_sent_byte_for_byte():
    """After a redirect too; whoever signed these bytes refuses others."""
    async with RawServer(answering(answer("200 OK", DATA))) as store:
        body = answer("302 Found", b"", f"Location: {store.url()}{SIGNED}")
        async with RawServer(answering(body)) as server:
            await fetched(f"{server.url()}{SIGNED}")
    assert [*server.requests, *store.requests] == [f"GET {SIGNED} HTTP/1.1"] * 2
