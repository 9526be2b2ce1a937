"""Payments whose outcome nobody knows: asked about until it is known, and never charged again meanwhile."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from boxoffice.core.declines import refusal_of
from boxoffice.core.ids import TenderId
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS, Taken
from boxoffice.till.usecases.gateway.paying import (
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    UnknownPayment,
)
from boxoffice.till.usecases.gateway.standing import PaymentResolved
from boxoffice.till.usecases.orders import Orders
from boxoffice.till.usecases.phone_payment import PhonePayment
from boxoffice.till.usecases.reader_payment import ReaderPayment
from boxoffice.till.usecases.tenders import OpenTender, Tenders

_RESTARTED = "The till was closed while this payment was under way."
_LEFT_ALONE = "The customer still has the code, and the till serves the next."


@dataclass(slots=True)
class _Asked:
    times: int = 0
    at: datetime | None = None


class UnknownPayments:
    """What the problems page shows, and what asks."""

    def __init__(self, tenders: Tenders, orders: Orders, reader: ReaderPayment | None, phone: PhonePayment) -> None:
        self._tenders = tenders
        self._orders = orders
        self._reader = reader
        self._phone = phone
        self._asked: dict[TenderId, _Asked] = {}
        self._seen: set[TenderId] = set()
        self._one_at_a_time = threading.Lock()

    def pending(self) -> tuple[UnknownPayment, ...]:
        """Returns them, oldest first."""
        return tuple(self._describe(tender) for tender in self._tenders.unknown())

    def check(self, payment_id: TenderId, reader_id: str | None) -> TenderOutcome:
        """Asks about one now, for somebody who is told the answer.

        Raises:
            Unreachable: if nobody answers; it stays unknown.
        """
        with self._one_at_a_time:
            self._check(payment_id, reader_id)
            outcome = self.outcome(payment_id)
            if not isinstance(outcome, TenderUnknown):
                self.told(payment_id)
        return outcome

    def told(self, payment_id: TenderId) -> None:
        """Somebody has been told how this one ended, or is about to be: it is no news any more."""
        self._seen.discard(payment_id)

    def _check(self, payment_id: TenderId, reader_id: str | None) -> None:
        tender = self._tenders.tender(payment_id)
        if tender.status in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN):
            asked = self._asked.setdefault(payment_id, _Asked())
            asked.times, asked.at = asked.times + 1, self._orders.context.local_now()
            self._ask(tender, reader_id)

    def check_all(self, reader_id: str | None) -> None:
        """Asks about each."""
        for tender in self._tenders.unknown():
            with self._one_at_a_time:
                self._check(tender.id, reader_id)

    def newly_known(self) -> list[PaymentResolved]:
        """Returns those that were shown as unknown and have ended since, each once."""
        with self._one_at_a_time:
            gone = self._seen - {tender.id for tender in self._tenders.unknown()}
            self._seen -= gone
        resolved = []
        for payment_id in sorted(gone):
            outcome = self.outcome(payment_id)
            if not isinstance(outcome, TenderUnknown):
                resolved.append(PaymentResolved(payment_id, outcome))
        return resolved

    def outcome(self, payment_id: TenderId) -> TenderOutcome:
        """Returns how a payment stands by the till's own books."""
        tender = self._tenders.tender(payment_id)
        match tender.status:
            case PaymentStatus.CAPTURED:
                order = self._orders.order(tender.order_id)
                return TenderPaid(order, next((t.words for t in order.tenders if t.id == payment_id), ""))
            case PaymentStatus.FAILED:
                why = self._tenders.failure(payment_id)
                order = self._orders.order(tender.order_id)
                return TenderRefused(order) if why is None else TenderRefused(order, why.message, refusal_of(why.code))
            case PaymentStatus.STARTED | PaymentStatus.UNKNOWN:
                return TenderUnknown(self._describe(tender))
            case _:
                assert_never(tender.status)

    def _ask(self, tender: OpenTender, reader_id: str | None) -> None:
        if TENDERS[tender.kind].taken is Taken.PAGE:
            self._phone.resolve(tender)
        elif self._reader is not None:
            self._reader.resolve(tender, reader_id)

    def _describe(self, tender: OpenTender) -> UnknownPayment:
        self._seen.add(tender.id)
        asked = self._asked.get(tender.id, _Asked())
        return UnknownPayment(
            id=tender.id,
            order=self._orders.order(tender.order_id),
            kind=tender.kind,
            amount=tender.amount,
            since=self._orders.context.local(tender.since),
            reason=tender.reason or (_LEFT_ALONE if self._tenders.was_begun_here(tender.id) else _RESTARTED),
            checks=asked.times,
            checked_at=asked.at,
        )
