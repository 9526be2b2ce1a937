"""What follows from facts is written by the executors alone, which ask the core: no use case has to remember it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxoffice.core.rows import KEPT

ROOT = Path(__file__).parents[2]
STORES = ("sync/store/", "boxoffice/till/store/")
OF_FACTS = (
    "facts",
    "ledger_postings",
    "orders",
    "order_items",
    *(each.table for each in KEPT),
    "exceptions",
    "events",
    "pools",
    "device_leases",
    "leases",
    "feed",
)
ENTRANCES = {"sync/ledger/hub.py", "sync/ledger/till_facts.py"}
"""Where facts come in: the hub's own, and those of tills. At the till all of it is within the store."""
EXECUTORS = frozenset(
    {
        "store_facts",
        "write_books",
        "write_events",
        "size_pools",
        "moves.make",
        "leases.make",
        "feed.tell",
        "tasks.begin",
        "carry_out",
        "add_own",
        "add_hub",
    }
)
_SQL = re.compile(rf"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+({'|'.join(OF_FACTS)})\b")
SPEAKS_SQL = {"execute", "scalar", "scalars", "exec_driver_sql"}


def modules() -> dict[str, str]:
    paths = [each for package in ("boxoffice", "sync") for each in (ROOT / package).rglob("*.py")]
    return {each.relative_to(ROOT).as_posix(): each.read_text() for each in paths}


def writes(text: str) -> Iterator[str]:
    """Yields where a module writes rows that follow from facts."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id="insert" | "update" | "delete"), args=[ast.Attribute(attr=name), *_]):
                yield from [f"{node.lineno}: {name}"] if name in OF_FACTS else []
            case ast.Call(
                func=ast.Attribute(
                    attr="insert" | "update" | "delete", value=ast.Attribute(attr=name, value=ast.Name(id="t"))
                )
            ):
                yield from [f"{node.lineno}: {name}"] if name in OF_FACTS else []
            case ast.Constant(value=str(words)):
                yield from (f"{node.lineno}: {name}" for name in _SQL.findall(words))
            case _:
                pass


def executes(text: str) -> Iterator[str]:
    """Yields where a module carries effects out itself."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and any(ast.unparse(node.func).endswith(each) for each in EXECUTORS):
            yield ast.unparse(node.func)


def test_no_use_case_writes_what_follows_from_facts() -> None:
    found = {path: list(writes(text)) for path, text in modules().items() if not path.startswith(STORES)}

    assert {path: places for path, places in found.items() if places} == {}


def test_facts_come_in_by_the_entrances_alone() -> None:
    found = {path for path, text in modules().items() if not path.startswith(STORES) and any(executes(text))}

    assert found == ENTRANCES


def test_the_tills_use_cases_speak_no_sql() -> None:
    """All but `verify`, which judges the tables themselves and shares nothing with those who write them."""
    services = {path: text for path, text in modules().items() if path.startswith("boxoffice/till/usecases/")}
    found = [
        f"{path}:{node.lineno}"
        for path, text in services.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr in SPEAKS_SQL
    ]

    assert {each.partition(":")[0] for each in found} == {"boxoffice/till/usecases/verify.py"}


@pytest.mark.parametrize(
    "text",
    [
        "connection.execute(insert(t.exceptions).values(id=new_id()))",
        "connection.execute(t.orders.update().values(status='completed'))",
        "_X = text('UPDATE pools SET available = available - 1')",
    ],
)
def test_a_planted_write_is_found(text: str) -> None:
    assert list(writes(text))
