"""The list for a door: found by family name, a box for each person, and its ticks read as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.door_list import DueTicket, Tick, door_rows, ticks_in
from boxoffice.core.ids import uuid7
from boxoffice.core.ticket_codes import END, code_of, tail_of

TICKET_IDS = st.binary(min_size=10, max_size=10).map(lambda rest: uuid7(1_770_000_000_000, rest))


def due(n: int, name: str, order: str | None = None, **said: str) -> DueTicket:
    ticket_id = uuid7(1_770_000_000_000, n.to_bytes(10))
    return DueTicket(ticket_id, order or f"o{n}", f"7K2-{n}", name, "Friday Day Pass", **said)


def test_people_stand_by_their_family_names_whatever_accents_they_have() -> None:
    rows = door_rows([due(1, "Tomás Álvarez"), due(2, "Kim Anders"), due(3, "Rui Almeida"), due(4, "Zoë Óscar Báez")])

    assert [(row.heading, row.name) for row in rows] == [
        ("A", "Almeida, Rui"),
        ("A", "Álvarez, Tomás"),
        ("A", "Anders, Kim"),
        ("B", "Báez, Zoë Óscar"),
    ]


def test_the_tickets_of_one_order_are_one_line_with_a_box_for_each() -> None:
    (row,) = door_rows(
        [due(2, "Rosa Ortega", "o"), due(1, "Rosa Ortega", "o", in_at="6:12 PM"), due(3, "Rosa Ortega", "o")]
    )

    assert (row.boxes, row.in_at, row.code) == ((True, False, False), "6:12 PM", code_of(due(1, "").ticket_id)[-END:])


def test_who_gave_no_name_stands_last_by_the_number_of_the_order() -> None:
    rows = door_rows([due(1, ""), due(2, "Zoë Zamora")])

    assert [(row.heading, row.name) for row in rows] == [("Z", "Zamora, Zoë"), ("#", "7K2-1")]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("4KX9", [("4KX9", 1)]),
        ("4kx9 7GA1 x3,T0R2;M3QD×2", [("4kx9", 1), ("7GA1", 3), ("T0R2", 1), ("M3QD", 2)]),
        ("7K2F-4KX9x2\n9CX7", [("7K2F-4KX9", 2), ("9CX7", 1)]),
        ("", []),
    ],
)
def test_ticks_are_read_as_people_type_them(typed: str, read: list[tuple[str, int]]) -> None:
    assert [(each.code, each.people) for each in ticks_in(typed)] == read


def test_what_is_no_code_is_told_and_the_rest_is_read() -> None:
    assert [(each.text, each.code) for each in ticks_in("hello 4KX9 ok")] == [
        ("hello", ""),
        ("4KX9", "4KX9"),
        ("ok", ""),
    ]
    assert list(ticks_in("ok")) == [Tick("ok", "", 0)]


@given(ticket_id=TICKET_IDS)
def test_a_code_in_letters_leads_back_to_the_ticket_however_it_is_written(ticket_id: str) -> None:
    code = code_of(ticket_id)

    for written in (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " ").replace("0", "O").replace("1", "l"),
    ):
        assert ticket_id.replace("-", "").endswith(tail_of(written))
        assert len(tail_of(written)) == 10
    assert ticket_id.endswith(tail_of(code[-END:]))


@given(text=st.text(max_size=60))
def test_nothing_that_is_typed_into_a_list_breaks_it(text: str) -> None:
    for each in ticks_in(text):
        assert (each.code == "") == (each.people == 0) or each.people == 0
        tail_of(each.code)
