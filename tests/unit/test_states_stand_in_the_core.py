"""What may follow what, and which states are alike, is said in the core alone: nobody lists its words again."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from boxoffice.core.orders import OrderState
from boxoffice.core.payments import DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.rows import TicketStatus

ROOT = Path(__file__).parents[2]
CLOSED: tuple[type[Enum], ...] = (OrderState, PaymentStatus, RefundStatus, DisputeState, TicketStatus)
WORDS = [frozenset(str(member.value) for member in each) for each in CLOSED]
NAMES = {each.__name__ for each in CLOSED}
NOT_LOOKED_AT = ("boxoffice/core/", "boxoffice/sandbox/", "sync/store/migrations/", "boxoffice/till/store/migrations/")
BESIDES = {
    "boxoffice/demo/outcome.py",  # a judge of its own, which shares nothing with what it judges
    "sync/http/api/payment.py",  # the answer that others' programs read: these words are its own
}
_IN_SQL = re.compile(r"\bIN \(((?:'[a-z_]+'(?:,\s*)?){2,})\)")


def retyped(text: str) -> Iterator[str]:
    """Yields where a module lists words of a closed set, or says in a table of its own what may follow what."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Tuple(elts=found) | ast.List(elts=found) | ast.Set(elts=found):
                lists = [[each.value for each in found if isinstance(each, ast.Constant)]]
                lists = lists if len(lists[0]) == len(found) else []
            case ast.Constant(value=str(sql)):
                lists = [re.findall(r"'([a-z_]+)'", each) for each in _IN_SQL.findall(sql)]
            case ast.Dict(keys=keys, values=values) if any(map(_is_many, values)):
                lists = [[each.value for each in keys if isinstance(each, ast.Constant)]]
                if any(isinstance(each, ast.Attribute) and ast.unparse(each.value) in NAMES for each in keys):
                    yield f"{node.lineno}: {ast.unparse(node)}"
            case _:
                continue
        for words in lists:
            if len(words) > 1 and any(closed.issuperset(words) for closed in WORDS):
                yield f"{node.lineno}: {words}"


def _is_many(node: ast.expr) -> bool:
    """Returns whether it is a collection."""
    is_made = isinstance(node, ast.Call) and ast.unparse(node.func) in ("frozenset", "set", "tuple", "list")
    return is_made or isinstance(node, ast.Tuple | ast.List | ast.Set)


def test_no_module_lists_the_words_of_a_state_again() -> None:
    paths = [each for package in ("boxoffice", "sync") for each in (ROOT / package).rglob("*.py")]
    texts = {each.relative_to(ROOT).as_posix(): each.read_text() for each in paths}
    looked_at = {path: text for path, text in texts.items() if not path.startswith(NOT_LOOKED_AT)}
    found = {path: list(retyped(text)) for path, text in looked_at.items() if path not in BESIDES}

    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "text",
    [
        'PAID = ("completed", "refunded", "partially_refunded")',
        "Q = \"SELECT id FROM payments WHERE status IN ('started', 'unknown')\"",
        'MOVES = {"pending": ("processing",), "processing": ("completed", "failed")}',
        "MOVES = {OrderState.PENDING: frozenset({OrderState.PROCESSING})}",
    ],
)
def test_a_planted_list_is_found(text: str) -> None:
    assert list(retyped(text))
