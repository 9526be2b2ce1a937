"""Rows become values: by name, with enums and whole numbers, and never with a word that nobody knows."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import Row, create_engine, text

from sync.store.rows import value_of


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    colour: Colour
    other: Colour | None
    count: int
    parts: tuple[str, ...]
    note: str | None


def row(query: str, **values: object) -> Row[Any]:
    with create_engine("sqlite://").connect() as connection:
        return connection.execute(text(query), values).one()


def test_columns_become_fields_of_the_same_names() -> None:
    found = row("SELECT 'a' AS name, 'red' AS colour, NULL AS other, 2 AS count, 'left out' AS more, 'x' AS note")

    thing = value_of(Thing, found, parts=("b",), count=int(Decimal(3)))

    assert thing == Thing("a", Colour.RED, None, 3, ("b",), "x")


def test_a_word_that_an_enum_does_not_know_is_no_value() -> None:
    found = row("SELECT 'a' AS name, 'blue' AS colour, 'red' AS other, 2 AS count, 'x' AS note")

    with pytest.raises(ValueError, match="blue"):
        value_of(Thing, found, parts=())


def test_a_field_without_a_column_is_a_mistake_of_the_query() -> None:
    with pytest.raises(AttributeError, match="colour"):
        value_of(Thing, row("SELECT 'a' AS name"))
