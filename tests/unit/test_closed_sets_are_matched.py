"""Members of a closed set are told apart by `match` or a table, which the type checker holds to be whole."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
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


def test_no_chain_of_branches_tells_members_of_an_enum_apart() -> None:
    paths = list(chain.from_iterable((ROOT / package).rglob("*.py") for package in ("boxoffice", "sync")))
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in paths}
    enums = enums_of(list(trees.values()))

    found = [f"{path}:{place}" for path, tree in trees.items() for place in chains_in(tree, enums)]

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
