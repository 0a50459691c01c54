"""From TechForge's JSON to our values; pure, and tolerant where the documents are silent.

Raises only `UnreadableError`. Current and older shapes are both taken: the pages of the API and the
overview of v1.0.0 describe the same service in two ways (docs.techforgeinnovate.com, seen
2026-11-21).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.events import News
from bot.core.production import Failure
from bot.providers.base import Observation
from bot.providers.reading import LARGEST_COUNT, UnreadableError, clean, read_items, read_text
from bot.providers.techforge.errors import said_by
from bot.providers.techforge.words import JOB_MISSING, NO_REASON, STATUS, plain_status

WORD_LIMIT = 40
NAME_LIMIT = 120
KEY_LIMIT = 160
CHOICE_LIMIT = 75
"""Slack takes no longer value in an option."""

MOST_PROJECTS = 500
MOST_FIELDS = 2000
"""No project is known to have as many; more is nonsense."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ODD_ID = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{8,64}")
"""An id as the overview of v1.0.0 may have had them; it does not say how they look."""

_TYPE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A template that jobs can be made from.

    Attributes:
        job_type: Its own, or an empty text where it names none.
    """

    project_id: str
    name: str
    job_type: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A field that a project's template is filled from.

    Attributes:
        name: The field's id, under which its value is sent.
        kind: `text`, `image`, `audio` or a kind that we do not know; in lower case.
        is_required: None where the project does not say, which is what is documented.
        is_askable: Whether a form can ask for it: its name would come back as it is.
    """

    name: str
    label: str
    kind: str
    is_required: bool | None = None
    is_askable: bool = True


def read_id(value: object) -> str | None:
    """Read an id, a UUID as far as is documented, in lower case then; None where it is none."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        return None
    return value.lower() if _UUID.fullmatch(value) else value


def read_pasted_id(text: str) -> str | None:
    """Find the job's id in what a person pasted: the id alone, or an address that holds it."""
    found = _UUID.findall(text)
    if found:
        return str(found[-1]).lower()
    alone = text.strip()
    return alone if _ODD_ID.fullmatch(alone) else None


def read_projects(body: Mapping[str, Any]) -> tuple[Project, ...]:
    """Read the projects that are active."""
    projects = (_project(item) for item in read_items(dict(body), "data", "projects", "items"))
    return tuple(one for one in projects if one is not None)[:MOST_PROJECTS]


def _project(item: Mapping[str, Any]) -> Project | None:
    project_id = read_id(item.get("projectId") or item.get("id"))
    job_type = item.get("projectType")
    if not isinstance(job_type, str) or not _TYPE.fullmatch(job_type):
        job_type = ""
    if project_id is None or len(project_id) + len(job_type) >= CHOICE_LIMIT:
        return None
    name = read_text(item, "projectName", "name", limit=NAME_LIMIT)
    return Project(
        project_id=project_id, name=name or f"Project {project_id[:8]}", job_type=job_type
    )


def read_fields_of(body: Mapping[str, Any]) -> tuple[Asked, ...]:
    """Read what a project has to be given, in the order in which it is listed."""
    data = body.get("data", body)
    fields = data.get("fields") if isinstance(data, dict) else None
    if not isinstance(fields, dict):
        raise UnreadableError("no fields")
    if len(fields) > MOST_FIELDS:
        raise UnreadableError("more fields than anybody can fill in")
    return tuple(_asked(name, field) for name, field in fields.items())


def _asked(name: str, field: Any) -> Asked:
    about = field if isinstance(field, dict) else {}
    required, shown = about.get("required"), clean(name, KEY_LIMIT)
    return Asked(
        name=shown,
        label=read_text(about, "label", "name", limit=NAME_LIMIT) or shown or "a field",
        kind=(read_text(about, "instructionType", limit=WORD_LIMIT) or "text").lower(),
        is_required=required if isinstance(required, bool) else None,
        # A name that would not survive being stored or shown cannot be sent back as it is.
        is_askable=bool(name) and shown == name,
    )


def read_credits(body: Mapping[str, Any]) -> float:
    """Read the balance; a number, or one written as a text, as job rows have it."""
    number = _number(body.get("credits"))
    if not math.isfinite(number):
        raise UnreadableError("no balance")
    return number


def _number(value: object) -> float:
    """Read a number, or one written as a text; not a number where it is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def is_job_missing(body: Mapping[str, Any]) -> bool:
    """Tell whether a sentence stands where a job would be, as it does with a status of 200."""
    message = read_text(body, "message")
    return read_job_id(body) is None and (message or "").rstrip(".").lower() == JOB_MISSING


def read_job_id(body: Mapping[str, Any]) -> str | None:
    """Read a job's id from its row, or from the answer to a submit; None where there is none."""
    job = body.get("job")
    inner = job if isinstance(job, dict) else {}
    named = (inner.get("uuid"), body.get("uuid"), body.get("jobId"), inner.get("jobId"))
    return next((found for one in named if (found := read_id(one)) is not None), None)


def read_word(body: Mapping[str, Any]) -> str | None:
    """Read a job's state in TechForge's own word; None where it says none."""
    job = body.get("job")
    inner = job if isinstance(job, dict) else {}
    return read_text({**body, **inner}, "job_status", "status", limit=WORD_LIMIT)


def read_observation(
    body: Mapping[str, Any],
    *,
    correlation_id: str | None,
    statuses: Mapping[str, News] = STATUS,
) -> Observation:
    """Read a look at a job; a word we do not know carries no news."""
    word = read_word(body)
    if word is None:
        raise UnreadableError("no status")
    news = statuses.get(plain_status(word))
    has_failed = news is News.FAILED
    failure = Failure(code=None, text=_reason(body), correlation_id=correlation_id)
    return Observation(
        news=news, word=word, failure=failure if has_failed else None, cost=_cost(body)
    )


def _cost(body: Mapping[str, Any]) -> str | None:
    """Say what a job has used up, a number written as a text (jobs-get page, seen 2026-11-21).

    Returns:
        Such as `12.5 credits`; None for nothing, since a row has that from the start.
    """
    number = _number(body.get("credit_used"))
    if not 0.01 <= number <= LARGEST_COUNT:  # noqa: PLR2004 - less would read as none.
        return None
    return "1 credit" if number == 1 else f"{number:,.2f}".rstrip("0").rstrip(".") + " credits"


def _reason(body: Mapping[str, Any]) -> str:
    """Look for a failed job's reason where it may be, since no document says where it is."""
    output = body.get("output")
    if isinstance(output, str):
        output = {"error": output}
    inner = output if isinstance(output, dict) else {}
    return said_by(inner, "error", "message") or said_by(body, "error", "message") or NO_REASON


def read_source(body: Mapping[str, Any]) -> str | None:
    """Read which project a job was submitted for; None where its row does not say."""
    sent = body.get("input")
    about = sent if isinstance(sent, dict) else {}
    return read_id(about.get("template_id")) or read_id(about.get("project_id"))
