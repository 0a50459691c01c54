"""How many productions one `serve` follows at a 30 s interval, and how late its looks are saved.

Lateness is when a look was saved, less when it was due, less the time the service took to answer.
Beside it the same client asks the same service with no bot around it: the most there could be.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
from httpx_aiohttp import AiohttpTransport
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.figures import Figure, Histogram, between, quantile, read_histogram
from bench.process import SECRET_KEY, bot_settings, free_port, running, wait_until_ready
from bot.core.production import Attempt, Job, Production, ProductionRequest, State
from bot.database import open_to_serve
from bot.settings import read_settings
from storage.cipher import Cipher
from storage.codec import build_attempt, build_origin, build_production
from storage.engine import Database
from storage.tables import attempts, productions

INTERVAL_S = 30.0
LATENESS_LIMIT_S = 1.0
LATENESS = "greenlight_look_lateness_seconds"
RAW_SECONDS = 10.0
RAW_AT_ONCE = 128
ACCOUNT = "0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e901"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one number of productions did to one `serve`.

    Attributes:
        p50_s: Half of the looks were saved at most this late; p99_s likewise for 99 in 100.
        cores: CPU that `serve` used.
    """

    productions: int
    looks_per_s: float
    p50_s: float
    p99_s: float
    cores: float


async def measure_follow(folder: Path, *, sizes: Sequence[int], seconds: float) -> list[Figure]:
    """Follow more and more productions until looks come late; the last size that kept up counts."""
    provider_port = free_port()
    provider_url = f"http://127.0.0.1:{provider_port}"
    async with running("bench.provider", str(provider_port)):
        await wait_until_ready(provider_url, "/v1/x")
        raw_rate = await _raw_rate(provider_url)
        kept: Run | None = None
        for size in sizes:
            run = await _follow(folder, provider_url, size, seconds)
            if run.p99_s > LATENESS_LIMIT_S:
                break
            kept = run
    return _figures(kept, raw_rate) if kept is not None else []


def _figures(run: Run, raw_rate: float) -> list[Figure]:
    return [
        Figure(
            metric="followed_at_30s_sqlite",
            value=run.productions,
            unit="productions",
            baseline=round(raw_rate * INTERVAL_S),
        ),
        Figure(metric="look_lateness_p99", value=run.p99_s, unit="s", baseline=LATENESS_LIMIT_S),
        Figure(metric="look_lateness_p50", value=run.p50_s, unit="s"),
        Figure(metric="looks_per_second", value=run.looks_per_s, unit="1/s", baseline=raw_rate),
        Figure(metric="serve_cpu_while_following", value=run.cores, unit="cores"),
    ]


async def _follow(folder: Path, provider_url: str, size: int, seconds: float) -> Run:
    port = free_port()
    env = dict(bot_settings(folder / f"{size}.db", port=port, provider_url=provider_url))
    await _fill(env["DATABASE_URL"], size)
    async with running("bot", "serve", **env) as bot:
        lateness, cores = await _watch(bot.pid, f"http://127.0.0.1:{port}", seconds)
    run = Run(
        productions=size,
        looks_per_s=max(lateness.values()) / seconds,
        p50_s=quantile(lateness, 0.5),
        p99_s=quantile(lateness, 0.99),
        cores=cores,
    )
    print(run)
    return run


async def _watch(pid: int, url: str, seconds: float) -> tuple[Histogram, float]:
    await wait_until_ready(url)
    await asyncio.sleep(INTERVAL_S + 5.0)
    process = psutil.Process(pid)
    before, cpu = await _lateness(url), process.cpu_times()
    await asyncio.sleep(seconds)
    after, cpu_after = await _lateness(url), process.cpu_times()
    used_s = cpu_after.user + cpu_after.system - cpu.user - cpu.system
    return between(before, after), used_s / seconds


async def _lateness(url: str) -> Histogram:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/metrics")
        answer.raise_for_status()
    return read_histogram(answer.text, LATENESS)


async def _raw_rate(provider_url: str) -> float:
    """Ask as fast as the client can, for ten seconds; gives answers a second."""
    address = f"{provider_url}/v1/partner/accounts/{ACCOUNT}/productions/x"
    ends_at = time.monotonic() + RAW_SECONDS
    answers = 0

    async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=30.0) as client:

        async def ask() -> None:
            nonlocal answers
            while time.monotonic() < ends_at:
                await client.get(address)
                answers += 1

        await asyncio.gather(*(ask() for _ in range(RAW_AT_ONCE)))
    return answers / RAW_SECONDS


async def _fill(database_url: str, count: int) -> None:
    """Make a database with `count` productions under way, due evenly over one interval."""
    now = datetime.now(UTC)
    settings = read_settings(DATABASE_URL=database_url, SECRET_KEY=SECRET_KEY)
    database, _store = await open_to_serve(settings, now=now)
    try:
        await _insert(database, [_production(number, count, now) for number in range(count)])
    finally:
        await database.close()


def _production(number: int, count: int, now: datetime) -> Production:
    request = ProductionRequest(
        provider="jarai",
        topic=f"Benchmark {number}",
        team_id="T0BENCH",
        channel_id="C0BENCH",
        requester_id="U0BENCH",
        answers=(),
    )
    job = Job(job_id=f"00000000-0000-4000-8000-{number:012d}", handle={"account_id": ACCOUNT})
    return Production(
        id=f"B{number:05d}",
        version=1,
        state=State.PRODUCING,
        attempt=Attempt(number=1, request=request, started_at=now, job=job),
        created_at=now,
        state_since_at=now,
        thread_ts="1700000000.000100",
        card_ts="1700000000.000100",
        provider_word="Producing",
        due_at=now + timedelta(seconds=INTERVAL_S * number / count),
    )


async def _insert(database: Database, filled: list[Production]) -> None:
    rows = [
        build_production(one)
        | build_origin(one)
        | {"due_at": one.due_at, "hints": 0, "changed_at": one.created_at}
        | {"form_key": one.id, "fingerprint": one.id}
        for one in filled
    ]
    cipher = Cipher(SECRET_KEY)
    tries = [build_attempt(one.id, one.attempt, cipher=cipher) for one in filled]

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(productions.insert(), rows)
        await connection.execute(attempts.insert(), tries)

    await database.write(work)
