"""Triggers, modals and Home tabs: who may open what, for how long, and which version is newest."""

import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from twin.pulse import beats
from twin.slack.errors import SlackError, invalid_arguments
from twin.slack.place.model import Installation, Json, View
from twin.slack.place.states import form_state, value_of

STACK_LIMIT = 3
TRIGGER_LIFE_S = 3.0
_TRIGGER = re.compile(r"\d+\.\d+\.[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """The right of one app to open one view for one person, once and soon.

    Attributes:
        channel: Where the person acted, if anywhere.
    """

    user: str
    installation: Installation
    channel: str | None
    expires_at: datetime


class Modals:
    """Keep each person's stack of modals, and their Home tab of every app.

    Args:
        now: The twin's moment, aware UTC.
        speed: Twin seconds per real second. A trigger lives for 3 s; where time is sped up, for
            3 real seconds, because the bot is not sped up with it.
        changed: Called after every change.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        speed: Callable[[], float],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.changed = changed
        self._now = now
        self._speed = speed
        self._triggers: dict[str, Trigger] = {}
        self._used: set[str] = set()
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[tuple[str, str], View] = {}
        self._numbers = itertools.count(1)
        self.opened: list[tuple[str, str]] = []

    def issue_trigger(self, user: str, *, installation: Installation, channel: str | None) -> str:
        """Make a trigger for something a person just did with an app."""
        number = next(self._numbers)
        trigger_id = f"{number:013d}.{number:012d}.{secrets.token_hex(16)}"
        life_s = TRIGGER_LIFE_S * max(1.0, self._speed())
        self._triggers[trigger_id] = Trigger(
            user=user,
            installation=installation,
            channel=channel,
            expires_at=self._now() + timedelta(seconds=life_s),
        )
        return trigger_id

    def redeem(self, trigger_id: Any, *, installation: Installation) -> Trigger:
        """Use a trigger up.

        Raises:
            SlackError: It is malformed, unknown, another app's, used or too old.
        """
        if not isinstance(trigger_id, str) or not _TRIGGER.fullmatch(trigger_id):
            raise invalid_arguments("[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]")
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.installation is not installation:
            raise SlackError("invalid_trigger_id")
        if trigger_id in self._used:
            raise SlackError("exchanged_trigger_id")
        if self._now() >= trigger.expires_at:
            raise SlackError("expired_trigger_id")
        self._used.add(trigger_id)
        return trigger

    @beats
    def open(self, trigger: Trigger, content: Json) -> View:
        """Open a modal; it takes the place of those the person had open."""
        self._refuse_taken_name(content, installation=trigger.installation)
        view = self._new_view(
            trigger.user, content, installation=trigger.installation, channel=trigger.channel
        )
        self._stacks[trigger.user] = [view]
        self.opened.append((trigger.user, view.id))
        return view

    def push(self, trigger: Trigger, content: Json) -> View:
        """Lay a modal over the one the person has open.

        Raises:
            SlackError: None of this app is open, or three are.
        """
        stack = self.stack(trigger.user)
        if not stack or not _is_of(stack[-1], trigger.installation):
            raise SlackError("invalid_trigger_id")
        return self.push_over(stack[-1], content, installation=trigger.installation)

    @beats
    def push_over(self, below: View, content: Json, *, installation: Installation) -> View:
        """Lay a modal over an open one.

        Raises:
            SlackError: Three are open already, or that one was closed meanwhile.
        """
        stack = self._stacks.get(below.user, [])
        if below.id not in {view.id for view in stack}:
            raise SlackError("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        self._refuse_taken_name(content, installation=installation)
        view = self._new_view(
            below.user, content, installation=installation, below=below, channel=below.channel
        )
        stack.append(view)
        self.opened.append((below.user, view.id))
        return view

    def update(self, view: View, content: Json, *, installation: Installation) -> View:
        """Show new content in a view; what was entered in fields that stay is kept."""
        if content.get("external_id") != view.content.get("external_id"):
            self._refuse_taken_name(content, installation=installation)
        newer = replace(view, content=content, hash=self._new_hash(), state=_kept(view, content))
        self._put(newer)
        return newer

    @beats
    def publish(self, user: str, content: Json, *, installation: Installation) -> View:
        """Show an app's Home tab to a person."""
        old = self.home(user, app_id=installation.app.id)
        if old is not None:
            return self.update(old, content, installation=installation)
        view = self._new_view(user, content, installation=installation, channel=None)
        self._homes[user, installation.app.id] = view
        return view

    def enter(self, view: View, state: Json) -> View:
        """Remember what a person has entered; the content, and so the hash, stays."""
        newer = replace(view, state=state)
        self._put(newer)
        return newer

    @beats
    def close(self, view: View) -> None:
        """Close one view; what lies below it shows again."""
        self._stacks[view.user] = [one for one in self.stack(view.user) if one.id != view.id]

    @beats
    def clear(self, user: str) -> None:
        """Close all of a person's modals."""
        self._stacks.pop(user, None)

    def stack(self, user: str) -> list[View]:
        """List a person's open modals, the lowest first."""
        return list(self._stacks.get(user, []))

    def home(self, user: str, *, app_id: str) -> View | None:
        """Give a person's Home tab of an app, if one was published."""
        return self._homes.get((user, app_id))

    def homes(self, user: str) -> list[View]:
        """List a person's Home tabs, one an app."""
        return [view for (who, _), view in self._homes.items() if who == user]

    @beats
    def forget(self, installation: Installation) -> None:
        """Take away all views of an app that is gone."""
        self._homes = {
            key: view for key, view in self._homes.items() if not _is_of(view, installation)
        }
        self._stacks = {
            user: [view for view in stack if not _is_of(view, installation)]
            for user, stack in self._stacks.items()
        }

    def find(self, view_id: str) -> View | None:
        """Find an open modal or a Home tab by its id."""
        return next((view for view in self._all() if view.id == view_id), None)

    def find_external(self, external_id: str, *, installation: Installation) -> View | None:
        """Find one by the name the app gave it in this workspace."""
        own = (view for view in self._all() if _is_of(view, installation))
        named = (view for view in own if view.content.get("external_id") == external_id)
        return next(named, None) if external_id else None

    def _all(self) -> list[View]:
        modals = [view for stack in self._stacks.values() for view in stack]
        return [*modals, *self._homes.values()]

    @beats
    def _put(self, view: View) -> None:
        if view.type == "home":
            self._homes[view.user, view.app_id] = view
            return
        stack = self._stacks.get(view.user, [])
        self._stacks[view.user] = [view if one.id == view.id else one for one in stack]

    def _refuse_taken_name(self, content: Json, *, installation: Installation) -> None:
        external_id = content.get("external_id", "")
        if self.find_external(external_id, installation=installation) is not None:
            raise SlackError("duplicate_external_id")

    def _new_view(
        self,
        user: str,
        content: Json,
        *,
        installation: Installation,
        channel: str | None,
        below: View | None = None,
    ) -> View:
        view_id = f"V0{next(self._numbers):08d}"
        return View(
            id=view_id,
            user=user,
            app_id=installation.app.id,
            team_id=installation.team_id,
            bot_id=installation.bot_id,
            content=content,
            hash=self._new_hash(),
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
            channel=channel,
        )

    def _new_hash(self) -> str:
        return f"{int(self._now().timestamp())}.{secrets.token_hex(4)}"


def _is_of(view: View, installation: Installation) -> bool:
    return view.bot_id == installation.bot_id


def _kept(view: View, content: Json) -> Json:
    """Give what stood in the fields that the new content still has, be it by the bot's own hand.

    So another initial value changes nothing where `block_id` and `action_id` stay.

    Source: as reported in slackapi/bolt-js#290 and bolt-python#1064; no page says it.
    """
    stood = form_state(view.blocks, entered=view.state, channel=view.channel)
    ids = {block.get("block_id") for block in content["blocks"]}
    return {
        block_id: {
            action_id: held
            for action_id, held in inside.items()
            if action_id in view.state.get(block_id, {}) or value_of(held)
        }
        for block_id, inside in stood.items()
        if block_id in ids
    }
