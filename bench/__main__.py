"""Run all benchmarks, bounded in time, and print their figures."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench.copies import measure_copies
from bench.figures import Figure
from bench.follow import measure_follow
from bench.idle import measure_idle

SIZES = [10_000, 20_000, 30_000, 40_000]


async def _measure(sizes: list[int], seconds: float) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        idle = await measure_idle(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        follow = await measure_follow(Path(folder), sizes=sizes, seconds=seconds)
    return [*idle, *follow, *await _measure_copies()]


async def _measure_copies() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        return await measure_copies(Path(folder))


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--productions", type=int, nargs="+", default=SIZES, help="sizes to try, each at 30 s"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long lateness is measured")
    parser.add_argument(
        "what", nargs="?", choices=["all", "copies"], default="all", help="what to measure"
    )
    arguments = parser.parse_args()
    is_all = arguments.what == "all"
    measuring = _measure(arguments.productions, arguments.seconds) if is_all else _measure_copies()
    for figure in asyncio.run(measuring):
        print(figure.as_line())


if __name__ == "__main__":
    main()
