"""Every mutant, and the check that none has rotted."""

from pathlib import Path

from tests.mutants.asking import ASKING
from tests.mutants.copying import COPYING
from tests.mutants.deciding import DECIDING
from tests.mutants.following import FOLLOWING
from tests.mutants.hearing import HEARING
from tests.mutants.joining import JOINING
from tests.mutants.keeping import KEEPING
from tests.mutants.mutant import Mutant, check
from tests.mutants.publishing import PUBLISHING
from tests.mutants.shaping import SHAPING
from tests.mutants.sharing import SHARING
from tests.mutants.telling import TELLING

CATALOGUE: tuple[Mutant, ...] = (
    *DECIDING,
    *KEEPING,
    *ASKING,
    *FOLLOWING,
    *TELLING,
    *HEARING,
    *JOINING,
    *COPYING,
    *PUBLISHING,
    *SHARING,
    *SHAPING,
)


def rotten(root: Path) -> list[str]:
    """Say which mutants no longer fit the sources under `root`, and why."""
    return [problem for mutant in CATALOGUE if (problem := check(mutant, root)) is not None]
