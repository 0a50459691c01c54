"""Files as a workspace keeps them: promised, received, finished, shown in places, deleted.

Nothing here knows of HTTP or of anybody's rights; see `api.methods.files` and `routes`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

KEPT_MOST_BYTES = 64 * 1024 * 1024
# Slack says that an upload URL does not live for ever, but not how long it does; this is ours.
TICKET_LIFE_S = 10 * 60

Stage = Literal["promised", "received", "finished", "deleted"]


@dataclass(frozen=True, kw_only=True)
class Share:
    """One message that shows a file."""

    channel: str
    ts: str
    thread_ts: str | None = None


@dataclass(frozen=True, kw_only=True)
class File:
    """One file.

    Attributes:
        user: Who uploaded it: a person, or an app's bot user.
        app_id: The app that uploaded it, or None for a person's.
        name: As uploaded; the title is what people read.
        snippet_type: The language of a snippet, or empty for an ordinary file.
        content: The bytes; None before they have come and after the file was deleted.
        apps: The apps that were given it in a form.
    """

    id: str
    team_id: str
    user: str
    app_id: str | None = None
    name: str
    title: str
    size_bytes: int
    created_at: datetime
    alt_txt: str = ""
    snippet_type: str = ""
    stage: Stage = "promised"
    content: bytes | None = None
    shares: tuple[Share, ...] = ()
    apps: frozenset[str] = frozenset()


class Files:
    """Keep every file of every workspace in memory, up to a limit in all.

    Args:
        now: The twin's moment, aware UTC.

    Attributes:
        most_bytes: The limit; bytes promised count as bytes held.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.most_bytes = KEPT_MOST_BYTES
        self._files: dict[str, File] = {}
        self._tickets: dict[str, str] = {}  # Ticket → file id.

    def has_room(self, size_bytes: int) -> bool:
        """Say whether so many bytes more can be kept, after dropping uploads nobody finished."""
        self._drop_stale()
        held = sum(one.size_bytes for one in self._files.values() if one.stage != "deleted")
        return held + size_bytes <= self.most_bytes

    def new_id(self) -> str:
        """Name a file as Slack does."""
        return f"F0{secrets.token_hex(5).upper()}"

    def promise(self, file: File) -> str:
        """Expect a file's bytes and give the ticket they must come with."""
        self._files[file.id] = file
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = file.id
        return ticket

    def awaited(self, ticket: str) -> File | None:
        """Find the file whose bytes a ticket stands for; None once used or too late."""
        self._drop_stale()
        return self._files.get(self._tickets.get(ticket, ""))

    def receive(self, ticket: str, content: bytes) -> None:
        """Take a file's bytes and use its ticket up."""
        file = self._files[self._tickets.pop(ticket)]
        self.put(replace(file, content=content, stage="received"))

    def put(self, file: File) -> File:
        """Keep a file, in place of its older self."""
        self._files[file.id] = file
        return file

    def find(self, file_id: str) -> File | None:
        """Find a file in any stage, deleted ones included."""
        return self._files.get(file_id)

    def finished(self, team_id: str) -> list[File]:
        """List a workspace's files that can be seen, newest first."""
        found = [
            one
            for one in self._files.values()
            if one.stage == "finished" and one.team_id == team_id
        ]
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    def add_share(self, file_id: str, share: Share) -> None:
        """Note that a message shows a file."""
        file = self._files[file_id]
        self.put(replace(file, shares=(*file.shares, share)))

    def give(self, file_id: str, app_id: str) -> None:
        """Let an app see a file that came with its form."""
        file = self._files[file_id]
        self.put(replace(file, apps=file.apps | {app_id}))

    def delete(self, file_id: str) -> None:
        """Drop a file's bytes; that there was one stays known."""
        self.put(replace(self._files[file_id], stage="deleted", content=None))

    def _drop_stale(self) -> None:
        """Forget promises whose time is over, and bytes that nobody came back for."""
        life = timedelta(seconds=TICKET_LIFE_S)
        self._files = {
            file_id: one
            for file_id, one in self._files.items()
            if one.stage in {"finished", "deleted"} or self.now() < one.created_at + life
        }
        known = self._files
        self._tickets = {ticket: one for ticket, one in self._tickets.items() if one in known}
