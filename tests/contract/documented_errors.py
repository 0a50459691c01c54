"""Every error that the services' documents name, word for word, and what it must mean to us.

Sources: JARAI's developer portal, error handling and rate limits; TechForge's API pages and the
overview of v1.0.0; Narakeet's REST and text to speech pages and the vendor's clients; seen
2026-11-22. Where a page names a case but no status or no body, every likely one stands here.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Meaning = Literal["auth", "refused", "wait", "fault", "missing", "no files"]
"""`auth`: a person must see to the key. `refused`: waiting does not help. `wait`: a 429. `fault`:
the service's own. `missing`: there is no such job. `no files`: none yet."""

ASKED = ("LOOK", "SUBMIT")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One documented answer.

    Attributes:
        code: What we make of it; the service's own word where it has one.
        at: The calls it is documented for, by the keys of a bench's `matches`.
        wait_s: What a `wait` asks for; None where the answer does not say.
        headers: By name, with `_` for `-`.
    """

    status: int
    body: str
    means: Meaning
    code: str | None
    at: tuple[str, ...] = ASKED
    wait_s: float | None = None
    headers: dict[str, str] = field(default_factory=dict)


SAMPLES = Path(__file__).parents[1] / "samples"


def _said(sample: str, **more: Any) -> Said:
    """Take an answer from a sample, whose name ends with its status."""
    body = (SAMPLES / f"{sample}.json").read_text(encoding="utf-8")
    return Said(status=int(sample.rpartition("_")[2]), body=body, **more)


_SUBMIT = ("SUBMIT",)
_EVERYWHERE = ("LOOK", "FILES", "FORM", "CANCEL", "SUBMIT")
_API = ("FORM", "TOKEN", "SUBMIT")
_WORKER = ("LOOK", "FILES", "FORM", "OPEN", "SUBMIT", "RETRY")

JARAI = {
    "no key": _said(
        "jarai/error_unauthorized_401", means="auth", code="UNAUTHORIZED", at=_EVERYWHERE
    ),
    "the gateway's own words": _said(
        "jarai/error_gateway_401", means="auth", code="unauthorized", at=_EVERYWHERE
    ),
    "partner off": _said(
        "jarai/error_partner_not_active_403",
        means="auth",
        code="PARTNER_NOT_ACTIVE",
        at=_EVERYWHERE,
    ),
    "scope missing": _said(
        "jarai/error_permission_denied_403", means="auth", code="PERMISSION_DENIED", at=_EVERYWHERE
    ),
    "too large": Said(status=413, body="", means="refused", code="too_large", at=_SUBMIT),
    "minute over": _said(
        "jarai/error_rate_429",
        means="wait",
        code="RATE_LIMIT_EXCEEDED",
        at=_EVERYWHERE,
        wait_s=37,
    ),
    "day over": _said(
        "jarai/error_day_429",
        means="wait",
        code="RATE_LIMIT_EXCEEDED",
        at=_EVERYWHERE,
        wait_s=50400,
    ),
    "internal": _said(
        "jarai/error_internal_error_500", means="fault", code="INTERNAL_ERROR", at=_EVERYWHERE
    ),
    "maintenance": _said(
        "jarai/error_service_unavailable_503",
        means="fault",
        code="SERVICE_UNAVAILABLE",
        at=_EVERYWHERE,
    ),
    "bad request": _said(
        "jarai/error_invalid_request_400", means="refused", code="INVALID_REQUEST", at=_SUBMIT
    ),
    "foreign account": _said(
        "jarai/error_insufficient_scope_403", means="refused", code="INSUFFICIENT_SCOPE", at=_SUBMIT
    ),
    "account off": _said(
        "jarai/error_account_not_active_403", means="refused", code="ACCOUNT_NOT_ACTIVE", at=_SUBMIT
    ),
    "budget, first gate": _said(
        "jarai/error_budget_409",
        means="refused",
        code="BUDGET_GATE_1_FAILED",
        at=_SUBMIT,
    ),
    "budget, the gate that was cut off": _said(
        "jarai/error_budget_gate_2_failed_409",
        means="refused",
        code="BUDGET_GATE_2_FAILED",
        at=_SUBMIT,
    ),
    "no such production": _said(
        "jarai/error_not_found_404", means="missing", code="job_missing", at=("LOOK", "CANCEL")
    ),
    "too late to cancel": _said(
        "jarai/error_conflict_409", means="refused", code="too_late", at=("CANCEL",)
    ),
    "no files yet": _said("jarai/error_not_found_404", means="no files", code=None, at=("FILES",)),
    "not ready": _said("jarai/error_not_ready_409", means="no files", code=None, at=("FILES",)),
}

NARAKEET = {
    "bad key": _said("narakeet/error_gateway_403", means="auth", code="forbidden", at=_API),
    "bad key, as others describe it": _said(
        "narakeet/error_key_401", means="auth", code="forbidden", at=_API
    ),
    "bad repository": _said(
        "narakeet/error_repository_400", means="refused", code="invalid_request", at=_SUBMIT
    ),
    "text too long": Said(
        status=413, body='"too long"', means="refused", code="too_large", at=_SUBMIT
    ),
    "unknown voice": Said(
        status=400, body="no such voice", means="refused", code="invalid_request", at=_SUBMIT
    ),
    "no credits": _said(
        "narakeet/error_no_credits_402", means="refused", code="no_credits", at=_SUBMIT
    ),
    "quota": _said("narakeet/error_quota_429", means="wait", code="rate_limited", at=_API),
    "quota with a header": Said(
        status=429,
        body="",
        means="wait",
        code="rate_limited",
        at=_API,
        wait_s=37,
        headers={"Retry_After": "37"},
    ),
    "fault": Said(status=500, body="", means="fault", code="http_error", at=(*_API, "LOOK")),
    "gateway": Said(
        status=502, body="<html>", means="fault", code="http_error", at=(*_API, "LOOK")
    ),
    "closed": Said(status=503, body="", means="fault", code="unavailable", at=(*_API, "LOOK")),
    "gateway waited too long": Said(
        status=504, body="", means="fault", code="http_error", at=(*_API, "LOOK")
    ),
}

TECHFORGE = {
    "job not found": _said(
        "techforge/job_not_found_200", means="missing", code="job_missing", at=("LOOK", "FILES")
    ),
    "no job to take up": _said(
        "techforge/trigger_not_found_200", means="refused", code="job_missing", at=("RETRY",)
    ),
    "no job to take up, 201": _said(
        "techforge/trigger_not_found_201",
        means="refused",
        code="job_missing",
        at=("RETRY",),
    ),
    "project of others": _said(
        "techforge/error_project_of_others_400", means="refused", code="invalid", at=_SUBMIT
    ),
    "invalid": _said("techforge/error_invalid_400", means="refused", code="invalid", at=_SUBMIT),
    "no key": _said("techforge/error_401", means="auth", code="unauthorized", at=_WORKER),
    "project gone": Said(status=404, body="", means="refused", code="project_gone", at=("FIELDS",)),
    "job gone": Said(status=404, body="", means="missing", code="job_missing", at=("LOOK",)),
    "file gone": Said(
        status=404, body="", means="refused", code="deliverable_missing", at=("OPEN",)
    ),
    "slow down": Said(status=429, body="", means="wait", code="rate_limited", at=_WORKER),
    "fault": _said("techforge/error_fault_500", means="fault", code="http_error", at=_WORKER),
    "closed": Said(status=503, body="", means="fault", code="unavailable", at=_WORKER),
}


def _titlecard(code: str) -> str:
    return json.dumps({"code": code, "message": "No."})


TITLECARD = {
    "no key": Said(
        status=401, body=_titlecard("KEY"), means="auth", code="KEY", at=("FORM", *ASKED)
    ),
    "no such style": Said(
        status=422, body=_titlecard("STYLE"), means="refused", code="STYLE", at=_SUBMIT
    ),
    "not broken": Said(
        status=409, body=_titlecard("NOT_BROKEN"), means="refused", code="NOT_BROKEN", at=("RETRY",)
    ),
    "no such clip": Said(
        status=404, body=_titlecard("UNKNOWN"), means="missing", code="job_missing", at=("LOOK",)
    ),
    "slow down": Said(
        status=429,
        body=_titlecard("SLOW_DOWN"),
        means="wait",
        code="SLOW_DOWN",
        at=(*ASKED, "RETRY"),
        wait_s=37,
        headers={"Retry_After": "37"},
    ),
}
