"""A ticket's code in letters: eight of them, to read aloud, to type at a gate, and to tick off on a list.

They name a ticket and prove nothing: only the whole code in its QR is signed. So they open a gate where the ticket is
on the machine's list, and nowhere else.
"""

from typing import Final
from uuid import UUID

from boxoffice.core.ids import TicketId
from boxoffice.core.reading import read_code

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: none that is taken for another."""
_TAKEN_FOR: Final = str.maketrans("OIL", "011")
_LENGTH: Final = 8
_BITS: Final = 5 * _LENGTH
TAIL: Final = _BITS // 4
"""In so many hex digits a ticket's id ends that its code says."""
END: Final = 4
"""So many letters tell the tickets of one door list apart, beside the name."""


def code_of(ticket_id: TicketId | str) -> str:
    """Returns a ticket's code, such as `7K2F-4KX9`: of the part of its id that is random."""
    number = UUID(str(ticket_id)).int & ((1 << _BITS) - 1)
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return f"{letters[:END]}-{letters[END:]}"


def tail_of(text: str) -> str:
    """Returns the hex digits in which the ids end whose code, or the end of it, this is; nothing for no such text.

    Four letters leave the ids' last 20 bits: five digits; all eight leave ten.
    """
    letters = read_code(text).replace("-", "").replace(" ", "").translate(_TAKEN_FOR)
    if len(letters) not in (END, _LENGTH) or any(letter not in _LETTERS for letter in letters):
        return ""
    number = sum(_LETTERS.index(letter) << 5 * place for place, letter in enumerate(reversed(letters)))
    return f"{number:0{len(letters) * 5 // 4}x}"
