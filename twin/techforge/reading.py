"""Reading what clients send: every refusal names the field."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from twin.techforge.catalogue import (
    IMAGE_GENERATION,
    JOB_TYPES,
    WITH_MUSIC,
    Account,
    Project,
    find_project,
    find_prompt,
)
from twin.techforge.model import Wish
from twin.techforge.settings import Settings

DEEPEST = 64
MUSIC_VERSION = 2
COST_MOST = 1e9
ASSET_NAMES = ("image_url", "audio_url")

Body = Mapping[str, Any]


class InvalidBodyError(ValueError):
    """The body breaks a rule; the text is a sentence that names the field."""


@dataclass(frozen=True, kw_only=True)
class Update:
    """What an update overwrites; None leaves a thing as it is.

    Attributes:
        cost: Credits taken from the balance.
    """

    status: str | None
    output: dict[str, Any] | None
    cost: float


def read_object(raw: bytes, *, content_type: str) -> Body:
    """Read a JSON object.

    Raises:
        InvalidBodyError: Not declared as JSON, not JSON in UTF-8, no object, or absurdly deep.
    """
    if content_type != "application/json":
        raise InvalidBodyError("The body must be sent as application/json.")
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise InvalidBodyError("The body must be valid JSON in UTF-8.") from None
    if not isinstance(body, dict):
        raise InvalidBodyError("The body must be a JSON object.")
    if _is_deeper(body, DEEPEST):
        raise InvalidBodyError("The body is nested too deeply.")
    return body


def _refuse(word: str) -> float:
    raise ValueError(word)


def _finite(text: str) -> float:
    """Refuse numbers that would be answered as no JSON."""
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _is_deeper(value: object, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deeper(each, left - 1) for each in inner)


def read_wish(body: Body, *, account: Account, settings: Settings, now: datetime) -> Wish:
    """Read the body of a submit (docs.techforgeinnovate.com/api/jobs-v2, seen 2026-11-21).

    Fields that are not named there are kept for the worker, as the page says.

    Raises:
        InvalidBodyError: A field is wrong, or no project of the account was named.
    """
    job_type = body.get("job_type")
    if not isinstance(job_type, str) or job_type not in JOB_TYPES:
        raise InvalidBodyError(f"job_type must be one of {', '.join(JOB_TYPES)}.")
    _check_plain_fields(body)
    _check_values(body.get("values"), takes_list=settings.is_old)
    if has_music(job_type, body.get("version")):
        _check_music(body)
    project = _resolved(body, job_type=job_type, account=account)
    if settings.inactive_projects == "refuse" and not project.is_active(now):
        raise InvalidBodyError("The project is not active.")
    source_id = project.prompt_id if job_type == IMAGE_GENERATION else project.project_id
    return Wish(
        job_type=job_type,
        project_id=project.project_id,
        source_id=source_id or project.project_id,
        body=body,
    )


def has_music(job_type: str, version: object) -> bool:
    """Say whether the background music fields mean something for a job."""
    return job_type in WITH_MUSIC and version == MUSIC_VERSION


def _resolved(body: Body, *, job_type: str, account: Account) -> Project:
    """Find the project; `template_id` is looked at before `project_id`."""
    name = "project_id" if body.get("template_id") is None else "template_id"
    given = body.get(name)
    if not isinstance(given, str):
        raise InvalidBodyError("template_id or project_id must be a UUID.")
    find = find_prompt if job_type == IMAGE_GENERATION else find_project
    project = find(given, account=account)
    if project is None:
        raise InvalidBodyError(f"{name} could not be resolved.")
    return project


def _check_plain_fields(body: Body) -> None:
    version, session_id = body.get("version"), body.get("session_id")
    if version is not None and not is_number(version):
        raise InvalidBodyError("version must be a number.")
    if session_id is not None and not isinstance(session_id, str):
        raise InvalidBodyError("session_id must be a string.")


def _check_values(values: object, *, takes_list: bool) -> None:
    if values is None:
        return
    if takes_list and isinstance(values, list):
        if not all(isinstance(value, str) for value in values):
            raise InvalidBodyError("values must be strings.")
        return
    if not isinstance(values, dict):
        raise InvalidBodyError("values must be an object.")
    for name, value in values.items():
        if not isinstance(value, str) and not _is_asset(value):
            raise InvalidBodyError(f"values.{name:.60} must be a string or an asset object.")


def _is_asset(value: object) -> bool:
    """Take `{"image_url": …}` or `{"audio_url": …, "effects": […]}`."""
    if not isinstance(value, dict):
        return False
    urls = [value[name] for name in ASSET_NAMES if name in value]
    is_url = len(urls) == 1 and isinstance(urls[0], str)
    return is_url and isinstance(value.get("effects", []), list)


def _check_music(body: Body) -> None:
    music = body.get("background_music")
    if music is not None and not (isinstance(music, str) and music.startswith(("http:", "https:"))):
        raise InvalidBodyError("background_music must be a URL or null.")
    if not _is_within(body.get("background_volume"), most=1):
        raise InvalidBodyError("background_volume must be a number from 0 to 1.")
    if not _is_within(body.get("background_start"), most=math.inf):
        raise InvalidBodyError("background_start must be a number, 0 or more.")


def _is_within(value: Any, *, most: float) -> bool:
    return value is None or (is_number(value) and 0 <= value <= most)


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_ids(body: Body) -> list[str]:
    """Read which jobs a retry is for.

    Raises:
        InvalidBodyError: There is not one id, or something that is none.
    """
    ids = body.get("ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise InvalidBodyError("ids must be a list of at least one job's UUID.")
    return ids


def read_update(body: Body) -> Update:
    """Read what an update overwrites (docs.techforgeinnovate.com/api/jobs-update, seen 2026-11-21).

    Raises:
        InvalidBodyError: A field is wrong. Any word is a status.
    """
    status, output = body.get("job_status"), body.get("output")
    if status is not None and not isinstance(status, str):
        raise InvalidBodyError("job_status must be a string.")
    if output is not None and not isinstance(output, dict):
        raise InvalidBodyError("output must be an object.")
    cost = (output or {}).get("credit_used", 0)
    if not is_number(cost) or abs(cost) > COST_MOST:
        raise InvalidBodyError("output.credit_used must be a number.")
    return Update(status=status, output=output, cost=float(cost))
