"""Functions and files stay small enough to be read at once."""

import ast

import pytest

from tests.house.tree import name_of, sources

LONGEST_FUNCTION = 50
LONGEST_FILE = 400


def lines_of(path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions_of(path):
    """List the functions of a file with their length in lines, decorators left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_files_are_short(path):
    """No file is longer than four hundred lines."""
    assert lines_of(path) <= LONGEST_FILE


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_functions_are_short(path):
    """No function is longer than fifty lines."""
    assert [found for found in functions_of(path) if found[1] > LONGEST_FUNCTION] == []
