"""The version of what till and hub say to each other, and the headers and problems beside the messages."""

from hashlib import sha256
from typing import Final

from boxoffice.core.fact_kinds import KINDS_SINCE, FactKind

PROTOCOL: Final = 1
"""A hub serves tills of this version and of the one before."""
UNSENT: Final = "Boxoffice-Unsent"
"""A header of pushes and feed requests: how many of the till's facts the hub has not acknowledged.

Beside the messages, so that it is heard also when a push comes to nothing. Older tills don't say it.
"""
KEY: Final = "Boxoffice-Key"
"""A header of feed requests: the id (`key_id`) of the Stripe key that the till has."""
VERSION: Final = "Boxoffice-Version"
"""A header of feed requests: which version of the software the till has."""
REVOKED: Final = "urn:boxoffice:revoked"
"""The type of the problem that a till gets which an organizer has shut out."""
BUSY: Final = "urn:boxoffice:busy"
"""The type of the problem that a till gets whose batch must wait: `Retry-After` says for how long."""
READS: Final = "Boxoffice-Reads"
"""A header of feed requests: up to which generation of kinds the till can read facts. Older tills don't say it: 1."""
MOVES_BACK_SINCE: Final = 3
"""From this generation on a till takes moves that undo a refund's; before, it would keep them, and apply none after."""
GENERATION: Final = max(MOVES_BACK_SINCE, *KINDS_SINCE.values())
"""What this till can read."""


def can_read(kind: FactKind, generation: int) -> bool:
    """Returns whether a till of this generation can read facts of this kind."""
    return generation >= KINDS_SINCE.get(kind, 1)


def key_id(key: str) -> str:
    """Returns a name for a key that does not give it away: it is too long to be guessed from this."""
    return sha256(f"boxoffice key {key}".encode()).hexdigest()[:16]
