"""The story: Ana asks for a video, Bo approves it, it is released, the files arrive."""

from collections.abc import Callable, Mapping
from typing import Any

from twin.demo.deliver import fetch_all, links_of
from twin.demo.drawing import STATES, state_of
from twin.demo.screen import BROADCAST, Screen
from twin.demo.stage import Stage
from twin.faults import Fault
from twin.slack.place.model import Json
from twin.slack.text import buttons, inputs

CHANNEL = "C0MARKETING"
ASKS, APPROVES = "U0ANA", "U0BO"
TOPIC = "Autumn range teaser"
# The states of a production that goes well, in order; a look may miss any but the last.
_WAY = ("Requested", "Submitting", "Queued", "Producing", "Awaiting approval", "Distributing")
_DONE = "Completed"
_CLICK_WAIT_S = 10.0
_SUBMIT_S = 1.5


class StoryError(Exception):
    """The story did not go as it should; the text says where it stopped."""


class Story:
    """Play one production and watch it.

    Args:
        patience_s: Real seconds to wait for any one thing.
    """

    def __init__(self, stage: Stage, screen: Screen, *, patience_s: float) -> None:
        self._slack = stage.slack
        self._part = stage.part
        self._service = stage.service
        self._screen = screen
        self._patience_s = patience_s

    async def play(self) -> None:
        """Play from the command to the files.

        Raises:
            StoryError: It stopped on the way, or a file is missing.
        """
        await self._ask()
        await self._reach("Awaiting approval")
        await self._reconnect()
        await self._approve()
        await self._release()
        await self._reach(_DONE)
        await self._until(self._is_announced, "the channel is told")
        await self._fetch()

    async def watch(self) -> None:
        """Show what the bot posts and edits, until cancelled."""
        self._patience_s = float("inf")
        await self._until(lambda: False, "cancelled")

    async def _ask(self) -> None:
        self._screen.tell(f"Ana types: /produce {TOPIC}")
        opened = await self._slack.act.command(
            user=ASKS, channel=CHANNEL, text=TOPIC, wait_s=_CLICK_WAIT_S
        )
        if opened["error"] or not opened["views"]:
            raise StoryError(f"no form opened: {opened['error'] or opened['messages']}")
        await self._shape()
        values = dict(self._part.choices)
        asked = {*values, *self._part.uploads}
        await self._until(lambda: asked <= self._fields().keys(), "the form is complete")
        chosen = ", ".join(words.split(" / ")[-1] for words in self._said(values))
        values |= await self._upload()
        self._screen.tell(f"Ana sends the form: {chosen}")
        # A paid call that takes its time, so that "Submitting" can be seen.
        self._service.faults.add(Fault(match=self._part.submit, kind="delay", seconds=_SUBMIT_S))
        sent = await self._slack.act.submit(
            user=ASKS, view_id=self._slack.views(ASKS)[-1]["id"], values=values
        )
        if sent["error"] or sent["errors"]:
            raise StoryError(f"the form was refused: {sent['error'] or sent['errors']}")
        await self._until(lambda: self._card() is not None, "the card appears")

    async def _upload(self) -> dict[str, Any]:
        """Upload what the form asks for; gives the files' ids by label."""
        ids: dict[str, Any] = {}
        for label, file in self._part.uploads.items():
            self._screen.tell(f"Ana uploads the {label.lower()}: {file[0]}")
            given = await self._slack.act.upload(user=ASKS, uploads=[file])
            ids[label] = [one["id"] for one in given["files"]]
        return ids

    def _said(self, choices: Mapping[str, str]) -> list[str]:
        return list(choices.values())[: self._part.said]

    async def _shape(self) -> None:
        """Choose what decides what else the form asks."""
        for label, option in self._part.shapes.items():
            await self._choose(label, option)

    async def _choose(self, label: str, option: str) -> None:
        await self._until(lambda: label in self._fields(), f"the form asks for the {label}")
        self._screen.tell(f"Ana chooses the {label.lower()}: {option}")
        field = self._fields()[label]
        clicked = await self._slack.act.click(
            user=ASKS,
            view_id=self._slack.views(ASKS)[-1]["id"],
            block_id=field["block_id"],
            action_id=field["element"]["action_id"],
            option=option,
        )
        if clicked["error"]:
            raise StoryError(f"{label} could not be chosen: {clicked['error']}")

    def _fields(self) -> dict[str, Json]:
        """Give the fields of the form on top, by label."""
        views = self._slack.views(ASKS)
        return {one["label"]["text"]: one for one in inputs(views[-1]["blocks"])} if views else {}

    async def _reconnect(self) -> None:
        """Cut every Socket Mode connection, where there are any, and wait for as many new ones."""
        app, sockets = self._slack.app, self._slack.sockets
        if not app.is_socket_mode:
            return
        self._screen.tell("Slack cuts every Socket Mode connection; the bot connects anew")
        cut = set(await sockets.disturb(app, do="drop"))
        await self._until(
            lambda: len(set(sockets.numbers(app.id)) - cut) >= len(cut), "the bot is connected"
        )

    async def _approve(self) -> None:
        await self._until(
            lambda: "Approve" in self._buttons() and bool(self._replies()),
            "the thread asks for a decision",
        )
        card = self._card() or {}
        self._screen.tell(f"Bo watches {len(links_of(card))} files and clicks Approve")
        clicked = await self._slack.act.click(
            user=APPROVES, channel=CHANNEL, ts=card["ts"], button="Approve"
        )
        if clicked["error"]:
            raise StoryError(f"Approve did not work: {clicked['error']}")
        await self._until(
            lambda: self._is_approved() or bool(self._slack.ephemerals(APPROVES)),
            "the card says that it is approved",
        )
        if not self._is_approved():
            raise StoryError(f"Bo was told: {self._slack.ephemerals(APPROVES)[-1]['text']}")
        await self._until(self._is_approval_told, "the thread is told of the approval")

    async def _release(self) -> None:
        if self._part.release is not None:
            self._screen.tell(f"The operator releases it in {self._service.label}'s Studio")
            self._part.release(self._service)

    async def _fetch(self) -> None:
        made = self._part.made(self._service)
        fetched = await fetch_all(links_of(self._card() or {}), made=made)
        self._screen.show_files(fetched)
        if {one.sha256 for one in fetched} != made or not all(one.is_as_made for one in fetched):
            raise StoryError("not every file arrived with the bytes that were made")

    # Looking.

    def _card(self) -> Json | None:
        for message in self._slack.messages(CHANNEL):
            if TOPIC in str(message.get("text")) and message.get("thread_ts") in {
                None,
                message["ts"],
            }:
                return message
        return None

    def _is_approved(self) -> bool:
        card = self._card() or {}
        if self._part.release is None:
            return state_of(card) == _DONE
        return "not yet released" in str(card.get("text"))

    def _is_approval_told(self) -> bool:
        return any(" approved " in str(reply.get("text")) for reply in self._replies())

    def _buttons(self) -> list[str]:
        return buttons(self._card() or {})

    def _replies(self) -> list[Json]:
        card = self._card()
        return self._slack.thread(CHANNEL, card["ts"])[1:] if card else []

    def _is_announced(self) -> bool:
        return any(reply.get("subtype") == BROADCAST for reply in self._replies())

    async def _reach(self, wanted: str) -> None:
        """Wait until the card says `wanted` or something after it."""
        later = {*_WAY[_WAY.index(wanted) :], _DONE} if wanted in _WAY else {_DONE}
        astray = set(STATES) - {*_WAY, _DONE}

        def state() -> str | None:
            return state_of(self._card() or {})

        await self._until(lambda: state() in later | astray, f"the card says {wanted}")
        if state() in astray:
            raise StoryError(f"the card says {state()} where {wanted} was expected")

    async def _until(self, is_so: Callable[[], bool], what: str) -> None:
        """Show the thread as it grows until something is so."""

        def look() -> bool:
            for message in self._slack.messages(CHANNEL):
                self._screen.show(message)
            return is_so()

        try:
            await self._slack.journal.wait_for(look, timeout_s=self._patience_s)
        except TimeoutError:
            raise StoryError(f"waited {self._patience_s:.0f} s until {what}") from None
