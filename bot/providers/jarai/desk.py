"""Setting JARAI up: registering webhooks, and finding out whether the key can do what it must."""

import json

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
)
from bot.providers.base import Finding
from bot.providers.desks import Subscription
from bot.providers.jarai.calls import READ, JaraiCalls
from bot.providers.jarai.errors import unreadable
from bot.providers.jarai.reading import (
    NIL_ID,
    Account,
    read_accounts,
    read_subscription,
)
from bot.providers.jarai.settings import Paths
from bot.providers.reading import UnreadableError, read_items


class Desk:
    """Do what whoever runs the bot asks for, as opposed to its users."""

    def __init__(self, calls: JaraiCalls, paths: Paths) -> None:
        self._calls = calls
        self._paths = paths

    async def add(self, url: str, events: tuple[str, ...]) -> Subscription:
        """Register an address for events; a type that JARAI does not know is left out.

        Raises:
            ProviderError: It was refused, or the answer got lost and it may exist all the same.
        """
        left = list(events)
        while True:
            try:
                return await self._add(url, left)
            except ProviderRefusedError as error:
                unknown = next((name for name in left if name in error.text), None)
                if unknown is None or len(left) == 1:
                    raise
                left.remove(unknown)

    async def _add(self, url: str, events: list[str]) -> Subscription:
        body = {"endpointUrl": url, "eventTypes": events}
        content = json.dumps(body).encode()
        reply = await self._calls.change("POST", self._paths.webhooks(), content=content)
        try:
            added = read_subscription(READ.fields(reply))
        except UnreadableError as error:
            raise unreadable(reply) from error
        if added.secret is None:
            raise unreadable(reply, "JARAI registered the webhook but gave no signing secret.")
        return added

    async def list(self) -> tuple[Subscription, ...]:
        """List what is registered.

        Raises:
            ProviderError: The list cannot be had.
        """
        reply = await self._calls.look(self._paths.webhooks())
        try:
            items = read_items(READ.body(reply), "webhooks", "items", "data", "value")
            return tuple(read_subscription(item) for item in items)
        except UnreadableError as error:
            raise unreadable(reply) from error

    async def remove(self, webhook_id: str) -> None:
        """Remove a registration.

        Raises:
            ProviderError: There is none with this id, or it cannot be removed.
        """
        await self._calls.change("DELETE", self._paths.webhook(webhook_id))

    async def check(self) -> tuple[Finding, ...]:
        """Try the key on everything the bot needs, with calls that change nothing.

        Rights to productions are tried on the nil id, which no production has: 404 means that the
        key was let in. It costs five requests.
        """
        try:
            reply = await self._calls.look(self._paths.accounts())
            accounts = read_accounts(READ.body(reply))
        except UnreadableError:
            return (Finding(is_good=False, text="JARAI's list of accounts cannot be read."),)
        except ProviderAuthError as error:
            text = f"{error.text} {self._paths.dialect.keys}"
            return (Finding(is_good=False, text=text),)
        except ProviderError as error:
            return (Finding(is_good=False, text=error.text),)
        if not accounts:
            text = "The key works, but no account that is active has an avatar."
            return (Finding(is_good=False, text=text),)
        avatars = sum(len(account.avatars) for account in accounts)
        text = (
            f"The key works with the {self._paths.dialect.label} generation of the API: "
            f"accounts {len(accounts)}, avatars {avatars}."
        )
        return (Finding(is_good=True, text=text), *await self._check_rights(accounts[0]))

    async def _check_rights(self, account: Account) -> tuple[Finding, ...]:
        dialect = self._paths.dialect
        findings = []
        for right in dialect.tried:
            url = self._paths.trial(right, account_id=account.account_id, production_id=NIL_ID)
            findings.append(await self._check_right(right.scope, right.method, url))
        for scope in dialect.untried:
            text = f"Whether the key has {scope} is not tried; its first use shows it."
            findings.append(Finding(is_good=True, text=text))
        return tuple(findings)

    async def _check_right(self, scope: str, method: str, url: str) -> Finding:
        good = Finding(is_good=True, text=f"The key has {scope}.")
        try:
            await (self._calls.look(url) if method == "GET" else self._calls.change(method, url))
        except ProviderRefusedError:
            return good
        except ProviderAuthError:
            return Finding(is_good=False, text=f"The key lacks {scope}; make one that has it.")
        except ProviderError as error:
            return Finding(is_good=False, text=f"Whether the key has {scope} is open: {error.text}")
        return good
