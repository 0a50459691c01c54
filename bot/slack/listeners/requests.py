"""From `/produce` to a recorded wish: the form, its choices, and what is sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Refusal
from bot.core.errors import (
    FormError,
    NotPermittedError,
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
    Body,
    Desk,
    answer,
    read_click,
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
    CHANNEL_NOT_CHECKED,
    FORM_OUTDATED,
    NOT_IN_CHANNEL,
    NOT_RECORDED,
    STILL_LOADING,
    build_private,
    may_not_request_words,
    provider_words,
)

log = structlog.get_logger(__name__)

WARM_S = 1.0
"""Longest wait for our own database before a form opens without its choices, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A form about to be opened.

    Attributes:
        channel_id: Where the person is; None for the Home tab and the shortcut, which are in none.
        hint: What else may have been meant, as `meant_words` says it; or None.
        initial: Values to begin with; empty takes this person's last choices.
    """

    provider: Provider
    user_id: str
    channel_id: str | None
    trigger_id: str
    topic: str
    hint: str | None = None
    initial: Mapping[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> Metadata:
        """What the form carries along."""
        return Metadata(channel_id=self.channel_id, provider=self.provider.name)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A form that stands before somebody, as far as it could be drawn at once.

    Attributes:
        form: What is drawn in it; None while the choices have yet to be loaded.
        initial: Values it begins with.
    """

    opening: Opening
    view: Body
    form: Form | None
    initial: Mapping[str, str]


class Requests:
    """Open the form and record what is sent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Opening. The trigger dies after 3 s, so the service is asked only once the form is open.

    async def again(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form with the answers of a video that has ended, for whoever may ask for one."""
        await ack()
        async with self._desk.answering(client, body):
            click = read_click(body)
            production = await self._desk.productions.load(click.value.production_id)
            try:
                await self._desk.requester(click.asker.user_id)
            except NotPermittedError as error:
                told = build_private(may_not_request_words(error.why))
                await answer(client, click.asker, told)
                return
            opening = Opening(
                provider=self._desk.providers[production.provider],
                user_id=click.asker.user_id,
                channel_id=click.asker.channel_id,
                trigger_id=click.trigger_id,
                topic=production.topic,
                initial={answer.key: answer.value for answer in production.request.answers},
            )
            await self.open(client, opening)

    async def open(self, client: AsyncWebClient, opening: Opening) -> None:
        """Open the form with what is at hand, then bring it up to date."""
        await self.complete(client, await self.begin(client, opening))

    async def begin(self, client: AsyncWebClient, opening: Opening) -> Opened:
        """Open the form with what is at hand."""
        form, initial = await self._at_hand(opening)
        is_nowhere = opening.channel_id is None
        view = _drawn(opening, form, initial, needs_channel=is_nowhere)
        answer = await client.views_open(trigger_id=opening.trigger_id, view=view)
        return Opened(opening=opening, view=answer["view"], form=form, initial=initial)

    async def complete(self, client: AsyncWebClient, opened: Opened) -> None:
        """Bring an open form up to date, or say in it why it cannot be sent."""
        opening = opened.opening
        why, is_in = await asyncio.gather(
            self._why_not(opening.user_id), self._is_in(opening.channel_id)
        )
        if why is not None:
            told = build_message_view(TITLE, may_not_request_words(why))
            await update_view(client, opened.view, told)
            return
        await self._complete(client, opened, needs_channel=is_in is False)

    async def _is_in(self, channel_id: str | None) -> bool | None:
        return channel_id is not None and await self._desk.channels.is_member(channel_id)

    async def _why_not(self, user_id: str) -> str | None:
        """Say why somebody may not ask for a video; None where they may or we do not know yet.

        What Slack says is kept, so that the form can be checked in time when it is sent.
        """
        try:
            await self._desk.requester(user_id)
        except NotPermittedError as error:
            return None if error.why == Refusal.UNKNOWN else error.why
        return None

    async def _at_hand(self, opening: Opening) -> tuple[Form | None, Mapping[str, str]]:
        try:
            async with asyncio.timeout(WARM_S):
                form = await opening.provider.known_form()
                return form, opening.initial or await self._last_choices(opening)
        except (StorageError, TimeoutError):
            return None, opening.initial

    async def _last_choices(self, opening: Opening) -> Mapping[str, str]:
        team_id = self._desk.workspace.team_id
        if team_id is None:  # Asking Slack now could cost the trigger.
            return {}
        return await self._desk.productions.last_choices(
            team_id=team_id,
            user_id=opening.user_id,
            provider=opening.provider.name,
        )

    async def _complete(
        self, client: AsyncWebClient, opened: Opened, *, needs_channel: bool
    ) -> None:
        """Ask for a channel where ours is closed to us, and show the choices as they are now."""
        opening, view, shown, initial = opened.opening, opened.view, opened.form, opened.initial
        if shown is not None and needs_channel and opening.channel_id is not None:
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
            drawn = _drawn(opening, fresh, initial, needs_channel=needs_channel)
            await update_view(client, view, drawn)

    # Sending.

    async def submit(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Record what was sent, and only then let the form close."""
        try:
            await ack(**await self._recorded(body, view))
        except FormError as error:
            await ack(response_action="errors", errors=build_errors(error))
        except NotPermittedError as error:
            await ack(**_refusal(error.why))
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
        # At the same time, because both are asked of Slack and the ack is due in 3 s.
        requester, channel_id = await asyncio.gather(
            self._desk.requester(body["user"]["id"]), self._channel(metadata, values)
        )
        return ProductionRequest(
            provider=provider.name,
            topic=next(one.value for one in answers if one.key == TOPIC_KEY),
            team_id=requester.team_id,
            channel_id=channel_id,
            requester_id=requester.user_id,
            answers=answers,
        )

    async def _channel(self, metadata: Metadata, values: object) -> str:
        """Give the channel to post in: one that was picked counts only where the form asked."""
        if not metadata.asks_channel:
            if metadata.channel_id is None:
                raise UnreadableIdError("this form belongs to no channel")
            return metadata.channel_id
        channel_id = read_channel(values)
        is_in = await self._desk.channels.is_member(channel_id)
        if not is_in:
            words = CHANNEL_NOT_CHECKED if is_in is None else NOT_IN_CHANNEL
            raise FormError({CHANNEL_KEY: words})
        return channel_id


def _refusal(why: str) -> dict[str, Any]:
    """Answer a form from somebody who may not send it; it stays open where trying again helps."""
    if why == Refusal.UNKNOWN:
        errors = build_errors(FormError({TOPIC_KEY: NOT_RECORDED}))
        return {"response_action": "errors", "errors": errors}
    told = build_message_view(TITLE, may_not_request_words(why))
    return {"response_action": "update", "view": told}


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
        return build_loading_form(
            metadata=metadata, topic=topic, label=label, trouble=trouble, hint=opening.hint
        )
    return build_form(
        form,
        metadata=metadata,
        topic=topic,
        needs_channel=needs_channel,
        initial=initial,
        label=label,
        hint=opening.hint,
    )
