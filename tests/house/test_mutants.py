"""The list of mutants fits the sources, so that `make mutants` says something."""

from pathlib import Path

import pytest

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.mutant import Mutant, RottenMutantError, check, mutate

ROOT = Path(__file__).resolve().parents[2]
LINE = "value = 1\n"


def make_mutant(**overrides):
    values = {
        "name": "two",
        "file": "one.py",
        "before": "= 1",
        "after": "= 2",
        "why": "",
        "tests": (),
    }
    return Mutant(**(values | overrides))


@pytest.mark.parametrize("mutant", CATALOGUE, ids=lambda mutant: mutant.name)
def test_mutant_fits_its_file_and_its_tests_exist(mutant):
    """What a mutant replaces stands exactly once in its file, and the tests it names exist."""
    assert check(mutant, ROOT) is None


def test_mutants_have_names_of_their_own_and_tests():
    """The table of results names each mutant, so no two share a name; each names a test."""
    assert len({mutant.name for mutant in CATALOGUE}) == len(CATALOGUE) >= 25
    assert [mutant.name for mutant in CATALOGUE if not mutant.tests] == []


def test_no_mutant_counts_on_the_house():
    """The tests of the table's totality, the diagram and the house are not about behaviour."""
    named = [test for mutant in CATALOGUE for test in mutant.tests]
    assert [test for test in named if "tests/house" in test or "decided_once" in test] == []


def test_mutating_replaces_the_one_place():
    """A mutant changes what it names and nothing else."""
    assert mutate(make_mutant(), LINE) == "value = 2\n"


@pytest.mark.parametrize("source", ["value = 3\n", LINE + LINE])
def test_mutant_that_does_not_fit_is_refused(source):
    """Where its line is gone, or stands twice, a mutant says so instead of doing something else."""
    with pytest.raises(RottenMutantError, match=r"one\.py"):
        mutate(make_mutant(), source)


def test_mutant_with_a_missing_test_is_refused(tmp_path):
    """A mutant whose test was renamed would seem to survive."""
    (tmp_path / "one.py").write_text(LINE)
    (tmp_path / "test_one.py").write_text("def test_it(): ...\n")
    assert check(make_mutant(tests=("test_one.py::test_it",)), tmp_path) is None
    assert check(make_mutant(tests=("test_one.py::test_gone",)), tmp_path) is not None
