"""What the till's use cases may fail with: the words of every error that is raised below its screens."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TILL = Path(__file__).parents[3] / "boxoffice" / "till"
BELOW = ("usecases", "net", "devices", "store")
NEVER_SHOWN = frozenset({"vault.py", "printer.py", "one_writer.py", "verify.py", "journal.py", "migrate.py"})
"""Modules that say things before there is a window, to whoever runs a command, or to nobody."""
_OPERATIONS = frozenset(
    {"OperationFailed", "TryAgainLater", "TillStopped", "Unreachable", "HubRefused", "StripeRefused", "Revoked", "save"}
)
"""`save` (`usecases/saving.py`) raises one with what it is told."""


def said_below() -> Iterator[str]:
    """Yields each whole sentence that such an error is made of, with `{}` for what stands in it."""
    for folder in BELOW:
        for path in sorted((TILL / folder).rglob("*.py")):
            if path.name not in NEVER_SHOWN and "migrations" not in path.parts:
                yield from _sentences(ast.parse(path.read_text()))


def _sentences(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=args) if ast.unparse(func) in _OPERATIONS:
                for each in args:
                    yield from (text for text in _texts(each) if re.search(r"[a-z]{2} ", text))
            case _:
                pass


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in values)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_texts(body), *_texts(orelse))
        case _:
            pass
