"""Every error that the services' documents name, word for word, and what it must mean to us.

Sources: JARAI's developer portal, error handling and rate limits; TechForge's API pages and the
overview of v1.0.0; Narakeet's REST and text to speech pages and the vendor's clients; seen
2026-11-22. Where a page names a case but no status or no body, every likely one stands here.
"""

import json
from dataclasses import dataclass, field
from typing import Literal

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


def _jarai(code: str, message: str = "No.", wait_s: int | None = None) -> str:
    return json.dumps({"error": code, "message": message, "retryAfterSeconds": wait_s})


_EVERYWHERE = ("LOOK", "FILES", "FORM", "CANCEL", "SUBMIT")
_SUBMIT = ("SUBMIT",)
_GATEWAY = '{"statusCode": 401, "message": "Access denied due to invalid subscription key."}'
JARAI = {
    "no key": Said(
        status=401, body=_jarai("UNAUTHORIZED"), means="auth", code="UNAUTHORIZED", at=_EVERYWHERE
    ),
    "the gateway's own words": Said(
        status=401, body=_GATEWAY, means="auth", code="unauthorized", at=_EVERYWHERE
    ),
    "partner off": Said(
        status=403,
        body=_jarai("PARTNER_NOT_ACTIVE"),
        means="auth",
        code="PARTNER_NOT_ACTIVE",
        at=_EVERYWHERE,
    ),
    "scope missing": Said(
        status=403,
        body=_jarai("PERMISSION_DENIED"),
        means="auth",
        code="PERMISSION_DENIED",
        at=_EVERYWHERE,
    ),
    "too large": Said(status=413, body="", means="refused", code="too_large", at=_SUBMIT),
    "minute over": Said(
        status=429,
        body=_jarai("RATE_LIMIT_EXCEEDED", wait_s=37),
        means="wait",
        code="RATE_LIMIT_EXCEEDED",
        at=_EVERYWHERE,
        wait_s=37,
    ),
    "day over": Said(
        status=429,
        body=_jarai("RATE_LIMIT_EXCEEDED", wait_s=50_400),
        means="wait",
        code="RATE_LIMIT_EXCEEDED",
        at=_EVERYWHERE,
        wait_s=50_400,
    ),
    "internal": Said(
        status=500,
        body=_jarai("INTERNAL_ERROR"),
        means="fault",
        code="INTERNAL_ERROR",
        at=_EVERYWHERE,
    ),
    "maintenance": Said(
        status=503,
        body=_jarai("SERVICE_UNAVAILABLE"),
        means="fault",
        code="SERVICE_UNAVAILABLE",
        at=_EVERYWHERE,
    ),
    "bad request": Said(
        status=400,
        body=_jarai("INVALID_REQUEST", "topic is too long"),
        means="refused",
        code="INVALID_REQUEST",
        at=_SUBMIT,
    ),
    "foreign account": Said(
        status=403,
        body=_jarai("INSUFFICIENT_SCOPE"),
        means="refused",
        code="INSUFFICIENT_SCOPE",
        at=_SUBMIT,
    ),
    "account off": Said(
        status=403,
        body=_jarai("ACCOUNT_NOT_ACTIVE"),
        means="refused",
        code="ACCOUNT_NOT_ACTIVE",
        at=_SUBMIT,
    ),
    "budget, first gate": Said(
        status=409,
        body=_jarai("BUDGET_GATE_1_FAILED"),
        means="refused",
        code="BUDGET_GATE_1_FAILED",
        at=_SUBMIT,
    ),
    "budget, the gate that was cut off": Said(
        status=409,
        body=_jarai("BUDGET_GATE_2_FAILED"),
        means="refused",
        code="BUDGET_GATE_2_FAILED",
        at=_SUBMIT,
    ),
    "no such production": Said(
        status=404,
        body=_jarai("NOT_FOUND"),
        means="missing",
        code="job_missing",
        at=("LOOK", "CANCEL"),
    ),
    "too late to cancel": Said(
        status=409, body=_jarai("CONFLICT"), means="refused", code="too_late", at=("CANCEL",)
    ),
    "no files yet": Said(
        status=404, body=_jarai("NOT_FOUND"), means="no files", code=None, at=("FILES",)
    ),
    "not ready": Said(
        status=409, body=_jarai("NOT_READY"), means="no files", code=None, at=("FILES",)
    ),
}

_API = ("FORM", "TOKEN", "SUBMIT")
_FORBIDDEN = '{"message": "Forbidden"}'
_HTTPS = '{"error": "zip-url repository must start with https://"}'
NARAKEET = {
    "bad key": Said(status=403, body=_FORBIDDEN, means="auth", code="forbidden", at=_API),
    "bad key, as others describe it": Said(
        status=401, body=_FORBIDDEN, means="auth", code="forbidden", at=_API
    ),
    "bad repository": Said(
        status=400, body=_HTTPS, means="refused", code="invalid_request", at=_SUBMIT
    ),
    "text too long": Said(
        status=413, body='"too long"', means="refused", code="too_large", at=_SUBMIT
    ),
    "unknown voice": Said(
        status=400, body="no such voice", means="refused", code="invalid_request", at=_SUBMIT
    ),
    "no credits": Said(
        status=402, body='{"error": "credits"}', means="refused", code="no_credits", at=_SUBMIT
    ),
    "quota": Said(
        status=429,
        body='{"message": "Too Many Requests"}',
        means="wait",
        code="rate_limited",
        at=_API,
    ),
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

_WORKER = ("LOOK", "FILES", "FORM", "OPEN", "SUBMIT", "RETRY")
_NEST = '{"statusCode": 401, "message": "Unauthorized"}'
TECHFORGE = {
    "job not found": Said(
        status=200,
        body='{"message": "Job not found"}',
        means="missing",
        code="job_missing",
        at=("LOOK", "FILES"),
    ),
    "no job to take up": Said(
        status=200,
        body='{"message": "No job found"}',
        means="refused",
        code="job_missing",
        at=("RETRY",),
    ),
    "no job to take up, 201": Said(
        status=201,
        body='{"message": "No job found"}',
        means="refused",
        code="job_missing",
        at=("RETRY",),
    ),
    "project of others": Said(
        status=400,
        body='{"statusCode": 400, "message": ["template not found"]}',
        means="refused",
        code="invalid",
        at=_SUBMIT,
    ),
    "invalid": Said(
        status=400, body='{"error": "bad"}', means="refused", code="invalid", at=_SUBMIT
    ),
    "no key": Said(status=401, body=_NEST, means="auth", code="unauthorized", at=_WORKER),
    "project gone": Said(status=404, body="", means="refused", code="project_gone", at=("FIELDS",)),
    "job gone": Said(status=404, body="", means="missing", code="job_missing", at=("LOOK",)),
    "file gone": Said(
        status=404, body="", means="refused", code="deliverable_missing", at=("OPEN",)
    ),
    "slow down": Said(status=429, body="", means="wait", code="rate_limited", at=_WORKER),
    "fault": Said(
        status=500, body='{"statusCode": 500}', means="fault", code="http_error", at=_WORKER
    ),
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
