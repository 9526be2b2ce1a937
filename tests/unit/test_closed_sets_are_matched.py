"""Members of a closed set are told apart by `match` or a table, which the type checker holds to be whole."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPEN = {
    "PoolMove": "moves whose ways are a table; two are apart, beside it",
    "Named": "keys, of which a page knows some",
    "Fault": "what goes wrong, of which each place plays some",
    "FactKind": "kinds, of which a judge looks at some",
}


@cache
def product() -> dict[str, ast.Module]:
    """Returns the product's modules by their paths."""
    paths = chain.from_iterable((ROOT / package).rglob("*.py") for package in ("boxoffice", "sync"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in paths}


def enums_of(trees: Sequence[ast.Module]) -> set[str]:
    classes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {each.name for each in classes if any(ast.unparse(base).endswith("Enum") for base in each.bases)}


def branches_of(body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """Yields what the branches of a block ask, one after another, `elif` included."""
    for each in body:
        if isinstance(each, ast.If):
            yield each.test
            yield from branches_of(each.orelse[:1] if len(each.orelse) == 1 else ())


def asked(test: ast.expr, enums: set[str]) -> tuple[str, str] | None:
    """Returns which enum is asked for, of what."""
    match test:
        case ast.Compare(
            left=left,
            ops=[ast.Is() | ast.Eq()],
            comparators=[ast.Attribute(value=ast.Name(id=name))],
        ) if name in enums and name not in OPEN:
            return name, ast.unparse(left)
        case _:
            return None


def chains_in(tree: ast.Module, enums: set[str]) -> Iterator[str]:
    """Yields where one value is asked for two members of its enum, one after the other."""
    blocks = (getattr(node, name, ()) for node in ast.walk(tree) for name in ("body", "orelse"))
    for body in (each for each in blocks if isinstance(each, list)):
        of = Counter(found for test in branches_of(body) if (found := asked(test, enums)) is not None)
        yield from (f"{body[0].lineno}: {what} by {enum}" for (enum, what), times in of.items() if times > 1)


def unions_of(trees: Sequence[ast.Module]) -> dict[str, frozenset[str]]:
    """Returns the members of each union that has a name: a closed set of classes."""
    named = (
        (each.targets[0].id, each.value)
        for tree in trees
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and isinstance(each.value, ast.BinOp)
    )
    members = {name: frozenset(ast.unparse(value).split(" | ")) for name, value in named}
    return {name: kinds for name, kinds in members.items() if all(re.fullmatch(r"[A-Z]\w+", kind) for kind in kinds)}


def classes_asked(function: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """Yields what a function asks whether it is of some classes, and of which."""
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[what, kinds]):
                yield ast.unparse(what), frozenset(re.findall(r"\w+", ast.unparse(kinds)))
            case _:
                pass


def asked_again(tree: ast.Module, unions: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yields where a function asks one value more than once which member of its union it is."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        times = Counter(
            (what, union)
            for what, kinds in classes_asked(function)
            for union, members in unions.items()
            if kinds & members
        )
        yield from (f"{function.lineno}: {what} by {union}" for (what, union), count in times.items() if count > 1)


def test_no_chain_of_branches_tells_members_of_an_enum_apart() -> None:
    trees = product()
    enums = enums_of(list(trees.values()))

    found = [f"{path}:{place}" for path, tree in trees.items() for place in chains_in(tree, enums)]

    assert found == []


def test_no_chain_of_isinstance_tells_members_of_a_union_apart() -> None:
    trees = product()
    unions = unions_of(list(trees.values()))

    found = [f"{path}:{place}" for path, tree in trees.items() for place in asked_again(tree, unions)]

    assert {"TenderOutcome", "TillState", "Decision", "Effect", "Change"} <= unions.keys()
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "if order.state is State.A:\n    pass\nelif order.state is State.B:\n    pass\nelse:\n    pass",
        "def f(s):\n    if s is State.A:\n        return 1\n    if s is State.B:\n        return 2\n    return 3",
    ],
)
def test_a_planted_chain_is_found(text: str) -> None:
    assert list(chains_in(ast.parse(text), {"State"}))


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    if isinstance(x, Paid):\n        g()\n    if isinstance(x, (Sent, Lost)):\n        h()",
        "def f(x):\n    y = 1 if isinstance(x, Paid) else 2\n    return y if isinstance(x, Paid | Lost) and x else 0",
    ],
)
def test_a_planted_chain_of_isinstance_is_found(text: str) -> None:
    assert list(asked_again(ast.parse(text), unions_of([ast.parse("State = Paid | Sent | Lost")])))
