"""What a mutant is, and how it gets into a file and out again."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One breakage.

    Attributes:
        file: Path from the root of the project.
        before: Source that occurs exactly once in the file.
        after: What takes its place; the program still starts with it.
        why: What would go wrong for people.
        tests: Ids of the behaviour tests that must notice.
    """

    name: str
    file: str
    before: str
    after: str
    why: str
    tests: tuple[str, ...]


class RottenMutantError(Exception):
    """The source has changed, so that the mutant no longer says where it belongs."""


def mutate(mutant: Mutant, source: str) -> str:
    """Put a mutant into the source of its file.

    Raises:
        RottenMutantError: Its `before` does not occur exactly once, or it changes nothing.
    """
    times = source.count(mutant.before)
    if times != 1 or mutant.before == mutant.after:
        raise RottenMutantError(f"{mutant.name}: found {times} times in {mutant.file}")
    return source.replace(mutant.before, mutant.after)


def check(mutant: Mutant, root: Path) -> str | None:
    """Say what is wrong with a mutant; None where nothing is."""
    try:
        source = (root / mutant.file).read_text(encoding="utf-8")
        compile(mutate(mutant, source), mutant.file, "exec")
    except (RottenMutantError, OSError, SyntaxError) as error:
        return str(error)
    missing = [test for test in mutant.tests if not _exists(test, root)]
    return f"{mutant.name}: there is no test {missing[0]}" if missing else None


def _exists(test: str, root: Path) -> bool:
    """Tell whether a test's file is there and has a test of this name."""
    file, _, name = test.partition("::")
    path = root / file
    return path.is_file() and f"def {name.split('[')[0]}" in path.read_text(encoding="utf-8")
