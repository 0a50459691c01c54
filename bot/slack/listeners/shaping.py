"""What it takes to keep an open form in the shape that was chosen in it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import ProviderError
from bot.core.form import Choice, Form
from bot.providers.base import Provider
from bot.slack.errors import slack_word
from bot.slack.listeners.desk import VIEW_GONE, Body

RESHAPED_MOST = 5
"""Choices that may each change the form after one another."""

Ask = Callable[[Mapping[str, str]], Awaitable[Form | None]]
Pick = Callable[[Form, Mapping[str, str]], dict[str, str]]


async def shaped(ask: Ask, given: Mapping[str, str], pick: Pick) -> Form | None:
    """Ask for a form until what is chosen in it no longer changes it.

    Args:
        ask: Gives the form for what is chosen in its reshaping fields; None where it is cold.
        given: Values of the form's fields, by key.
        pick: Says which of them are chosen in the reshaping fields of a form.
    """
    chosen: dict[str, str] = {}
    form = await ask(chosen)
    for _ in range(RESHAPED_MOST):
        if form is None:
            return None
        now = pick(form, given)
        if now == chosen:
            break
        chosen, form = now, await ask(now)
    return form


async def find_choice(
    provider: Provider, key: str, value: str, *, within_s: float
) -> Choice | None:
    """Give a searched field's choice by its value; None where the service does not know it.

    Nothing is found either where the service does not say so in time.
    """
    try:
        async with asyncio.timeout(within_s):
            choices = await provider.search(key, value)
    except (ProviderError, TimeoutError):
        return None
    return next((one for one in choices if one.value == value), None)


class Shower:
    """Show content in one open form, as long as nothing newer was chosen in it."""

    def __init__(self, client: AsyncWebClient, view: Body, is_newest: Callable[[], bool]) -> None:
        self._client = client
        self._view = view
        self._is_newest = is_newest

    async def __call__(self, content: Body) -> None:
        """Show it; an older drawing that was faster is painted over."""
        if not self._is_newest():
            return
        view_id = self._view["id"]
        for known in ({"hash": self._view["hash"]}, {}):
            try:
                answer = await self._client.views_update(view_id=view_id, view=content, **known)
            except SlackApiError as error:
                if slack_word(error) not in VIEW_GONE:
                    raise
                if slack_word(error) != "hash_conflict" or not self._is_newest():
                    return
            else:
                self._view = answer["view"]
                return
