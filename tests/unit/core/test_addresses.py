"""The guard for foreign addresses."""

import pytest

from bot.core.addresses import (
    UnsafeUrlError,
    check_typed,
    check_url,
    is_loopback,
    is_same_origin,
    without_query,
)

PUBLIC = "https://api.studio.example"
LOCAL = "http://127.0.0.1:4001"


@pytest.mark.parametrize(
    "url",
    [
        "https://store.example/a.mp4?sig=abc",
        "https://store.example:8443/a",
        "https://93.184.216.34/a",
        "https://[2606:2800:220:1::1]/a",
        "https://xn--bcher-kva.example/",
    ],
)
def test_public_https_addresses_pass_unchanged(url: str):
    """What is handed on is what was given."""
    assert check_url(url, base=PUBLIC) == url


UNSAFE = [
    "http://store.example/a",
    "ftp://store.example/a",
    "javascript:alert(1)",
    "//store.example/a",
    "store.example/a",
    "",
    "https://",
    "https:///a",
    "https://user:secret@store.example/a",
    "https://user@store.example/a",
    "https://store.example:0/",
    "https://store.example:99999/",
    "https://store.example:port/",
    "https://[::1",
    "https://store.example/a b",
    "https://store.example/\n",
    "https://store.example\\@evil.example/",
    "https://\u0661\u0662\u0667.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    "https://store.example/" + "a" * 9000,
    "https://10.0.0.1/",
    "https://172.16.5.5/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://168.63.129.16/machine",
    "https://[::ffff:168.63.129.16]/machine",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[fec0::1]/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[2002:0a00:0001::1]/",
    "https://[64:ff9b::a00:1]/",
    "https://metadata.google.internal/",
    "https://intranet/",
    "https://intranet./",
    "https://printer.local/",
    "https://0x0a000001/",
    "https://167772161/",
    "https://10.1/",
]
LOOPBACK = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://017700000001/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "http://127.0.0.1:4001/files",
]


@pytest.mark.parametrize("url", UNSAFE + LOOPBACK)
def test_everything_else_is_refused_for_a_public_service(url: str):
    """Neither people nor we are led to places that only this network can see."""
    with pytest.raises(UnsafeUrlError):
        check_url(url, base=PUBLIC)


@pytest.mark.parametrize("url", UNSAFE)
def test_a_local_service_may_lead_no_further_than_this_machine(url: str):
    """The offline twin is no way into the network either."""
    with pytest.raises(UnsafeUrlError):
        check_url(url, base=LOCAL)


@pytest.mark.parametrize("url", LOOPBACK)
def test_a_local_service_may_name_this_machine(url: str):
    """That is the offline twin, with or without TLS."""
    assert check_url(url, base=LOCAL) == url


def test_the_reason_does_not_quote_the_address():
    """It may hold a signature."""
    with pytest.raises(UnsafeUrlError) as caught:
        check_url("http://store.example/a?sig=abc", base=PUBLIC)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://api.studio.example/v1", True),
        ("https://API.studio.example:443/v1", True),
        ("https://api.studio.example./v1", True),
        ("http://api.studio.example/v1", False),
        ("https://api.studio.example:8443/v1", False),
        ("https://api.studio.example.evil.example/v1", False),
        ("https://evil.example/api.studio.example", False),
        ("https://api.studio.example@evil.example/", False),
        ("/v1", False),
        ("", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, same: bool):  # noqa: FBT001 - a table.
    """Keys go to our own origin, whatever a foreign address looks like."""
    assert is_same_origin(url, PUBLIC) is same


@pytest.mark.parametrize(
    ("url", "local"),
    [(LOCAL, True), ("http://localhost:1", True), (PUBLIC, False), ("nonsense", False)],
)
def test_loopback_is_this_machine_only(url: str, local: bool):  # noqa: FBT001 - a table.
    """Neither a public name nor something unreadable is this machine."""
    assert is_loopback(url) is local


@pytest.mark.parametrize("url", [PUBLIC, f"{PUBLIC}/a?sig=1", LOCAL, "http://localhost/a"])
def test_what_a_person_may_type_passes(url):
    """On this machine too: which service may be sent that is not known where it is typed."""
    assert check_typed(url) == url


@pytest.mark.parametrize(
    "url", ["http://studio.example/a", "https://192.168.0.9/a", "ftp://studio.example/a", "a.png"]
)
def test_what_no_service_could_fetch_is_refused_where_it_is_typed(url):
    """In words that can end a sentence."""
    with pytest.raises(UnsafeUrlError, match=r"^it "):
        check_typed(url)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.example/b.png?sig=c#d", "https://a.example/b.png"),
        ("http://127.0.0.1:4/b?c", "http://127.0.0.1:4/b"),
        ("https://a.example", "https://a.example"),
        ("What? This.", "What? This."),
        ("https://a.example is it? Yes.", "https://a.example is it? Yes."),
        ("https://[?", "https://[?"),
        ("mailto:a?b", "mailto:a?b"),
    ],
)
def test_what_may_sign_an_address_is_cut_off(text, shown):
    """And nothing off any other text."""
    assert without_query(text) == shown
