"""A provider that does not let the hub in is put before a person: once, until somebody has seen it."""

from typing import Final

from sqlalchemy import Connection, select, text

from boxoffice.core.errors import OperationFailed
from sync.ledger.hub import Hub
from sync.provider_states import provider_of
from sync.store import tables as t

_x: Final = t.exceptions.c


def tell_shut_out(hub: Hub, provider: str, error: OperationFailed) -> None:
    """Raises an exception for it, unless one is open already."""
    name = provider_of(provider)

    def tell(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('shut out'))"))
        known = select(_x.id).where(_x.kind == "shut_out", _x.subject_id == name, _x.status == "open")
        if connection.execute(known).first() is None:
            words = f"{error.what_happened} Nobody can pay there. {error.what_to_do}"
            hub.raise_exception(connection, "shut_out", words, subject_id=name, remedies=("seen",))

    hub.database.run(tell)
