"""One festival carried out three times: a till over SQLite and a hub over Postgres, each beside its like in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from boxoffice.core.event_file import event_file_of
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.gift_cards import CardCode
from boxoffice.core.ids import EventId, OrderId, ProductId, TicketId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.bank import FeeRecorded, PayoutRecorded, ReturnFiled, StrayDecided
from boxoffice.core.payloads.cash import CashCounted, CashMoved, DrawerOpened, ShiftClosed, ShiftHandedOver, ShiftOpened
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.contacts import ContactsErased
from boxoffice.core.payloads.disputes import DisputeAnswered, DisputeChanged
from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.offers import OfferPaid, OfferReturned, OfferSettled
from boxoffice.core.payloads.office import OfficeChanged, Subject
from boxoffice.core.payloads.orders import CardPart, OrderCollected, OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.preflight import PreflightDone
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payloads.tickets import TicketPart, TicketVoided, UnitsFreed
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.reissues import reissue
from boxoffice.core.rows import PaymentRow, ShiftRow, ShiftStatus, TicketStatus
from boxoffice.core.sales import cards_issued, changed, finish, place, ticket_count
from boxoffice.core.stored_value import owed_on_cards
from boxoffice.core.tenders import Back, tender_of
from sync.store import pools
from sync.store import tables as at_hub
from sync.store.chain import new_id, read_facts
from tests.integration.sync.card_steps import CardSteps, payment_words
from tests.integration.sync.door import EVENT

_PENDING, _PROCESSING, _COMPLETED, _FAILED = (
    OrderState.PENDING,
    OrderState.PROCESSING,
    OrderState.COMPLETED,
    OrderState.FAILED,
)


@dataclass
class World(CardSteps):
    """Everything happens in one transaction of each database; `open` are the orders that wait to be paid."""

    # What people do.

    def grant(self, pool: str, units: int) -> None:
        mine = self.memory_hub.leases.get((self.device.id, EVENT, pool), LeaseCount())
        granted = LeaseGranted(lease_id=new_id(), pool_id=pool, to_device=self.device.id, units=units)
        self.by_hub(granted if self.is_old else granted.model_copy(update={"generation": mine.generation}))

    def give_back(self, pool: str, units: int) -> None:
        units = min(units, self.memory_till.leases.get((EVENT, pool), LeaseCount()).left)
        if units:
            self.by_till(LeaseReturned(pool_id=pool, units=units))

    def reclaim(self) -> None:
        for event, pool, units, generation in pools.on_lease(self.there, self.device.id):
            assert event == EVENT
            taken = LeaseReclaimed(pool_id=pool, from_device=self.device.id, units=units)
            self.by_hub(taken if self.is_old else taken.model_copy(update={"generation": generation}))

    def change_staff(self, who: int, role: str, status: str) -> None:
        before = self.memory_hub.books.staff.get(f"person-{who}")
        badge = 1 if before is None else before.badge + 1
        self.by_hub(StaffChanged(staff_id=f"person-{who}", role=role, status=status, badge=badge, has_badge=True))

    def sell_card(self, amount: int, *, by_phone: bool) -> None:
        """Sells a gift card; what the hub finishes is on no till's lease."""
        number, card_id, code = self.door.next_number(), new_id(), CardCode(new_id().upper()[-16:])
        priced = price(self.door.catalogue, Cart((_card_line(amount),)), at=datetime.now(UTC))
        card = CardPart(line=0, card_id=card_id, code_hash=code.hash, last4=code.last4)
        order_id, at_door = OrderId(new_id()), Channel.DOOR
        placed = place(priced, order_id=order_id, order_number=number, channel=at_door, source="lease", cards=[card])
        self.by_till(placed, _move(placed, _PENDING, _PROCESSING))
        self.placed[placed.order_id] = placed
        self.pay(placed, by_phone=by_phone)

    def place_at_door(self, product: str, quantity: int) -> None:
        placed = self.door.placed((product, quantity))
        if self.by_till(placed, _move(placed, _PENDING, _PROCESSING)):
            self.placed[placed.order_id] = placed

    def place_on_web(self, product: str, quantity: int) -> None:
        bought = self.door.placed((product, quantity))
        placed = bought.model_copy(
            update={"channel": "web", "source": "pool", "order_number": f"WEB-{bought.order_id[-6:]}"}
        )
        if self.by_hub(placed, _move(placed, _PENDING, _PROCESSING)):
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
        about = payment_words(tender, "terminal" if is_ours else "checkout", placed, placed.total)
        if self._by(is_ours, PaymentStarted(**about, idempotency_key=tender)):
            self.tenders[tender] = placed

    def leave_unknown(self, tender: str) -> None:
        """Nobody answers for a payment at a reader."""
        placed = self.tenders[tender]
        if placed.source == "lease":
            self._by(True, PaymentUnknown(**payment_words(tender, "terminal", placed, placed.total), reason="silent"))

    def end_payment(self, tender: str) -> None:
        """A payment comes to nothing."""
        placed = self.tenders[tender]
        is_ours = placed.source == "lease"
        about = payment_words(tender, "terminal" if is_ours else "checkout", placed, placed.total)
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
                self.by_hub(voided)

    def void_here(self, placed: OrderPlaced) -> None:
        """A ticket ends at the till that sold it; what can be sold again, the hub says."""
        tickets = self.memory_till.books.tickets.values()
        mine = [each for each in tickets if each.order_id == placed.order_id and each.status is TicketStatus.VALID]
        uses = self.door.catalogue.products_by_id
        for ticket in mine[:1]:
            if self.by_till(TicketVoided(ticket_id=ticket.id, order_id=placed.order_id, why="refunded")):
                self.sync()
                units = {str(pool): count for pool, count in uses[ticket.product_id].uses.items()}  # type: ignore[index]
                if all(self.memory_hub.pools[EVENT, pool].sold >= count for pool, count in units.items()):
                    self.by_hub(UnitsFreed(order_id=placed.order_id, units=units))

    def transfer(self, placed: OrderPlaced) -> None:
        """A ticket goes to another person at the till that sold it, which has heard of all; no place is free by it."""
        self.sync()
        books = self.memory_till.books
        mine = [each for each in books.tickets.values() if each.order_id == placed.order_id]
        for old in [each for each in mine if each.status is TicketStatus.VALID][:1]:
            line = next(i for i, line in enumerate(placed.lines) if line.product_id == old.product_id)
            part = TicketPart(ticket_id=old.id, product_id=old.product_id, line=line, token="")
            self.by_till(reissue(part, placed.order_id, TicketId(new_id()), EventId(EVENT), self.door.issuer))

    def collect(self, placed: OrderPlaced) -> None:
        """Somebody comes for what was bought."""
        self.by_till(OrderCollected(order_id=placed.order_id, seen="code"))

    def scan(self, which: int, how: str) -> None:
        """Somebody stands at the gate with a ticket, or with something else; what was scanned may be undone."""
        tickets = sorted(self.memory_till.books.tickets)
        ticket = tickets[which % len(tickets)] if tickets and which < 8 else None
        mine = [each for each in self.memory_till.books.scans.values() if each.has_passed]
        if how == "undo":
            for each in mine[which : which + 1]:
                self.by_till(self._scan(each.id, each.ticket_id, is_undo=True, why="a mistake"))
        elif ticket is None:
            self.by_till(self._scan(new_id(), None, outcome="not_a_ticket"))
        else:
            seen = "stamp" if how == "again" else ""
            self.by_till(self._scan(new_id(), ticket, direction="out" if how == "out" else "in", seen=seen))

    def _scan(self, scan_id: str, ticket_id: str | None, **said: Any) -> TicketScanned:
        rest: dict[str, Any] = {"direction": "in", "outcome": "admitted", "day": "2026-05-15", "clock": "21:20", **said}
        return TicketScanned(scan_id=scan_id, ticket_id=ticket_id, zone="festival", gate="Door", **rest)

    def move_cash(self, amount: int) -> None:
        """Somebody puts money into the drawer, or takes some out."""
        self.by_till(CashMoved(drawer=self.door.me.name, amount=amount, currency="USD", why="change"))

    def change_office(self, after: int) -> None:
        self.by_hub(OfficeChanged(subject=Subject.LINE, subject_id="web", what="line", after=str(after), by="1"))

    def decide_stray(self, amount: int) -> None:
        about = {"provider": "stripe", "provider_reference": new_id(), "amount": amount, "currency": "USD"}
        self.by_hub(StrayDecided.model_validate({**about, "decision": "not_ours", "by": "1"}))

    def file_return(self, amount: int) -> None:
        self.by_hub(ReturnFiled(office="City of Boulder", month="2026-05", amount=amount, currency="USD", by="1"))

    def answer_dispute(self, number: int) -> None:
        about = {"dispute_id": f"dispute-{number}", "provider": "stripe", "provider_reference": new_id()}
        self.by_hub(DisputeAnswered.model_validate({**about, "answer": "given_up", "by": "1"}))

    def erase_contacts(self, number: int) -> None:
        """Somebody is forgotten: of an order that is here, or of one that is not."""
        known = sorted(self.memory_hub.books.orders)
        self.by_hub(ContactsErased(order_ids=(known[number % len(known)] if known else new_id(),), by="1"))

    def pay_fee(self, amount: int) -> None:
        self.by_hub(FeeRecorded(provider="stripe", amount=amount, currency="USD", provider_reference=new_id()))

    def pay_offer(self, amount: int) -> None:
        """Somebody pays for an order that the hub has not heard of, and its till comes back, or not."""
        about: dict[str, Any] = {"order_id": new_id(), "tender_id": new_id(), "tender": "checkout", "currency": "USD"}
        about["amount"] = abs(amount)
        more = {"provider_reference": new_id(), "order_number": "7K2-1", "till": self.device.name}
        self.by_hub(OfferPaid.model_validate({**about, **more}))
        if amount > 0:
            self.by_hub(OfferSettled.model_validate(about))
        elif amount % 2:
            self.by_hub(OfferReturned.model_validate({**about, **more, "refund": new_id(), "by": "7"}))

    def pay_out(self, amount: int) -> None:
        self.by_hub(PayoutRecorded(provider="stripe", amount=amount, currency="USD", provider_reference=new_id()))

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
            self.by_till(ShiftOpened(**of, float_amount=minor, left=left, brought=max(0, minor - left), why="counted"))

    def work_shift(self, how: str, minor: int) -> None:
        """Counts, hands over, or moves cash of the shift that is open."""
        shift = self._shift()
        if shift is None:
            return
        of = {"shift_id": shift.id, "drawer": shift.drawer, "currency": "USD"}
        counted = {"counted": minor, "expected": self._in_drawer()}
        acts: dict[str, Callable[[], Payload]] = {
            "open_drawer": lambda: DrawerOpened(**of, why="change"),
            "look": lambda: PreflightDone(outcomes={"printer": "pass", "clock": "fail"}, opened=bool(minor % 2)),
            "count": lambda: CashCounted(**of, **counted),
            "hand_over": lambda: ShiftHandedOver(**of, to="luis"),
            "hand_over_counted": lambda: ShiftHandedOver(**of, **counted, to="luis", why="counted"),
            "drop": lambda: CashMoved(drawer=shift.drawer, currency="USD", amount=minor + 1, move="drop"),
            "carry": lambda: CashMoved(
                drawer=shift.drawer, currency="USD", amount=minor + 1, move="carry", carrier="ana"
            ),
        }
        self.by_till(acts[how]())

    def close_shift(self, minor: int) -> None:
        shift = self._shift()
        if shift is not None:
            self.sync()
            z_number = 1 + sum(each.z_number is not None for each in self.memory_till.books.shifts.values())
            of = {"shift_id": shift.id, "drawer": shift.drawer, "currency": "USD"}
            counted = {"counted": minor, "expected": self._in_drawer(), "to_safe": minor // 2}
            self.by_till(ShiftClosed(**of, **counted, z_number=z_number))

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
        self.by_hub(CatalogueRevised(revision=revision, event=file))

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
            self.by_hub(ExceptionResolved(exception_id=self.worries.pop(), remedy=remedy, by="7"))

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
        if not is_made:  # what is on gift cards that the order bought is spent there
            amount = min(amount, books.refundable(placed.order_id) - owed_on_cards(books, placed.order_id))
        mine = [each for each in books.tickets.values() if each.order_id == placed.order_id]
        valid = [each.id for each in mine if each.status is TicketStatus.VALID]
        if amount <= 0 or tender_of(payment.tender).back is not Back.PROVIDER:
            return
        about = payment_words(payment.id, payment.tender.value, placed, amount)
        asked = RefundRequested(**about, refund_id=new_id(), is_made=is_made)
        uses = self.door.catalogue.products_by_id
        line = placed.lines[0]
        units = {str(pool): count for pool, count in uses[line.product_id].uses.items()}  # type: ignore[index]
        voided = [TicketVoided(ticket_id=each, order_id=placed.order_id, units=units) for each in valid[:1]]
        self.by_hub(asked, *(each for each in voided if self._is_counted(each)))

    def end_refund(self, refund_id: str, how: type[RefundPending | RefundSucceeded | RefundFailed]) -> None:
        refund = self.memory_hub.books.refunds[refund_id]
        payment = self.memory_hub.books.payments[refund.payment_id]
        if tender_of(payment.tender).back is not Back.PROVIDER:
            return
        about = payment_words(payment.id, payment.tender.value, self.placed[payment.order_id], refund.amount)
        more: dict[str, Any] = {} if how is RefundPending else {"is_out": refund.status is RefundStatus.PENDING}
        if how is RefundFailed:
            more |= {"code": "refused", "message": "No.", "is_reversal": refund.status is RefundStatus.SUCCEEDED}
        self.by_hub(how(**about, refund_id=refund_id, **more))

    def dispute(self, placed: OrderPlaced, status: str) -> None:
        books = self.memory_hub.books
        payment = self._paid_by(placed)
        if tender_of(payment.tender).back is not Back.PROVIDER:
            return
        known = next((each for each in books.disputes.values() if each.payment_id == payment.id), None)
        taken = 0 if status == "won" else payment.amount
        lost = payment.amount if status == "lost" else 0
        withdrawn_before, lost_before = (known.withdrawn, known.lost) if known else (0, 0)
        about = payment_words(payment.id, payment.tender.value, placed, payment.amount)
        more = {"withdrawn": taken - withdrawn_before, "lost": lost - lost_before}
        self.by_hub(DisputeChanged(**about, dispute_id=known.id if known else new_id(), status=status, **more))

    def _paid_by(self, placed: OrderPlaced) -> PaymentRow:
        """Returns the payment that brought the money of a finished order."""
        payments = self.memory_hub.books.payments.values()
        return next(
            each for each in payments if each.order_id == placed.order_id and each.status is PaymentStatus.CAPTURED
        )

    # What is held to be so.

    # How it is done.


def _move(placed: OrderPlaced, start: OrderState, to: OrderState) -> Payload:
    return changed(OrderId(placed.order_id), start, to)


def _card_line(amount: int) -> CartLine:
    return CartLine(ProductId("gift-card"), 1, Money(amount, Currency("USD")))
