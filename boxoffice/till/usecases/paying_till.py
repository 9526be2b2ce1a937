"""The till at a payment: what a person asks while money is taken, be it cash, a card, a phone or a gift card."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.money import Money
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.gift_cards import CardAtHand, CashedOut
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import OnProgress, Progress, TenderOutcome, TenderPaid, UnknownPayment
from boxoffice.till.usecases.phone_payment import NO_NETWORK
from boxoffice.till.usecases.running import RunningTill
from boxoffice.till.usecases.tenders import OpenTender


class PayingTill(RunningTill):
    """A till that takes money for orders that it has placed."""

    def take_cash(self, order_id: OrderId, amount: Money, tendered: Money) -> Order:
        self._must_begin(order_id)
        self.services.selling.take_cash(order_id, amount, tendered)
        return self._taken(order_id, TenderKind.CASH)

    def take(self, order_id: OrderId, kind: TenderKind, amount: Money, reason: str) -> Order:
        self._must_begin(order_id)
        self.services.selling.take(order_id, kind, amount, reason)
        return self._taken(order_id, kind)

    def look_at_card(self, code: str) -> CardAtHand:
        card = self.services.gift_cards.look(code)
        self._changed()
        return card

    def pay_by_card(self, order_id: OrderId, code: str, amount: Money) -> Order:
        self._must_begin(order_id)
        self.services.gift_cards.pay(order_id, code, amount)
        return self._taken(order_id, TenderKind.STORED_VALUE)

    def cash_out_card(self, code: str, why: str) -> CashedOut:
        done = self.services.gift_cards.cash_out(code, why)
        self._changed()
        return done

    def pay_by_reader(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        services = self.services
        self._must_begin(order_id)
        reader_id = services.readers.chosen_id
        if reader_id is None:
            raise OperationFailed("No reader is chosen.", "Nothing was charged.", "Choose one under “This till”.")
        with services.context.operator.held():
            tender = services.tenders.begin(order_id, TenderKind.TERMINAL, amount)
            services.status.is_reader_in_use = True
            self._tell_status()
            try:
                number = services.orders.order(order_id).number
                with services.reader_display.put_away():
                    services.reader_payment.run(tender, reader_id, number, self._local(on_progress))
            finally:
                services.status.is_reader_in_use = False
                self._left(tender)
        return self._paid_by(order_id, TenderKind.TERMINAL, services.unknown.outcome(tender.id))

    def pay_by_phone(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        services = self.services
        self._must_begin(order_id)
        with services.context.operator.held():
            if services.link.is_online or not services.offering.is_possible:
                tender_id = self._on_phone(order_id, amount, on_progress, services.phone_payment.run)
                why = services.tenders.failure(tender_id)
                if why is None or why.code != NO_NETWORK or not services.offering.is_possible:
                    return self._paid_by(order_id, TenderKind.CHECKOUT, services.unknown.outcome(tender_id))
            tender_id = self._on_phone(order_id, amount, on_progress, services.offering.run)
        return self._paid_by(order_id, TenderKind.CHECKOUT, services.unknown.outcome(tender_id))

    def _on_phone(
        self, order_id: OrderId, amount: Money, on_progress: OnProgress, run: Callable[[OpenTender, OnProgress], bool]
    ) -> TenderId:
        tender = self.services.tenders.begin(order_id, TenderKind.CHECKOUT, amount)
        try:
            run(tender, self._local(on_progress))
        finally:
            self._left(tender)
        return tender.id

    def take_paid_code(self, order_id: OrderId, readings: Sequence[str]) -> bool:
        taken = self.services.offering.take_code(readings, order_id) is not None
        self._changed()
        return taken

    def take_typed_code(self, order_id: OrderId, typed: str) -> None:
        self.services.offering.take_typed(typed, order_id)
        self._changed()

    def cancel_payment(self, order_id: OrderId) -> None:
        self.services.tenders.cancelled(order_id).set()
        self.services.wakeups.ring()

    def extend_payment(self, order_id: OrderId) -> float:
        tender_id = self.services.tenders.running(order_id)
        if tender_id is None:
            raise OperationFailed("No payment is under way.", "Nothing was changed.", "")
        answer = self.services.link.call(lambda hub: hub.extend_checkout(tender_id))
        return answer.seconds_left

    def stop_waiting(self, order_id: OrderId) -> None:
        self.services.tenders.left_alone(order_id).set()
        self.services.wakeups.ring()

    def wait_again(self, payment_id: TenderId, on_progress: OnProgress) -> TenderOutcome:
        services = self.services
        tender = services.tenders.wait_again(payment_id)
        try:
            services.phone_payment.wait_again(tender, self._local(on_progress))
        finally:
            services.unknown.told(payment_id)
            self._left(tender)
        return services.unknown.outcome(payment_id)

    def unknown_payments(self) -> tuple[UnknownPayment, ...]:
        return self.services.unknown.pending()

    def check_again(self, payment_id: TenderId) -> TenderOutcome:
        services = self.services
        with suppress(TryAgainLater):
            services.unknown.check(payment_id, services.readers.chosen_id)
        self._changed()
        return services.unknown.outcome(payment_id)

    def in_cash(self, amount: Money) -> Money:
        return self.services.selling.in_cash(amount)

    def _must_begin(self, order_id: OrderId) -> None:
        """Does nothing if a payment may be begun: at a revoked till only for an order that is partly paid."""
        if self.is_revoked and not self.services.orders.order(order_id).paid.minor:
            self.services.handing_over.must_sell()

    def _local(self, report: OnProgress) -> OnProgress:
        """Tells progress by the event's own clock."""
        local = self.services.context.local

        def tell(progress: Progress) -> None:
            report(replace(progress, at=local(progress.at)))

        return tell

    def _sold(self, order_id: OrderId) -> Order:
        order = self.services.orders.order(order_id)
        self._changed()
        return order

    def _taken(self, order_id: OrderId, kind: TenderKind) -> Order:
        """Returns an order that something was just taken for; the drawer opens as it is set up."""
        order = self._sold(order_id)
        is_paid = not order.due.minor
        paid = [each.kind for each in order.tenders if each.status is PaymentStatus.CAPTURED] if is_paid else ()
        self.services.printing.open_drawer_for(kind, paid)
        return order

    def _paid_by(self, order_id: OrderId, kind: TenderKind, outcome: TenderOutcome) -> TenderOutcome:
        if isinstance(outcome, TenderPaid):
            self._taken(order_id, kind)
        return outcome

    def _left(self, tender: OpenTender) -> None:
        self.services.tenders.leave(tender)
        self._changed()
