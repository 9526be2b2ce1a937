"""The keys that lie sealed in the database, and whether the master key at hand is the one that sealed them."""

from sqlalchemy import Connection, select

from boxoffice.core.errors import OperationFailed
from sync.ledger.sealing import Sealer
from sync.store import tables as t


class WrongKey(OperationFailed):
    """HUB_MASTER_KEY did not seal what lies in this database: money would be taken, and no ticket could be issued."""


def purpose_of(event_id: str) -> str:
    """Returns what the key of an event is sealed for."""
    return f"event {event_id}"


def prove_key(connection: Connection, sealer: Sealer) -> None:
    """Does nothing if the sealer opens all that is sealed here; an empty database proves any key.

    Raises:
        WrongKey: naming an event whose key it does not open.
    """
    for row in connection.execute(select(t.events.c.id, t.events.c.sealed_key).order_by(t.events.c.id)):
        try:
            sealer.open(row.sealed_key, purpose_of(row.id))
        except OperationFailed as error:
            raise WrongKey(
                f"HUB_MASTER_KEY is not the key of this database: it does not open what was sealed for {row.id}.",
                "Nothing was changed, and nothing is sold.",
                "Start the hub with the master key that it had when the event was loaded.",
            ) from error
