"""From `/produce` to a recorded wish: the form, its choices, and what is sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import (
    FormError,
    ProviderError,
    StorageError,
    StorageUnavailableError,
)
from bot.core.form import Form
from bot.core.production import ProductionRequest
from bot.providers.base import Provider
from bot.slack.forms import (
    CHANNEL_KEY,
    TOPIC_KEY,
    build_errors,
    fingerprint,
    read_channel,
    read_form,
)
from bot.slack.ids import Metadata, UnreadableIdError, read_metadata
from bot.slack.listeners.desk import (
    Asker,
    Body,
    Desk,
    read_click,
    read_sender,
    update_view,
    values_of,
)
from bot.slack.views.form import (
    TITLE,
    build_form,
    build_loading_form,
    build_message_view,
    build_recorded_view,
)
from bot.slack.views.private import (
    FORM_OUTDATED,
    NOT_IN_CHANNEL,
    NOT_RECORDED,
    STILL_LOADING,
    provider_words,
)

log = structlog.get_logger(__name__)

WARM_S = 1.0
"""Longest wait for our own database before a form opens without its choices, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A form about to be opened.

    Attributes:
        initial: Values to begin with; empty takes this person's last choices.
    """

    provider: Provider
    asker: Asker
    trigger_id: str
    topic: str
    initial: Mapping[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> Metadata:
        """What the form carries along."""
        return Metadata(channel_id=self.asker.channel_id, provider=self.provider.name)


class Requests:
    """Open the form and record what is sent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Opening. The trigger dies after 3 s, so the service is asked only once the form is open.

    async def again(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form with the answers of a video that has ended."""
        await ack()
        async with self._desk.answering(client, body):
            click = read_click(body)
            production = await self._desk.productions.load(click.value.production_id)
            opening = Opening(
                provider=self._desk.providers[production.provider],
                asker=click.asker,
                trigger_id=click.trigger_id,
                topic=production.topic,
                initial={answer.key: answer.value for answer in production.request.answers},
            )
            await self.open(client, opening)

    async def open(self, client: AsyncWebClient, opening: Opening) -> None:
        """Open the form with what is at hand, then bring it up to date."""
        form, initial = await self._at_hand(opening)
        view = _drawn(opening, form, initial)
        opened = await client.views_open(trigger_id=opening.trigger_id, view=view)
        await self._complete(client, opening, opened["view"], form, initial)

    async def _at_hand(self, opening: Opening) -> tuple[Form | None, Mapping[str, str]]:
        try:
            async with asyncio.timeout(WARM_S):
                form = await opening.provider.known_form()
                return form, opening.initial or await self._last_choices(opening)
        except (StorageError, TimeoutError):
            return None, opening.initial

    async def _last_choices(self, opening: Opening) -> Mapping[str, str]:
        return await self._desk.productions.last_choices(
            team_id=opening.asker.team_id,
            user_id=opening.asker.user_id,
            provider=opening.provider.name,
        )

    async def _complete(
        self,
        client: AsyncWebClient,
        opening: Opening,
        view: Body,
        shown: Form | None,
        initial: Mapping[str, str],
    ) -> None:
        """Ask for a channel where ours is closed to us, and show the choices as they are now."""
        asks = await self._desk.channels.is_member(opening.asker.channel_id) is False
        if shown is not None and asks:
            view = await update_view(
                client, view, _drawn(opening, shown, initial, needs_channel=True)
            )
        try:
            fresh = await opening.provider.form()
        except ProviderError as error:
            log.info("choices_not_loaded", provider=opening.provider.name, code=error.code)
            if shown is None:
                await update_view(client, view, _drawn(opening, None, initial, error=error))
            return
        if fresh != shown:
            await update_view(client, view, _drawn(opening, fresh, initial, needs_channel=asks))

    # Sending.

    async def submit(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Record what was sent, and only then let the form close."""
        try:
            await ack(**await self._recorded(body, view))
        except FormError as error:
            await ack(response_action="errors", errors=build_errors(error))
        except StorageUnavailableError:
            errors = build_errors(FormError({TOPIC_KEY: NOT_RECORDED}))
            await ack(response_action="errors", errors=errors)
        except UnreadableIdError:
            old = build_message_view(TITLE, FORM_OUTDATED)
            await ack(response_action="update", view=old)

    async def submit_too_early(self, ack: AsyncAck) -> None:
        """Keep a form open whose choices are not there yet."""
        errors = build_errors(FormError({TOPIC_KEY: STILL_LOADING}))
        await ack(response_action="errors", errors=errors)

    async def _recorded(self, body: Body, view: Body) -> dict[str, Any]:
        """Record a form; gives what to ack with: nothing closes it."""
        request = await self._request(body, view)
        recorded = await self._desk.productions.request(
            request,
            form_key=view["id"],
            fingerprint=fingerprint(request.answers, channel_id=request.channel_id),
        )
        if recorded.outcome != "differs":
            return {}
        told = build_recorded_view(recorded.production_id, command=self._desk.command)
        return {"response_action": "update", "view": told}

    async def _request(self, body: Body, view: Body) -> ProductionRequest:
        metadata, values = read_metadata(view.get("private_metadata")), values_of(view)
        provider = self._desk.providers.get(metadata.provider or "")
        if provider is None:
            raise UnreadableIdError("this form is for a service that is off")
        form = await provider.known_form()
        if form is None:
            raise FormError({TOPIC_KEY: STILL_LOADING})
        answers = read_form(values, form)
        asker = read_sender(body, metadata)
        return ProductionRequest(
            provider=provider.name,
            topic=next(one.value for one in answers if one.key == TOPIC_KEY),
            team_id=asker.team_id,
            channel_id=await self._channel(values) or metadata.channel_id,
            requester_id=asker.user_id,
            answers=answers,
        )

    async def _channel(self, values: object) -> str | None:
        channel_id = read_channel(values)
        if channel_id is not None and await self._desk.channels.is_member(channel_id) is False:
            raise FormError({CHANNEL_KEY: NOT_IN_CHANNEL})
        return channel_id


def _drawn(
    opening: Opening,
    form: Form | None,
    initial: Mapping[str, str],
    *,
    needs_channel: bool = False,
    error: ProviderError | None = None,
) -> Body:
    label, metadata, topic = opening.provider.label, opening.metadata, opening.topic
    if form is None:
        trouble = provider_words(error, label=label) if error is not None else None
        return build_loading_form(metadata=metadata, topic=topic, label=label, trouble=trouble)
    return build_form(
        form,
        metadata=metadata,
        topic=topic,
        needs_channel=needs_channel,
        initial=initial,
        label=label,
    )
