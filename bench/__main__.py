"""Run all benchmarks, bounded in time, and print their figures."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench.figures import Figure
from bench.follow import measure_follow
from bench.idle import measure_idle


async def _measure(productions: int, seconds: float) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        idle = await measure_idle(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        follow = await measure_follow(Path(folder), productions=productions, seconds=seconds)
    return [*idle, *follow]


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--productions", type=int, default=10_000, help="followed at 30 s each")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long lateness is measured")
    arguments = parser.parse_args()
    for figure in asyncio.run(_measure(arguments.productions, arguments.seconds)):
        print(figure.as_line())


if __name__ == "__main__":
    main()
