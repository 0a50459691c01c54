"""What people do with a production: decide, cancel, retry, settle what is unknown."""

import asyncio

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Refusal
from bot.core.errors import (
    BotError,
    FormError,
    NotPermittedError,
    ProviderError,
    StorageError,
    StorageUnavailableError,
    TransitionNotAllowedError,
    UserError,
)
from bot.core.events import Command
from bot.slack.forms import (
    JOB_KEY,
    REASON_KEY,
    build_errors,
    read_job,
    read_reason,
)
from bot.slack.ids import ButtonValue, Metadata, UnreadableIdError, build_value, read_metadata
from bot.slack.listeners.desk import (
    Body,
    Desk,
    read_click,
    read_sender,
    update_view,
    values_of,
)
from bot.slack.views.form import build_link_form, build_message_view, build_reason_form
from bot.slack.views.private import (
    FORM_OUTDATED,
    NOBODY_KNOWN,
    NOT_RECORDED,
    STILL_CHECKING,
    link_words,
)
from bot.slack.views.words import topic_of

LINK_S = 2.0
"""Longest wait for the service before the form is answered without it, in seconds."""


class Decisions:
    """Carry out what a button says, for whoever may; everybody else is told privately why not."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def approve(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Approve the finished files."""
        await self._command(Command.APPROVE, ack, body, client)

    async def change_decision(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Take a decision back while it can be."""
        await self._command(Command.CHANGE_DECISION, ack, body, client)

    async def cancel(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Stop it."""
        await self._command(Command.CANCEL, ack, body, client)

    async def retry(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Send the same request again after a failure."""
        await self._command(Command.RETRY, ack, body, client)

    async def submit_again(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Send it again although the first may have arrived."""
        await self._command(Command.SUBMIT_AGAIN, ack, body, client)

    async def give_up(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Stop following what may or may not have arrived."""
        await self._command(Command.GIVE_UP, ack, body, client)

    async def _command(
        self, command: Command, ack: AsyncAck, body: Body, client: AsyncWebClient
    ) -> None:
        await ack()
        async with self._desk.answering(client, body):
            click = read_click(body)
            await self._desk.current(click)
            person = await self._desk.person(click.asker.user_id)
            await self._desk.productions.command(
                click.value.production_id, command, person=person, attempt=click.value.attempt
            )

    async def ask_reason(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form that asks why, and meanwhile ask Slack who it is."""
        await ack()
        async with self._desk.answering(client, body):
            click = read_click(body)
            production = await self._desk.current(click)
            face, topic = self._desk.face_of(production), topic_of(production)
            view = build_reason_form(metadata=click.metadata, topic=topic, face=face)
            await client.views_open(trigger_id=click.trigger_id, view=view)
            await self._desk.person(click.asker.user_id)

    async def reject(self, ack: AsyncAck, body: Body, view: Body, client: AsyncWebClient) -> None:
        """Reject with a reason; the form stays open where trying again helps."""
        try:
            await self._reject(body, view)
        except UnreadableIdError:
            await _say_outdated(ack, "Reject this video")
            return
        except (UserError, StorageError) as error:
            if (words := _worth_another_try(error)) is not None:
                errors = build_errors(FormError({REASON_KEY: words}))
                await ack(response_action="errors", errors=errors)
                return
            await ack()
            await self._explain(client, body, view, error)
            return
        await ack()

    async def _reject(self, body: Body, view: Body) -> None:
        _, value = _about(view)
        reason = read_reason(values_of(view))
        person = await self._desk.person(body["user"]["id"])
        await self._desk.productions.command(
            value.production_id, Command.REJECT, person=person, attempt=value.attempt, reason=reason
        )

    async def ask_job(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form that asks which existing job it is; candidates are added once it is open."""
        await ack()
        async with self._desk.answering(client, body):
            click = read_click(body)
            production = await self._desk.current(click)
            await self._desk.check_may(Command.LINK, click.asker, production)
            self._desk.productions.finder(production)
            label, topic = self._desk.face_of(production).label, topic_of(production)
            view = build_link_form(metadata=click.metadata, topic=topic, label=label)
            opened = await client.views_open(trigger_id=click.trigger_id, view=view)
            found = await self._desk.productions.candidates(production.id)
            offer = build_link_form(
                metadata=click.metadata, topic=topic, label=label, candidates=found
            )
            if found:
                await update_view(client, opened["view"], offer)

    async def link(self, ack: AsyncAck, body: Body, view: Body, client: AsyncWebClient) -> None:
        """Follow an existing job; where the service is slow, the form closes before it answers."""
        linking = asyncio.create_task(self._link(body, view))
        await asyncio.wait({linking}, timeout=LINK_S)
        if not linking.done():
            told = build_message_view("Link existing", STILL_CHECKING)
            await ack(response_action="update", view=told)
        try:
            await linking
        except UnreadableIdError:
            await _say_outdated(ack, "Link existing")
            return
        except (UserError, ProviderError, StorageError) as error:
            await self._not_linked(ack, body, view, client, error)
            return
        if ack.response is None:
            await ack()

    async def _link(self, body: Body, view: Body) -> None:
        _, value = _about(view)
        job_id = read_job(values_of(view))
        person = await self._desk.person(body["user"]["id"])
        await self._desk.productions.link(
            value.production_id, job_id=job_id, person=person, attempt=value.attempt
        )

    async def _not_linked(
        self, ack: AsyncAck, body: Body, view: Body, client: AsyncWebClient, error: BotError
    ) -> None:
        words = await self._link_words(view, error)
        if ack.response is None and words is not None:
            errors = build_errors(FormError({JOB_KEY: words}))
            await ack(response_action="errors", errors=errors)
            return
        if ack.response is None:
            await ack()
        await self._explain(client, body, view, error)

    async def _link_words(self, view: Body, error: BotError) -> str | None:
        """Say under the field what another id, or another try, could mend; else None."""
        if not isinstance(error, (ProviderError, TransitionNotAllowedError)):
            return _worth_another_try(error)
        _, value = _about(view)
        production = await self._desk.productions.load(value.production_id)
        return link_words(error, label=self._desk.face_of(production).label)

    async def _explain(
        self, client: AsyncWebClient, body: Body, view: Body, error: BotError
    ) -> None:
        metadata, value = _about(view)
        about = build_value(value.production_id, value.attempt)
        await self._desk.explain(client, read_sender(body, metadata), error, value=about)


async def _say_outdated(ack: AsyncAck, title: str) -> None:
    """Close a form that this version did not open, in words."""
    await ack(response_action="update", view=build_message_view(title, FORM_OUTDATED))


def _about(view: Body) -> tuple[Metadata, ButtonValue]:
    metadata = read_metadata(view.get("private_metadata"))
    if metadata.value is None:
        raise UnreadableIdError("this form is about no production")
    return metadata, metadata.value


def _worth_another_try(error: BotError) -> str | None:
    """Give what to say under the field where the form is worth sending again; else None."""
    if isinstance(error, FormError):
        return next(iter(error.fields.values()))
    if isinstance(error, StorageUnavailableError):
        return NOT_RECORDED
    if isinstance(error, NotPermittedError) and error.why == Refusal.UNKNOWN:
        return NOBODY_KNOWN
    return None
