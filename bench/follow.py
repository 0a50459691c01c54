"""How many productions one `serve` follows at a 30 s interval, and how late its looks are saved.

Lateness is when a look was saved, less when it was due, less the time the service took to answer.
Beside it the same client asks the same service with no bot around it: the most there could be.
"""

import asyncio
import time
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


async def measure_follow(folder: Path, *, productions: int, seconds: float) -> list[Figure]:
    """Follow `productions` for one interval to settle, then measure for `seconds`."""
    provider_port, port = free_port(), free_port()
    provider_url = f"http://127.0.0.1:{provider_port}"
    env = dict(bot_settings(folder, port=port, provider_url=provider_url))
    await _fill(env["DATABASE_URL"], productions)
    async with running("bench.provider", str(provider_port)):
        async with running("bot", "serve", **env) as bot:
            lateness, busy = await _watch(bot.pid, f"http://127.0.0.1:{port}", seconds)
        raw_rate = await _raw_rate(provider_url)
    looks = max(lateness.values())
    expected = productions / INTERVAL_S
    return [
        Figure(
            metric="followed_at_30s_sqlite",
            value=round(looks / seconds * INTERVAL_S),
            unit="productions",
            baseline=productions,
        ),
        Figure(
            metric="look_lateness_p99",
            value=quantile(lateness, 0.99),
            unit="s",
            baseline=LATENESS_LIMIT_S,
        ),
        Figure(metric="look_lateness_p50", value=quantile(lateness, 0.5), unit="s"),
        Figure(metric="looks_per_second", value=looks / seconds, unit="1/s", baseline=expected),
        Figure(metric="looks_per_second_without_bot", value=raw_rate, unit="1/s"),
        Figure(metric="serve_cpu_while_following", value=busy, unit="cores"),
    ]


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
