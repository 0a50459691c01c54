"""A file is fetched whole or not at all, whatever the connection does."""

import pytest

from bot.providers.fetching import BrokenFetchError, Fetch, FetchRules, RefusedFetchError
from tests.faults.raw_server import RawServer, answer, answering

DATA = bytes(range(256)) * 2000
RULES = FetchRules(max_bytes=1_000_000, stall_s=0.2)
ETAG = 'ETag: "v1"'
REST = f"Content-Range: bytes 100000-{len(DATA) - 1}/{len(DATA)}"


async def fetched(url, *, listed=None, expected=None, rules=RULES):
    """Fetch a file; gives the fetch and its bytes."""
    fetch = Fetch(url, listed_bytes=listed, expected_type=expected, rules=rules)
    return fetch, b"".join([piece async for piece in fetch.pieces()])


def head(status, *headers):
    """Write the head of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def range_of(request):
    """Give the first byte that a request asks for."""
    for line in request.split(b"\r\n"):
        if line.lower().startswith(b"range: bytes="):
            return int(line.split(b"=")[1].rstrip(b"-"))
    return None


def dropping(*cuts, etag=ETAG, ranges=True, ends="reset", second=None):
    """Serve `DATA`, but break each connection after so many more bytes; then serve the rest.

    Args:
        ends: How a connection breaks: `reset`, `close` or `hang`.
        second: In place of what a resumed request is answered.
    """
    left, heads = list(cuts), []

    async def behave(exchange):
        request = await exchange.read_request()
        heads.append(request)
        start = range_of(request) if ranges else None
        if start is not None and second is not None:
            await exchange.write(second)
            exchange.close()
            return
        end = min((start or 0) + left.pop(0), len(DATA)) if left else len(DATA)
        if start is None:
            await exchange.write(head("200 OK", f"Content-Length: {len(DATA)}", etag))
        else:
            place = f"Content-Range: bytes {start}-{len(DATA) - 1}/{len(DATA)}"
            length = f"Content-Length: {len(DATA) - start}"
            await exchange.write(head("206 Partial Content", length, place, etag))
        await exchange.write(DATA[start or 0 : end])
        if end == len(DATA) or ends == "close":
            exchange.close()
        elif ends == "reset":
            exchange.reset()
        else:
            await exchange.hang()

    behave.heads = heads
    return behave


async def test_whole_file_comes_as_it_is():
    """With the type that the server gives it; no key, no compression is asked for."""
    body = answer("200 OK", DATA, "Content-Type: Video/MP4; x=y")
    async with RawServer(answering(body)) as server:
        fetch, data = await fetched(server.url(), listed=len(DATA))
    assert data == DATA
    assert (fetch.content_type, fetch.resumed) == ("video/mp4", 0)


@pytest.mark.parametrize("ends", ["close", "hang"])
async def test_broken_connection_is_taken_up_where_it_broke(ends):
    """However often, as long as bytes come; the server proves that it is the same file."""
    behave = dropping(100_000, 1, 50_000, ends=ends)
    async with RawServer(behave) as server:
        fetch, data = await fetched(server.url())
    assert data == DATA
    assert fetch.resumed == 3
    assert b'If-Range: "v1"' in behave.heads[1]


async def test_reset_connection_is_taken_up():
    """What had arrived by then may be lost with it, and is asked for again."""
    async with RawServer(dropping(200_000)) as server:
        fetch, data = await fetched(server.url())
    assert data == DATA
    assert fetch.resumed == 1


@pytest.mark.parametrize("etag", ["X-None: 1", 'ETag: W/"v1"', "ETag: v1"])
async def test_without_proof_nothing_is_patched_together(etag):
    """Another file may stand there by now: it has to be begun anew."""
    async with RawServer(dropping(100_000, etag=etag, ends="close")) as server:
        with pytest.raises(BrokenFetchError):
            await fetched(server.url())
        assert server.connections == 1


@pytest.mark.parametrize(
    "second",
    [
        answer("200 OK", DATA, 'ETag: "v2"'),
        answer("206 Partial Content", DATA[5:], f"Content-Range: bytes 5-{len(DATA) - 1}/*"),
        answer("206 Partial Content", b"x", "Content-Range: bytes 100000-100000/100001", ETAG),
        answer("206 Partial Content", DATA[100_000:], REST, 'ETag: "v2"'),
        answer("206 Partial Content", DATA[100_000:], REST),
        answer("206 Partial Content", b"x"),
        answer(
            "206 Partial Content",
            DATA,
            REST,
            ETAG,
        ),
        answer(
            "206 Partial Content",
            DATA[100_000:-1],
            f"Content-Range: bytes 100000-1/{len(DATA)}",
            ETAG,
        ),
        answer("403 Forbidden"),
        answer("416 Range Not Satisfiable"),
        answer("503 Service Unavailable"),
    ],
    ids=[
        "whole",
        "elsewhere",
        "another",
        "changed",
        "unproven",
        "nowhere",
        "longer",
        "shorter",
        "forbidden",
        "unsatisfiable",
        "away",
    ],
)
async def test_answer_that_does_not_fit_is_not_patched_in(second):
    """What is already there and what comes now must be one file."""
    async with RawServer(dropping(100_000, ends="close", second=second)) as server:
        with pytest.raises(BrokenFetchError):
            await fetched(server.url())


async def test_server_that_always_breaks_is_given_up():
    """Without a byte between them, a few breaks are enough."""
    async with RawServer(dropping(1000, *([0] * 50), ends="close")) as server:
        with pytest.raises(BrokenFetchError):
            await fetched(server.url())
        assert server.connections < 10


@pytest.mark.parametrize(
    ("data", "listed"),
    [
        (answer("200 OK", DATA), len(DATA) + 1),
        (answer("200 OK", DATA), len(DATA) - 1),
        (head("200 OK", "Connection: close") + DATA, None),
        (head("200 OK", "Connection: close") + DATA[:-1], len(DATA)),
        (head("200 OK", f"Content-Length: {len(DATA)}") + DATA[:-1], len(DATA)),
        (head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nabc", None),
        (head("200 OK", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n", 4),
        (answer("200 OK", DATA, "Content-Encoding: gzip"), None),
        (answer("206 Partial Content", DATA), None),
        (answer("204 No Content", b""), None),
        (answer("500 Oops"), None),
        (answer("403 Forbidden"), None),
        (b"garbage\r\n\r\n", None),
        (b"", None),
    ],
    ids=[
        "shorter than listed",
        "longer than listed",
        "no length",
        "closed early, length listed",
        "closed early",
        "chunk cut",
        "chunks shorter than listed",
        "compressed",
        "part unasked",
        "nothing",
        "fault",
        "forbidden",
        "garbage",
        "silence",
    ],
)
async def test_what_may_be_truncated_is_not_taken(data, listed):
    """It ends in an error, never in a shorter file; a later try may do better."""
    async with RawServer(answering(data)) as server:
        with pytest.raises(BrokenFetchError):
            await fetched(server.url(), listed=listed)


async def test_chunks_that_end_properly_are_a_file():
    """Their end is as good as a length."""
    body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    async with RawServer(answering(head("200 OK", "Transfer-Encoding: chunked") + body)) as server:
        _, data = await fetched(server.url(), listed=5)
    assert data == b"abcde"


@pytest.mark.parametrize(
    ("expected", "sent", "is_taken"),
    [
        ("video/mp4", "text/html", False),
        ("video/mp4", "Text/HTML; charset=utf-8", False),
        ("video/mp4", "text/plain", False),
        ("image/jpeg", "application/xml", False),
        ("audio/mpeg", "application/problem+json", False),
        ("video/mp4", "video/quicktime", True),
        ("video/mp4", "application/octet-stream", True),
        ("video/mp4", "binary/octet-stream", True),
        ("video/mp4", None, True),
        ("text/vtt", "text/plain", True),
        ("text/vtt", "text/html", False),
        ("text/vtt", "application/json", False),
        ("application/json", "application/json", True),
        ("text/html", "text/html", True),
        ("application/pdf", "application/json", False),
        (None, "text/html", False),
        (None, "application/json", True),
    ],
)
async def test_page_is_not_taken_for_the_file(expected, sent, is_taken):
    """Servers apologise with a status of 200 too, and a service need not list a length."""
    kind = [f"Content-Type: {sent}"] if sent else []
    async with RawServer(answering(answer("200 OK", DATA, *kind))) as server:
        if is_taken:
            assert (await fetched(server.url(), expected=expected))[1] == DATA
            return
        with pytest.raises(BrokenFetchError, match="a page"):
            await fetched(server.url(), expected=expected)


@pytest.mark.parametrize(
    ("expected", "is_taken"), [("video/mp4", False), ("text/plain", True), (None, True)]
)
async def test_nothing_is_no_video(expected, is_taken):
    """A transcript may be empty, what is to be seen or heard may not."""
    async with RawServer(answering(answer("200 OK", b""))) as server:
        if is_taken:
            assert (await fetched(server.url(), expected=expected))[1] == b""
            return
        with pytest.raises(BrokenFetchError, match="empty"):
            await fetched(server.url(), expected=expected)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
async def test_file_that_is_gone_is_refused_in_words(status):
    """Trying again would not bring it back."""
    async with RawServer(answering(answer(status))) as server:
        with pytest.raises(RefusedFetchError, match="no longer has the file"):
            await fetched(server.url())


@pytest.mark.parametrize("says", [True, False], ids=["announced", "in chunks"])
async def test_file_that_is_too_large_is_refused(says):
    """By its announced length, or as soon as more has come."""
    body = DATA if says else b"%x\r\n" % len(DATA) + DATA
    how = f"Content-Length: {len(DATA)}" if says else "Transfer-Encoding: chunked"
    async with RawServer(answering(head("200 OK", how) + body)) as server:
        with pytest.raises(RefusedFetchError, match="larger than the 0 MB"):
            await fetched(server.url(), rules=FetchRules(max_bytes=len(DATA) - 1))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://user:pass@example.com/x",
        "https://host.internal/x",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "https://[::ffff:10.0.0.1]/x",
    ],
)
async def test_unsafe_address_is_never_asked(url):
    """Only https to public hosts; the address itself is not quoted."""
    with pytest.raises(RefusedFetchError) as raised:
        await fetched(url)
    assert url not in str(raised.value)


async def test_name_that_leads_into_a_private_network_is_never_asked(monkeypatch):
    """Whatever its owner lets it resolve to."""

    async def resolve(_self, host, port=0, family=0):
        return [
            {
                "hostname": host,
                "host": "10.1.2.3",
                "port": port,
                "family": 2,
                "proto": 6,
                "flags": 0,
            }
        ]

    monkeypatch.setattr("aiohttp.DefaultResolver.resolve", resolve)
    with pytest.raises(RefusedFetchError, match="private network"):
        await fetched("https://files.example.com/x")


@pytest.mark.parametrize("target", ["https://10.0.0.1/x", "http://example.com/", "file:///x", ""])
async def test_redirect_is_followed_with_the_same_care(target):
    """A public link must not lead inside; one that leads to itself ends."""
    body = answer("302 Found", b"", f"Location: {target}")
    async with RawServer(answering(body)) as server:
        with pytest.raises(RefusedFetchError):
            await fetched(server.url())


async def test_good_redirect_leads_to_the_file():
    """Storage is often behind one."""
    async with RawServer(answering(answer("200 OK", DATA))) as store:
        body = answer("307 Temporary Redirect", b"", f"Location: {store.url()}/x")
        async with RawServer(answering(body)) as server:
            _, data = await fetched(server.url())
    assert data == DATA


@pytest.mark.parametrize("target", ["http://[", "https://[::1", "//[x", "https://a.com:99999/"])
async def test_redirect_that_is_no_address_is_refused(target):
    """No library's own error comes through."""
    body = answer("302 Found", b"", f"Location: {target}")
    async with RawServer(answering(body)) as server:
        with pytest.raises(RefusedFetchError):
            await fetched(server.url())
