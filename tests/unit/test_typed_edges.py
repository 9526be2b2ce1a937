"""What leaves a store has types: no row of a database is handed on, and no dictionary is spread into a payload."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxoffice.core.fact_kinds import PAYLOADS
from boxoffice.core.payloads.lines import LinePart

ROOT = Path(__file__).parents[2]
STORES = ("boxoffice/till/store/", "sync/store/")
ROWS = frozenset({"Row", "RowMapping", "CursorResult", "Result", "MappingResult"})
SAID = frozenset(kind.__name__ for kind in PAYLOADS.values()) | {LinePart.__name__}


def modules(besides: tuple[str, ...] = ()) -> dict[str, str]:
    """Returns the product's modules by their paths, but for those in these folders."""
    paths = [each for package in ("boxoffice", "sync") for each in (ROOT / package).rglob("*.py")]
    texts = {each.relative_to(ROOT).as_posix(): each.read_text() for each in paths}
    return {path: text for path, text in texts.items() if not path.startswith(besides)}


def rows_named(text: str) -> Iterator[str]:
    """Yields where a module takes a row's type from SQLAlchemy, or takes rows of any type as what they are called."""
    for node in ast.walk(ast.parse(text)):
        if is_row(node):
            yield ast.unparse(node)


def is_row(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(module=str(module), names=names) if module.startswith("sqlalchemy"):
            return any(name.name in ROWS for name in names)
        case ast.Attribute(value=value, attr=name):
            return name in ROWS and ast.unparse(value).startswith("sqlalchemy")
        case ast.arg(arg="row" | "rows", annotation=ast.expr() as annotation):
            return "Any" in ast.unparse(annotation)
        case _:
            return False


def spreads(text: str) -> Iterator[str]:
    """Yields where a module spreads a dictionary into a payload, where no type could be held to anything."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and any(each.arg is None for each in node.keywords):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in SAID:
                yield f"{node.lineno}: {called}(**…)"


def test_no_row_of_a_database_leaves_a_store() -> None:
    found = {path: list(rows_named(text)) for path, text in modules(besides=STORES).items()}

    assert {path: places for path, places in found.items() if places} == {}


def test_no_dictionary_is_spread_into_a_payload() -> None:
    found = {path: list(spreads(text)) for path, text in modules().items()}

    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "text",
    [
        "from sqlalchemy import Connection, Row",
        "from sqlalchemy.engine import RowMapping",
        "import sqlalchemy\ndef f(found: sqlalchemy.Row[str]) -> None: ...",
        "def f(row: Any) -> str: ...",
        "def f(rows: Sequence[Any]) -> str: ...",
    ],
)
def test_a_planted_row_is_found(text: str) -> None:
    assert list(rows_named(text))


@pytest.mark.parametrize("text", ["RefundPending(**about)", "payloads.PaymentFailed(order_id=a, **more)"])
def test_a_planted_spread_is_found(text: str) -> None:
    assert list(spreads(text))
