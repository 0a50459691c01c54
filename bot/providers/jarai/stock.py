"""What can be chosen at JARAI: accounts and their avatars, asked for and remembered."""

import asyncio

import structlog

from bot.providers.jarai.calls import READ, JaraiCalls
from bot.providers.jarai.errors import refused, unreadable
from bot.providers.jarai.form import accounts_to_json, recalled_accounts
from bot.providers.jarai.reading import Account, has_more_pages, read_accounts
from bot.providers.jarai.settings import Paths
from bot.providers.jarai.words import NAME
from bot.providers.notebook import Notebook
from bot.providers.reading import UnreadableError

log = structlog.get_logger(__name__)

_NO_AVATARS = "No active JARAI account has an avatar. Waiting does not help; add one there."


class Stock:
    """Ask for accounts no more often than they change.

    Args:
        fresh_s: How long they count as fresh, in seconds.
    """

    def __init__(
        self, calls: JaraiCalls, paths: Paths, *, notebook: Notebook, fresh_s: float
    ) -> None:
        self._calls = calls
        self._paths = paths
        self._notebook = notebook
        self._fresh_s = fresh_s
        self._asking = asyncio.Lock()

    async def known_accounts(self) -> tuple[Account, ...]:
        """Give the accounts that are remembered, however old."""
        return recalled_accounts(await self._notebook.recall("accounts"))

    async def accounts(self) -> tuple[Account, ...]:
        """Give accounts that are fresh or asked for now; one at least.

        Raises:
            ProviderError: There are none, or they cannot be had now.
        """
        async with self._asking:
            value = await self._notebook.recall("accounts", fresh_s=self._fresh_s)
            return recalled_accounts(value) or await self._ask_accounts()

    async def _ask_accounts(self) -> tuple[Account, ...]:
        reply = await self._calls.look(self._paths.accounts())
        value = READ.body(reply)
        try:
            accounts = read_accounts(value)
        except UnreadableError as error:
            raise unreadable(reply) from error
        if has_more_pages(value):
            log.warning("accounts_list_was_incomplete", provider=NAME)
        if not accounts:
            raise refused(reply, code="no_avatars", text=_NO_AVATARS)
        await self._notebook.note("accounts", accounts_to_json(accounts))
        return accounts
