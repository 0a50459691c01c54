"""`python -m tests.mutants [word]`: break the program in small ways and see the tests notice.

With a word, only mutants whose name or file has it. Exits 1 where a mutant survives, where one no
longer fits the sources, or where its tests fail without it.
"""

import queue
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path

from tests.mutants.catalogue import CATALOGUE, rotten
from tests.mutants.mutant import Mutant
from tests.mutants.workshop import Run, Workshop, open_workshop

PROJECT = Path(__file__).resolve().parents[2]
WORKERS = 2
_WIDEST = 58


def main(words: Sequence[str]) -> int:
    """Try the chosen mutants and give the exit code."""
    chosen = [one for one in CATALOGUE if all(word in f"{one.name} {one.file}" for word in words)]
    problems = rotten(PROJECT)
    if problems or not chosen:
        _say(*(problems or ["no mutant has such a name or file"]))
        return 1
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mutants-")))
        shops = [
            stack.enter_context(open_workshop(PROJECT, folder / str(number)))
            for number in range(WORKERS)
        ]
        if not _are_healthy(shops[0], chosen):
            return 1
        survivors = _try_all(shops, chosen)
    _say(
        f"{len(chosen)} mutants, {len(chosen) - len(survivors)} killed, "
        f"{len(survivors)} survived, {time.monotonic() - started:.0f} s"
    )
    return 1 if survivors else 0


def _are_healthy(shop: Workshop, chosen: Sequence[Mutant]) -> bool:
    """See that the tests pass without any mutant: else their failing would prove nothing."""
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    run = shop.run(tests)
    if run.killer is not None or run.trouble is not None:
        _say("The tests fail without any mutant:", run.killer or run.trouble or "")
        return False
    _say(f"{len(tests)} tests pass without any mutant, {run.seconds:.0f} s")
    return True


def _try_all(shops: Sequence[Workshop], chosen: Sequence[Mutant]) -> list[Mutant]:
    """Try mutants, one in each workshop at a time, and give those that survived."""
    free: queue.SimpleQueue[Workshop] = queue.SimpleQueue()
    for shop in shops:
        free.put(shop)

    def attempt(mutant: Mutant) -> Run:
        shop = free.get()
        try:
            return shop.try_mutant(mutant)
        finally:
            free.put(shop)

    survivors = []
    with ThreadPoolExecutor(len(shops)) as pool:
        tried = {pool.submit(attempt, mutant): mutant for mutant in chosen}
        for done in as_completed(tried):
            mutant, run = tried[done], done.result()
            _say(_line(mutant, run))
            if run.killer is None:
                survivors.append(mutant)
    return survivors


def _line(mutant: Mutant, run: Run) -> str:
    told = f"killed by {run.killer}" if run.killer else f"SURVIVED in {mutant.file}: {mutant.why}"
    if run.trouble:
        told = f"SURVIVED, the tests did not run: {run.trouble}"
    return f"{mutant.name:<{_WIDEST}} {run.seconds:5.1f} s  {told}"


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
