"""Rows that facts add up to are declared once: the tables of both programs hold what the declaration says."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData, Table

from boxoffice.core.columns import fields_of, row_of, words_of
from boxoffice.core.rows import _BY_ID, KEPT, Keeping, Kept, OrderItemRow, Projections, TicketRow, TicketStatus
from boxoffice.till.store import tables as on_till
from sync.store import tables as at_hub
from sync.store.schema import kept as kept_at_hub

BOTH = [on_till, at_hub]


class Stand(Enum):
    OUT = "out"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class WristbandRow:
    id: str
    order_id: str
    deposit: int
    status: Stand
    lost_to: str | None


@pytest.mark.parametrize("program", BOTH)
@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.table)
def test_a_table_holds_the_fields_of_its_row_and_nothing_besides(program: Any, kept: Keeping) -> None:
    table = program.metadata.tables[kept.table]

    assert {column.name: column.nullable for column in table.c} == {
        **{each.name: each.is_optional for each in fields_of(kept.row)},
        **dict.fromkeys(kept.beside, False),
    }


@pytest.mark.parametrize(("program", "makes"), [(on_till, on_till), (at_hub, kept_at_hub)])
def test_a_new_kind_of_row_has_its_table_by_its_declaration(
    program: Any, makes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = MetaData()
    Table("orders", metadata, program.orders.c.id._copy())
    monkeypatch.setattr(makes, "metadata", metadata)

    table = makes.table_of(Keeping(WristbandRow, "wristbands", "wristband"))  # type: ignore[arg-type]  # made up

    assert [(each.name, each.nullable, each.primary_key) for each in table.c] == [
        ("id", False, True),
        ("order_id", False, False),
        ("deposit", False, False),
        ("status", False, False),
        ("lost_to", True, False),
    ]
    (key,) = [each for each in table.constraints if isinstance(each, ForeignKeyConstraint)]
    assert key.column_keys == ["order_id"]
    checks = [str(each.sqltext) for each in table.constraints if isinstance(each, CheckConstraint)]
    assert checks == (["status IN ('back', 'out')"] if program is at_hub else [])


def test_every_kind_of_row_has_a_place_in_the_projections() -> None:
    by_id = [each for each in get_args(Kept) if each is not OrderItemRow]

    assert {_BY_ID[each] for each in by_id} <= {*Projections.__slots__}


def test_a_row_is_read_as_it_was_written() -> None:
    row = TicketRow("t-1", "o-1", "day", TicketStatus.VOIDED)

    assert row_of(TicketRow, words_of(row)) == row
