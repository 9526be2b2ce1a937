"""Offers: what a till with no network has signed is paid here on the customer's own network.

The hub knows nothing of the order but what its till has signed. So its money is booked as unearned under the offer, and
the customer gets a code that says so. By that code, scanned or asked for when it has a network again, the till ends the
payment itself: nobody else does, so that tickets are issued once. Only what it has given up is the hub's to take up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, func, select

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.charging import step_of
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.ids import EventId, OrderId, ProductId, TenderId
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.offers import BadOffer, Offer, OfferLine, PaidCode, check_offer, encode_paid, read_offer
from boxoffice.core.orders import PAID_FOR, OrderState
from boxoffice.core.payloads.offers import OfferPaid, OfferSettled
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.statements import till_of
from boxoffice.core.tenders import TenderKind
from boxoffice.core.typed_codes import typed_code
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.ledger.intake import lock_device
from sync.payments.settling import settle_here
from sync.payments.switches import must_be_open
from sync.payments.taking import Taking
from sync.ports import NewSession, Session, SessionLine
from sync.provider_states import PaymentState
from sync.store import checkouts, offers
from sync.store import tables as t
from sync.store.checkouts import NewCheckout
from sync.store.ledger import load_books, lock_orders
from sync.store.offers import KeptOffer, OfferStatus
from sync.store.queue import defer
from sync.store.tills import Device, TillStatus, till_of_id

LASTS: Final = timedelta(minutes=30)
"""How long an offer can be paid from when it was first opened."""
_OLDEST: Final = timedelta(hours=2)
_FUTURE: Final = timedelta(minutes=30)
"""How far a till's clock may be off: only money waits for this, no place does."""
UNCLAIMED_AFTER: Final = timedelta(hours=12)
_PROVIDER: Final = "stripe"


class NoSuchOffer(BoxofficeError):
    """Not an offer of a till of ours, or one that can't be paid: why, in words for whoever holds the phone."""

    def __init__(self, why: str = later("This is not a code of one of our tills. Scan it again.")) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class OpenedOffer:
    """An offer as the customer sees it: `lines` are what they buy, with what each costs."""

    kept: KeptOffer
    lines: tuple[SessionLine, ...]
    paid_code: str | None = None
    typed_code: str | None = None
    """What is typed at the till where the paid code can't be scanned."""
    is_issued_here: bool = False
    """Whether its till was revoked, and the hub has issued what was paid."""

    @property
    def amount(self) -> Money:
        return Money(self.kept.amount, Currency(self.kept.currency))


@dataclass(frozen=True, slots=True)
class Offers:
    """The use cases of offers."""

    hub: Hub
    taking: Taking

    def open(self, text: str) -> OpenedOffer:
        """Returns what an offer asks for, once it is proved; the first time it is kept.

        Raises:
            NoSuchOffer: if no till of ours has signed it, or it can be paid no more.
        """
        offer = _read(text)
        with self.hub.database.transaction() as connection:
            kept = offers.of_tender(connection, offer.tender_id)
            event_id = offers.event_of(connection, offer.event)
            device = till_of_id(connection, offer.device_id)
            if event_id is None or device is None:
                raise NoSuchOffer
            _prove(text, device)
            if kept is None:
                _must_be_payable(connection, offer, device)
                must_be_open(connection, "phone", offer.order_id)
                kept = offers.keep(connection, offer, event_id, LASTS)
            if (kept.order_id, kept.device_id, kept.amount) != (offer.order_id, offer.device_id, offer.amount.minor):
                raise NoSuchOffer
            lines = _lines(catalogue_on_sale(self.hub, connection, event_id), offer)
            code = self._paid_code(connection, kept)
            typed = None if code is None else self._typed_code(connection, kept, device)
            is_issued = device.status is TillStatus.REVOKED and _is_finished(connection, kept.order_id)
        return OpenedOffer(kept, lines, code, typed, is_issued)

    def page_for(self, opened: OpenedOffer, text: str) -> str | None:
        """Returns the address where the offer is paid, made at the provider if it is not there yet; None if it is over.

        Raises:
            CantBeCharged: if the provider does not take such an amount.
            OperationFailed: if the provider can't be reached, or refused it; nothing was charged.
        """
        kept = opened.kept
        if kept.status is not OfferStatus.OPEN or kept.closes_at <= kept.now:
            return None
        if kept.session_url is not None:
            return kept.session_url
        self.taking.must_take(_PROVIDER, opened.amount)
        session = self.taking.provider(_PROVIDER).create(_wanted(self.hub.public_url, opened, text))
        with self.hub.database.transaction() as connection:
            offers.keep_session(connection, kept.tender_id, session.id, session.url)
        return session.url

    def look(self, tender_id: str) -> None:
        """Asks the provider whether an offer was paid, and writes it down if so.

        Raises:
            OperationFailed: if the provider can't be reached.
        """
        with self.hub.database.reading() as connection:
            kept = offers.of_tender(connection, tender_id)
        if kept is None or kept.session_id is None or kept.status in (OfferStatus.PAID, OfferStatus.SETTLED):
            return
        self._take(kept, self.taking.provider(_PROVIDER).retrieve(kept.session_id))

    def settle_session(self, session_id: str) -> KeptOffer | None:
        """Writes down how an offer's session ended, as it was read; None if it is no offer's. Raises as `look`."""
        with self.hub.database.reading() as connection:
            kept = offers.of_session(connection, session_id)
        if kept is not None:
            self.look(kept.tender_id)
        return kept

    def close_if_due(self, tender_id: str) -> None:
        """Ends an offer whose time is over, at its provider first.

        Raises:
            OperationFailed: if the provider can't be asked; it may be paid.
        """
        with self.hub.database.reading() as connection:
            kept = offers.of_tender(connection, tender_id)
        if kept is None or kept.status is not OfferStatus.OPEN:
            return
        if kept.session_id is not None:
            self._take(kept, self.taking.provider(_PROVIDER).expire(kept.session_id))
            return
        with self.hub.database.transaction() as connection:
            row = offers.locked(connection, tender_id)
            if row.status is OfferStatus.OPEN and row.session_id is None:
                offers.set_status(connection, tender_id, OfferStatus.ENDED)

    def _take(self, kept: KeptOffer, session: Session) -> None:
        """Books what came for an offer, or that nothing can come for it any more."""

        def take(connection: Connection) -> None:
            row = offers.locked(connection, kept.tender_id)
            if row.status in (OfferStatus.PAID, OfferStatus.SETTLED):
                return
            if session.is_paid:
                self._book(connection, row, session)
            elif session.state in (PaymentState.ENDED, PaymentState.REFUSED):
                offers.set_status(connection, row.tender_id, OfferStatus.ENDED)

        self.hub.database.run(take)

    def _book(self, connection: Connection, row: KeptOffer, session: Session) -> None:
        till = connection.execute(select(t.devices.c.name).where(t.devices.c.id == row.device_id)).scalar_one()
        reference = session.payment or session.id
        paid = OfferPaid(
            order_id=row.order_id,
            tender_id=row.tender_id,
            tender=TenderKind.CHECKOUT.value,
            amount=session.amount,
            currency=session.currency,
            provider_reference=reference,
            order_number=row.order_number,
            till=till,
        )
        self.hub.write(connection, [paid], row.event_id)
        offers.mark_paid(connection, row.tender_id, reference, session.amount)

    def _paid_code(self, connection: Connection, kept: KeptOffer) -> str | None:
        """Returns the hub's word that an offer was paid; None as long as it is not, or for another amount."""
        if kept.reference is None or kept.paid_amount != kept.amount:
            return None
        paid = PaidCode(
            OrderId(kept.order_id),
            TenderId(kept.tender_id),
            Money(kept.amount, Currency(kept.currency)),
            kept.reference,
        )
        return encode_paid(paid, EventId(kept.event_id), self.hub.event_key(connection, kept.event_id))

    def _typed_code(self, connection: Connection, kept: KeptOffer, device: Device) -> str:
        """Returns the same word in ten letters, which only the till of this offer can prove."""
        return typed_code(
            OrderId(kept.order_id),
            TenderId(kept.tender_id),
            Money(kept.amount, Currency(kept.currency)),
            EventId(kept.event_id),
            self.hub.event_key(connection, kept.event_id),
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(device.public_key)),
        )

    def ask(self, device: Device, tender_id: str, *, ends_it: bool = False) -> OpenedOffer | None:
        """Returns how an offer of this till's stands, asked at the provider; None if there is none, or it is settled.

        `ends_it` ends it first, unless it is paid.

        Raises:
            OperationFailed: if the provider can't be asked; it may be paid.
        """
        if ends_it:
            self._end(tender_id, device)
        else:
            self.look(tender_id)
        with self.hub.database.transaction() as connection:
            kept = offers.of_tender(connection, tender_id)
            if kept is None or kept.device_id != device.id or kept.status is OfferStatus.SETTLED:
                return None
            return OpenedOffer(kept, (), self._paid_code(connection, kept))

    def _end(self, tender_id: str, device: Device) -> None:
        with self.hub.database.reading() as connection:
            kept = offers.of_tender(connection, tender_id)
        if kept is not None and kept.device_id == device.id:
            self.close_if_due(tender_id)

    def take_up(self, tender_id: str) -> bool:
        """Lets an order whose till waits for it no more take up what was offered for it; returns whether it did.

        What can still be paid is ended at the provider first.

        Raises:
            OperationFailed: if the provider can't be asked.
        """
        with self.hub.database.reading() as connection:
            kept = offers.of_tender(connection, tender_id)
            if kept is None or kept.status is OfferStatus.SETTLED or not _is_known(connection, tender_id):
                return False
        provider = self.taking.provider(_PROVIDER)
        session = None if kept.session_id is None else provider.expire(kept.session_id)
        return self.hub.database.run(lambda connection: self._take_up(connection, kept, session))

    def _take_up(self, connection: Connection, kept: KeptOffer, session: Session | None) -> bool:
        lock_device(connection, kept.device_id)
        lock_orders(connection, [kept.order_id])
        row = offers.locked(connection, kept.tender_id)
        if row.status is OfferStatus.SETTLED or row.session_id != kept.session_id:
            return False
        order = load_books(connection, [row.order_id]).orders[row.order_id]
        new = NewCheckout(row.tender_id, row.device_id, row.amount)
        found = checkouts.add(connection, order, new, row.closes_at)
        settle_offer(self.hub, connection, row)
        if session is not None:
            found = checkouts.keep_session(connection, found, session.id, row.session_url) or found
            settle_here(self.hub, connection, found, session, "expired")
        return True


def _read(text: str) -> Offer:
    try:
        return read_offer(text)
    except BadOffer as error:
        raise NoSuchOffer from error


def _prove(text: str, device: Device) -> None:
    try:
        check_offer(text, Ed25519PublicKey.from_public_bytes(bytes.fromhex(device.public_key)))
    except BadOffer as error:
        raise NoSuchOffer from error


def _must_be_payable(connection: Connection, offer: Offer, device: Device) -> None:
    """Does nothing if an offer that nobody has opened before may be paid.

    Raises:
        NoSuchOffer: if its till is trusted no more or has given it up, or if it is too old.
    """
    if device.status is not TillStatus.ACTIVE:
        raise NoSuchOffer(later("This till does not sell any more. Nothing was charged. Ask the seller."))
    p = t.payments.c
    status = connection.execute(select(p.status).where(p.id == offer.tender_id)).scalar_one_or_none()
    if status is not None and PaymentStatus(status) not in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN):
        raise NoSuchOffer(later("This code has ended at the till. Nothing was charged. Ask the seller for a new one."))
    now = connection.execute(select(func.now())).scalar_one()
    if not -_FUTURE < now - offer.made_at < _OLDEST:
        raise NoSuchOffer(later("This code is too old. Nothing was charged. Ask the seller for a new one."))


def _is_known(connection: Connection, tender_id: str) -> bool:
    return connection.execute(select(t.payments.c.id).where(t.payments.c.id == tender_id)).first() is not None


def _is_finished(connection: Connection, order_id: str) -> bool:
    status = connection.execute(select(t.orders.c.status).where(t.orders.c.id == order_id)).scalar_one_or_none()
    return status is not None and OrderState(status) in PAID_FOR


def _lines(catalogue: Catalogue, offer: Offer) -> tuple[SessionLine, ...]:
    """Returns what is paid for, by the names of the event's products."""
    lines = tuple(SessionLine(f"{line.quantity} × {_name(catalogue, line)}", line.total) for line in offer.lines)
    if sum(line.amount for line in lines) != offer.amount.minor:
        return (SessionLine(f"Part of order {offer.order_number}", offer.amount.minor),)
    return lines


def _name(catalogue: Catalogue, line: OfferLine) -> str:
    found = (product.name for product in catalogue.products if line.is_of(ProductId(product.id)))
    return next(found, "Other things")


def _wanted(public_url: str, opened: OpenedOffer, text: str) -> NewSession:
    kept, back = opened.kept, f"{public_url}/O/{text.upper()}"
    step = step_of(opened.amount.currency).minor
    lines = [line for line in opened.lines if line.amount > 0]
    if any(line.amount % step for line in lines):
        lines = [SessionLine(f"Part of order {kept.order_number}", kept.amount)]
    return NewSession(
        key=f"offer-{kept.tender_id}",
        order_id=kept.order_id,
        metadata={
            "order_id": kept.order_id,
            "tender_id": kept.tender_id,
            "order_number": kept.order_number,
            "event_id": kept.event_id,
            "till": till_of(kept.order_number),
        },
        currency=kept.currency,
        lines=lines,
        success_url=f"{back}/done",
        cancel_url=back,
        expires_at=int(kept.session_expires_at.timestamp()),
    )


def tell_unclaimed(hub: Hub, connection: Connection) -> None:
    """Puts what was paid and whose till has not come back since before a person, once."""
    for row in offers.unclaimed(connection, UNCLAIMED_AFTER):
        amount, number = Money(row.amount, Currency(row.currency)), row.order_number
        hub.raise_exception(
            connection,
            "offer_unclaimed",
            f"{amount} was paid by phone for order {number} ({row.reference}). Its till has not been heard of since.",
            event_id=row.event_id,
            device_id=row.device_id,
            subject_id=row.tender_id,
            remedies=("seen",),
        )


def settle_captured(hub: Hub, connection: Connection, facts: Sequence[Fact]) -> None:
    """Ends the offers that tills have taken the customers' codes for, and has those looked at that tills gave up."""
    for fact in facts:
        tender_id = fact.payload.get("tender_id")
        if fact.kind is FactKind.PAYMENT_CAPTURED and fact.payload.get("paid_code") is not None:
            row = offers.of_tender(connection, str(tender_id))
            if row is not None and offers.locked(connection, row.tender_id).status is not OfferStatus.SETTLED:
                settle_offer(hub, connection, row)
        elif fact.kind is FactKind.PAYMENT_FAILED and offers.of_tender(connection, str(tender_id)) is not None:
            defer(connection, "end_offer", {"tender_id": str(tender_id)})


def settle_offer(hub: Hub, connection: Connection, row: KeptOffer) -> None:
    """Writes down that an offer's order tells of its money from here on."""
    if row.status is OfferStatus.PAID and row.paid_amount is not None:
        settled = OfferSettled(
            order_id=row.order_id,
            tender_id=row.tender_id,
            tender=TenderKind.CHECKOUT.value,
            amount=row.paid_amount,
            currency=row.currency,
            provider_reference=row.reference,
        )
        hub.write(connection, [settled], row.event_id)
    offers.set_status(connection, row.tender_id, OfferStatus.SETTLED)
