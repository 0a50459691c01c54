"""Hosts that a service names: what their names lead to is checked where we connect.

Names resolve as each test says; what a connection is made to is always this machine, which counts
as public here where a test needs a server that answers.
"""

import asyncio
import socket

import aiohttp
import pytest

from bot.core.errors import ProviderReplyError, ProviderUnavailableError
from bot.providers import guarded, http
from bot.providers.base import NotSent
from bot.providers.http import Reply, ServiceClient, Timeouts
from tests.faults.raw_server import RawServer, answer, answering, hang_at_once, untrusted_tls
from twin.demo.environment import free_port

API = "https://api.studio.example"
SIGNED = (
    "/a%2Fb%7Ec%28d%29/%E2%9c%93;x=%3B/f.mp4?c=k%2F2026%2Fs3&sig=ab%2Bcd%3D%7e&e=a+b%20c&q='x'!*"
)
STORE = "https://store.example/status.json?sig=hush"


class Names:
    """What names resolve to; each answer is given in turn, the last for ever.

    Attributes:
        asked: The names that were resolved.
    """

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def resolve(self, _resolver, host, port=0, family=0):
        """Resolve as aiohttp does."""
        self.asked.append(host)
        left = self.answers.get(host.split(".")[0])
        if left is None:
            raise OSError(None, "no such name")
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            {"hostname": host, "host": one, "port": port, "family": _family(one), "proto": 6,
             "flags": socket.AI_NUMERICHOST}
            for one in found
        ]  # fmt: skip


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@pytest.fixture
def names(monkeypatch):
    """Let names resolve as the test says, for aiohttp and for us alike."""

    def let(**answers: list[list[str]]) -> Names:
        made = Names(**answers)

        async def resolve(self, host, port=0, family=socket.AF_INET):
            return await made.resolve(self, host, port, family)

        monkeypatch.setattr(aiohttp.DefaultResolver, "resolve", resolve)
        return made

    return let


@pytest.fixture
async def client_of():
    """Make clients that are closed with the test."""
    made = []

    def build(base_url: str, **timeouts: float) -> ServiceClient:
        client = ServiceClient(
            label="Studio",
            base_url=base_url,
            key=("X-API-Key", "key"),
            timeouts=Timeouts(**({"look_s": 5.0, "submit_s": 5.0} | timeouts)),
        )
        made.append(client)
        return client

    yield build
    for client in made:
        await client.aclose()


async def _upload(client: ServiceClient, url: str) -> Reply:
    async def content():
        yield b"zip"

    return await client.upload(
        url, content=content(), size_bytes=3, content_type="application/zip", timeout_s=5.0
    )


CALLS = {
    "look": lambda client, url: client.look(url),
    "change": lambda client, url: client.change("DELETE", url),
    "upload": _upload,
}
PRIVATE = {
    "private": ["10.1.2.3"],
    "loopback": ["127.0.0.1"],
    "link-local": ["169.254.169.254"],
    "one of two": ["93.184.216.34", "192.168.1.1"],
    "v6": ["fd00::1"],
    "v4 in v6": ["::ffff:10.0.0.1"],
    "v4 behind v6": ["64:ff9b::a00:1"],
    "nowhere": ["0.0.0.0"],  # noqa: S104 - an address to refuse.
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("addresses", PRIVATE.values(), ids=PRIVATE.keys())
async def test_a_name_that_leads_into_a_private_network_is_not_followed(
    call: str, addresses: list[str], names, client_of
):
    """Nothing is sent there, and the address is not quoted."""
    names(store=[addresses])
    with pytest.raises(ProviderReplyError, match="private network") as caught:
        await CALLS[call](client_of(API), STORE)
    assert caught.value.code == "unsafe_link"
    assert "store.example" not in caught.value.text


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("url", ["https://10.0.0.1/a", "http://store.example/a", "https://[::1]/a"])
async def test_an_address_that_shows_it_is_not_followed_either(call: str, url: str, client_of):
    """Whoever calls need not have looked."""
    with pytest.raises(ProviderReplyError) as caught:
        await CALLS[call](client_of(API), url)
    assert caught.value.code == "unsafe_link"


async def test_a_paid_call_to_such_an_address_is_not_sent(names, client_of):
    """It never raises, and nothing has left."""
    names(store=[["10.1.2.3"]])
    for url in (STORE, "https://10.0.0.1/"):
        outcome = await client_of(API).submit(url, content=b"{}", headers={})
        assert isinstance(outcome, NotSent)


@pytest.mark.parametrize("call", CALLS)
async def test_a_name_that_turns_after_the_check_gains_nothing(
    call: str, names, client_of, monkeypatch
):
    """The second answer is never asked for: what was checked is what is connected to."""
    monkeypatch.setattr(guarded, "is_public_address", lambda text: text == "127.0.0.1")
    async with RawServer(answering(answer("200 OK"))) as server:
        port = server.url().rsplit(":", 1)[1]
        asked = names(store=[["127.0.0.1"], ["10.1.2.3"]])
        with pytest.raises(ProviderUnavailableError):  # It speaks no TLS.
            await CALLS[call](client_of(API), f"https://store.example:{port}/a")
        assert server.connections == 1
    assert asked.asked == ["store.example"]


@pytest.mark.parametrize("call", CALLS)
async def test_tls_asks_for_the_name_that_was_checked(
    call: str, names, client_of, monkeypatch, tmp_path
):
    """A certificate has to fit the name, although the connection is made to an address."""
    monkeypatch.setattr(guarded, "is_public_address", lambda text: text == "127.0.0.1")
    context, shown = untrusted_tls(tmp_path), []
    context.sni_callback = lambda _socket, name, _context: shown.append(name)
    names(store=[["127.0.0.1"]])
    async with RawServer(answering(answer("200 OK")), tls=context) as server:
        port = server.url().rsplit(":", 1)[1]
        with pytest.raises(ProviderUnavailableError):
            await CALLS[call](client_of(API), f"https://store.example:{port}/a")
    assert shown == ["store.example"]


@pytest.mark.parametrize("call", CALLS)
async def test_a_name_that_does_not_resolve_is_merely_unavailable(call: str, names, client_of):
    """As for any other failure to reach it."""
    names()
    with pytest.raises(ProviderUnavailableError):
        await CALLS[call](client_of(API), STORE)


async def test_an_upload_goes_to_the_first_address_that_answers(names, client_of, monkeypatch):
    """A store has many addresses, and one of them may be down."""
    monkeypatch.setattr(guarded, "is_public_address", lambda _: True)
    async with RawServer(hang_at_once) as server:
        port = int(server.url().rsplit(":", 1)[1])
        names(store=[["::1", "127.0.0.1"]])
        with pytest.raises(ProviderUnavailableError) as caught:
            await _upload(client_of(API, submit_s=0.9), f"https://store.example:{port}/a")
        assert server.connections == 1
    assert caught.value.code == "not_reached"
    names(store=[["::1", "127.0.0.1"]])
    with pytest.raises(ProviderUnavailableError) as caught:
        await _upload(client_of(API), f"https://store.example:{free_port()}/a")
    assert caught.value.code == "not_reached"


async def test_the_configured_host_may_be_anywhere(names, client_of):
    """Whoever runs the bot may have put it behind a gateway of their own."""
    async with RawServer(answering(answer("200 OK"))) as server:
        port = server.url().rsplit(":", 1)[1]
        names(gateway=[["127.0.0.1"]])
        client = client_of(f"http://gateway.corp.example:{port}")
        reply = await client.look(f"http://gateway.corp.example:{port}/jobs/1")
    assert reply.status == 200


@pytest.mark.parametrize("call", CALLS)
async def test_on_this_machine_both_sides_are_local(call: str, client_of):
    """The offline twin's storage is on another port, by number or by name."""
    async with RawServer(answering(answer("200 OK"))) as server:
        base = f"http://127.0.0.1:{free_port()}"
        for url in (server.url(), server.url().replace("127.0.0.1", "localhost")):
            assert (await CALLS[call](client_of(base), url)).status == 200


@pytest.mark.parametrize("call", CALLS)
async def test_a_local_base_does_not_open_the_private_network(call: str, names, client_of):
    """Names are checked all the same."""
    names(store=[["127.0.0.1"]])
    with pytest.raises(ProviderReplyError):
        await CALLS[call](client_of("http://127.0.0.1:4001"), STORE)


@pytest.mark.parametrize(
    ("base", "is_checked"), [(API, True), ("http://127.0.0.1:4001", False)], ids=["far", "here"]
)
def test_only_a_local_base_makes_local_names_good(base: str, *, is_checked: bool):
    """Elsewhere a service could send us to whatever listens beside the bot."""
    guards = guarded.all_but(base)
    assert {guards(name) for name in ("localhost", "127.0.0.1", "127.1")} == {is_checked}
    assert guards("store.example")
    assert not guards("api.studio.example" if is_checked else "127.0.0.1")


async def test_proxies_of_the_environment_are_still_used(client_of, monkeypatch):
    """Its own host may be private; behind it, names are its to resolve."""
    async with RawServer(answering(answer("403 Forbidden"))) as proxy:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        for call in CALLS.values():
            with pytest.raises(ProviderUnavailableError):
                await call(client_of(API), STORE)
        assert proxy.requests == ["CONNECT store.example:443 HTTP/1.1"] * 3


@pytest.mark.parametrize("call", CALLS)
async def test_an_address_that_a_service_named_is_sent_byte_for_byte(call, client_of):
    """Whoever signed these bytes refuses others."""
    async with RawServer(answering(answer("200 OK", b"{}"))) as server:
        await CALLS[call](client_of(server.url()), f"{server.url()}{SIGNED}")
    assert [line.split(" ")[1] for line in server.requests] == [SIGNED]


@pytest.mark.parametrize("call", [*CALLS, "submit"])
async def test_credentials_of_the_environment_stay_here(call, monkeypatch, tmp_path, client_of):
    """Of the environment only proxies count: what is in ~/.netrc is for none of these hosts."""
    secrets = tmp_path / "netrc"
    secrets.write_text("default login svc password hush\n")
    secrets.chmod(0o600)
    monkeypatch.setenv("NETRC", str(secrets))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(http, "is_loopback", lambda _url: False)
    async with RawServer(answering(answer("200 OK", b"{}"))) as server:
        client = client_of(server.url())
        if call == "submit":
            await client.submit(server.url(), content=b"{}", headers={})
        else:
            await CALLS[call](client, server.url())
    assert b"authorization" not in server.heads[0].lower()


async def test_many_looks_at_once_share_the_check(names, client_of):
    """Each of them hears it, and none is left waiting."""
    names(store=[["10.1.2.3"]])
    client = client_of(API)
    outcomes = await asyncio.gather(*(client.look(STORE) for _ in range(5)), return_exceptions=True)
    assert {type(one) for one in outcomes} == {ProviderReplyError}
