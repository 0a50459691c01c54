"""The environment's proxies, and nothing else of it.

aiohttp's own way to them (`trust_env`) also looks hosts up in ~/.netrc and sends what is written
there, the `default` entry to every host (aiohttp docs, client reference, seen 2026-11-22). A host
that a service names must never get that.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass


def proxied(url: str) -> Mapping[str, Any]:
    """Say by which proxy aiohttp is to ask for an address; empty where it asks by itself.

    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count, in either case.
    """
    parts, known = urlsplit(url), getproxies()
    proxy = known.get(parts.scheme) or known.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return {}
    given = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    place = given.netloc.rpartition("@")[2]
    found = {"proxy": urlunsplit((given.scheme, place, "", "", ""))}
    return found if given.username is None else {**found, "proxy_headers": _credentials(given)}


def _credentials(given: SplitResult) -> Mapping[str, str]:
    pair = f"{unquote(given.username or '')}:{unquote(given.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
