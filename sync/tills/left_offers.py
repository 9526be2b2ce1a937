"""Offers whose till was revoked before it heard how they ended: the hub ends them, and issues what was paid for.

Only those whose order is known: its units were the till's to sell, and its tickets go to whoever has paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from boxoffice.core.payments import LIVE
from sync.ledger.hub import Hub
from sync.payments.offers import Offers
from sync.store.tills import till_of_id
from sync.tills.left_payments import GRACE
from sync.tills.left_unfinished import tell_of_left

_LEFT: Final = text("""
    SELECT f.tender_id, f.device_id, f.event_id
    FROM offers f JOIN devices d ON d.id = f.device_id JOIN payments p ON p.id = f.tender_id
    WHERE f.status <> 'settled' AND d.status = 'revoked' AND p.status = ANY(:live)
      AND (d.told_all_at IS NOT NULL OR d.revoked_at < now() - CAST(:grace AS interval))
    ORDER BY f.tender_id LIMIT 100
""")


@dataclass(frozen=True, slots=True)
class LeftOffer:
    tender_id: str
    device_id: str
    event_id: str


@dataclass(frozen=True, slots=True)
class LeftOffers:
    """The use cases of such offers."""

    hub: Hub
    offers: Offers

    def all(self) -> Sequence[LeftOffer]:
        """Returns the offers that no till will end any more."""
        with self.hub.database.reading() as connection:
            rows = connection.execute(_LEFT, {"live": [each.value for each in LIVE], "grace": GRACE})
            return [LeftOffer(row.tender_id, row.device_id, row.event_id) for row in rows]

    def end(self, left: LeftOffer) -> None:
        """Ends an offer as its provider says: what it pays in full is issued, and mailed to whoever paid.

        Raises:
            OperationFailed: if the provider can't be asked; it may be paid.
        """
        if not self.offers.take_up(left.tender_id):
            return
        with self.hub.database.transaction() as connection:
            self.hub.settle_exceptions(connection, ("offer_unclaimed",), left.tender_id, left.event_id)
            device = till_of_id(connection, left.device_id)
            if device is not None:
                tell_of_left(self.hub, connection, device)  # what it paid in part
