"""Looks orders up, as the screens show them: read from the facts, so that nothing shown can differ from the books."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.folding import words_of
from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads import CardPart, OrderPlaced, PaymentCaptured
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.sales import ticket_count
from boxoffice.core.sums import sums_of
from boxoffice.core.tenders import TenderKind
from boxoffice.core.tickets import BadToken, decode_token
from boxoffice.documents.languages import language
from boxoffice.documents.sums import sum_rows
from boxoffice.till.services.context import TillContext
from boxoffice.till.services.gateway import Found, Order, OrderLine, Tender
from boxoffice.till.store import settings
from boxoffice.till.store.facts import of_order

_MATCH: Final = """
    FROM orders WHERE event_id = :event
    AND (id = (SELECT order_id FROM tickets WHERE id = :ticket)
         OR NOT EXISTS (
            SELECT 1 FROM json_each(:words) WHERE NOT instr(
                searchable(order_number, replace(order_number, '-', ''), customer_name, customer_email, customer_phone,
                           (SELECT group_concat(item_name, ' ') FROM order_items WHERE order_id = orders.id)),
                value)))
"""
_FOUND: Final = f"SELECT id {_MATCH} ORDER BY created_at DESC, id DESC LIMIT :most"
_COUNTED: Final = f"SELECT count(*) {_MATCH}"
_LAST_SALE: Final = """
    SELECT id FROM orders WHERE event_id = ? AND status = 'completed' ORDER BY created_at DESC, id DESC LIMIT 1
"""
_BACK: Final = """
    SELECT r.payment_id, r.amount, r.status FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.order_id = ? AND r.status <> 'failed'
"""
_ROW: Final = "SELECT status, customer_email FROM orders WHERE id = ?"
_MAIL: Final = "SELECT status FROM outbox_mails WHERE order_id = ? ORDER BY id DESC LIMIT 1"
_TICKETS: Final = "SELECT status FROM tickets WHERE order_id = ?"
_PAYMENTS: Final = "SELECT id, tender, amount, currency, status FROM payments WHERE order_id = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Orders:
    """The till's own orders."""

    context: TillContext

    def order(self, order_id: OrderId) -> Order:
        with self.context.store.reading() as connection:
            return self._order(connection, order_id)

    def find(self, query: str, most: int) -> Found:
        """Returns the orders of the event at hand that match, newest first.

        Args:
            query: words of an order number, a product, a name or an e-mail address, or a ticket's whole code.
            most: how many at most; what else matches is only counted.
        """
        with self.context.store.reading() as connection:
            values = {
                "event": self.context.event.catalogue.id,
                "words": json.dumps(words_of(query)),
                "ticket": self._ticket_of(query.strip()),
                "most": most,
            }
            found = connection.exec_driver_sql(_FOUND, values).all()
            total = connection.exec_driver_sql(_COUNTED, values).scalar_one()
            return Found(tuple(self._order(connection, OrderId(row[0])) for row in found), int(total))

    def last_sale(self) -> Order | None:
        """Returns the newest order that was paid."""
        with self.context.store.reading() as connection:
            found = connection.exec_driver_sql(_LAST_SALE, (self.context.event.catalogue.id,)).scalar()
            return None if found is None else self._order(connection, OrderId(found))

    def open_ids(self) -> tuple[OrderId, ...]:
        """Returns the orders that wait for money, newest first."""
        with self.context.store.reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT id FROM orders WHERE status = 'processing' ORDER BY created_at DESC, id DESC"
            )
            return tuple(OrderId(row[0]) for row in found)

    def _ticket_of(self, code: str) -> str | None:
        event = self.context.event
        try:
            key = Ed25519PublicKey.from_public_bytes(event.public_key)
            return decode_token(code, event.catalogue.id, key).ticket_id
        except BadToken:
            return None

    def _order(self, connection: Connection, order_id: OrderId) -> Order:
        facts = of_order(connection, order_id)
        placed = next(OrderPlaced.model_validate(f.payload) for f in facts if f.kind is FactKind.ORDER_PLACED)
        row = connection.exec_driver_sql(_ROW, (order_id,)).one()
        currency = Currency(placed.currency)
        return Order(
            id=order_id,
            number=placed.order_number,
            state=OrderState(row[0]),
            channel=Channel(placed.channel),
            placed_at=self.context.local(facts[0].occurred_at),
            lines=tuple(
                OrderLine(
                    line.name,
                    ", ".join(text for text in (line.option, line.detail) if text),
                    line.quantity,
                    Money(line.subtotal, currency),
                )
                for line in placed.lines
            ),
            sums=sum_rows(sums_of(placed.lines), language("en"), currency),
            total=Money(placed.total, currency),
            tenders=_tenders(connection, order_id, facts),
            ticket_count=_tickets_left(connection, placed),
            device_name=self.context.device.name,
            email=row[1] or "",
            mail=connection.exec_driver_sql(_MAIL, (order_id,)).scalar() or "",
            is_synced=_is_synced(connection, order_id),
        )


def _tickets_left(connection: Connection, placed: OrderPlaced) -> int:
    """Returns how many tickets the order has, or will have when it is paid; what was voided is gone."""
    statuses = connection.exec_driver_sql(_TICKETS, (placed.order_id,)).scalars().all()
    return statuses.count("valid") if statuses else ticket_count(placed)


def _tenders(connection: Connection, order_id: OrderId, facts: Sequence[Fact]) -> tuple[Tender, ...]:
    captured = {
        fact.payload["tender_id"]: PaymentCaptured.model_validate(fact.payload)
        for fact in facts
        if fact.kind is FactKind.PAYMENT_CAPTURED
    }
    rows = connection.exec_driver_sql(_PAYMENTS, (order_id,)).all()
    back = connection.exec_driver_sql(_BACK, (order_id,)).all()
    return tuple(_tender(row, captured.get(row[0]), [each for each in back if each[0] == row[0]]) for row in rows)


def _tender(row: Sequence[object], captured: PaymentCaptured | None, back: Sequence[Sequence[Any]]) -> Tender:
    id_, tender, amount, code, status = row
    currency = Currency(str(code))
    card = captured.card if captured else None
    given = captured.tendered if captured else None
    return Tender(
        id=TenderId(str(id_)),
        kind=TenderKind(tender),
        amount=Money(int(str(amount)), currency),
        status=PaymentStatus(status),
        words=card_words(card) if card else (captured.reason or "") if captured else "",
        tendered=None if given is None else Money(given, currency),
        given_back=Money(sum(int(each[1]) for each in back), currency) if back else None,
        is_back=bool(back) and all(each[2] == "succeeded" for each in back),
    )


def card_words(card: CardPart) -> str:
    """Returns `Visa ending 4242`."""
    return f"{card.brand.capitalize()} ending {card.last4}"


def _is_synced(connection: Connection, order_id: OrderId) -> bool:
    last = connection.exec_driver_sql("SELECT max(position) FROM facts WHERE order_id = ?", (order_id,)).scalar_one()
    return int(last) <= int(settings.get(connection, "acked_position") or 0)
