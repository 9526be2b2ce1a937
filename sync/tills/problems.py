"""Which open problems a till hears of: those about itself and its orders, or all, where the house wants it so."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from sync.ledger.hub import Hub
from sync.store.exceptions import Listed, open_for
from sync.store.tills import Device

MOST: Final = 100


def problems_of(hub: Hub, connection: Connection, device: Device) -> Sequence[Listed]:
    """Returns what is open and this till may read, and one more than it is told, if there are more."""
    sees_all = hub.settings.tills_see_all_problems
    return open_for(connection, None if sees_all else device.id, MOST + 1)


def tag_of(problems: Sequence[Listed]) -> str:
    """Returns a name for these problems as they are: another as soon as one of them is."""
    return sha256(f"in all languages {problems!r}".encode()).hexdigest()[:16]
