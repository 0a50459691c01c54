"""A provider for JARAI with a raw server, for what no local JARAI would answer."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.core.production import Job
from bot.providers.jarai import JaraiProvider
from tests.faults.raw_server import Behaviour
from tests.unit.providers.hands import Hands, Memory
from tests.unit.providers.jarai.samples import (
    ACCOUNT,
    PRODUCTION,
    build_request,
    build_settings,
)
from tests.unit.providers.raw_bench import Bench, raw_bench

CORRELATED = "X-Correlation-Id: corr-7"
PATH = f"/v1/partner/accounts/{ACCOUNT}/productions/{PRODUCTION}"


def bench_of(
    behaviour: Behaviour, **settings: Any
) -> AbstractAsyncContextManager[Bench[JaraiProvider]]:
    """Start a server that behaves so, and a provider for it."""

    def make(url: str, time: Hands) -> JaraiProvider:
        about = build_settings(**({"base_url": url} | settings))
        return JaraiProvider(about, clock=time, remembered=Memory(time))

    return raw_bench(behaviour, make, fill=build_request, key="key-1")


def job(**handle: Any) -> Job:
    """Give the sample job."""
    return Job(job_id=PRODUCTION, handle={"account_id": ACCOUNT, "status_url": None} | handle)


def error(code: str, wait: int | None = None) -> bytes:
    """Write an error body."""
    return json.dumps({"error": code, "message": "Words.", "retryAfterSeconds": wait}).encode()
