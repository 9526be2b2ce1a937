"""Payments by phone at the door: what a till asks of the hub about them, from a link to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.facts import instant_text
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TenderKind
from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest, CheckoutState
from boxoffice.core.wire.message import FactMessage
from sync.payments.checkouts import MARGIN, Checkouts, PaymentRefused, UnknownCheckout, must_be
from sync.payments.switches import must_be_open
from sync.store import checkouts
from sync.store import tables as t
from sync.store.checkouts import Checkout, NewCheckout
from sync.store.ledger import load_books, lock_orders
from sync.store.offers import OfferStatus
from sync.store.tills import Device

EXTENSION: Final = timedelta(minutes=5)
_STALE: Final = timedelta(seconds=2)
_OFFERED: Final[Mapping[OfferStatus, CheckoutState]] = {
    OfferStatus.OPEN: "opened",
    OfferStatus.PAID: "paid",
    OfferStatus.ENDED: "expired",
    OfferStatus.SETTLED: "paid",
    OfferStatus.RETURNED: "expired",
}


@dataclass(frozen=True, slots=True)
class DoorCheckouts:
    """The use cases of a till's online payments."""

    checkouts: Checkouts

    def open(self, device: Device, request: CheckoutRequest) -> CheckoutAnswer:
        """Returns the payment's link; asking again for the same tender gives the same one.

        Raises:
            BadInput: if the order is not known, does not ask for this payment, or asks for what no card can pay.
            TryAgainLater: if Stripe can't be reached; the same request may be sent again.
        """
        self.checkouts.provider("stripe")
        begun, placed = self.checkouts.hub.database.run(lambda connection: self._prepare(connection, device, request))
        if begun.device_id != device.id:
            raise UnknownCheckout("There is no such payment.")
        try:
            return self._answer(self.checkouts.ensure(begun, placed))
        except PaymentRefused:  # the answer says so
            return self._answer(self._own(device, request.tender_id))

    def look(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Returns where the payment stands, asking Stripe itself if nobody did so just now."""
        offered = self._offered(device, tender_id)
        if offered is not None:
            return offered
        found = self._own(device, tender_id)
        if not found.is_live:
            return self._answer(found)
        try:
            if found.closes_at <= found.now:
                self.checkouts.close(tender_id, "expired")
            elif self._may_ask(tender_id):
                self.checkouts.settle_checkout(found)
            else:
                return self._answer(found)
        except OperationFailed:  # what the hub knows is still true; the next poll asks again
            pass
        return self._answer(self._own(device, tender_id))

    def cancel(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Ends the payment at Stripe; returns paid if the customer was faster.

        Raises:
            TryAgainLater: if Stripe can't be reached; nobody knows then whether it can still be paid.
        """
        offered = self._offered(device, tender_id, ends_it=True)
        if offered is not None:
            return offered
        self._own(device, tender_id)
        self.checkouts.close(tender_id, "canceled")
        return self._answer(self._own(device, tender_id))

    def extend(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Gives the customer five minutes more, as far as Stripe's own limit goes."""
        found = self._own(device, tender_id)
        with self.checkouts.hub.database.transaction() as connection:
            extended = checkouts.extend(connection, found, EXTENSION, MARGIN)
        return self._answer(extended)

    def _answer(self, found: Checkout) -> CheckoutAnswer:
        """Returns what the hub knows of a payment, with its own facts about the order."""
        with self.checkouts.hub.database.transaction() as connection:
            facts = checkouts.hub_facts(connection, found.order_id)
        left = (found.closes_at - found.now).total_seconds() if found.is_live else 0
        return CheckoutAnswer(
            tender_id=found.tender_id,
            code=found.code,
            url=f"{self.checkouts.hub.public_url}/p/{found.code}",
            state=found.status.value,
            seconds_left=max(0, int(left)),
            opened_at=None if found.opened_at is None else instant_text(found.opened_at),
            facts=tuple(FactMessage.of(fact) for fact in facts),
        )

    def _offered(self, device: Device, tender_id: str, *, ends_it: bool = False) -> CheckoutAnswer | None:
        """Returns how what this till has offered stands; None for any other payment."""
        with self.checkouts.hub.database.reading() as connection:
            if checkouts.of_tender(connection, tender_id) is not None:
                return None
        opened = self.checkouts.offers.ask(device, tender_id, ends_it=ends_it)
        if opened is None:
            return None
        left = (opened.kept.closes_at - opened.kept.now).total_seconds()
        return CheckoutAnswer(
            tender_id=tender_id,
            code="",
            url="",
            state=_OFFERED[opened.kept.status],
            seconds_left=max(0, int(left)),
            paid_code=opened.paid_code or "",
        )

    def _own(self, device: Device, tender_id: str) -> Checkout:
        """Returns a payment that this till asked for."""
        found = self.checkouts.of_tender(tender_id)
        return must_be(found if found.device_id == device.id else None)

    def _may_ask(self, tender_id: str) -> bool:
        """Returns whether this caller is the one to ask Stripe now."""
        with self.checkouts.hub.database.transaction() as connection:
            return checkouts.may_ask(connection, tender_id, _STALE)

    def _prepare(
        self, connection: Connection, device: Device, request: CheckoutRequest
    ) -> tuple[Checkout, OrderPlaced | None]:
        """Returns the payment that a till asks for, and its order where that was read."""
        lock_orders(connection, [request.order_id])
        known = checkouts.of_tender(connection, request.tender_id)
        if known is not None:
            return known, None
        books = load_books(connection, [request.order_id])
        problems = list(_problems(connection, books, device, request))
        if problems:
            raise BadInput(problems)
        self.checkouts.taking.must_take("stripe", Money(request.amount, Currency(request.currency)))
        must_be_open(connection, "phone", request.order_id)
        new = NewCheckout(request.tender_id, device.id, request.amount)
        lasts = self.checkouts.hub.settings.checkout_lasts
        return checkouts.add(connection, books.orders[request.order_id], new, lasts), books.placed[request.order_id]


def _problems(connection: Connection, books: Books, device: Device, request: CheckoutRequest) -> Sequence[FieldError]:
    order = books.orders.get(request.order_id)
    if order is None or order.placed_by != device.id:
        return [FieldError("order_id", "this till has not sent the order's facts")]
    problems = []
    if connection.execute(select(t.events.c.id).where(t.events.c.id == order.event_id)).first() is None:
        problems.append(FieldError("order_id", f"the order's event “{order.event_id}” is not known"))
    if order.status is not OrderState.PROCESSING:
        problems.append(FieldError("order_id", f"the order is {order.status.value}, not processing"))
    payment = books.payments.get(request.tender_id)
    if payment is None or (payment.order_id, payment.tender) != (request.order_id, TenderKind.CHECKOUT):
        problems.append(FieldError("tender_id", "the order has no such online payment"))
    elif payment.status is not PaymentStatus.STARTED:
        problems.append(FieldError("tender_id", f"this payment is {payment.status.value} already"))
    elif (payment.amount, payment.currency) != (request.amount, request.currency):
        problems.append(FieldError("amount", f"the order's facts say {payment.amount} {payment.currency}"))
    if not problems and request.amount > books.due(request.order_id):
        problems.append(FieldError("amount", f"only {books.due(request.order_id)} is still to be paid"))
    return problems
