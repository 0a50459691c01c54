"""Watching how much more memory a process holds than it did at first."""

import asyncio
import contextlib
from collections.abc import Awaitable
from pathlib import Path
from time import monotonic

import psutil

POLL_S = 0.01
_RESET_PEAK = "5"
"""What `/proc/PID/clear_refs` takes to forget the highest resident size (proc(5))."""


class Watch:
    """Watch a process's resident memory from now on.

    Linux keeps the peak itself, so that none falls between two samples; elsewhere only samples are
    taken, a hundred a second.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._folder = Path(f"/proc/{pid}")
        self._before = self._rss()
        self.seconds = 0.0

    async def growth_mb(self, work: Awaitable[None]) -> float:
        """Do something; gives how much more was held at the peak than in the beginning.

        How long it took is in `seconds` then.
        """
        self._forget_peak()
        started, peak = monotonic(), self._rss()
        task = asyncio.ensure_future(work)
        while not task.done():
            peak = max(peak, self._rss())
            await asyncio.wait({task}, timeout=POLL_S)
        await task
        self.seconds = monotonic() - started
        return (max(peak, self._kept_peak()) - self._before) / 1e6

    def _rss(self) -> int:
        return int(self._process.memory_info().rss)

    def _forget_peak(self) -> None:
        with contextlib.suppress(OSError):
            (self._folder / "clear_refs").write_text(_RESET_PEAK)

    def _kept_peak(self) -> int:
        """Read the peak that the system kept, in bytes; 0 where it keeps none."""
        with contextlib.suppress(OSError):
            for line in (self._folder / "status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        return 0
