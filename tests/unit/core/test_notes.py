"""Notes about orders: what is kept, and that no card's number is."""

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.notes import MOST, read_note_of_order


@pytest.mark.parametrize(
    "note", ["Red hat, four people", "table 12, 4 of 16", "+1 303 555 0100", "", "0000 0000 0000 0000"]
)
def test_what_people_note_is_kept_on_one_line(note: str) -> None:
    assert read_note_of_order(f"  {note}\n") == note


@pytest.mark.parametrize(
    "note",
    [
        "4242424242424242",
        "card 4242 4242 4242 4242 exp 12/30",
        "4242-4242-4242-4242",
        "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
        "3782 822463 10005",
        "call 4000.0566.5566.5556 back",
        "1 4242424242424242",
    ],
)
def test_a_cards_number_is_refused_however_it_is_written(note: str) -> None:
    with pytest.raises(BadInput, match="card number"):
        read_note_of_order(note)


def test_a_long_one_is_refused() -> None:
    with pytest.raises(BadInput, match="letters at most"):
        read_note_of_order("x" * (MOST + 1))
