"""Payments whose time is over, handed out to be ended: none of them ever stands before another."""

from collections.abc import Iterator
from time import monotonic
from typing import Final

from sqlalchemy import text

from sync.store.database import Database

# One that can't be ended is left in peace for longer each time. Those of which no page was ever opened come first:
# nobody need be asked about them.
_TAKE: Final = text("""
    UPDATE checkouts SET close_attempts = close_attempts + 1,
        next_close_at = now() + least(interval '5 min', interval '1 min' * power(2, close_attempts))
    WHERE tender_id = (
        SELECT tender_id FROM checkouts
        WHERE status IN ('open', 'opened', 'paying') AND closes_at < now() AND coalesce(next_close_at, now()) <= now()
        ORDER BY session_id IS NOT NULL, coalesce(next_close_at, closes_at) LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING tender_id
""")


def take_lapsed(database: Database, lasts_s: float) -> Iterator[str]:
    """Yields the tenders whose time is over, each once and none again within a minute, for at most so long.

    What becomes of one is nothing to the others: it was put behind them before it is yielded.
    """
    until = monotonic() + lasts_s
    while monotonic() < until:
        with database.transaction() as connection:
            tender_id = connection.execute(_TAKE).scalar_one_or_none()
        if tender_id is None:
            return
        yield tender_id
