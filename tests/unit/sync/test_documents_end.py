"""What providers send ends at `sync/providers`: nobody else knows how it is written, in Python or in SQL."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_type_hints

import pytest

from boxoffice.core.fact_kinds import PAYLOADS
from sync.ports import ProviderEvent
from sync.providers import documents
from sync.store.payment_events import Document, PaymentEvent
from sync.store.tables import metadata

SYNC: Final = Path(__file__).parents[3] / "sync"
READERS: Final = sorted((SYNC / "providers").glob("*_events.py"))
READING: Final = frozenset({"value_in", "id_in", "mark_in", "objects_in", "instant_in"})
COLUMNS: Final = {column.name for table in metadata.tables.values() for column in table.columns}
FIELDS: Final = {name for kind in PAYLOADS.values() for name in kind.model_fields}
EVERYDAY: Final = frozenset({"charge", "created", "data", "fee", "metadata", "object", "type", "value"})
"""Words that say nothing of whose document is read."""


def names_in(text: str) -> Iterator[str]:
    """Yields the names of fields by which a reader reads."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[_, *path]) if name in READING:
                yield from (
                    each.value for each in path if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case _:
                pass


THEIRS: Final = frozenset(name for path in READERS for name in names_in(path.read_text())) - COLUMNS - FIELDS - EVERYDAY


def known_in(text: str) -> Iterator[str]:
    """Yields what a module knows of a provider's document: the name of a field, or a look into stored events by SQL."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(words)) if words in THEIRS:
                yield words
            case ast.Constant(value=str(words)) if "payment_events" in words:
                yield from re.findall(r"'(?:data|resource|object)'", words)
            case _:
                pass


def elsewhere() -> dict[str, str]:
    paths = {path.relative_to(SYNC).as_posix(): path for path in SYNC.rglob("*.py")}
    return {name: path.read_text() for name, path in paths.items() if not name.startswith(("providers/", "store/migr"))}


def test_no_module_outside_the_providers_knows_a_field_of_their_documents() -> None:
    found = {name: sorted(set(known_in(text))) for name, text in elsewhere().items()}

    assert {name: known for name, known in found.items() if known} == {}


def test_a_document_has_no_fields_to_a_type_checker() -> None:
    assert Document.__supertype__ is object  # type: ignore[attr-defined]  # what a NewType stands on is not declared
    assert get_type_hints(PaymentEvent)["payload"] is Document
    assert get_type_hints(ProviderEvent)["body"] is Document


def test_the_readers_are_what_the_names_are_taken_from() -> None:
    assert set(vars(documents)) >= READING
    assert {"payment_intent", "balance_transactions", "disputed_transactions", "supplementary_data"} <= THEIRS


@pytest.mark.parametrize(
    "text",
    [
        'reference = event["payment_intent"]',
        'moves = dispute.get("balance_transactions")',
        "CASES = text(\"SELECT payload -> 'resource' FROM payment_events\")",
    ],
)
def test_a_planted_look_into_a_document_is_found(text: str) -> None:
    assert list(known_in(text))
