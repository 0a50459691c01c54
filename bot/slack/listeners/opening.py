"""The form while it is open: opened, completed, reshaped by a choice, and searched in.

The trigger dies after 3 s, so a service is asked only once the form is open.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Refusal
from bot.core.errors import NotPermittedError, ProviderError, StorageError
from bot.core.form import (
    NOTHING_CHOSEN,
    Choice,
    Form,
    SearchField,
    SelectField,
    chosen_at_first,
    reshaping,
)
from bot.providers.base import Provider
from bot.slack.forms import TOPIC_KEY, Entered, read_entered
from bot.slack.ids import ButtonValue, Metadata, UnreadableIdError, read_metadata
from bot.slack.listeners.desk import Body, Desk, update_view, values_of
from bot.slack.listeners.earlier import earlier_files, names_of
from bot.slack.listeners.shaping import Shower, find_choice, shaped
from bot.slack.views.fields import offered
from bot.slack.views.form import (
    TITLE,
    Around,
    Filled,
    build_form,
    build_loading_form,
    build_message_view,
)
from bot.slack.views.private import FORM_OUTDATED, may_not_request_words, provider_words

log = structlog.get_logger(__name__)

WARM_S = 1.0
"""Longest wait for our own database before a form opens without its choices, in seconds."""
SEARCH_S = 2.0
"""Longest wait for a service to offer what fits what somebody types; Slack waits 3 s."""
NAMED_S = 0.3
"""Longest wait for the name of a choice of last time, which then is simply not chosen."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A form about to be opened, or drawn anew.

    Attributes:
        channel_id: Where the person is; None for the Home tab and the shortcut, which are in none.
        hint: What else may have been meant, as `meant_words` says it; or None.
        about: The production whose answers it begins with; None for a new one.
        initial: Values to begin with; empty takes this person's last choices.
        found: What searched fields begin with, by key.
        uploaded: Names of its files, by key; they are used again where nothing is uploaded.
    """

    provider: Provider
    user_id: str
    channel_id: str | None
    trigger_id: str
    topic: str
    hint: str | None = None
    about: ButtonValue | None = None
    initial: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Choice] = field(default_factory=dict)
    uploaded: Mapping[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> Metadata:
        """What the form carries along."""
        return Metadata(channel_id=self.channel_id, provider=self.provider.name, value=self.about)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A form that stands before somebody, as far as it could be drawn at once.

    Attributes:
        form: What is drawn in it; None while the choices have yet to be loaded.
    """

    opening: Opening
    view: Body
    form: Form | None


class Opener:
    """Open forms, and keep them true to what is chosen in them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turns: dict[str, object] = {}

    async def first_service(self, user_id: str) -> Provider | None:
        """Give the service to begin with: the one this person asked last, else the first.

        Returns:
            None where no service is on.
        """
        on = self._desk.providers.on()
        team_id = self._desk.workspace.team_id
        last: str | None = None
        if len(on) > 1 and team_id is not None:
            try:
                async with asyncio.timeout(WARM_S / 2):
                    last = await self._desk.productions.last_service(
                        team_id=team_id, user_id=user_id
                    )
            except (StorageError, TimeoutError):
                log.warning("last_service_not_read")
        return next((one for one in on if one.name == last), on[0] if on else None)

    async def open(self, client: AsyncWebClient, opening: Opening) -> None:
        """Open the form with what is at hand, then bring it up to date."""
        await self.complete(client, await self.begin(client, opening))

    async def begin(self, client: AsyncWebClient, opening: Opening) -> Opened:
        """Open the form with what is at hand."""
        form, opening = await self._at_hand(opening)
        view = self.draw(opening, form, needs_channel=opening.channel_id is None)
        answer = await client.views_open(trigger_id=opening.trigger_id, view=view)
        return Opened(opening=opening, view=answer["view"], form=form)

    async def complete(self, client: AsyncWebClient, opened: Opened) -> None:
        """Bring an open form up to date, or say in it why it cannot be sent."""
        opening, view = opened.opening, opened.view
        why, is_in = await asyncio.gather(
            self._why_not(opening.user_id), self._is_in(opening.channel_id)
        )
        if why is not None:
            told = build_message_view(TITLE, may_not_request_words(why))
            await update_view(client, view, told)
            return
        needs_channel = is_in is False
        if opened.form is not None and needs_channel and opening.channel_id is not None:
            drawn = self.draw(opening, opened.form, needs_channel=True)
            view = await update_view(client, view, drawn)

        async def show(content: Body) -> None:
            await update_view(client, view, content)

        await self._complete(opening, opened.form, show, needs_channel=needs_channel)

    async def reshape(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Draw a form anew because a service, or something that decides what is asked, was chosen.

        Of several choices in quick succession the newest wins, whichever is drawn first.
        """
        await ack()
        view: Body = body["view"]
        turn = self._turns[view["id"]] = object()
        try:
            await self._redraw(body, Shower(client, view, lambda: self._is_newest(view, turn)))
        finally:
            if self._is_newest(view, turn):
                del self._turns[view["id"]]

    def _is_newest(self, view: Body, turn: object) -> bool:
        return self._turns.get(view["id"]) is turn

    async def _redraw(self, body: Body, show: Shower) -> None:
        view, entered = body["view"], read_entered(values_of(body["view"]))
        try:
            metadata = read_metadata(view.get("private_metadata"))
            provider = self._desk.asked(metadata, entered)
        except UnreadableIdError:
            await show(build_message_view(TITLE, FORM_OUTDATED))
            return
        opening = await self.reopening(
            provider, metadata, entered, user_id=body["user"]["id"], view=view
        )
        try:
            form, opening = await self._at_hand(opening)
        except ProviderError as error:  # It is off; what was typed stays for when it is back.
            await show(self.draw(opening, None, needs_channel=metadata.asks_channel, error=error))
            return
        await show(await self._drawn(opening, form, needs_channel=metadata.asks_channel))
        await self._complete(opening, form, show, needs_channel=metadata.asks_channel)

    async def _drawn(
        self,
        opening: Opening,
        form: Form | None,
        *,
        needs_channel: bool,
        error: ProviderError | None = None,
    ) -> Body:
        """Draw a form; where it is cold, with the fields that decide what else is asked."""
        fields: tuple[SelectField, ...] = ()
        if form is None:
            base = await opening.provider.known_form(NOTHING_CHOSEN)
            fields = tuple(reshaping(base)) if base is not None else ()
        return self.draw(
            opening, form, needs_channel=needs_channel, error=error, reshaping_fields=fields
        )

    async def reopening(
        self,
        provider: Provider,
        metadata: Metadata,
        entered: Entered,
        *,
        user_id: str,
        view: Body,
    ) -> Opening:
        """Describe an open form so that it can be drawn anew with all that stands in it.

        What was typed stays whatever the service; what was chosen stays with its service. Fields
        that come back hold what they held, others begin with this person's last choices.
        """
        last = await self.last_choices(provider, user_id)
        files = await earlier_files(self._desk, provider, metadata.value)
        is_same = provider.name == metadata.provider
        there = _there(view)
        kept = await self._kept(view["id"], provider, metadata, entered, there=there)
        initial = {key: value for key, value in last.items() if not is_same or key not in there}
        return Opening(
            provider=provider,
            user_id=user_id,
            channel_id=metadata.channel_id,
            trigger_id="",
            topic=entered.typed.get(TOPIC_KEY, ""),
            about=metadata.value,
            initial={**initial, **kept, **(entered.values if is_same else entered.typed)},
            found=entered.chosen if is_same else {},
            uploaded=names_of(files),
        )

    async def _kept(
        self,
        view_id: str,
        provider: Provider,
        metadata: Metadata,
        entered: Entered,
        *,
        there: set[str],
    ) -> Mapping[str, str]:
        """Keep what stands in a form, and give what a service's fields held in it so far."""
        productions, shown = self._desk.productions, metadata.provider or provider.name
        kept = await productions.keep_entered(view_id, entered.values, provider=shown, there=there)
        if shown == provider.name:
            return kept
        return await productions.entered(view_id, provider=provider.name)

    async def suggest(self, ack: AsyncAck, body: Body) -> None:
        """Offer what fits what somebody types into a searched field."""
        key = str(body["block_id"]).removeprefix("field.")
        choices: tuple[Choice, ...] = ()
        try:
            metadata = read_metadata(body["view"].get("private_metadata"))
            provider = self._desk.providers.of(metadata.provider or "")
            async with asyncio.timeout(SEARCH_S):
                choices = await provider.search(key, body["value"])
        except (UnreadableIdError, ProviderError, TimeoutError) as error:
            log.warning("search_not_answered", error=type(error).__name__)
        await ack(**offered(choices))

    def draw(
        self,
        opening: Opening,
        form: Form | None,
        *,
        needs_channel: bool = False,
        error: ProviderError | None = None,
        step: int = 0,
        reshaping_fields: tuple[SelectField, ...] = (),
    ) -> Body:
        """Draw a form, or what stands in its place while it is not known."""
        label, on = opening.provider.label, self._desk.providers.on()
        metadata = replace(opening.metadata, asks_channel=needs_channel, step=step)
        around = Around(
            metadata=metadata,
            label=label,
            services=tuple(Choice(value=one.name, name=one.label) for one in on)
            if len(on) > 1
            else (),
            hint=opening.hint,
            can_upload=self._desk.workspace.reads_files,
        )
        filled = Filled(
            values={**opening.initial, TOPIC_KEY: opening.topic},
            found=opening.found,
            uploaded=opening.uploaded,
        )
        if form is not None:
            return build_form(form, around=around, filled=filled, needs_channel=needs_channel)
        trouble = provider_words(error, label=label) if error is not None else None
        return build_loading_form(
            around=around, filled=filled, trouble=trouble, reshaping=reshaping_fields
        )

    async def last_choices(self, provider: Provider, user_id: str) -> Mapping[str, str]:
        """Give what this person chose last time; nothing where that cannot be told at once."""
        team_id = self._desk.workspace.team_id
        if team_id is None:  # Asking Slack now could cost the trigger.
            return {}
        try:
            return await self._desk.productions.last_choices(
                team_id=team_id, user_id=user_id, provider=provider.name
            )
        except StorageError:
            return {}

    async def _at_hand(self, opening: Opening) -> tuple[Form | None, Opening]:
        """Give the form as far as it is remembered, and what it begins with."""
        try:
            async with asyncio.timeout(WARM_S):
                last = opening.initial or await self.last_choices(opening.provider, opening.user_id)
                opening = replace(opening, initial=last)
                form = await self._known(opening.provider, last)
                return form, await self.named(opening, form)
        except (StorageError, TimeoutError):
            return None, opening

    async def _known(self, provider: Provider, given: Mapping[str, str]) -> Form | None:
        return await shaped(provider.known_form, given, chosen_at_first)

    async def named(self, opening: Opening, form: Form | None) -> Opening:
        """Find the names of choices of last time that were searched for."""
        found = dict(opening.found)
        for one in form.fields if form is not None else ():
            value = opening.initial.get(one.key)
            if not isinstance(one, SearchField) or value is None or one.key in found:
                continue
            choice = await find_choice(opening.provider, one.key, value, within_s=NAMED_S)
            if choice is not None:
                found[one.key] = choice
        return replace(opening, found=found)

    async def _complete(
        self,
        opening: Opening,
        shown: Form | None,
        show: Callable[[Body], Awaitable[None]],
        *,
        needs_channel: bool,
    ) -> None:
        """Show the choices as they are now, unless they are what is shown."""
        try:
            fresh = await shaped(opening.provider.form, opening.initial, chosen_at_first)
        except ProviderError as error:
            log.info("choices_not_loaded", provider=opening.provider.name, code=error.code)
            if shown is None:
                drawn = self._drawn(opening, None, needs_channel=needs_channel, error=error)
                await show(await drawn)
            return
        if fresh != shown:
            opening = await self.named(opening, fresh)
            await show(self.draw(opening, fresh, needs_channel=needs_channel))

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


def _there(view: Body) -> set[str]:
    """Give the keys of the fields that stand in a form."""
    blocks = view.get("blocks")
    listed = blocks if isinstance(blocks, list) else []
    ids = [one.get("block_id") for one in listed if isinstance(one, Mapping)]
    return {one.removeprefix("field.") for one in ids if isinstance(one, str)}
