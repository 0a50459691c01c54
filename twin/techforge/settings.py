"""How the local TechForge behaves where the documents are silent or a test wants it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from twin.switches import Check, Switches, one_of, whole

MEDIA_MOST_BYTES = 25 * 1024 * 1024
_FASTEST_PACE = 1_000_000


def _pace(value: object) -> bool:
    return value is None or (type(value) is int and 1 <= value <= _FASTEST_PACE)


@dataclass(frozen=True, kw_only=True)
class Settings(Switches):
    """Switches and durations; durations are seconds on the twin's clock.

    The defaults are what the current pages say, or where they say nothing the answer that lets a
    client rely on the least.

    Attributes:
        queued_s: Wait before a worker takes a job.
        starting_s: From STARTED to IN_PROGRESS.
        producing_s: From IN_PROGRESS to SUCCESS.
        link_s: Life of a signed link.
        hold_queue: No worker takes anything.
        shapes: `current` pages, or the `old` overview of v1.0.0.
        errors: Body of 400, 401, 404 and 429: `nest` (`statusCode`, `message`, `error`), `list`
            (the same with a list of messages), `message`, `error`, or bare `text`.
        created_row: Whether `job` in a submit's answer is the `whole` row or the `short` four
            documented fields.
        job_not_found: Status of a look at an unknown job; 200 is documented.
        trigger_not_found: Status of a retry of an unknown job.
        trigger_running: Whether a retry of a job that has not ended puts it on the queue again
            (`requeue`) or changes nothing (`ignore`).
        trigger_foreign: A retry reaches another account's jobs.
        trigger_costs: A retry costs as much as a first run.
        trigger_keeps_output: The last run's output stays in the row until the next is written.
        failed_costs: A run that fails costs as much as one that succeeds.
        without_credits: At a balance of 0 or less, submits are `accept`ed, accepted and then `fail`, or
            are answered `400` or `402`.
        inactive_projects: Whether a submit may name a project out of its dates: `refuse`, `accept`.
        missing_values: What a required field without a value does: `ignore`, `fail` (the job
            fails when a worker takes it), `refuse` (400 at the submit).
        required_flag: Mapping fields say `required`, which no document mentions.
        bad_media: What a file that cannot be used does: `fail`, `refuse`, `ignore`.
        outside_media: Files that are not on this machine are never fetched; whether they count as
            good (`believe`) or bad (`doubt`).
        media_most_bytes: Largest file.
        output: What a worker writes: the storage `key`, a signed `url`, `nested` keys under other
            names, or `none`.
        reason: Where a failed job says why: `none`, `output.error`, `output.message`, `error`,
            `message`.
        sign_without_path: Status of a signature asked for without a path.
        sign_unknown: Whether a key that is not there is signed all the same (`link`) or `404`.
        links: Signed links lead to `own`, or `foreign`, a host that is not ours.
        per_minute: Requests an account has in any 60 s; None for no limit.
        retry_after: A 429 says how long to wait.
    """

    queued_s: float = 10.0
    starting_s: float = 6.0
    producing_s: float = 120.0  # In all as long as the job in the documents' sample, 136 s.
    link_s: float = 600.0
    hold_queue: bool = False
    shapes: str = "current"
    errors: str = "nest"
    created_row: str = "whole"
    job_not_found: str = "200"
    trigger_not_found: str = "201"
    trigger_running: str = "requeue"
    trigger_foreign: bool = False
    trigger_costs: bool = True
    trigger_keeps_output: bool = True
    failed_costs: bool = False
    without_credits: str = "accept"
    inactive_projects: str = "refuse"
    missing_values: str = "ignore"
    required_flag: bool = False
    bad_media: str = "fail"
    outside_media: str = "believe"
    media_most_bytes: int = MEDIA_MOST_BYTES
    output: str = "key"
    reason: str = "none"
    sign_without_path: str = "200"
    sign_unknown: str = "link"
    links: str = "own"
    per_minute: int | None = None
    retry_after: bool = False

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "shapes": one_of("current", "old"),
        "errors": one_of("nest", "list", "message", "error", "text"),
        "created_row": one_of("whole", "short"),
        "job_not_found": one_of("200", "404"),
        "trigger_not_found": one_of("200", "201", "400", "404"),
        "trigger_running": one_of("requeue", "ignore"),
        "without_credits": one_of("accept", "fail", "400", "402"),
        "inactive_projects": one_of("refuse", "accept"),
        "missing_values": one_of("ignore", "fail", "refuse"),
        "bad_media": one_of("fail", "refuse", "ignore"),
        "outside_media": one_of("believe", "doubt"),
        "media_most_bytes": whole(lowest=1, highest=1024**3),
        "output": one_of("key", "url", "nested", "none"),
        "reason": one_of("none", "output.error", "output.message", "error", "message"),
        "sign_without_path": one_of("200", "400"),
        "sign_unknown": one_of("link", "404"),
        "links": one_of("own", "foreign"),
        "per_minute": (
            _pace,
            f"a whole number from 1 to {_FASTEST_PACE}, or null",
            {"type": ["integer", "null"], "minimum": 1, "maximum": _FASTEST_PACE},
        ),
    }

    @property
    def is_old(self) -> bool:
        """Answers have the shapes of the overview of v1.0.0."""
        return self.shapes == "old"
