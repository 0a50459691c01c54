"""What the local Narakeet remembers of each job; no HTTP and no clock in here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

QUEUED = "queued"
_VIDEO_MESSAGES = ("reading the script", "loading assets", "building scenes", "joining scenes")
_AUDIO_MESSAGES = ("reading the script", "speaking", "encoding")


class State(StrEnum):
    """Where a job stands; the service itself has no such words, only `finished` and `succeeded`."""

    BUILDING = "building"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a video's project comes from.

    Attributes:
        repository_type: `s3-zip` for an upload, `zip-url` or `github`.
        script: Path of the script inside the archive.
    """

    repository_type: str
    repository: str
    script: str


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What a text to speech call asked for, already checked.

    Attributes:
        voice: As it was asked for; None for the service's own choice.
        seconds: How long the reading takes.
        scenes: Parts of the text.
        accept: `json`, `json+vtt` for subtitles, or `zip` for a file for each scene.
    """

    format: str
    voice: str | None
    seconds: int
    scenes: int
    accept: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as the service sees it.

    Attributes:
        wish: A Source for a video, a Speech for an audio.
        steps_done: Steps completed, up to `steps`.
        seconds: Length of what is made, which is also its price; None until the script was read.
        message: What went wrong, once it failed.
        links: File's label → link, made when it succeeded.
        turn: Counts its moves, so that an appointment made earlier can tell it is out of date.
    """

    task_id: str
    account: str
    wish: Source | Speech
    created_at: datetime
    updated_at: datetime
    steps: int
    steps_done: int = 0
    state: State = State.BUILDING
    seconds: int | None = None
    message: str | None = None
    links: Mapping[str, str] | None = None
    turn: int = 0

    @property
    def is_video(self) -> bool:
        """Say whether it makes a video."""
        return isinstance(self.wish, Source)

    @property
    def percent(self) -> int:
        """Progress as the service tells it, 0 to 100."""
        return 100 * self.steps_done // self.steps

    @property
    def topic(self) -> str:
        """What people may call it; never the text itself."""
        if isinstance(self.wish, Source):
            return self.wish.script
        return f"{self.wish.voice or 'default voice'}, {self.wish.format}"

    def moved(self, *, at: datetime, **changes: Any) -> "Job":
        """Give the job as it is after a move."""
        return replace(self, updated_at=at, turn=self.turn + 1, **changes)


def progress_text(job: Job) -> str:
    """Say what is being done, as the service's `message` does."""
    if job.steps_done == 0:
        return QUEUED
    messages = _VIDEO_MESSAGES if job.is_video else _AUDIO_MESSAGES
    return messages[min(job.steps_done * len(messages) // job.steps, len(messages) - 1)]


def status_body(
    job: Job, *, links: Mapping[str, str], omit_finished: bool = False, mute: bool = False
) -> dict[str, Any]:
    """Write what a look at the job answers (REST page, poll for results, seen 2026-11-22).

    Poster, subtitles and duration are only in the vendor's clients.
    """
    if job.state is State.BUILDING:
        body: dict[str, Any] = {"percent": job.percent, "message": progress_text(job)}
        return body if omit_finished else {"finished": False} | body
    if job.state is State.FAILED:
        body = {"finished": True, "succeeded": False, "percent": job.percent}
        return body if mute else body | {"message": job.message}
    body = {"finished": True, "succeeded": True, "percent": 100, "message": "done"}
    body["result"] = links["result"]
    if job.is_video and "poster" in links:
        body["poster"] = links["poster"]
    subtitles = {name: links[name] for name in ("srt", "vtt") if name in links}
    if subtitles:
        body["subtitles"] = subtitles
    return body if job.is_video else body | {"durationInSeconds": job.seconds}
