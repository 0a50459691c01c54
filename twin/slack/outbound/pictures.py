"""Fetch the pictures of a message before it is taken, as Slack does.

Source: `invalid_blocks`, "downloading image failed", where a picture cannot be had
    (slackapi/python-slack-sdk#1782, otiai10/amesh-bot#24); png, jpg, jpeg and gif alone
    (docs.slack.dev/reference/block-kit/blocks/image-block, slackapi/node-slack-sdk#1482); the name
    of who fetches (api.slack.com/robots, as lists of crawlers give it). Seen 2026-11-22.
"""

import asyncio
from typing import Any
from urllib.parse import urljoin

import aiohttp

from twin.faults import Faults
from twin.slack.checks.formats import is_loopback_address
from twin.slack.checks.parts import typed_parts
from twin.slack.checks.problems import Problem
from twin.slack.outbound.mishaps import Mishaps

REDIRECTS_MOST = 5
DEADLINE_S = 3.0
"""Real seconds for all pictures of a message; assumed, Slack names none."""
FETCHED_BY = "Slack-ImgProxy (+https://api.slack.com/robots)"

_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
_OK = 200
_REDIRECTS = range(300, 400)


class Pictures:
    """Fetch pictures, between `start` and `stop`.

    Only what is on this machine is fetched; a picture of any other host is taken as it is.
    """

    def __init__(self, faults: Faults) -> None:
        self._mishaps = Mishaps(faults)
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Make ready to fetch; needs a running event loop."""
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": FETCHED_BY},
            requote_redirect_url=False,  # Signed addresses are good only as they are.
        )

    async def stop(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def problems(self, shown: Any, *, at: str = "") -> list[str]:
        """List which pictures cannot be had.

        Args:
            shown: Blocks, or what holds some; from strangers, checked for nothing yet.
            at: JSON pointer of `shown`.
        """
        wanted = [
            (f"{pointer}/image_url", part["image_url"])
            for pointer, part in typed_parts(shown, at)
            if part["type"] == "image" and is_loopback_address(part.get("image_url"))
        ]
        if not wanted:
            return []
        had: set[str] = set()
        try:
            async with asyncio.timeout(DEADLINE_S):
                for url in dict.fromkeys(url for _, url in wanted):
                    if await self._is_had(url):
                        had.add(url)
        except TimeoutError:
            pass  # Those it did not come to cannot be had either.
        return [
            Problem("downloading image failed", at=pointer)
            for pointer, url in wanted
            if url not in had
        ]

    async def _is_had(self, url: str) -> bool:
        mishap = await self._mishaps.meet("picture")
        if mishap is not None and mishap.kind == "drop_before":
            return False
        try:
            return await self._fetch(url)
        except (aiohttp.ClientError, OSError, ValueError):
            return False

    async def _fetch(self, url: str) -> bool:
        """Fetch a picture and say whether it is one."""
        if self._session is None:
            raise RuntimeError("the local Slack is not started")
        for _ in range(REDIRECTS_MOST):
            async with self._session.get(url, allow_redirects=False) as answer:
                if answer.status not in _REDIRECTS:
                    begun = await answer.content.read(16)
                    return answer.status == _OK and begun.startswith(_BEGINNINGS)
                url = urljoin(url, answer.headers.get("Location", ""))
            if not is_loopback_address(url):
                return True
        return False
