"""Payment by phone with no network at the till: it signs an offer, and believes the hub's signed word that it was paid.

What was offered is ended by this till alone, by the code that the customer's phone shows or that the hub gives once it
can be asked. So tickets are issued once, whoever learns of the payment first.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.errors import OperationFailed
from boxoffice.core.facts import read_payload
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.offers import (
    BadPaidCode,
    Offer,
    OfferLine,
    PaidCode,
    decode_paid,
    encode_offer,
    event_digest,
    is_paid_code,
    product_digest,
    shown_lines,
)
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payments import Approved, Declined, PaymentStatus, plain_words
from boxoffice.core.typed_codes import MOST_WRONG, is_same, plain, typed_code
from boxoffice.till.store import orders, settings
from boxoffice.till.store.facts import of_order
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.paying import Progress, Stage
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.scans import without_ends
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import OpenTender, Tenders
from boxoffice.till.usecases.wakeups import Wakeups

LASTS_S: Final = 20 * 60.0
"""For so long the till says that the customer has time. Its places are kept until it is known how it ended."""
_NO_CODE: Final = 502
"""What is made of an answer that calls a code what is none."""
_ENDED: Final = frozenset({PaymentStatus.CAPTURED, PaymentStatus.FAILED})


@dataclass(frozen=True, slots=True)
class _Proved:
    """A paid code as it was read, and what it says."""

    text: str
    paid: PaidCode


@dataclass(frozen=True, slots=True)
class Offering:
    """Drives payments that were offered with no network."""

    context: TillContext
    link: Link
    sync: Sync
    tenders: Tenders
    wakeups: Wakeups
    poll_s: float
    _deciding: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_possible(self) -> bool:
        return can_offer(self.context, self.link)

    def run(self, tender: OpenTender, report: Callable[[Progress], None]) -> bool:
        """Offers a payment that nobody has seen a code of; returns whether it is known how it ended."""
        return self.wait(self.tenders.offered(tender), report)

    def wait(self, tender: OpenTender, report: Callable[[Progress], None]) -> bool:
        """Shows the code until the payment has ended or is left to itself; returns whether its end is known."""
        cancelled, left_alone = self.tenders.cancelled(tender.order_id), self.tenders.left_alone(tender.order_id)
        seen = self.wakeups.wait(-1, 0)
        report(Progress(Stage.SENT, self.context.clock.now(), self.address_of(tender), LASTS_S, is_offer=True))
        while self.tenders.tender(tender.id).status not in _ENDED:
            if cancelled.is_set():
                self.cancel(tender)
                continue
            if left_alone.is_set():
                return False
            if self.link.is_online and self._asked(tender, report):
                continue
            seen = self.wakeups.wait(seen, self.poll_s)
        return True

    def resolve(self, tender: OpenTender, *, ends_it: bool = False) -> bool:
        """Asks the hub how an offer ended that was left to itself; returns whether that is known now.

        Raises:
            Unreachable: if the hub can't be asked now.
        """
        with self._deciding:
            return self._ask(tender, lambda _: None, ends_it=ends_it)

    def cancel(self, tender: OpenTender) -> None:
        """Ends an offer, at the hub where that can be asked; what is paid all the same is put before a person there."""
        with self._deciding:
            try:
                is_ended = self.link.is_online and self._ask(tender, lambda _: None, ends_it=True)
            except (Unreachable, HubRefused):
                is_ended = False
            if not is_ended:
                self.tenders.end(tender, Declined("canceled", plain_words("canceled")))

    def address_of(self, tender: OpenTender) -> str:
        """Returns what the code of an offer leads to; the same for as long as it lasts."""
        event = self.context.event
        with self.context.store.reading() as connection:
            facts = of_order(connection, tender.order_id)
        placed = next(payload for payload in map(read_payload, facts) if isinstance(payload, OrderPlaced))
        lines = [
            OfferLine(product_digest(ProductId(line.product_id)), line.quantity, line.total) for line in placed.lines
        ]
        offer = Offer(
            event=event_digest(event.catalogue.id),
            device_id=self.context.device.id,
            order_id=tender.order_id,
            tender_id=tender.id,
            order_number=placed.order_number,
            made_at=tender.since.replace(microsecond=0),
            amount=tender.amount,
            revision=event.catalogue.revision,
            lines=shown_lines(lines),
        )
        base = urlsplit(event.hub_url)
        # In capitals a code takes letters two at a time: it is the coarser for it.
        return f"{base.scheme}://{base.netloc}".upper() + f"{base.path}/O/{encode_offer(offer, event.issuer.key)}"

    def take_code(self, readings: Sequence[str], order_id: OrderId | None = None) -> OrderId | None:
        """Takes a code from a customer's phone; returns the order that it has paid, None if it is no such code.

        Args:
            readings: what the code may say, by the keyboard's layout.
            order_id: the order that is being paid; without one, it may be any that waits.

        Raises:
            OperationFailed: if it is forged, altered, of another event, of another order, or was taken before.
        """
        proved = self._proved(readings)
        if proved is None:
            return None
        paid = proved.paid
        if order_id is not None and paid.order_id != order_id:
            raise OperationFailed(
                f"This code pays for another order, with {paid.amount}.",
                "Nothing was changed.",
                "Ask for the code of this payment.",
            )
        with self._deciding:
            self._take(proved)
        self.wakeups.ring()
        return paid.order_id

    def take_typed(self, typed: str, order_id: OrderId) -> None:
        """Takes the letters that stand under a code which can't be scanned, for the order that is being paid.

        Each try is counted on the disk before it is looked at.

        Raises:
            OperationFailed: if they are wrong, of another payment, or too many were wrong before.
        """
        with self._deciding:
            tender = self._waiting(order_id)
            with self.context.store.transaction() as connection:
                tries = settings.count_up(connection, f"typed_codes:{tender.id}")
            if tries > MOST_WRONG:
                raise OperationFailed(
                    "Too many wrong codes were typed for this payment.",
                    "Nothing was changed.",
                    "Scan their code, or wait for the network.",
                )
            event = self.context.event
            key = Ed25519PublicKey.from_public_bytes(event.public_key)
            code = typed_code(tender.order_id, tender.id, tender.amount, event.catalogue.id, event.issuer.key, key)
            if not is_same(plain(typed), code):
                raise OperationFailed(
                    "These are not the letters of this payment.", "Nothing was changed.", "Read them again, one by one."
                )
            self.tenders.end(tender, Approved(None, tender.amount, paid_code=code))
        self.wakeups.ring()

    def _waiting(self, order_id: OrderId) -> OpenTender:
        """Returns the payment of an order that was offered and has not ended."""
        with self.context.store.reading() as connection:
            live = orders.live_payments(connection)
        mine = (self.tenders.tender(each) for each in live)
        found = next((each for each in mine if each.order_id == order_id and each.is_offered), None)
        if found is None:
            raise OperationFailed(
                "No code of a phone is waited for.", "Nothing was changed.", "Look for the order under Orders."
            )
        return found

    def _proved(self, readings: Sequence[str]) -> _Proved | None:
        """Returns a code whose every byte is proved; None if none was meant."""
        event = self.context.event
        key = Ed25519PublicKey.from_public_bytes(event.public_key)
        is_meant = False
        for text in _candidates(readings):
            if is_paid_code(text):
                is_meant = True
                try:
                    return _Proved(text, decode_paid(text, event.catalogue.id, key))
                except BadPaidCode:
                    continue
        if is_meant:
            raise OperationFailed(
                "This code is not from the hub of this event.",
                "Nothing was changed.",
                "Ask for the code that their phone shows after paying.",
            )
        return None

    def _take(self, proved: _Proved) -> None:
        paid = proved.paid
        with self.context.store.reading() as connection:
            is_ours = orders.has_payment(connection, paid.tender_id)
        if not is_ours:
            raise OperationFailed(
                "This code pays for an order of another till.", "Nothing was changed.", "Send the customer there."
            )
        tender = self.tenders.tender(paid.tender_id)
        if tender.status is PaymentStatus.CAPTURED:
            raise OperationFailed(
                "This code was taken before.", "Nothing was changed.", "Its tickets are issued. Look under Orders."
            )
        if tender.status is PaymentStatus.FAILED or not tender.is_offered:
            raise OperationFailed(
                "This payment was cancelled here.",
                "Their money is not lost.",
                "Organizers see it, and can give it back.",
            )
        if (tender.order_id, tender.amount) != (paid.order_id, paid.amount):
            raise OperationFailed(
                f"This code pays {paid.amount}, and {tender.amount} is due.",
                "Nothing was changed.",
                "Tell an organizer.",
            )
        self.tenders.end(tender, Approved(paid.reference, paid.amount, paid_code=proved.text))

    def _asked(self, tender: OpenTender, report: Callable[[Progress], None]) -> bool:
        with self._deciding:
            try:
                return self._ask(tender, report)
            except (Unreachable, HubRefused):
                return False

    def _ask(self, tender: OpenTender, report: Callable[[Progress], None], *, ends_it: bool = False) -> bool:
        """Returns whether it is known now how an offer ended.

        Raises:
            Unreachable: if the hub can't be asked.
            HubRefused: if it won't say.
        """
        if self.tenders.tender(tender.id).status in _ENDED:
            return True
        self.sync.push()
        try:
            answer = self.link.call(lambda hub: hub.cancel_checkout(tender.id) if ends_it else hub.checkout(tender.id))
        except HubRefused as error:
            if error.status != 404:
                raise
            if ends_it:  # nobody has opened it, and now it can't be opened any more
                self.tenders.end(tender, Declined("canceled", plain_words("canceled")))
            return ends_it
        if answer.paid_code:
            proved = self._proved([answer.paid_code])
            if proved is None:
                raise HubRefused(_NO_CODE, "")
            self._take(proved)
            return True
        if answer.facts:
            self.sync.take_facts(answer.facts)
        elif answer.state in ("expired", "failed"):
            code = "canceled" if ends_it else "expired"
            self.tenders.end(tender, Declined(code, plain_words(code)))
        elif answer.state == "opened":
            report(Progress(Stage.OPENED, self.context.clock.now(), is_offer=True))
        return self.tenders.tender(tender.id).status in _ENDED


def can_offer(context: TillContext, link: Link) -> bool:
    """Returns whether customers can be told where to pay, though the hub can't be asked."""
    return context.has_event and bool(context.event.hub_url) and not link.is_revoked


def _candidates(readings: Sequence[str]) -> Iterator[str]:
    for reading in readings:
        yield from without_ends(reading)
