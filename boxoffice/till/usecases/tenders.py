"""Payments that somebody else has to answer for: begun on disk before anything is asked, ended when it is known."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.ids import OrderId, StaffId, TenderId
from boxoffice.core.money import Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payments import Approved, CardDetails, Declined, PaymentStatus
from boxoffice.core.tenders import TENDERS, TenderKind
from boxoffice.till.store import orders
from boxoffice.till.store.facts import of_order
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.selling import Selling, check_amount, order_at_hand


@dataclass(frozen=True, slots=True)
class OpenTender:
    """A payment that was begun. `reference` is the provider's name for it, once that is known."""

    id: TenderId
    order_id: OrderId
    kind: TenderKind
    amount: Money
    status: PaymentStatus
    reference: str | None
    since: datetime
    reason: str = ""
    staff_id: StaffId | None = None
    """Who began it."""
    is_offered: bool = False
    """It was offered with no network: this till alone ends it."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A payment that somebody waits for."""

    tender_id: TenderId
    cancelled: threading.Event = field(default_factory=threading.Event)
    left_alone: threading.Event = field(default_factory=threading.Event)


class Tenders:
    """Begins and ends payments by reader and by phone; knows which of them run right now."""

    def __init__(self, context: TillContext, selling: Selling) -> None:
        self._context = context
        self._selling = selling
        self._running: dict[OrderId, _Running] = {}
        self._begun: set[TenderId] = set()
        self._lock = threading.Lock()

    @property
    def event_id(self) -> str:
        """The event that this till sells for now."""
        return str(self._context.event.catalogue.id)

    def begin(self, order_id: OrderId, kind: TenderKind, amount: Money) -> OpenTender:
        """Writes down that a payment is about to be asked for.

        Raises:
            OrderClosed: if the order does not wait for money, or another payment is under way.
            BadInput: if the amount is not a part of what is due, or no card pays such an amount.
        """
        bar = TENDERS[kind].bar_to(amount)
        if bar is not None:
            raise bar
        tender_id = TenderId(self._context.new_id())
        with self._context.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            check_amount(order, amount)
            started = PaymentStarted(
                order_id=order_id,
                tender_id=tender_id,
                tender=kind.value,
                amount=amount.minor,
                currency=amount.currency.code,
                idempotency_key=f"boxoffice-{tender_id}",
            )
            self._context.write(connection, [started], order.books)
            with self._lock:
                self._running[order_id] = _Running(tender_id)
                self._begun.add(tender_id)
        return self.tender(tender_id)

    def wait_again(self, tender_id: TenderId) -> OpenTender:
        """Somebody waits again for a payment that was left to itself."""
        tender = self.tender(tender_id)
        with self._lock:
            self._running[tender.order_id] = _Running(tender_id)
        return tender

    def sent(self, tender: OpenTender, reference: str) -> OpenTender:
        """Writes down the provider's name for the payment, before anyone can pay it."""
        return self._goes_on(tender, "sent", reference)

    def offered(self, tender: OpenTender) -> OpenTender:
        """Writes down that the payment is offered with no network, before anyone sees its code."""
        return self._goes_on(tender, "offered")

    def _goes_on(
        self, tender: OpenTender, step: Literal["sent", "offered"], reference: str | None = None
    ) -> OpenTender:
        started = PaymentStarted(
            order_id=tender.order_id,
            tender_id=tender.id,
            tender=tender.kind.value,
            amount=tender.amount.minor,
            currency=tender.amount.currency.code,
            provider_reference=reference,
            idempotency_key=f"boxoffice-{tender.id}",
            step=step,
        )
        with self._context.store.transaction() as connection:
            self._context.write(connection, [started])
        return self.tender(tender.id)

    def end(self, tender: OpenTender, outcome: Approved | Declined) -> None:
        """Writes down how the payment ended, once; if it was the last that was due, its order is finished too.

        It is whoever began it who took it, also where the answer came when somebody else had signed in.
        """
        with self._context.store.transaction() as connection:
            now = self._row(connection, tender.id)
            if now.status in (PaymentStatus.CAPTURED, PaymentStatus.FAILED):
                return
            order = order_at_hand(connection, tender.order_id)
            with self._context.operator.on_behalf_of(now.staff_id):
                if isinstance(outcome, Declined):
                    self._context.write(connection, [_failed(now, outcome)], order.books)
                    return
                is_last = order.status is OrderState.PROCESSING and order.due.minor <= outcome.amount.minor
                ends = self._selling.ending(connection, order) if is_last else []
                self._context.write(connection, [_captured(now, outcome), *ends], order.books_for(ends))

    def mark_unknown(self, tender: OpenTender, reason: str) -> None:
        """Writes down that nobody knows how the payment ended; it is asked about until that is known."""
        with self._context.store.transaction() as connection:
            now = self._row(connection, tender.id)
            if now.status is PaymentStatus.STARTED:
                lost = PaymentUnknown(
                    order_id=tender.order_id,
                    tender_id=tender.id,
                    tender=tender.kind.value,
                    amount=tender.amount.minor,
                    currency=tender.amount.currency.code,
                    provider_reference=now.reference,
                    reason=reason,
                )
                with self._context.operator.on_behalf_of(now.staff_id):
                    self._context.write(connection, [lost])

    def finish_if_paid(self, order_id: OrderId) -> None:
        """Issues the order's tickets if nothing is due any more and nobody did so before."""
        with self._context.store.transaction() as connection:
            self._selling.finish_if_paid(connection, order_id)

    def leave(self, tender: OpenTender) -> None:
        """Nobody waits for this payment any more; if its end is not known, it is now among the unknown."""
        with self._lock:
            self._running.pop(tender.order_id, None)

    def cancelled(self, order_id: OrderId) -> threading.Event:
        """Returns what is set when somebody wants the order's running payment to end."""
        with self._lock:
            running = self._running.get(order_id)
        return running.cancelled if running else threading.Event()

    def left_alone(self, order_id: OrderId) -> threading.Event:
        """Returns what is set when the order's running payment is to go on with nobody waiting for it."""
        with self._lock:
            running = self._running.get(order_id)
        return running.left_alone if running else threading.Event()

    def running(self, order_id: OrderId) -> TenderId | None:
        with self._lock:
            running = self._running.get(order_id)
        return running.tender_id if running else None

    def was_begun_here(self, tender_id: TenderId) -> bool:
        """Returns whether the payment began since the till was started."""
        return tender_id in self._begun

    def tender(self, tender_id: TenderId) -> OpenTender:
        with self._context.store.reading() as connection:
            return self._row(connection, tender_id)

    def unknown(self) -> tuple[OpenTender, ...]:
        """Returns the payments that were begun, have not ended, and that nobody waits for: oldest first."""
        with self._lock:
            running = {each.tender_id for each in self._running.values()}
        with self._context.store.reading() as connection:
            live = orders.live_payments(connection)
            return tuple(self._row(connection, each) for each in live if each not in running)

    def failure(self, tender_id: TenderId) -> Declined | None:
        """Returns why a payment came to nothing, in the words of its fact."""
        tender = self.tender(tender_id)
        with self._context.store.reading() as connection:
            for fact in of_order(connection, tender.order_id):
                if fact.kind is FactKind.PAYMENT_FAILED and fact.payload["tender_id"] == tender_id:
                    return Declined(fact.payload["code"], fact.payload["message"])
        return None

    def _row(self, connection: Connection, tender_id: TenderId) -> OpenTender:
        stored = orders.payment(connection, tender_id)
        facts = [f for f in of_order(connection, stored.order_id) if f.payload.get("tender_id") == tender_id]
        reasons = [str(fact.payload["reason"]) for fact in facts if fact.kind is FactKind.PAYMENT_UNKNOWN]
        return OpenTender(
            id=tender_id,
            order_id=stored.order_id,
            kind=stored.kind,
            amount=stored.amount,
            status=stored.status,
            reference=stored.reference,
            since=facts[0].occurred_at,
            reason=reasons[-1] if reasons else "",
            staff_id=facts[0].staff_id,
            is_offered=any(fact.payload.get("step") == "offered" for fact in facts),
        )


def _captured(tender: OpenTender, outcome: Approved) -> PaymentCaptured:
    return PaymentCaptured(
        order_id=tender.order_id,
        tender_id=tender.id,
        tender=tender.kind.value,
        amount=outcome.amount.minor,
        currency=outcome.amount.currency.code,
        provider_reference=outcome.reference,
        card=_card(outcome.card) if outcome.card else None,
        paid_code=outcome.paid_code,
    )


def _failed(tender: OpenTender, outcome: Declined) -> PaymentFailed:
    return PaymentFailed(
        order_id=tender.order_id,
        tender_id=tender.id,
        tender=tender.kind.value,
        amount=tender.amount.minor,
        currency=tender.amount.currency.code,
        provider_reference=tender.reference,
        code=outcome.code,
        message=outcome.message,
    )


def _card(card: CardDetails) -> CardPart:
    return CardPart(
        brand=card.brand,
        last4=card.last4,
        read_method=card.read_method,
        application_name=card.application_name,
        aid=card.aid,
        account_type=card.account_type,
        authorization_code=card.authorization_code,
        cryptogram=card.cryptogram,
    )
