"""A test that holds nothing to anything passes whatever happens: each one asserts, or asks something that does."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
HOLDS = frozenset({"raises", "warns", "fail", "waitUntil", "raise_for_status", "expect", "run_state_machine_as_test"})
"""What holds by itself, of pytest, pytest-qt, httpx, playwright and Hypothesis."""

_LOOKED_INTO = ("tests", "playwright", "hypothesis")


@dataclass(frozen=True)
class Function:
    """A function of a module of tests: whether it asserts or raises itself, and what of the tests it calls."""

    name: str
    asserts: bool
    calls: frozenset[str]

    def holds(self, helpers: frozenset[str]) -> bool:
        return self.asserts or not self.calls.isdisjoint(helpers)


def functions_in(text: str) -> Iterator[Function]:
    nodes = list(ast.walk(ast.parse(text)))
    mine = {each.name for each in nodes if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    for each in nodes:
        if isinstance(each, ast.ImportFrom) and (each.module or "").split(".")[0] in (
            "tests",
            "playwright",
            "hypothesis",
        ):
            mine |= {alias.asname or alias.name for alias in each.names}
    for each in nodes:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [node for statement in each.body for node in ast.walk(statement)]
            asserts = any(isinstance(node, ast.Assert | ast.Raise) for node in inside)
            given = {argument.arg for argument in (*each.args.args, *each.args.kwonlyargs)}
            yield Function(each.name, asserts, frozenset(_called(inside, mine | given)))


def _called(nodes: Sequence[ast.AST], known: set[str]) -> Iterator[str]:
    """Yields the methods that are called, whoever's, and the functions of tests; what the product does is no look."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=name)):
                yield name
            case ast.Call(func=ast.Name(id=name)) if name in known:
                yield name
            case _:
                pass


def without(functions: Iterable[Function]) -> list[str]:
    """Returns the tests that hold nothing, by themselves or by a helper; a name that two share holds if one does."""
    every = list(functions)
    found, helpers = HOLDS, [each for each in every if not each.name.startswith("test_")]
    while more := {each.name for each in helpers if each.holds(found)} - found:
        found |= more
    return [each.name for each in every if each.name.startswith("test_") and not each.holds(found)]


def test_every_test_holds_something() -> None:
    paths = sorted(TESTS.rglob("*.py"))

    assert len(paths) > 300
    assert without(each for path in paths for each in functions_in(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("body", "is_named"),
    [
        ("open_it()", True),
        ("check(open_it())", True),
        ("assert open_it()", False),
        ("with pytest.raises(KeyError):\n        open_it()", False),
        ("is_open()", False),
        ("through_another()", False),
    ],
)
def test_one_that_holds_nothing_is_named(body: str, *, is_named: bool) -> None:
    helpers = "def open_it(): return 1\ndef is_open():\n    assert open_it()\ndef through_another(): is_open()\n"
    others = [*functions_in("def check():\n    assert True")]  # a helper of another module, of the product's name

    found = without([*others, *functions_in(f"{helpers}def test_it():\n    {body}\n")])

    assert found == (["test_it"] if is_named else [])
