"""What this till may spend of gift cards by itself, as facts made it; only facts change it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.columns import row_of
from boxoffice.core.value_rows import ValueLeaseRow

_LEFT: Final = "amount - spent - returned > 0 AND id NOT IN (SELECT grant_id FROM grants_frozen)"
_OF_CODE: Final = f"SELECT * FROM value_leases WHERE code_hash = ? AND {_LEFT} ORDER BY id"  # noqa: S608  # of constants
_ALL: Final = f"SELECT * FROM value_leases WHERE {_LEFT} ORDER BY id"  # noqa: S608  # of constants
_RECALLED: Final = f"SELECT * FROM value_leases WHERE is_recalled AND {_LEFT} ORDER BY id"  # noqa: S608  # of constants
_SOLD: Final = "SELECT id FROM stored_values WHERE code_hash = ?"
_FREEZE: Final = f"INSERT INTO grants_frozen (grant_id) SELECT id FROM value_leases WHERE {_LEFT}"  # noqa: S608  # of constants


def of_code(connection: Connection, code_hash: str) -> Sequence[ValueLeaseRow]:
    """Returns the leases of a card of which something is left here."""
    return _rows(connection, _OF_CODE, code_hash)


def all_left(connection: Connection) -> Sequence[ValueLeaseRow]:
    """Returns all leases of which something is left here."""
    return _rows(connection, _ALL)


def recalled(connection: Connection) -> Sequence[ValueLeaseRow]:
    """Returns those of them that the hub wants back."""
    return _rows(connection, _RECALLED)


def was_sold_here(connection: Connection, code_hash: str) -> bool:
    """Returns whether this till has sold the card."""
    return connection.exec_driver_sql(_SOLD, (code_hash,)).first() is not None


def freeze(connection: Connection) -> None:
    """Lets nothing of what is left be spent or given back: facts that are lost may have spent it."""
    connection.exec_driver_sql(_FREEZE)


def _rows(connection: Connection, query: str, *values: str) -> Sequence[ValueLeaseRow]:
    return [row_of(ValueLeaseRow, row) for row in connection.exec_driver_sql(query, values).mappings()]
