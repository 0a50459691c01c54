"""What the account has at hand: its voices, asked for once a day, and the credits that are left."""

import asyncio

import structlog

from bot.core.errors import ProviderAuthError, ProviderError
from bot.providers.base import Finding
from bot.providers.narakeet.calls import READ, NarakeetCalls
from bot.providers.narakeet.errors import unreadable
from bot.providers.narakeet.form import recalled_voices, voices_to_json
from bot.providers.narakeet.reading import Voice, read_credit_seconds, read_voices
from bot.providers.narakeet.settings import NarakeetSettings, Paths
from bot.providers.narakeet.words import NAME
from bot.providers.notebook import Notebook
from bot.providers.reading import UnreadableError

log = structlog.get_logger(__name__)

CREDITS_SHOWN_S = 3600.0
"""How old credits may be to be shown at all, in seconds."""


class Stock:
    """Ask for voices and credits no more often than they change."""

    def __init__(
        self,
        *,
        settings: NarakeetSettings,
        paths: Paths,
        calls: NarakeetCalls,
        notebook: Notebook,
    ) -> None:
        self._settings = settings
        self._paths = paths
        self._calls = calls
        self._notebook = notebook
        self._asking = asyncio.Lock()

    async def known_voices(self) -> tuple[Voice, ...]:
        """Give the voices that are remembered, however old."""
        return recalled_voices(await self._notebook.recall("voices"))

    async def voices(self) -> tuple[Voice, ...]:
        """Give the voices, fresh where they can be had.

        Raises:
            ProviderError: There are none at hand, and none can be had now.
        """
        async with self._asking:
            value = await self._notebook.recall("voices", fresh_s=self._settings.voices_fresh_s)
            return recalled_voices(value) or await self._fetch_voices()

    async def _fetch_voices(self) -> tuple[Voice, ...]:
        try:
            voices = await self._ask_voices()
        except ProviderAuthError:
            raise
        except ProviderError as error:
            old = await self.known_voices()
            if not old:
                raise
            log.info("voices_not_refreshed", provider=NAME, code=error.code)
            return old
        await self._notebook.note("voices", voices_to_json(voices))
        return voices

    async def _ask_voices(self) -> tuple[Voice, ...]:
        reply = await self._calls.look(self._paths.voices())
        try:
            voices = read_voices(READ.body(reply))
        except UnreadableError as error:
            raise unreadable(reply) from error
        if not voices:
            raise unreadable(reply, "Narakeet lists no voice that can be used.")
        return voices

    async def known_credits(self) -> int | None:
        """Give the seconds that were left a while ago; None where that says nothing any more."""
        value = await self._notebook.recall("credits", fresh_s=CREDITS_SHOWN_S)
        return value if type(value) is int else None

    async def credits(self) -> int | None:
        """Give the seconds that are left; None where that cannot be had, which hinders nobody.

        Raises:
            ProviderAuthError: The key is refused.
        """
        value = await self._notebook.recall("credits", fresh_s=self._settings.credits_fresh_s)
        if type(value) is int:
            return value
        try:
            seconds = await self._ask_credits()
        except ProviderAuthError:
            raise
        except ProviderError as error:
            log.info("credits_not_known", provider=NAME, code=error.code)
            return None
        await self._notebook.note("credits", seconds)
        return seconds

    async def _ask_credits(self) -> int:
        reply = await self._calls.look(self._paths.credits())
        try:
            return read_credit_seconds(READ.fields(reply))
        except UnreadableError as error:
            raise unreadable(reply) from error

    async def check(self) -> tuple[Finding, ...]:
        """Try the key on what can be asked for nothing; raises for nothing it finds."""
        try:
            seconds = await self._ask_credits()
        except ProviderError as error:
            return (Finding(is_good=False, text=error.text),)
        left = f"The key works: credits for {seconds:,} seconds are left."
        return (Finding(is_good=seconds > 0, text=left), await self._check_voices())

    async def _check_voices(self) -> Finding:
        try:
            voices = await self._ask_voices()
        except ProviderError as error:
            return Finding(is_good=False, text=f"The voices cannot be listed: {error.text}")
        return Finding(is_good=True, text=f"Voices to choose from: {len(voices)}.")
