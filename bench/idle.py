"""How long `serve` takes to be ready, and how much memory it holds while idle."""

import asyncio
from pathlib import Path

import psutil

from bench.figures import Figure
from bench.process import bot_settings, free_port, running, wait_until_ready

READY_LIMIT_S = 2.0
MEMORY_LIMIT_MB = 150.0
SETTLE_S = 5.0
STARTS = 3


async def measure_idle(folder: Path) -> list[Figure]:
    """Start it a few times on one database and weigh the last; medians are quoted."""
    provider_port, port = free_port(), free_port()
    provider_url = f"http://127.0.0.1:{provider_port}"
    env = bot_settings(folder / "idle.db", port=port, provider_url=provider_url)
    seconds: list[float] = []
    memory_mb = 0.0
    async with running("bench.provider", str(provider_port)):
        await wait_until_ready(provider_url, "/v1/x")
        for start in range(STARTS):
            async with running("bot", "serve", **env) as bot:
                seconds.append(await wait_until_ready(f"http://127.0.0.1:{port}"))
                if start == STARTS - 1:
                    await asyncio.sleep(SETTLE_S)
                    memory_mb = psutil.Process(bot.pid).memory_info().rss / 1e6
    ready_s = sorted(seconds)[STARTS // 2]
    return [
        Figure(metric="start_to_ready", value=ready_s, unit="s", baseline=READY_LIMIT_S),
        Figure(metric="idle_memory", value=memory_mb, unit="MB", baseline=MEMORY_LIMIT_MB),
    ]
