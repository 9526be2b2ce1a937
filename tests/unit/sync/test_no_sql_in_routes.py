"""Pages and routes ask by the names of questions: SQL is spoken in the services and the store alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

from sync import http

_SPEAKS_SQL = {"execute", "scalar", "scalars", "exec_driver_sql", "begin", "engine"}


def _files() -> Iterator[Path]:
    yield from Path(str(http.__file__)).parent.rglob("*.py")


def test_no_page_and_no_route_speaks_sql() -> None:
    found = [
        f"{file.name}:{node.lineno} {node.attr}"
        for file in _files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in _SPEAKS_SQL
    ]

    assert found == []


def test_what_routes_work_with_is_taken_from_one_place_alone() -> None:
    found = [
        file.name
        for file in _files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "state" and ast.unparse(node).endswith("app.state")
    ]

    assert found == ["services.py"]
