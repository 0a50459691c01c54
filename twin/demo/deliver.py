"""Fetch what the thread links to, and compare it with what the service made."""

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import aiohttp

from twin.slack.place.model import Json

PATH = "/d/"
FOUND = 302
OK = 200


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One file as it came through its link.

    Attributes:
        sha256: Lower-case hex; empty where nothing came.
        problem: Why nothing came; else empty.
        is_as_made: Whether the service made these very bytes.
    """

    label: str
    size_bytes: int = 0
    sha256: str = ""
    problem: str = ""
    is_as_made: bool = False


def links_of(message: Json) -> list[tuple[str, str]]:
    """List the download links of a message: what they are for, and the address."""
    found = []
    for block in message.get("blocks") or []:
        url = (block.get("accessory") or {}).get("url", "")
        if PATH in url:
            found.append((_label(block), url))
    return found


def _label(block: Json) -> str:
    text = str((block.get("text") or {}).get("text", "file"))
    return text.split("\n", maxsplit=1)[0].strip("*")


async def fetch_all(links: Sequence[tuple[str, str]], *, made: AbstractSet[str]) -> list[Fetched]:
    """Fetch every link: from the bot, or after one redirect from the service.

    Args:
        links: As `links_of` gives them.
        made: Digests of what the service made.
    """
    # Redirects are followed as browsers do: a signed address is not written anew.
    async with aiohttp.ClientSession(requote_redirect_url=False) as session:
        return [await _fetch(session, label, url, made=made) for label, url in links]


async def _fetch(
    session: aiohttp.ClientSession, label: str, url: str, *, made: AbstractSet[str]
) -> Fetched:
    try:
        async with session.get(url) as answer:
            content = await answer.read()
            hops = [hop.status for hop in answer.history]
    except (aiohttp.ClientError, OSError) as error:
        return Fetched(label=label, problem=type(error).__name__)
    if hops not in ([], [FOUND]) or answer.status != OK:
        return Fetched(label=label, problem=f"answered {[*hops, answer.status]}")
    digest = hashlib.sha256(content).hexdigest()
    return Fetched(label=label, size_bytes=len(content), sha256=digest, is_as_made=digest in made)
