"""What a finished job consists of: the result, and what comes with it."""

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import lru_cache

from twin import files
from twin.blobs import Blob
from twin.narakeet.catalogue import FORMATS
from twin.narakeet.model import Job, Source, Speech
from twin.narakeet.settings import Settings

LONGEST_FILE_S = 30
"""Longer results say their length and are cut to this, so that files stay small."""

MOST_SCENES = 100
"""As many files has a batch; the others are left out."""

_SOUNDS: Mapping[str, Callable[..., bytes]] = {
    "mp3": files.mp3,
    "m4a": files.m4a,
    "wav": files.wav,
}


def files_of(job: Job, *, settings: Settings) -> dict[str, Blob]:
    """Give a job's files by label: `result`, `poster`, `srt`, `vtt`.

    Names of results are the vendor's: its command line saves under the link's last part.
    """
    if isinstance(job.wish, Speech):
        return _of_speech(job, job.wish)
    return _of_video(job, job.wish, settings=settings)


def _of_video(job: Job, _: Source, *, settings: Settings) -> dict[str, Blob]:
    content = _video(job.task_id, _cut_s(job), settings.result_bytes)
    found = {"result": Blob(file_name="result.mp4", content_type="video/mp4", content=content)}
    if settings.with_poster:
        found["poster"] = Blob(
            file_name="poster.jpg", content_type="image/jpeg", content=files.jpg(job.task_id)
        )
    return found | (_subtitles(job) if settings.with_subtitles else {})


def _of_speech(job: Job, wish: Speech) -> dict[str, Blob]:
    if wish.accept == "zip":
        content = _batch(job.task_id, wish.format, wish.scenes)
        return {
            "result": Blob(file_name="result.zip", content_type="application/zip", content=content)
        }
    blob = Blob(
        file_name=f"result.{wish.format}",
        content_type=FORMATS[wish.format],
        content=sound(wish.format, seed=job.task_id, seconds=_cut_s(job)),
    )
    return {"result": blob} | (_subtitles(job) if wish.accept == "json+vtt" else {})


def sound(kind: str, *, seed: str, seconds: int) -> bytes:
    """Make an audio file, no longer than LONGEST_FILE_S."""
    return _SOUNDS[kind](seed, seconds=min(seconds, LONGEST_FILE_S))


def _subtitles(job: Job) -> dict[str, Blob]:
    return {
        "srt": Blob(
            file_name="result.srt",
            content_type="application/x-subrip",
            content=files.srt(job.task_id),
        ),
        "vtt": Blob(
            file_name="result.vtt", content_type="text/vtt", content=files.vtt(job.task_id)
        ),
    }


def _cut_s(job: Job) -> int:
    return min(job.seconds or 1, LONGEST_FILE_S)


@lru_cache(maxsize=2)
def _video(seed: str, seconds: int, filling_bytes: int) -> bytes:
    """Make a video once, because a test may want it large and ask for it in many parts."""
    return files.mp4(seed, seconds=seconds, filling_bytes=filling_bytes)


def _batch(seed: str, kind: str, scenes: int) -> bytes:
    """Pack a file for each scene; the same bytes at every call, so entries have no date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(1, min(scenes, MOST_SCENES) + 1):
            content = sound(kind, seed=f"{seed}/{number}", seconds=1)
            archive.writestr(zipfile.ZipInfo(f"{number:03d}.{kind}"), content)
    return packed.getvalue()
