"""Who an order is for: kept beside it, never in a fact, and always together with what it is found by."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, update

from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput
from boxoffice.core.folding import order_is_found_by, searchable
from boxoffice.core.notes import read_note_of_order
from boxoffice.core.reading import read_name, read_phone
from sync.store import tables as t

_o: Final = t.orders.c
_e: Final = t.erased_contacts.c
EMAIL, NAME, PHONE, NOTE = "customer_email", "customer_name", "customer_phone", "customer_note"


def set_contact(
    connection: Connection,
    given: Mapping[str, str | None],
    *where: ColumnElement[bool],
    is_only_added: bool = False,
) -> bool:
    """Writes what is given of who buys, and what the order is found by; returns whether there is such an order.

    Args:
        connection: of a transaction.
        given: some of `customer_email`, `customer_name`, `customer_phone` and `customer_note`, as they were read.
        where: which order.
        is_only_added: keeps what is known already.

    Of an order whose buyer was erased nothing is taken any more.
    """
    columns = (_o.id, _o.order_number, _o.customer_name, _o.customer_email, _o.customer_phone, _o.customer_note)
    mine = select(*columns).where(*where)
    row = connection.execute(mine.with_for_update()).one_or_none()
    if row is None:
        return False
    before = row._asdict()
    new = {column: said for column, said in given.items() if not (is_only_added and before[column] is not None)}
    if not new:
        return True
    if connection.execute(select(_e.order_id).where(_e.order_id == row.id)).first() is not None:
        return True  # a till that was away, or a provider's late word, brings back nobody who was erased
    known = {**before, **new}
    found_by = order_is_found_by(row.order_number, known[NAME], known[EMAIL], known[PHONE]) + searchable((known[NOTE],))
    connection.execute(update(t.orders).where(_o.id == row.id).values(**new, found_by=found_by))
    return True


def contacts_of(connection: Connection, order_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Returns whom orders are for, by order and column, as far as it is known."""
    if not order_ids:
        return {}
    known = select(_o.id, _o.customer_name, _o.customer_email, _o.customer_phone).where(_o.id.in_(order_ids))
    rows = [row._asdict() for row in connection.execute(known)]
    return {row.pop("id"): {column: said for column, said in row.items() if said is not None} for row in rows}


def copy_contact(connection: Connection, old: str, new: str) -> None:
    """Lets an order that takes the place of another be for whom that one was."""
    known = connection.execute(select(_o.customer_name, _o.customer_email, _o.customer_phone).where(_o.id == old)).one()
    set_contact(connection, known._asdict(), _o.id == new)


def as_read(email: str | None, name: str | None, phone: str | None, note: str | None = None) -> dict[str, str]:
    """Returns what can be used of what a till sent of a person: what can't be is left out, as money must not wait."""
    found: dict[str, str] = {}
    for column, text, read in ((EMAIL, email, read_email), (NAME, name, read_name), (PHONE, phone, read_phone)):
        try:
            found |= {column: read(text)} if text else {}
        except (BadAddress, BadInput):
            continue
    if note is not None:  # an empty one takes away what was noted before
        with suppress(BadInput):
            found[NOTE] = read_note_of_order(note)
    return found


def is_same_address(one: str, other: str) -> bool:
    """Returns whether two e-mail addresses are one; hosts and almost all names know no upper case."""
    return one.strip().casefold() == other.strip().casefold()
