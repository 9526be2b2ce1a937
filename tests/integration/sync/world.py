"""One festival carried out three times: a till over SQLite and a hub over Postgres, each beside its like in memory."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Table, or_, select, text, update

from boxoffice.core.books import Books
from boxoffice.core.effects import FeedKind, Inconsistent, Task
from boxoffice.core.event_file import event_file_of
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, head_after, instant
from boxoffice.core.gift_cards import CardCode
from boxoffice.core.giving_back import given_up
from boxoffice.core.ids import DeviceId, EventId, OrderId, ProductId, TicketId
from boxoffice.core.inventory import LeaseCount, NotEnoughLeft, PoolCount
from boxoffice.core.memory import MemoryHub, MemoryTill
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.bank import FeeRecorded, PayoutRecorded
from boxoffice.core.payloads.cash import CashCounted, CashMoved, DrawerOpened, ShiftClosed, ShiftHandedOver, ShiftOpened
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.offers import OfferPaid, OfferSettled
from boxoffice.core.payloads.orders import CardPart, OrderCollected, OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payloads.stored_value import (
    GiftCardBlocked,
    GiftCardCashedOut,
    GiftCardTakenBack,
    ValueLeased,
    ValueRecalled,
    ValueReclaimed,
    ValueReturned,
)
from boxoffice.core.payloads.tickets import TicketPart, TicketVoided, UnitsFreed
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.reissues import reissue
from boxoffice.core.rows import KEPT, PaymentRow, ShiftRow, ShiftStatus, TicketStatus, words_of
from boxoffice.core.sales import cards_issued, changed, finish, place, ticket_count
from boxoffice.core.tenders import Back, tender_of
from boxoffice.core.value_rows import CardStatus, StoredValueRow, ValueLeaseRow
from boxoffice.till.store import facts as till_facts
from boxoffice.till.store import journal
from boxoffice.till.store import tables as on_till
from boxoffice.till.store.journal import Journal, take_hub_fact
from boxoffice.till.store.leases import counts_of
from sync.ledger.hub import Hub
from sync.ledger.till_facts import apply_till_facts
from sync.store import pools
from sync.store import tables as at_hub
from sync.store.chain import draft_now, facts_by_id, move_head, new_id, read_facts
from sync.store.tills import Device
from tests.integration.sync.door import EVENT, Door

_ROWS: Final = ("orders", *(each.table for each in KEPT))
_OF_ORDERS: Final = [each.table for each in KEPT if each.named is None]
_PENDING, _PROCESSING, _COMPLETED, _FAILED = (
    OrderState.PENDING,
    OrderState.PROCESSING,
    OrderState.COMPLETED,
    OrderState.FAILED,
)


@dataclass
class World:
    """Everything happens in one transaction of each database; `open` are the orders that wait to be paid."""

    hub: Hub
    door: Door
    device: Device
    journal: Journal
    there: Connection
    here: Connection
    memory_hub: MemoryHub = field(init=False)
    memory_till: MemoryTill = field(default_factory=MemoryTill)
    placed: dict[str, OrderPlaced] = field(default_factory=dict)
    sent: int = 0
    heard: int = 0
    first_news: int = 0
    first_exceptions: set[str] = field(default_factory=set)
    worries: list[str] = field(default_factory=list)
    revision: int = 0
    is_old: bool = False
    """Whether both sides write as the version before did: without generations of leases."""
    was_old: bool = False
    tenders: dict[str, OrderPlaced] = field(default_factory=dict)
    """Payments that were begun, with their orders."""
    written: set[FactKind] = field(default_factory=set)
    """What either side has written so far."""

    def __post_init__(self) -> None:
        self.memory_hub = MemoryHub(self._pools())
        self.revision = self.there.scalars(select(at_hub.events.c.revision).where(at_hub.events.c.id == EVENT)).one()
        self.first_exceptions = set(self.there.scalars(select(at_hub.exceptions.c.id)))
        self.first_news = self.heard = self._newest_news()

    # What people do.

    def grant(self, pool: str, units: int) -> None:
        mine = self.memory_hub.leases.get((self.device.id, EVENT, pool), LeaseCount())
        granted = LeaseGranted(lease_id=new_id(), pool_id=pool, to_device=self.device.id, units=units)
        self._at_hub(granted if self.is_old else granted.model_copy(update={"generation": mine.generation}))

    def give_back(self, pool: str, units: int) -> None:
        units = min(units, self.memory_till.leases.get((EVENT, pool), LeaseCount()).left)
        if units:
            self._at_till(LeaseReturned(pool_id=pool, units=units))

    def reclaim(self) -> None:
        for event, pool, units, generation in pools.on_lease(self.there, self.device.id):
            assert event == EVENT
            taken = LeaseReclaimed(pool_id=pool, from_device=self.device.id, units=units)
            self._at_hub(taken if self.is_old else taken.model_copy(update={"generation": generation}))

    def change_staff(self, who: int, role: str, status: str) -> None:
        before = self.memory_hub.books.staff.get(f"person-{who}")
        badge = 1 if before is None else before.badge + 1
        self._at_hub(StaffChanged(staff_id=f"person-{who}", role=role, status=status, badge=badge, has_badge=True))

    def begin_with_the_version_before(self) -> None:
        self.is_old = self.was_old = True

    def update(self) -> None:
        """Both sides are of this version from now on."""
        self.is_old = False

    def place_at_door(self, product: str, quantity: int) -> None:
        placed = self.door.placed((product, quantity))
        if self._at_till(placed, _move(placed, _PENDING, _PROCESSING)):
            self.placed[placed.order_id] = placed

    def place_on_web(self, product: str, quantity: int) -> None:
        bought = self.door.placed((product, quantity))
        placed = bought.model_copy(
            update={"channel": "web", "source": "pool", "order_number": f"WEB-{bought.order_id[-6:]}"}
        )
        if self._at_hub(placed, _move(placed, _PENDING, _PROCESSING)):
            self.placed[placed.order_id] = placed
            o = at_hub.orders.c
            email = update(at_hub.orders).where(o.id == placed.order_id).values(customer_email="ana@example.org")
            self.there.execute(email)

    def pay(self, placed: OrderPlaced, *, by_phone: bool) -> None:
        """Pays an open order; who takes the money writes it down, and finishes the order."""
        is_ours = placed.source == "lease" and not by_phone
        tender = "cash" if is_ours else "checkout"
        self.sync()
        due = self.memory_hub.books.due(placed.order_id)
        captured = self.door.captured(placed, due).model_copy(
            update={"tender": tender, "drawer": self.door.me.name if is_ours else None}
        )
        issuer = self.door.issuer
        tickets = [TicketId(new_id()) for _ in range(ticket_count(placed))]
        issued = finish(placed, EventId(EVENT), issuer, tickets)
        grants = {card.card_id: new_id() for card in placed.cards} if is_ours else {}
        self._by(is_ours, captured, _move(placed, _PROCESSING, _COMPLETED), issued, *cards_issued(placed, grants))

    def begin_payment(self, placed: OrderPlaced) -> None:
        """Begins a payment of an open order, at a reader or on a page."""
        is_ours, tender = placed.source == "lease", new_id()
        about = _about(tender, "terminal" if is_ours else "checkout", placed, placed.total)
        if self._by(is_ours, PaymentStarted(**about, idempotency_key=tender)):
            self.tenders[tender] = placed

    def lose_sight(self, tender: str) -> None:
        """Nobody answers for a payment at a reader."""
        placed = self.tenders[tender]
        if placed.source == "lease":
            self._by(True, PaymentUnknown(**_about(tender, "terminal", placed, placed.total), reason="silent"))

    def end_payment(self, tender: str) -> None:
        """A payment comes to nothing."""
        placed = self.tenders[tender]
        is_ours = placed.source == "lease"
        about = _about(tender, "terminal" if is_ours else "checkout", placed, placed.total)
        self._by(is_ours, PaymentFailed(**about, code="declined", message="No."))

    def void(self, placed: OrderPlaced) -> None:
        """A ticket stops working, and nothing goes back for it."""
        tickets = self.memory_hub.books.tickets.values()
        mine = [each for each in tickets if each.order_id == placed.order_id and each.status is TicketStatus.VALID]
        uses = self.door.catalogue.products_by_id
        for ticket in mine[:1]:
            units = {str(pool): count for pool, count in uses[ticket.product_id].uses.items()}  # type: ignore[index]
            voided = TicketVoided(ticket_id=ticket.id, order_id=placed.order_id, units=units, why="lost", by="7")
            if self._is_counted(voided):
                self._at_hub(voided)

    def void_here(self, placed: OrderPlaced) -> None:
        """A ticket ends at the till that sold it; what can be sold again, the hub says."""
        tickets = self.memory_till.books.tickets.values()
        mine = [each for each in tickets if each.order_id == placed.order_id and each.status is TicketStatus.VALID]
        uses = self.door.catalogue.products_by_id
        for ticket in mine[:1]:
            if self._at_till(TicketVoided(ticket_id=ticket.id, order_id=placed.order_id, why="refunded")):
                self.sync()
                units = {str(pool): count for pool, count in uses[ticket.product_id].uses.items()}  # type: ignore[index]
                if all(self.memory_hub.pools[EVENT, pool].sold >= count for pool, count in units.items()):
                    self._at_hub(UnitsFreed(order_id=placed.order_id, units=units))

    def transfer(self, placed: OrderPlaced) -> None:
        """A ticket goes to another person at the till that sold it, which has heard of all; no place is free by it."""
        self.sync()
        books = self.memory_till.books
        mine = [each for each in books.tickets.values() if each.order_id == placed.order_id]
        for old in [each for each in mine if each.status is TicketStatus.VALID][:1]:
            line = next(i for i, line in enumerate(placed.lines) if line.product_id == old.product_id)
            part = TicketPart(ticket_id=old.id, product_id=old.product_id, line=line, token="")
            self._at_till(reissue(part, placed.order_id, TicketId(new_id()), EventId(EVENT), self.door.issuer))

    def sell_card(self, amount: int, *, by_phone: bool) -> None:
        """Sells a gift card; what the hub finishes is on no till's lease."""
        number, card_id, code = self.door.next_number(), new_id(), CardCode(new_id().upper()[-16:])
        priced = price(self.door.catalogue, Cart((_card_line(amount),)), at=datetime.now(UTC))
        card = CardPart(line=0, card_id=card_id, code_hash=code.hash, last4=code.last4)
        order_id, at_door = OrderId(new_id()), Channel.DOOR
        placed = place(priced, order_id=order_id, order_number=number, channel=at_door, source="lease", cards=[card])
        self._at_till(placed, _move(placed, _PENDING, _PROCESSING))
        self.placed[placed.order_id] = placed
        self.pay(placed, by_phone=by_phone)

    def lease_card(self, which: int) -> None:
        """The till asks for what is free of a card, once the hub knows what it has spent."""
        self.send()
        card = self._card(which)
        if card is not None and card.free:
            hashed = {"code_hash": card.code_hash, "last4": card.last4}
            about = {"grant_id": new_id(), "card_id": card.id, "amount": card.free, "currency": "USD"}
            self._at_hub(ValueLeased(**about, **hashed, to_device=self.device.id))

    def return_card(self, which: int, amount: int) -> None:
        lease = self._card_lease(which)
        if lease is not None:
            returned = min(amount, lease.left)
            self._at_till(ValueReturned(grant_id=lease.id, card_id=lease.card_id, amount=returned))

    def recall_card(self, which: int, *, for_good: bool) -> None:
        """The hub asks for what the till has of a card, or does not wait for it."""
        leases = [each for each in self.memory_hub.books.value_leases.values() if each.left]
        if leases:
            lease = leases[which % len(leases)]
            kind = ValueReclaimed if for_good else ValueRecalled
            self._at_hub(kind(grant_id=lease.id, card_id=lease.card_id, from_device=self.device.id))

    def block_card(self, which: int) -> None:
        card = self._card(which)
        if card is not None:
            self._at_hub(GiftCardBlocked(card_id=card.id, is_blocked=card.status is CardStatus.ACTIVE, by="7"))

    def pay_by_card(self, placed: OrderPlaced, which: int) -> None:
        """A till spends what it has on lease, whatever the hub has made of that meanwhile; all of it, or the price."""
        lease = self._card_lease(which)
        if lease is not None and placed.source == "lease":
            due = self.memory_till.books.due(placed.order_id)
            about = _about(new_id(), "stored_value", placed, min(lease.left, due))
            if min(lease.left, due) > 0:
                self._at_till(PaymentCaptured(**about, card_id=lease.card_id, grant_id=lease.id))

    def give_up_card(self, placed: OrderPlaced) -> None:
        """What a card has paid of an order that comes to nothing is on it again."""
        books = self.memory_till.books
        if placed.source == "lease":
            gone = given_up(books, OrderId(placed.order_id), "no", new_id=new_id, drawer_of=lambda _: self.device.name)
            self._at_till(*gone)

    def cash_out(self, which: int) -> None:
        lease = self._card_lease(which)
        if lease is not None:
            about = {"grant_id": lease.id, "card_id": lease.card_id, "currency": "USD"}
            self._at_till(GiftCardCashedOut(**about, amount=min(lease.left, 300), drawer=self.device.name))

    def take_card_back(self, which: int, *, is_ours: bool) -> None:
        """What is left of a card goes off it: of the till's lease, or at the hub of what is free."""
        lease, card = self._card_lease(which), self._card(which)
        if is_ours and lease is not None and lease.card_id in self.memory_till.books.stored_values:
            order = self.memory_till.books.stored_values[lease.card_id].order_id
            about = {"order_id": order, "card_id": lease.card_id, "amount": lease.left, "currency": "USD"}
            self._at_till(GiftCardTakenBack(**about, grant_id=lease.id))
        elif not is_ours and card is not None and card.free:
            about = {"order_id": card.order_id, "card_id": card.id, "amount": card.free, "currency": "USD"}
            self._at_hub(GiftCardTakenBack(**about))

    def _card(self, which: int) -> StoredValueRow | None:
        cards = list(self.memory_hub.books.stored_values.values())
        return cards[which % len(cards)] if cards else None

    def _card_lease(self, which: int) -> ValueLeaseRow | None:
        leases = [each for each in self.memory_till.books.value_leases.values() if each.left]
        return leases[which % len(leases)] if leases else None

    def collect(self, placed: OrderPlaced) -> None:
        """Somebody comes for what was bought."""
        self._at_till(OrderCollected(order_id=placed.order_id, seen="code"))

    def scan(self, which: int, how: str) -> None:
        """Somebody stands at the gate with a ticket, or with something else; what was scanned may be undone."""
        tickets = sorted(self.memory_till.books.tickets)
        ticket = tickets[which % len(tickets)] if tickets and which < 8 else None
        mine = [each for each in self.memory_till.books.scans.values() if each.has_passed]
        if how == "undo":
            for each in mine[which : which + 1]:
                self._at_till(self._scan(each.id, each.ticket_id, is_undo=True, why="a mistake"))
        elif ticket is None:
            self._at_till(self._scan(new_id(), None, outcome="not_a_ticket"))
        else:
            seen = "stamp" if how == "again" else ""
            self._at_till(self._scan(new_id(), ticket, direction="out" if how == "out" else "in", seen=seen))

    def _scan(self, scan_id: str, ticket_id: str | None, **said: Any) -> TicketScanned:
        rest: dict[str, Any] = {"direction": "in", "outcome": "admitted", "day": "2026-05-15", "clock": "21:20", **said}
        return TicketScanned(scan_id=scan_id, ticket_id=ticket_id, zone="festival", gate="Door", **rest)

    def move_cash(self, amount: int) -> None:
        """Somebody puts money into the drawer, or takes some out."""
        self._at_till(CashMoved(drawer=self.door.me.name, amount=amount, currency="USD", why="change"))

    def pay_fee(self, amount: int) -> None:
        self._at_hub(FeeRecorded(provider="stripe", amount=amount, currency="USD", provider_reference=new_id()))

    def pay_offer(self, amount: int) -> None:
        """Somebody pays for an order that the hub has not heard of, and its till comes back, or not."""
        about: dict[str, Any] = {"order_id": new_id(), "tender_id": new_id(), "tender": "checkout", "currency": "USD"}
        about["amount"] = abs(amount)
        more = {"provider_reference": new_id(), "order_number": "7K2-1", "till": self.device.name}
        self._at_hub(OfferPaid.model_validate({**about, **more}))
        if amount > 0:
            self._at_hub(OfferSettled.model_validate(about))

    def pay_out(self, amount: int) -> None:
        self._at_hub(PayoutRecorded(provider="stripe", amount=amount, currency="USD", provider_reference=new_id()))

    def pay_again(self, placed: OrderPlaced, minor_more: int) -> None:
        """Pays an order once more that nobody waits for any more, and perhaps another amount than was asked for."""
        first = next(
            (each for each in self.memory_hub.books.payments.values() if each.order_id == placed.order_id), None
        )
        captured = self.door.captured(placed, placed.total + minor_more).model_copy(
            update={"tender": "checkout", "drawer": None, "instead_of": None if first is None else first.id}
        )
        self._by(False, captured)

    def open_shift(self, minor: int) -> None:
        if self._shift() is None:
            left = self._in_drawer()
            of = {"shift_id": new_id(), "drawer": self.device.name, "currency": "USD"}
            self._at_till(ShiftOpened(**of, float_amount=minor, left=left, brought=max(0, minor - left), why="counted"))

    def work_shift(self, how: str, minor: int) -> None:
        """Counts, hands over, or moves cash of the shift that is open."""
        shift = self._shift()
        if shift is None:
            return
        of = {"shift_id": shift.id, "drawer": shift.drawer, "currency": "USD"}
        counted = {"counted": minor, "expected": self._in_drawer()}
        acts: dict[str, Callable[[], Payload]] = {
            "open_drawer": lambda: DrawerOpened(**of, why="change"),
            "count": lambda: CashCounted(**of, **counted),
            "hand_over": lambda: ShiftHandedOver(**of, to="luis"),
            "hand_over_counted": lambda: ShiftHandedOver(**of, **counted, to="luis", why="counted"),
            "drop": lambda: CashMoved(drawer=shift.drawer, currency="USD", amount=minor + 1, move="drop"),
            "carry": lambda: CashMoved(
                drawer=shift.drawer, currency="USD", amount=minor + 1, move="carry", carrier="ana"
            ),
        }
        self._at_till(acts[how]())

    def close_shift(self, minor: int) -> None:
        shift = self._shift()
        if shift is not None:
            self.sync()
            z_number = 1 + sum(each.z_number is not None for each in self.memory_till.books.shifts.values())
            of = {"shift_id": shift.id, "drawer": shift.drawer, "currency": "USD"}
            counted = {"counted": minor, "expected": self._in_drawer(), "to_safe": minor // 2}
            self._at_till(ShiftClosed(**of, **counted, z_number=z_number))

    def _shift(self) -> ShiftRow | None:
        shifts = self.memory_till.books.shifts.values()
        return next((each for each in shifts if each.status is ShiftStatus.OPEN), None)

    def _in_drawer(self) -> int:
        account = f"cash:{self.device.name}"
        lines = (line for lines in self.memory_till.books.postings.values() for line in lines)
        return sum(line.amount.minor for line in lines if line.account == account)

    def revise(self, more: int) -> None:
        """Makes a pool larger, or smaller by what nobody has."""
        known = self.memory_hub.books.events.get(EVENT)
        file = json.loads(json.dumps(event_file_of(self.door.catalogue) if known is None else known.file))
        room = self.memory_hub.pools[EVENT, file["pools"][0]["id"]].available
        file["pools"][0]["capacity"] += max(more, -room)
        revision = self.revision + 1 if known is None else known.revision + 1
        self._at_hub(CatalogueRevised(revision=revision, event=file))

    def worry(self, detail: str) -> None:
        """The hub itself sees something that a person must look at."""
        before = set(self.there.scalars(select(at_hub.exceptions.c.id)))
        self.hub.raise_exception(self.there, "part_is_silent", detail, subject_id="mailer", remedies=("seen",))
        (new,) = set(self.there.scalars(select(at_hub.exceptions.c.id))) - before
        query = select(at_hub.facts).where(at_hub.facts.c.payload["exception_id"].astext == new)
        self.memory_hub.carry_out(read_facts(self.there, query))
        self.written.add(FactKind.EXCEPTION_RAISED)
        self.worries.append(new)

    def decide(self, remedy: str) -> None:
        """Somebody has seen it."""
        if self.worries:
            self._at_hub(ExceptionResolved(exception_id=self.worries.pop(), remedy=remedy, by="7"))

    def fail(self, placed: OrderPlaced) -> None:
        self._by(placed.source == "lease", _move(placed, _PROCESSING, _FAILED))

    def revive(self, placed: OrderPlaced) -> None:
        moves = (_move(placed, _FAILED, _PENDING), _move(placed, _PENDING, _PROCESSING))
        self._by(placed.source == "lease", *moves)

    def refund(self, placed: OrderPlaced, amount: int, *, is_made: bool) -> None:
        """Gives money of a finished order back, and with it one ticket that is still valid."""
        books = self.memory_hub.books
        payment = self._paid_by(placed)
        amount = min(amount, payment.amount - books.refunded(payment.id))
        mine = [each for each in books.tickets.values() if each.order_id == placed.order_id]
        valid = [each.id for each in mine if each.status is TicketStatus.VALID]
        if amount <= 0 or tender_of(payment.tender).back is not Back.PROVIDER:
            return
        about = _about(payment.id, payment.tender.value, placed, amount)
        asked = RefundRequested(**about, refund_id=new_id(), is_made=is_made)
        uses = self.door.catalogue.products_by_id
        line = placed.lines[0]
        units = {str(pool): count for pool, count in uses[line.product_id].uses.items()}  # type: ignore[index]
        voided = [TicketVoided(ticket_id=each, order_id=placed.order_id, units=units) for each in valid[:1]]
        self._at_hub(asked, *(each for each in voided if self._is_counted(each)))

    def end_refund(self, refund_id: str, how: type[RefundPending | RefundSucceeded | RefundFailed]) -> None:
        refund = self.memory_hub.books.refunds[refund_id]
        payment = self.memory_hub.books.payments[refund.payment_id]
        if tender_of(payment.tender).back is not Back.PROVIDER:
            return
        about = _about(payment.id, payment.tender.value, self.placed[payment.order_id], refund.amount)
        more: dict[str, Any] = {} if how is RefundPending else {"is_out": refund.status is RefundStatus.PENDING}
        if how is RefundFailed:
            more |= {"code": "refused", "message": "No.", "is_reversal": refund.status is RefundStatus.SUCCEEDED}
        self._at_hub(how(**about, refund_id=refund_id, **more))

    def dispute(self, placed: OrderPlaced, status: str) -> None:
        books = self.memory_hub.books
        payment = self._paid_by(placed)
        if tender_of(payment.tender).back is not Back.PROVIDER:
            return
        known = next((each for each in books.disputes.values() if each.payment_id == payment.id), None)
        taken = 0 if status == "won" else payment.amount
        lost = payment.amount if status == "lost" else 0
        withdrawn_before, lost_before = (known.withdrawn, known.lost) if known else (0, 0)
        about = _about(payment.id, payment.tender.value, placed, payment.amount)
        more = {"withdrawn": taken - withdrawn_before, "lost": lost - lost_before}
        self._at_hub(DisputeChanged(**about, dispute_id=known.id if known else new_id(), status=status, **more))

    def _paid_by(self, placed: OrderPlaced) -> PaymentRow:
        """Returns the payment that brought the money of a finished order."""
        payments = self.memory_hub.books.payments.values()
        return next(
            each for each in payments if each.order_id == placed.order_id and each.status is PaymentStatus.CAPTURED
        )

    def sync(self) -> None:
        """The till sends what it has, and takes what the hub tells it."""
        self.send()
        self._hear()

    def hear_answers(self) -> None:
        """The till hears what it was granted by the answers to its requests, before it hears anything else."""
        for fact in self._untold():
            if fact.kind is FactKind.LEASE_GRANTED:
                self._take(fact)

    def send(self) -> None:
        """The till sends what it has."""
        facts = till_facts.own_after(self.here, self.sent, 10_000)
        self.sent = till_facts.newest_position(self.here)
        found = apply_till_facts(self.there, self.device.writer, facts).findings
        self.hub.put_before_a_person(self.there, found, device_id=self.device.id)
        if facts:
            move_head(self.there, head_after(facts[-1]))
        for fact in facts:
            self.memory_hub.carry_out([fact])

    # What is held to be so.

    def look(self) -> None:
        """Holds both databases to what they are in memory."""
        assert self._pools() == self.memory_hub.pools
        assert self._leases_at_hub() == self.memory_hub.leases
        self.look_at_rows(self.memory_hub.books, self.memory_till.books)
        ours = {(EVENT, str(pool)): lease for pool, lease in counts_of(self.here, EVENT).items()}
        assert {key: lease for key, lease in ours.items() if lease != LeaseCount()} == self.memory_till.leases
        assert self._news() == [
            (each.kind.value, each.event_id, each.device_id, each.fact_id) for each in self.memory_hub.feed
        ]
        hub = self.memory_hub
        for key, row in hub.books.exceptions.items():
            kept = self._kept(at_hub.exceptions, key)
            assert {name: kept[name] for name in words_of(row)} == words_of(row) | {"remedies": list(row.remedies)}
        for key, event in hub.books.events.items():
            kept = self._kept(at_hub.events, key)
            assert {name: kept[name] for name in words_of(event)} == words_of(event)
        assert self._inbox() == Counter(
            (each.kind, status, each.order_id, each.subject_id, each.detail, each.remedies)
            for status, found in (("open", hub.open), ("resolved", hub.over))
            for each in found
        )
        wanted = [job.subject_id for job in self.memory_hub.jobs if job.task is Task.SEND_REFUND]
        calls = select(at_hub.refund_calls.c.refund_id).where(at_hub.refund_calls.c.refund_id.in_(wanted or [""]))
        assert sorted(self.there.scalars(calls)) == sorted(wanted)

    def look_at_rows(self, there: Books, here: Books) -> None:
        """Holds the rows of both databases to these books."""
        self._look_at(self.there, at_hub.metadata.tables, there)
        self._look_at(self.here, on_till.metadata.tables, here)

    def look_at_the_till(self) -> None:
        """Holds the till, once it has heard, to what the hub says of its orders."""
        hub, till = self.memory_hub.books, self.memory_till.books
        assert till.orders == {key: row for key, row in hub.orders.items() if row.channel is Channel.DOOR}
        if not self.was_old:
            told = {key[1:]: (lease.granted, lease.left) for key, lease in self.memory_hub.leases.items()}
            ours = self.memory_till.leases.items()
            assert told == {key: (lease.granted, lease.left + lease.held) for key, lease in ours}
        for name in _OF_ORDERS:
            theirs = {key: row for key, row in getattr(hub, name).items() if _order_of(hub, row) in till.orders}
            assert getattr(till, name) == theirs

    # How it is done.

    def _by(self, is_till: bool, *payloads: Payload) -> bool:
        """Writes about an order: each side knows first what the other has written about it."""
        self.sync()
        is_done = self._at_till(*payloads) if is_till else self._at_hub(*payloads)
        self.sync()
        return is_done

    def _at_till(self, *payloads: Payload) -> bool:
        attempt = self.here.begin_nested()
        try:
            with patch.object(journal, "takes_from_lease", lambda _: False) if self.is_old else nullcontext():
                facts = self.journal.write(self.here, payloads, EventId(EVENT))
        except NotEnoughLeft as short:
            attempt.rollback()
            self._is_refused(self.memory_till.carry_out, [self.journal_like(p) for p in payloads], short)
            return False
        attempt.commit()
        self.memory_till.carry_out(facts)
        self.written.update(fact.kind for fact in facts)
        return True

    def _at_hub(self, *payloads: Payload) -> bool:
        attempt = self.there.begin_nested()
        try:
            facts = self.hub.write(self.there, payloads, EVENT)
        except NotEnoughLeft as short:
            attempt.rollback()
            facts = tuple(self.hub.chain.unsealed([draft_now(each, EVENT) for each in payloads]))
            self._is_refused(self.memory_hub.carry_out, list(facts), short)
            return False
        attempt.commit()
        self.memory_hub.carry_out(facts)
        self.written.update(fact.kind for fact in facts)
        return True

    def journal_like(self, payload: Payload) -> Fact:
        """Returns a fact as the till would write it."""
        (fact,) = self.hub.chain.unsealed([draft_now(payload, EVENT)])
        return Fact(**{**{name: getattr(fact, name) for name in fact.__slots__}, "device_id": DeviceId(self.device.id)})

    def _is_refused(self, carry_out: Callable[[list[Fact]], object], facts: list[Fact], short: NotEnoughLeft) -> None:
        with pytest.raises(NotEnoughLeft) as same:
            carry_out(facts)
        assert same.value.shortages.items() <= short.shortages.items()

    def _hear(self) -> None:
        for fact in self._untold():
            self._take(fact)
        self.heard = self._newest_news()

    def _untold(self) -> list[Fact]:
        f = at_hub.feed.c
        is_mine = or_(f.device_id == self.device.id, f.device_id.is_(None))
        mine = (f.id > self.heard, is_mine, f.kind == FeedKind.FACT.value)
        rows = self.there.execute(select(f.fact_id).where(*mine).order_by(f.id)).all()
        return list(facts_by_id(self.there, [row.fact_id for row in rows]))

    def _take(self, fact: Fact) -> None:
        if take_hub_fact(self.here, fact):
            try:
                self.memory_till.carry_out([fact])
            except (Inconsistent, NotEnoughLeft) as error:
                raise AssertionError("the till was told what it can't take") from error

    def _is_counted(self, voided: TicketVoided) -> bool:
        """Returns whether the pools know of the units: those sold beyond the house come back to nobody."""
        return all(self.memory_hub.pools[EVENT, pool].sold >= units for pool, units in voided.units.items())

    def _pools(self) -> dict[tuple[str, str], PoolCount]:
        p = at_hub.pools.c
        rows = self.there.execute(
            select(p.id, p.capacity, p.available, p.leased, p.held, p.sold).where(p.event_id == EVENT)
        )
        return {(EVENT, row.id): PoolCount(*row[1:]) for row in rows}

    def _leases_at_hub(self) -> dict[tuple[str, str, str], LeaseCount]:
        d = at_hub.device_leases.c
        rows = self.there.execute(
            select(d.pool_id, d.granted, d.sold, d.returned, d.generation).where(d.device_id == self.device.id)
        )
        return {(self.device.id, EVENT, row[0]): LeaseCount(row[1], row[2], 0, row[3], row[4]) for row in rows}

    def _kept(self, table: Table, key: str) -> Mapping[str, Any]:
        return dict(self.there.execute(select(table).where(table.c.id == key)).mappings().one())

    def _inbox(self) -> Counter[tuple[Any, ...]]:
        x, seen = at_hub.exceptions.c, self.first_exceptions | set(self.memory_hub.books.exceptions)
        columns = (x.kind, x.status, x.order_id, x.subject_id, x.detail, x.remedies)
        rows = self.there.execute(select(*columns).where(x.id.not_in(seen)))
        return Counter((*row[:5], tuple(row.remedies)) for row in rows)

    def _news(self) -> list[tuple[Any, ...]]:
        f = at_hub.feed.c
        ours = (f.id > self.first_news, f.xid == text("pg_current_xact_id()::text::bigint"))  # others write meanwhile
        query = select(f.kind, f.event_id, f.device_id, f.fact_id).where(*ours).order_by(f.id)
        return [tuple(row) for row in self.there.execute(query)]

    def _newest_news(self) -> int:
        return int(self.there.exec_driver_sql("SELECT coalesce(max(id), 0) FROM feed").scalar_one())

    def _look_at(self, connection: Connection, tables: Mapping[str, Any], books: Books) -> None:
        for name in _ROWS:
            expected, table = getattr(books, name), tables[name]
            found = connection.execute(select(table).where(table.c.id.in_(list(expected)))).mappings()
            rows = {row["id"]: row for row in found}
            for key, row in expected.items():
                said = {column: value for column, value in words_of(row).items() if column in table.c}
                held = {column: rows[key][column] for column in said}
                times = {column for column in said if isinstance(said[column], datetime)}
                assert held | {column: _instant(held[column]) for column in times} == said
        accounts = Counter[str]()
        for posting in (each for lines in books.postings.values() for each in lines):
            accounts[posting.account] += posting.amount.minor
        table = tables["ledger_postings"]
        mine = table.c.fact_id.in_(list(books.postings))
        totals = Counter[str]()
        for account, amount in connection.execute(select(table.c.account, table.c.amount).where(mine)):
            totals[account] += amount
        assert +totals == +accounts
        assert -totals == -accounts


def _instant(kept: datetime | str) -> datetime:
    """Returns an instant as Postgres or the till's file keeps it."""
    return kept if isinstance(kept, datetime) else instant(kept)


def _move(placed: OrderPlaced, start: OrderState, to: OrderState) -> Payload:
    return changed(OrderId(placed.order_id), start, to)


def _card_line(amount: int) -> CartLine:
    return CartLine(ProductId("gift-card"), 1, Money(amount, Currency("USD")))


def _about(tender_id: str, tender: str, placed: OrderPlaced, amount: int) -> dict[str, Any]:
    about = {"order_id": placed.order_id, "tender_id": tender_id, "tender": tender}
    return {**about, "amount": amount, "currency": placed.currency}


def _order_of(books: Books, row: Any) -> str | None:
    if hasattr(row, "order_id"):
        return str(row.order_id)
    payment = books.payments.get(row.payment_id)
    return payment.order_id if payment else None
