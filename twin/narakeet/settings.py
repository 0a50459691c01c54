"""How the local Narakeet behaves where the documents are silent or a test wants it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from twin.switches import Check, Switches, one_of, whole

UPLOAD_MOST_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Settings(Switches):
    """Switches and durations; durations are seconds on the twin's clock.

    Attributes:
        building_s: All steps of a video together.
        speaking_s: All steps of an audio together.
        steps: Steps of a job, and so how finely `percent` grows, 1 to 100.
        hold_builds: Nothing goes on, so jobs stay where they are.
        upload_s: Life of an upload token.
        status_s: Life of a status link.
        result_s: Life of a result link; 600 is documented in two places, a day in one.
        status_late_s: How long after a submit there is no status yet.
        status_missing: What it answers meanwhile: `404` or `403`.
        fresh_links: Every look at a finished job gives new links; else the first ones stay.
        omit_finished: `finished` is left out while a job goes on.
        mute_failures: A failure has no `message`.
        with_poster: Videos have a poster.
        with_subtitles: Videos have subtitles.
        bad_key: Status of a refused key, `403` or `401`.
        without_credits: An account with none is refused with `400`, `402` or `403`, or its job is
            accepted and `fails`.
        unknown_voice: `refused` with 400, or the job is accepted and `fails`.
        requests_per_day: The account's quota from 00:00 to 24:00 UTC.
        retry_after: 429 carries a Retry-After header, which no document names.
        text_bytes: Longest text that is not streamed; 1,024 KB today, 100 KB on older pages.
        upload_bytes: Largest upload.
        unpacked_bytes: Largest project, all files together.
        many_voices: `GET /voices` lists nine hundred more.
        result_bytes: How much larger than its pictures a video is.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "steps": whole(lowest=1, highest=100),
        "status_missing": one_of("404", "403"),
        "bad_key": one_of("403", "401"),
        "without_credits": one_of("400", "402", "403", "fails"),
        "unknown_voice": one_of("refused", "fails"),
        "requests_per_day": whole(lowest=0, highest=1_000_000),
        "text_bytes": whole(lowest=1, highest=1_024_000),
        "upload_bytes": whole(lowest=1, highest=UPLOAD_MOST_BYTES),
        "unpacked_bytes": whole(lowest=1, highest=4 * UPLOAD_MOST_BYTES),
        "result_bytes": whole(lowest=0, highest=UPLOAD_MOST_BYTES),
    }

    building_s: float = 120.0
    speaking_s: float = 20.0
    steps: int = 20
    hold_builds: bool = False
    upload_s: float = 900.0
    status_s: float = 86_400.0
    result_s: float = 600.0
    status_late_s: float = 0.0
    status_missing: str = "404"
    fresh_links: bool = False
    omit_finished: bool = False
    mute_failures: bool = False
    with_poster: bool = True
    with_subtitles: bool = True
    bad_key: str = "403"
    without_credits: str = "400"
    unknown_voice: str = "refused"
    requests_per_day: int = 86_400
    retry_after: bool = False
    text_bytes: int = 1_000_000
    upload_bytes: int = 256 * 1024 * 1024
    unpacked_bytes: int = 1024 * 1024 * 1024
    many_voices: bool = False
    result_bytes: int = 48 * 1024
