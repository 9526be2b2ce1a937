"""What speaks for a sale whose payment is disputed: the facts about it, each with whether its signature holds."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.evidence import Case, Proof, ProofKind
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import BrokenFact, Fact, check_fact, read_payload
from boxoffice.core.ids import ProductId
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import HELD, Channel
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.orders import OrderCollected, OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundSucceeded
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.tickets import TicketsIssued
from boxoffice.core.tenders import tender_of
from boxoffice.core.ticket_codes import code_of
from boxoffice.documents.languages import language
from sync.store import tables as t
from sync.store.chain import stored_in
from sync.store.dispute_cases import KnownDispute
from sync.store.mails import MailStatus, mails_of

_f: Final = t.facts.c
_ENGLISH: Final = language("en")
_MOST_BEFORE: Final = 3
_HOW: Final = {"web": later("on the web"), "door": later("at the door"), "kiosk": later("at a kiosk by the door")}
_READ: Final = {
    "contact_emv": "The card was present: its chip was read by our terminal.",
    "contactless_emv": "The card was present: it was held to our terminal, and its chip was read.",
    "contactless_magstripe_mode": "The card was present: it was held to our terminal.",
    "magnetic_stripe_fallback": "The card was present: its stripe was read by our terminal.",
    "magnetic_stripe_track2": "The card was present: its stripe was read by our terminal.",
}
_WAYS: Final = {
    "code": later("by its code"),
    "name": later("by its buyer's name"),
    "list": later("from the printed list"),
    "sale": later("as sold"),
}
_SEEN: Final = {
    "photo_id": later("photo ID"),
    "code": later("the order's code"),
    "card": later("the card"),
    "someone_else": later("for the buyer"),
}
_BEFORE: Final = text(f"""
    SELECT o.id FROM orders o
    WHERE lower(o.customer_email) = lower(:email) AND o.id <> :order AND o.created_at < :at AND o.total_amount > 0
      AND o.status IN ({listed(HELD)})
      AND NOT EXISTS (SELECT FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.order_id = o.id)
    ORDER BY o.created_at DESC LIMIT :most
""")  # noqa: S608  # of the words of a closed set
# Of facts that name no order: they are few beside the others, and found by the index of those.
_SCANS: Final = (_f.kind == FactKind.TICKET_SCANNED.value, _f.payload["order_id"].astext.is_(None))
_REVISIONS: Final = (_f.kind == FactKind.CATALOGUE_REVISED.value, _f.payload["order_id"].astext.is_(None))


def case_for(connection: Connection, dispute: KnownDispute) -> Case:
    """Returns what a packet about a dispute is made from, at the times of a clock at the event."""
    proofs = _Proofs(connection, dispute)
    return Case(
        event=dispute.event_name,
        place=proofs.place,
        service=proofs.service,
        items=proofs.items,
        buyer=dispute.customer_name or "",
        email=dispute.customer_email or "",
        proofs=tuple(sorted(proofs.all(), key=lambda each: each.at)),
    )


class _Proofs:
    """The facts about one order, each judged by the key of the device that wrote it."""

    def __init__(self, connection: Connection, dispute: KnownDispute) -> None:
        self._connection, self._dispute = connection, dispute
        self._zone = ZoneInfo(dispute.timezone)
        d = t.devices.c
        self._keys = {row.id: row.public_key for row in connection.execute(select(d.id, d.public_key))}
        mine = _f.payload["order_id"].astext == dispute.order_id
        self._facts = stored_in(connection, select(t.facts).where(mine, _f.is_applied).order_by(_f.position))
        (self._placed_at, self._placing), *_ = [each for each in self._facts if each[1].kind is FactKind.ORDER_PLACED]
        self._placed = OrderPlaced.model_validate(self._placing.payload)
        e = t.events.c
        row = connection.execute(select(e.file, e.revision).where(e.id == dispute.event_id)).one()
        self._event = catalogue_from(row.file, row.revision)

    @property
    def place(self) -> str:
        return ", ".join(each for each in (self._event.venue, self._event.address, self._event.city) if each)

    @property
    def items(self) -> str:
        return ", ".join(f"{line.quantity} × {line.title}" for line in self._placed.lines)

    @property
    def service(self) -> str:
        named = {ProductId(line.product_id) for line in self._placed.lines}
        days = sorted(
            {
                day
                for product_id, product in self._event.products_by_id.items()
                if product_id in named
                for day in product.days
            }
            | {date.fromisoformat(day) for line in self._placed.lines for day in line.days}
        )
        return _ENGLISH.days(days or list(self._event.days))

    def all(self) -> Iterator[Proof]:
        for position, fact in self._facts:
            read = _READERS.get(fact.kind)
            found = None if read is None else read(self, read_payload(fact))
            if found is not None:
                yield self._proof(found[0], position, fact, found[1])
        yield from self._terms()
        yield from self._mails()
        yield from self._entries()
        yield from self._before()

    def bought(self, p: OrderPlaced) -> tuple[ProofKind, Mapping[str, str]]:
        more = {"how": _HOW[p.channel], "order": p.order_number}
        return ProofKind.BOUGHT, {"what": self.items, "amount": _money(p.total, p.currency), **more}

    def paid(self, p: PaymentCaptured) -> tuple[ProofKind, Mapping[str, str]] | None:
        if p.tender_id != self._dispute.payment_id:
            return None
        way = tender_of(p.tender).words_on(self._placed.channel).name
        name = way if p.card is None else f"{p.card.brand.title() or way} •••• {p.card.last4}"
        said = [] if p.card is None else [_READ.get(p.card.read_method, "")]
        if p.card is not None and p.card.authorization_code:
            said.append(f"The bank authorized it (code {p.card.authorization_code}).")
        values = {"amount": _money(p.amount, p.currency), "card": name, "read": " ".join(filter(None, said))}
        return ProofKind.PAID, values

    def issued(self, p: TicketsIssued) -> tuple[ProofKind, Mapping[str, str]] | None:
        if not p.tickets:
            return None
        codes = ", ".join(code_of(each.ticket_id) for each in p.tickets)
        return ProofKind.ISSUED, {"count": str(len(p.tickets)), "codes": codes}

    def collected(self, p: OrderCollected) -> tuple[ProofKind, Mapping[str, str]]:
        return ProofKind.COLLECTED, {"seen": _SEEN[p.seen]}

    def refunded(self, p: RefundSucceeded) -> tuple[ProofKind, Mapping[str, str]] | None:
        if p.tender_id != self._dispute.payment_id:
            return None
        return ProofKind.REFUNDED, {"amount": _money(p.amount, p.currency)}

    def _terms(self) -> Iterator[Proof]:
        """Yields the terms that the shop showed when the order was placed, if the event named any then."""
        if self._placed.channel != Channel.WEB.value:
            return
        mine = (_f.event_id == self._dispute.event_id, _f.position < self._placed_at)
        newest = select(t.facts).where(*_REVISIONS, *mine).order_by(_f.position.desc()).limit(1)
        for position, fact in stored_in(self._connection, newest):
            told = CatalogueRevised.model_validate(fact.payload)
            url = catalogue_from(told.event, told.revision).page.terms_url
            if url:
                values = {"url": url, "revision": str(told.revision)}
                yield self._proof(ProofKind.TERMS, position, fact, values, at=self._placing.occurred_at)

    def _mails(self) -> Iterator[Proof]:
        """Yields mails that were taken: they are told by the mail service, and are no facts."""
        for mail in mails_of(self._connection, self._dispute.order_id):
            if mail.kind == "tickets" and mail.sent_at is not None and mail.status in _TAKEN:
                values = {"email": mail.email, "state": _TAKEN[mail.status]}
                yield Proof(ProofKind.MAILED, mail.sent_at.astimezone(self._zone), values)

    def _entries(self) -> Iterator[Proof]:
        k = t.tickets.c
        mine = select(k.id).where(k.order_id == self._dispute.order_id)
        tickets = list(self._connection.scalars(mine))
        about = (_f.event_id == self._dispute.event_id, _f.payload["ticket_id"].astext.in_(tickets), _f.is_applied)
        found = stored_in(self._connection, select(t.facts).where(*_SCANS, *about).order_by(_f.position))
        read = [(position, fact, TicketScanned.model_validate(fact.payload)) for position, fact in found]
        undone = {p.scan_id for _, _, p in read if p.is_undo}
        for position, fact, p in read:
            if p.outcome != "admitted" or p.is_undo or p.scan_id in undone:
                continue
            day = _ENGLISH.days([date.fromisoformat(p.day)])
            clock = _ENGLISH.time(time.fromisoformat(p.clock))
            values = {"code": code_of(p.ticket_id or ""), "gate": p.gate, "day": day, "clock": clock}
            kind = ProofKind.CAME_IN if p.direction == "in" else ProofKind.WENT_OUT
            yield self._proof(kind, position, fact, {**values, "way": _WAYS.get(p.way, p.way)})

    def _before(self) -> Iterator[Proof]:
        """Yields what the same address bought before and nobody disputed."""
        if not self._dispute.customer_email:
            return
        about = {"email": self._dispute.customer_email, "order": self._dispute.order_id, "most": _MOST_BEFORE}
        orders = list(self._connection.scalars(_BEFORE, {**about, "at": self._placing.occurred_at}))
        placed = (_f.payload["order_id"].astext.in_(orders), _f.kind == FactKind.ORDER_PLACED.value, _f.is_applied)
        for position, fact in stored_in(self._connection, select(t.facts).where(*placed).order_by(_f.position)):
            p = OrderPlaced.model_validate(fact.payload)
            values = {"order": p.order_number, "amount": _money(p.total, p.currency)}
            yield self._proof(ProofKind.BEFORE, position, fact, values)

    def _proof(
        self, kind: ProofKind, position: int, fact: Fact, values: Mapping[str, str], at: datetime | None = None
    ) -> Proof:
        when = (at or fact.occurred_at).astimezone(self._zone)
        return Proof(kind, when, values, position, fact.hash, self._holds(fact))

    def _holds(self, fact: Fact) -> bool:
        try:
            check_fact(fact, Ed25519PublicKey.from_public_bytes(bytes.fromhex(self._keys[fact.device_id] or "")))
        except (BrokenFact, ValueError, KeyError):
            return False
        return True


_TAKEN: Final = {MailStatus.DELIVERED: later("delivered"), MailStatus.SENT: later("accepted")}
_READERS: Final[Mapping[FactKind, Callable[[_Proofs, Any], tuple[ProofKind, Mapping[str, str]] | None]]] = {
    FactKind.ORDER_PLACED: _Proofs.bought,
    FactKind.PAYMENT_CAPTURED: _Proofs.paid,
    FactKind.TICKETS_ISSUED: _Proofs.issued,
    FactKind.ORDER_COLLECTED: _Proofs.collected,
    FactKind.REFUND_SUCCEEDED: _Proofs.refunded,
}


def _money(minor: int, currency: str) -> str:
    return str(Money(minor, Currency(currency)))
