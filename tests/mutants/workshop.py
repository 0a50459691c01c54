"""A copy of the project in which mutants live, one at a time, while tests look for them."""

import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.mutant import Mutant, mutate

LIMIT_S = 180.0
"""Longest run of the tests of one mutant, in seconds; a mutant may well make them hang."""
_LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", "__pycache__", ".hypothesis", ".demo", "*.db*", "*.key", ".env"
)
_FAILED = 1
"""pytest's exit code where tests ran and one of them failed; anything else proves nothing."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What tests said.

    Attributes:
        killer: Id of the first test that failed; None where none did.
        trouble: The end of the output where the tests could not be run at all, else None.
    """

    killer: str | None
    trouble: str | None
    seconds: float


@dataclass(kw_only=True)
class Workshop:
    """One copy; only one mutant is in it at a time."""

    root: Path
    _stamps: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def try_mutant(self, mutant: Mutant) -> Run:
        """Run a mutant's tests with it in place."""
        with self._inside(mutant):
            return self.run(mutant.tests)

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests until one fails."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "--tb=no", "--no-header"]
        started = time.monotonic()
        try:
            done = subprocess.run(
                [*command, "-p", "no:cacheprovider", *tests],
                cwd=self.root,
                env=os.environ | {"PYTHONPATH": str(self.root), "COLUMNS": "400"},
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(killer="(ran out of time)", trouble=None, seconds=LIMIT_S)
        seconds = time.monotonic() - started
        killer = _killer(done.stdout) if done.returncode == _FAILED else None
        has_trouble = done.returncode not in {0, _FAILED}
        trouble = f"{done.stdout[-2000:]}{done.stderr[-500:]}" if has_trouble else None
        return Run(killer=killer, trouble=trouble, seconds=seconds)

    @contextmanager
    def _inside(self, mutant: Mutant) -> Iterator[None]:
        path = self.root / mutant.file
        source = path.read_text(encoding="utf-8")
        self._write(path, mutate(mutant, source))
        try:
            yield
        finally:
            self._write(path, source)

    def _write(self, path: Path, source: str) -> None:
        """Write a source with a moment of its own, or Python might run what it compiled before."""
        path.write_text(source, encoding="utf-8")
        stamp = next(self._stamps)
        os.utime(path, (stamp, stamp))


def _killer(output: str) -> str:
    failed = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return failed[0].split(" ")[1] if failed else "(a test that is not named)"


@contextmanager
def open_workshop(project: Path, folder: Path) -> Iterator[Workshop]:
    """Copy the project into an empty folder, and throw the copy away afterwards."""
    root = folder / "copy"
    shutil.copytree(project, root, ignore=_LEFT_BEHIND)
    try:
        yield Workshop(root=root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
