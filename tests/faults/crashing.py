"""Serve as `greenlight serve` does, but die at a named point: `crashing.py <point>`.

The clock of this process is behind, as if it had died some time before the next one starts: a
message cut off on our side counts as settled at Slack only after a while.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any

from bot import app
from bot.cli import main
from bot.copies.transfer import Transfer
from bot.core.events import Command
from bot.notifier.loop import RECONCILE_AFTER_S
from bot.notifier.messenger import Messenger
from bot.productions import Productions
from bot.providers.jarai.provider import JaraiProvider
from bot.slack.thread_files import ThreadFiles
from storage.files import PART_BYTES
from storage.store import Store

AGO = timedelta(seconds=RECONCILE_AFTER_S + 5)


def _always(*_args: Any, **_kwargs: Any) -> bool:
    return True


def _is_reply(*_args: Any, **kwargs: Any) -> bool:
    return kwargs["thread_ts"] is not None


def _shows_review(_self: Messenger, _channel: str, _ts: str, message: Any) -> bool:
    # A quiet moment: no other call is under way that could be cut off as well.
    return "Awaiting approval" in message["text"]


def _approves(_self: Productions, _id: str, command: Command, **_kwargs: Any) -> bool:
    return command is Command.APPROVE


def _is_half_way(transfer: Transfer, _pieces: Any) -> bool:
    # One part of the file is on the disk by then, and the next one is being gathered.
    return transfer._size > PART_BYTES * 1.5


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where it ends.

    Attributes:
        owner: Class of the function that is wrapped.
        is_after: Whether the function has returned by then.
        is_it: Tells by the function's arguments whether this is the call.
        number: The signal.
    """

    owner: type
    name: str
    is_after: bool
    is_it: Callable[..., bool] = _always
    number: signal.Signals = signal.SIGKILL


POINTS = {
    "recorded": Point(owner=Store, name="record", is_after=True),
    "card_unsaved": Point(owner=Productions, name="card_posted", is_after=False),
    "submitting": Point(owner=JaraiProvider, name="submit", is_after=False),
    "accepted_unsaved": Point(owner=JaraiProvider, name="submit", is_after=True),
    "collecting": Point(owner=JaraiProvider, name="deliverables", is_after=True),
    "copying": Point(owner=Transfer, name="_read", is_after=True),
    "half_copied": Point(owner=Transfer, name="_read", is_after=True, is_it=_is_half_way),
    "copied_unsaved": Point(owner=Store, name="keep_copy", is_after=False),
    "uploaded": Point(owner=ThreadFiles, name="upload", is_after=True),
    "showing": Point(owner=ThreadFiles, name="show", is_after=False),
    "shown_unsaved": Point(owner=Store, name="keep_shares", is_after=False),
    "edit_unsaved": Point(owner=Messenger, name="edit", is_after=True, is_it=_shows_review),
    "reply_unsaved": Point(owner=Messenger, name="post", is_after=True, is_it=_is_reply),
    "decided": Point(owner=Productions, name="command", is_after=True, is_it=_approves),
    "hinted": Point(owner=Store, name="hint", is_after=True),
    "told_to_stop": Point(
        owner=JaraiProvider, name="submit", is_after=False, number=signal.SIGTERM
    ),
}


def arm(point: Point) -> None:
    """Put the end where it belongs."""
    original = getattr(point.owner, point.name)

    @wraps(original)
    async def ending(*args: Any, **kwargs: Any) -> Any:
        if not point.is_it(*args, **kwargs):
            return await original(*args, **kwargs)
        if not point.is_after:
            os.kill(os.getpid(), point.number)
        result = await original(*args, **kwargs)
        if point.is_after:
            os.kill(os.getpid(), point.number)
        return result

    setattr(point.owner, point.name, ending)


def a_while_ago() -> datetime:
    """Give a moment that is `AGO` before the present one."""
    return app.utc_now() - AGO


if __name__ == "__main__":
    arm(POINTS[sys.argv[1]])
    app.build = partial(app.build, clock=a_while_ago)
    main(["serve"])
