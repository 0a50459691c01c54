"""From a form that was sent to a recorded wish."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Refusal
from bot.core.errors import (
    FormError,
    NotPermittedError,
    ProviderError,
    StorageUnavailableError,
    UserError,
)
from bot.core.form import (
    Choice,
    Field,
    FileField,
    Form,
    SearchField,
    choices_in,
    chosen_in,
    inputs_of,
    is_answerable,
    steps_of,
)
from bot.core.production import Answer, ProductionRequest
from bot.providers.base import Provider
from bot.slack.forms import (
    CHANNEL_KEY,
    TOPIC_KEY,
    build_errors,
    fingerprint,
    read_channel,
    read_entered,
    read_fields,
)
from bot.slack.ids import Metadata, UnreadableIdError, field_block, read_metadata
from bot.slack.listeners.desk import Body, Desk, answer, read_click, values_of
from bot.slack.listeners.earlier import earlier_files, files_of, initial_of, names_of
from bot.slack.listeners.opening import SEARCH_S, Opener, Opening
from bot.slack.listeners.sent import Sent
from bot.slack.listeners.shaping import shaped
from bot.slack.views.fields import is_drawn
from bot.slack.views.form import TITLE, TROUBLE, build_message_view, build_recorded_view
from bot.slack.views.private import (
    CHANNEL_NOT_CHECKED,
    FORM_CHANGED,
    FORM_OUTDATED,
    NOT_IN_CHANNEL,
    NOT_RECORDED,
    NOT_SENDABLE,
    STILL_LOADING,
    build_private,
    may_not_request_words,
    provider_words,
)
from storage.values import Draft


class ReshapedError(UserError):
    """A form was sent in another shape than what is chosen in it asks for.

    Attributes:
        form: As it should have been.
    """

    def __init__(self, form: Form) -> None:
        super().__init__("the form does not ask what it should")
        self.form = form


class Requests:
    """Record what is sent."""

    def __init__(self, desk: Desk, opener: Opener) -> None:
        self._desk = desk
        self._opener = opener

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
            provider = self._desk.providers.of(production.provider)
            opening = Opening(
                provider=provider,
                user_id=click.asker.user_id,
                channel_id=click.asker.channel_id,
                trigger_id=click.trigger_id,
                topic=production.topic,
                about=click.value,
                initial=initial_of(production.request),
                uploaded=names_of(files_of(self._desk, production.request, provider)),
            )
            await self._opener.open(client, opening)

    async def submit(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Record what was sent, and only then let the form close."""
        try:
            await ack(**await self._answered(body, view))
        except FormError as error:
            await ack(response_action="errors", errors=_under(view, error))
        except NotPermittedError as error:
            await ack(**_refusal(view, error.why))
        except StorageUnavailableError:
            errors = _under(view, FormError({TOPIC_KEY: NOT_RECORDED}))
            await ack(response_action="errors", errors=errors)
        except UnreadableIdError:
            old = build_message_view(TITLE, FORM_OUTDATED)
            await ack(response_action="update", view=old)

    async def submit_too_early(self, ack: AsyncAck, view: Body) -> None:
        """Keep a form open whose choices are not there yet, or that cannot be sent as it is."""
        error = FormError(
            {TOPIC_KEY: NOT_SENDABLE if TROUBLE in _blocks_of(view) else STILL_LOADING}
        )
        await ack(response_action="errors", errors=_under(view, error))

    async def _answered(self, body: Body, view: Body) -> dict[str, Any]:
        """Record a form, or ask what comes next; gives what to ack with: nothing closes it."""
        user_id, metadata = body["user"]["id"], read_metadata(view.get("private_metadata"))
        provider = self._desk.asked(metadata, read_entered(values_of(view)))
        try:
            sent = await self._read(view, metadata, provider, user_id=user_id)
        except ReshapedError as error:
            return await self._redrawn(view, metadata, provider, error.form, user_id=user_id)
        except ProviderError as error:
            raise FormError({TOPIC_KEY: provider_words(error, label=provider.label)}) from error
        if not sent.is_last:
            return await self._next_step(sent, user_id=user_id)
        return await self._recorded(sent)

    async def _recorded(self, sent: Sent) -> dict[str, Any]:
        request = _sendable(sent)
        recorded = await self._desk.productions.request(
            request,
            form_key=sent.form_key,
            fingerprint=fingerprint(request.answers, channel_id=request.channel_id),
            choices=choices_in(sent.form, request.answers),
        )
        if recorded.outcome != "differs":
            return {"response_action": "clear"} if sent.metadata.step > 0 else {}
        told = build_recorded_view(recorded.production_id, command=self._desk.command)
        return {"response_action": "update", "view": told}

    async def _next_step(self, sent: Sent, *, user_id: str) -> dict[str, Any]:
        """Keep what was answered, and lay the next step over it; going back changes it."""
        step = sent.metadata.step + 1
        await self._desk.productions.keep_draft(f"{sent.form_key}.{step}", sent.draft)
        metadata, about = sent.metadata, sent.metadata.value
        opening = _opening_of(sent.provider, metadata, user_id)
        if about is None:
            last = await self._opener.last_choices(sent.provider, user_id)
            opening = replace(opening, initial=last)
        else:
            request = (await self._desk.productions.load(about.production_id)).request
            names = names_of(files_of(self._desk, request, sent.provider))
            opening = replace(opening, initial=initial_of(request), uploaded=names)
        opening = await self._opener.named(opening, sent.form)
        view = self._opener.draw(opening, sent.form, step=step)
        return {"response_action": "push", "view": view}

    async def _redrawn(
        self, view: Body, metadata: Metadata, provider: Provider, form: Form, *, user_id: str
    ) -> dict[str, Any]:
        """Show what has to be asked after all, with everything kept that was filled in."""
        entered = read_entered(values_of(view))
        opening = await self._opener.reopening(
            provider, metadata, entered, user_id=user_id, view=view
        )
        drawn = self._opener.draw(
            replace(opening, hint=FORM_CHANGED if is_answerable(form) else None),
            form,
            needs_channel=metadata.asks_channel,
            step=metadata.step,
        )
        return {"response_action": "update", "view": drawn}

    async def _read(
        self, view: Body, metadata: Metadata, provider: Provider, *, user_id: str
    ) -> Sent:
        values, form_key = values_of(view), _form_key(view)
        before = await self._before(metadata, form_key)
        form = await self._form(provider, values, before)
        if not is_answerable(form):
            raise ReshapedError(form)
        fields = _fields_of(form, view, step=metadata.step)
        earlier = await earlier_files(self._desk, provider, metadata.value)
        found = await _found(provider, fields, values)
        answers = read_fields(values, fields, found=found, earlier=earlier)
        # At the same time, because both are asked of Slack and the ack is due in 3 s.
        requester, channel_id = await asyncio.gather(
            self._desk.requester(user_id), self._channel(metadata, values, before)
        )
        known: tuple[Answer, ...] = before.answers if before is not None else ()
        chosen = before.chosen if before is not None else _chosen(form, values)
        return Sent(
            form_key=form_key,
            provider=provider,
            metadata=metadata,
            form=form,
            requester=requester,
            earlier=earlier,
            draft=Draft(answers=(*known, *answers), channel_id=channel_id, chosen=chosen),
        )

    async def _before(self, metadata: Metadata, form_key: str) -> Draft | None:
        """Give what was answered in the steps before; None in the first."""
        if metadata.step == 0:
            return None
        draft = await self._desk.productions.draft(f"{form_key}.{metadata.step}")
        if draft is None:
            raise UnreadableIdError("what was answered before is not kept any more")
        return draft

    async def _form(self, provider: Provider, values: object, before: Draft | None) -> Form:
        """Give the form as it is asked now, in the shape that was chosen."""
        if before is not None:
            form = await provider.known_form(before.chosen)
        else:
            form = await shaped(provider.known_form, read_entered(values).values, chosen_in)
        if form is None:
            raise FormError({TOPIC_KEY: STILL_LOADING})
        return form

    async def _channel(self, metadata: Metadata, values: object, before: Draft | None) -> str:
        """Give the channel to post in: one that was picked counts only where the form asked."""
        if before is not None:
            return before.channel_id
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


def _sendable(sent: Sent) -> ProductionRequest:
    """Give the whole wish as its service can be sent it.

    Files of an earlier video give way where they do not fit to what was filled in now: nothing
    could be uploaded in their place to say so.

    Raises:
        FormError: It cannot.
    """
    wishes = (sent.request, sent.request_without_earlier)
    complaints = [sent.provider.complaints(wish, sent.form) for wish in wishes]
    for wish, found in zip(wishes, complaints, strict=True):
        if not found:
            return wish
    raise FormError(sent.worded(complaints[0]))


async def _found(
    provider: Provider, fields: Sequence[Field], values: object
) -> Mapping[str, Choice]:
    """Ask for the choices made in searched fields, which no form lists.

    Where the service does not answer in time, what Slack was offered under our name is believed;
    the service has the last word when it is sent.
    """
    chosen = read_entered(values).chosen
    found: dict[str, Choice] = {}
    for field in fields:
        choice = chosen.get(field.key)
        if not isinstance(field, SearchField) or choice is None:
            continue
        try:
            async with asyncio.timeout(SEARCH_S / 2):
                known = await provider.search(field.key, choice.value)
        except (ProviderError, TimeoutError):
            known = (choice,)
        named = next((one for one in known if one.value == choice.value), None)
        found |= {field.key: named} if named is not None else {}
    return found


def _fields_of(form: Form, view: Body, *, step: int) -> tuple[Field, ...]:
    """Give the fields that a step asks.

    Raises:
        ReshapedError: They are not what stands in the form that was sent.
        UnreadableIdError: The form has no such step.
    """
    steps, there = steps_of(form), _blocks_of(view)
    if step >= len(steps):
        raise UnreadableIdError("the form has no such step any more")
    if isinstance(view.get("blocks"), list) and _is_other(there, steps[step]):
        raise ReshapedError(form)
    return steps[step]


def _is_other(there: Mapping[object, object], fields: Sequence[Field]) -> bool:
    """Tell whether a form lacks a field, or has an upload where none can be taken any more."""
    drawn = [one for one in fields if is_drawn(one)]
    expected = {field_block(key) for one in drawn for key in inputs_of(one)}
    missing = {one for one in expected - there.keys() if f"{one}.missing" not in there}
    others = [field_block(one.key) for one in drawn if not isinstance(one, FileField)]
    return bool(missing) or any(there.get(one) == "file_input" for one in others)


def _blocks_of(view: Body) -> dict[object, object]:
    """Give the ids of the blocks that stand in a form, each with the kind of input in it."""
    blocks = view.get("blocks")
    listed = blocks if isinstance(blocks, list) else []
    return {one.get("block_id"): _kind_of(one) for one in listed if isinstance(one, Mapping)}


def _kind_of(block: Mapping[str, object]) -> object:
    element = block.get("element")
    return element.get("type") if isinstance(element, Mapping) else None


def _chosen(form: Form, values: object) -> dict[str, str]:
    return chosen_in(form, read_entered(values).values)


def _form_key(view: Body) -> str:
    """Name the form through all its steps."""
    root = view.get("root_view_id")
    key: str = root if isinstance(root, str) and root else view["id"]
    return key


def _opening_of(provider: Provider, metadata: Metadata, user_id: str) -> Opening:
    return Opening(
        provider=provider,
        user_id=user_id,
        channel_id=metadata.channel_id,
        trigger_id="",
        topic="",
        about=metadata.value,
    )


def _under(view: Body, error: FormError) -> dict[str, str]:
    """Put errors under their fields; what concerns the whole form under the first there is.

    Slack refuses an error for a block that is not in the form.
    """
    errors, blocks = build_errors(error), view.get("blocks")
    if not isinstance(blocks, list):
        return errors
    named = [one for one in blocks if isinstance(one, Mapping) and one.get("type") == "input"]
    there = [str(one.get("block_id")) for one in named]
    placed = {block_id: text for block_id, text in errors.items() if block_id in there}
    return placed or dict.fromkeys(there[:1], next(iter(errors.values()))) or errors


def _refusal(view: Body, why: str) -> dict[str, Any]:
    """Answer a form from somebody who may not send it; it stays open where trying again helps."""
    if why == Refusal.UNKNOWN:
        errors = _under(view, FormError({TOPIC_KEY: NOT_RECORDED}))
        return {"response_action": "errors", "errors": errors}
    told = build_message_view(TITLE, may_not_request_words(why))
    return {"response_action": "update", "view": told}
