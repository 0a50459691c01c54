"""Every test says in a sentence what it claims."""

import ast

import pytest

from tests.house.tree import name_of, sources


def claims_of(path):
    """List a file's tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_function and node.name.startswith("test_"):
            yield node


TEST_FILES = [path for path in sources("tests") if path.name.startswith("test_")]


@pytest.mark.parametrize("path", TEST_FILES, ids=name_of)
def test_every_test_has_a_docstring(path):
    """The name is a claim, the docstring the claim as a sentence."""
    assert [node.name for node in claims_of(path) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", TEST_FILES, ids=name_of)
def test_no_test_sleeps(path):
    """A test that sleeps is slow on a good day and wrong on a bad one; 0 only lets others run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    sleeps = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sleep"
        and not (
            node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in (0, 3600)
        )
    ]
    assert sleeps == []
