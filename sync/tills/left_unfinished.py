"""Sales that a revoked till was part paid for and did not end: when it has sent all, a person must know of each."""

from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.money import Currency, Money
from boxoffice.core.tenders import names_where
from sync.ledger.hub import Hub
from sync.provider_states import TENDERS
from sync.store.tills import Device

_LEFT: Final = text("""
    SELECT o.id, o.order_number, o.event_id, o.currency, o.total_amount, p.id AS payment_id, p.tender, p.amount
    FROM orders o JOIN payments p ON p.order_id = o.id AND p.status = 'captured' AND p.amount > 0
                    AND p.tender = ANY(:money)
    WHERE o.placed_by = :device AND o.status = 'processing' AND NOT EXISTS (
        SELECT FROM exceptions x WHERE x.kind = 'left_part_paid' AND x.order_id = o.id)
    ORDER BY o.order_number, p.id
""")
_MONEY: Final = names_where(lambda row: row.is_money)
_ENDED: Final = text("""
    SELECT x.subject_id, o.event_id FROM exceptions x JOIN orders o ON o.id = x.order_id
    WHERE x.kind = 'left_part_paid' AND x.status = 'open' AND o.placed_by = :device AND o.status <> 'processing'
""")


def tell_of_left(hub: Hub, connection: Connection, device: Device) -> None:
    """Puts each payment of a sale that was left before a person, once."""
    for row in connection.execute(_LEFT, {"device": device.id, "money": list(_MONEY)}).all():
        currency = Currency(row.currency)
        amount, total = Money(row.amount, currency), Money(row.total_amount, currency)
        is_at_provider = row.tender in TENDERS
        what = "Refund it here" if is_at_provider else f"It lies in the drawer of {device.name}: give it back by hand"
        hub.raise_exception(
            connection,
            "left_part_paid",
            f"{amount} of {total} was taken at {device.name}, which was revoked before the sale was finished. {what}.",
            event_id=row.event_id,
            order_id=row.id,
            subject_id=row.payment_id,
            remedies=("refund", "seen") if is_at_provider else ("seen",),
        )


def settle_left(hub: Hub, connection: Connection, device: Device) -> None:
    """Ends the word about sales that the till has ended itself after all."""
    for payment_id, event_id in connection.execute(_ENDED, {"device": device.id}).all():
        hub.settle_exceptions(connection, ("left_part_paid",), payment_id, event_id)
