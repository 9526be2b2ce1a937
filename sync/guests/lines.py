"""Reads what organizers paste or upload as a guest list: each line is a guest, or says what is wrong with it."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.deliveries import Delivery
from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput
from boxoffice.core.folding import fold
from boxoffice.core.ids import ProductId
from boxoffice.core.languages import later
from boxoffice.core.reading import plain_digits, read_line, read_name
from boxoffice.core.tenders import LONGEST_REASON

MOST_TICKETS: Final = 500
"""Of one guest."""
MOST_LINES: Final = 1_000
"""At once."""
_LONGEST_SHOWN: Final = 200
_FIELDS: Final = ("name", "email", "product", "count", "delivery", "held_for")
"""In which order they stand on a line that has no head above it."""
_HEADS: Final[Mapping[str, str]] = {
    word: name
    for name, words in {
        "name": ("name", "guest", "nombre", "invitado", "invitada"),
        "email": ("e-mail", "email", "mail", "address", "correo", "correo electronico"),
        "product": ("what", "product", "ticket", "que", "producto", "entrada"),
        "count": ("how many", "count", "quantity", "tickets", "cuantos", "cuantas", "cantidad", "entradas"),
        "delivery": ("mail or will call", "delivery", "how", "entrega", "correo o taquilla"),
        "held_for": ("reason", "held for", "for", "motivo", "reservado para", "para"),
    }.items()
    for word in words
}
_DELIVERIES: Final[Mapping[str, Delivery]] = {
    word: way
    for way, words in {
        Delivery.MAIL: ("mail", "e-mail", "email", "by mail", "by e-mail", "correo", "por correo"),
        Delivery.WILL_CALL: ("will call", "will-call", "willcall", "door", "at the door", "taquilla", "en taquilla"),
    }.items()
    for word in words
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a line can't be taken; `values` stand in the words, which pages translate."""

    words: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words.format(**self.values)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is given tickets. `held_for` is why, or whose guest it is."""

    name: str
    email: str | None
    product: ProductId
    count: int
    delivery: Delivery
    held_for: str

    @property
    def key(self) -> str:
        """Returns what tells a guest again, however the line was written: who, by which address, and which ticket."""
        said = "\n".join((fold(self.name), (self.email or "").casefold(), self.product))
        return sha256(f"guest\n{said}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read, by its number from 1: a guest, or what is wrong. One that `is_known` is on the list."""

    number: int
    text: str
    guest: Guest | None = None
    wrong: tuple[Wrong, ...] = ()
    is_known: bool = False

    @property
    def is_new(self) -> bool:
        return self.guest is not None and not self.wrong and not self.is_known


def read_lines(
    text: str, catalogue: Catalogue, held_for: str, known: Mapping[str, int] | None = None
) -> tuple[Line, ...]:
    """Returns every line that says something. Nothing is raised: what can't be used is told of its line.

    Args:
        text: lines of fields parted by semicolons, tabs or commas, with or without a head.
        catalogue: of the event.
        held_for: why they are given something whose line says nothing of it.
        known: how many tickets guests have who are on the list, by their keys.
    """
    rows = [(number, cells) for number, cells in _rows(text) if any(cells)]
    if not rows:
        return ()
    head = [_HEADS.get(fold(cell)) for cell in rows[0][1]]
    has_head = head[0] is not None and all(
        name is not None for name, cell in zip(head, rows[0][1], strict=True) if cell
    )
    names = [name or "" for name in head] if has_head else list(_FIELDS)
    read = [_line(number, cells, names, catalogue, held_for) for number, cells in rows[has_head:]]
    return tuple(_against(read, known or {}))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the fields of each line; a field in quotes may hold the mark that parts them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((each for each in ";\t," if each in first), ";")
    for number, line in enumerate(text.replace("\0", "").splitlines(), start=1):
        try:
            cells = next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])
        except csv.Error:  # it is far too long, or its quotes make no sense
            cells = [line[:_LONGEST_SHOWN]]
        yield number, [read_line(cell) for cell in cells]


def _line(number: int, cells: list[str], names: Sequence[str], catalogue: Catalogue, held_for: str) -> Line:
    said = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    wrong: list[Wrong] = []
    if number > MOST_LINES:
        wrong.append(Wrong(later("At most {most} lines can be added at once."), {"most": MOST_LINES}))
    if any(cells[len(names) :]):
        wrong.append(Wrong(later("There are more fields than a guest has.")))
    email = _email(said.get("email", ""), wrong)
    product = _product(said.get("product", ""), catalogue, wrong)
    guest = Guest(
        name=_name(said.get("name", ""), wrong),
        email=email,
        product=ProductId("") if product is None else product.id,
        count=_count(said.get("count", ""), wrong),
        delivery=_delivery(said.get("delivery", ""), email, wrong),
        held_for=_held_for(said.get("held_for", "") or held_for, wrong),
    )
    return Line(number, "; ".join(cells), None if wrong else guest, tuple(wrong))


def _against(lines: Sequence[Line], known: Mapping[str, int]) -> Iterator[Line]:
    """Yields the lines, each held to those before it and to who is on the list."""
    seen: dict[str, int] = {}
    for line in lines:
        if line.guest is None:
            yield line
            continue
        key = line.guest.key
        if key in seen:
            same = Wrong(later("This is the guest of line {line} again."), {"line": seen[key]})
            yield replace(line, guest=None, wrong=(same,))
        elif key in known and known[key] != line.guest.count:
            words = later("Already on the list, with {count} tickets. Cancel those first to give another number.")
            yield replace(line, guest=None, wrong=(Wrong(words, {"count": known[key]}),))
        else:
            yield replace(line, is_known=key in known)
        seen.setdefault(key, line.number)


def _name(text: str, wrong: list[Wrong]) -> str:
    try:
        return read_name(text)
    except BadInput as error:
        wrong.append(Wrong(later("The name is missing.")) if not text else Wrong(error.problems[0].message))
        return ""


def _email(text: str, wrong: list[Wrong]) -> str | None:
    if not text:
        return None
    try:
        return read_email(text)
    except BadAddress as error:
        wrong.append(Wrong(later("“{email}” is no e-mail address: {why}"), {"email": text, "why": _of(error)}))
        return None


def _of(error: BadInput) -> str:
    return error.problems[0].message


def _product(text: str, catalogue: Catalogue, wrong: list[Wrong]) -> Product | None:
    tickets = tickets_of(catalogue)
    found = [each for each in tickets if fold(text) in (fold(each.name), fold(each.id))]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.name for each in tickets)
    words = (
        later("It says no ticket. There are: {names}")
        if not text
        else later("There is no “{what}”. There are: {names}")
    )
    wrong.append(Wrong(words, {"what": text, "names": names}))
    return None


def tickets_of(catalogue: Catalogue) -> tuple[Product, ...]:
    """Returns what guests can be given."""
    kinds = (ProductKind.TICKET, ProductKind.BUNDLE)
    return tuple(each for each in catalogue.products if each.kind in kinds and not each.options)


def _count(text: str, wrong: list[Wrong]) -> int:
    digits = plain_digits(text) or "1"
    if digits.isascii() and digits.isdigit() and len(digits) < 6 and 1 <= int(digits) <= MOST_TICKETS:
        return int(digits)
    wrong.append(Wrong(later("How many must be a number from 1 to {most}."), {"most": MOST_TICKETS}))
    return 1


def _delivery(text: str, email: str | None, wrong: list[Wrong]) -> Delivery:
    if not text:
        return Delivery.WILL_CALL if email is None else Delivery.MAIL
    way = _DELIVERIES.get(fold(text))
    if way is None:
        wrong.append(Wrong(later("“{text}” is neither mail nor will call."), {"text": text}))
    elif way is Delivery.MAIL and email is None and not any("{email}" in each.words for each in wrong):
        wrong.append(Wrong(later("There is no e-mail address to mail the tickets to.")))
    return way or Delivery.WILL_CALL


def _held_for(text: str, wrong: list[Wrong]) -> str:
    if not text:
        wrong.append(Wrong(later("Say why they are given it, or for whom it is held.")))
    elif len(text) > LONGEST_REASON:
        wrong.append(Wrong(later("The reason must have at most {most} letters."), {"most": LONGEST_REASON}))
    return text
