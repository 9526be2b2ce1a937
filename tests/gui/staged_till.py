"""The till's own use cases over tables in memory, and all that a test can make happen around them."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.ids import DeviceId, EventId, OrderId, PoolId, ProductId, StaffId, TenderId, uuid7
from boxoffice.core.money import Money
from boxoffice.core.offers import PaidCode, encode_paid
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.leases import LeaseReclaimed
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.payments import DECLINE_WORDS, Approved, CardDetails, Declined, plain_words
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.sale_times import SaleTimes
from boxoffice.core.sales import changed
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.tenders import TenderKind
from boxoffice.core.tickets import Issuer, certify
from boxoffice.core.typed_codes import typed_code
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.problems import ProblemMessage
from boxoffice.demo.tills import MemoryVault
from boxoffice.documents.model import Paper
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.store import pools_seen
from boxoffice.till.store.disk_proof import DiskLook
from boxoffice.till.store.facts import of_order
from boxoffice.till.store.journal import Journal
from boxoffice.till.store.leases import counts_of
from boxoffice.till.usecases.asking import Asking
from boxoffice.till.usecases.at_the_drawer import AtTheDrawer
from boxoffice.till.usecases.at_the_gate import AtTheGate
from boxoffice.till.usecases.at_the_printer import AtThePrinter
from boxoffice.till.usecases.check_in import CheckIn
from boxoffice.till.usecases.collecting import Collecting
from boxoffice.till.usecases.context import Device, EventAtHand, TillContext
from boxoffice.till.usecases.door_list import DoorLists
from boxoffice.till.usecases.gate_reader import GateReader
from boxoffice.till.usecases.gateway.devices import Reader, ReaderState
from boxoffice.till.usecases.gateway.orders import Order, Paperwork
from boxoffice.till.usecases.gateway.paying import Progress, Stage, TenderOutcome, UnknownPayment
from boxoffice.till.usecases.gateway.printing import PaperKind
from boxoffice.till.usecases.gateway.standing import (
    HandOver,
    Ready,
    TillEvent,
    TillState,
    TillStatus,
)
from boxoffice.till.usecases.gateway.stock import OffSale, PoolStock
from boxoffice.till.usecases.gift_cards import GiftCards
from boxoffice.till.usecases.giving_back import GivingBack
from boxoffice.till.usecases.handing_over import HandingOver
from boxoffice.till.usecases.keeping import KeepPlaces, kept
from boxoffice.till.usecases.kiosk import AtTheKiosk
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.machine_checks import MachineChecks
from boxoffice.till.usecases.mending import Mending
from boxoffice.till.usecases.money_checks import MoneyChecks
from boxoffice.till.usecases.noting import Noting
from boxoffice.till.usecases.offering import Offering
from boxoffice.till.usecases.operator import Operator
from boxoffice.till.usecases.orders import Orders
from boxoffice.till.usecases.paperwork import Papers
from boxoffice.till.usecases.phone_payment import POLL_S, PhonePayment
from boxoffice.till.usecases.ports import Unreachable
from boxoffice.till.usecases.preflight import Preflight
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.provider_list import ProviderList
from boxoffice.till.usecases.refilling import Refilling
from boxoffice.till.usecases.refunding import Refunding
from boxoffice.till.usecases.scans import Scans
from boxoffice.till.usecases.selling import Selling
from boxoffice.till.usecases.shifts import Shifts
from boxoffice.till.usecases.status import Readers, Status
from boxoffice.till.usecases.stripe_key import KeyedTerminal
from boxoffice.till.usecases.swapping import Swapping
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import OpenTender, Tenders
from boxoffice.till.usecases.till_services import sources
from boxoffice.till.usecases.transferring import Transferring
from boxoffice.till.usecases.trial_payment import TrialPayment
from boxoffice.till.usecases.voiding import Voiding
from boxoffice.till.usecases.wakeups import Wakeups
from tests.fakes.hub import FakeHub
from tests.fakes.network import TILL_KEY, FakeBackups, FakeNetwork
from tests.fakes.printer import FakePrinter, FakePrinters
from tests.fakes.store import MemoryElsewhere, memory_store
from tests.fakes.terminal import FakeStripe
from tests.gui.festival import Clock, boulder_fest, festival_status, usd
from tests.gui.stage import AnsweredByTest, OrdersNow, Running, WholeRefund

CARD: Final = CardDetails("visa", "4242", "contactless_emv", aid="A000000003101001")
LINK: Final = "https://hub.alocubano.example/p/7K2F4Q"
_DEVICE: Final = Device(DeviceId("0192f0c1-0000-7000-8000-000000000001"), "7K2", "Door A")
_DOCUMENTS: Final = Path(os.environ["PYTEST_DEBUG_TEMPROOT"]) / "documents"
"""Gone when the tests end."""
_ENDS: Final = {"refused": "generic_decline", "cancelled": "canceled", "expired": "expired"}
_CODES: Final = {words: code for code, words in DECLINE_WORDS.items() if code not in _ENDS.values()}


class StagedTill:
    """Nobody but the test is outside: it ends the payments, answers for the hub, and makes the weather (`status`)."""

    def __init__(self, state: TillState | None = None) -> None:
        self.clock = Clock()
        self._ids = count(1)
        self._off_sale: dict[ProductId, SaleTimes] = {}
        self._weather = festival_status()
        self._set_up()
        self._staff_the_door()
        self._hang_the_printer()
        self._wait_for_the_test()
        self.status = self._weather
        self.state: TillState = state or Ready(self.catalogue, self.status)
        self.handing_over = HandOver("Door A", self.status.hub_url, 60, (usd("1234"),), 1, problem="No network.")

    def _set_up(self) -> None:
        """The till's file, its hub, and what sells."""
        self._event_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        operator = Operator()
        journal = Journal(_DEVICE.id, key, self.clock.now, self._new_id, lambda: operator.acting)
        self.context = TillContext(memory_store(), MemoryElsewhere(), _DEVICE, journal, self.clock, operator)
        self.catalogue = boulder_fest()
        self.hub = FakeHub(_DEVICE.id, self.catalogue.id, self.clock.now, self._new_id)
        self.hub.event_key = self._event_key
        self.stripe = FakeStripe()
        self.link = Link(self.hub, self.clock)
        self._terminal = KeyedTerminal(MemoryVault(), HttpConnections(), "", None)
        self._mending = Mending(self.context, self.link, FakeBackups(_DOCUMENTS / "backups", self.clock.now))
        self._sync = Sync(self.context, self.link, self._terminal, self._mending)
        self._selling = Selling(self.context, self._sure)
        self._gift_cards = GiftCards(self.context, self._sync, self._selling, lambda _: None)
        self._tenders, self.known = Tenders(self.context, self._selling), Orders(self.context)
        wakeups = Wakeups()
        self._offering = Offering(self.context, self.link, self._sync, self._tenders, wakeups, POLL_S)
        phone = PhonePayment(self.context, self.link, self._sync, self._tenders, wakeups, self._offering)
        self._refilling = Refilling(self._sync, wakeups, lambda: self.status)
        self._unknown = AnsweredByTest(self._tenders, self.known, None, phone)
        self._unknown.answer = self._say_of
        self._handing_over = HandingOver(
            self.context, self.link, self._sync, self._tenders, _DOCUMENTS, self._weather.hub_url
        )

    def _staff_the_door(self) -> None:
        """What is done with places, with orders after their sale, and at a gate."""
        self._keep_places = KeepPlaces(self.context, self._sync)
        self._giving_back, self._scans = GivingBack(self.context), Scans(self.context, self.known)
        self._asking = Asking(self.context, self._sync)
        self._collecting, self._noting = Collecting(self.context), Noting(self.context, self._asking)
        self._swapping = Swapping(self.context, self._selling)
        reader = GateReader(self.context, self.known)
        self._voiding, self._transferring = (
            Voiding(self.context, self._asking),
            Transferring(self.context, self._asking, reader),
        )
        self._check_in = CheckIn(self.context, reader, self._selling)
        self._gate = AtTheGate(self._check_in, DoorLists(self._check_in, _DOCUMENTS))
        self._refunding = Refunding(self.context, self._asking)

    def _hang_the_printer(self) -> None:
        """Paper, and the shifts whose reports are printed."""
        self.printer, self.printers = FakePrinter("Receipt printer"), FakePrinters()
        self._printing = Printing(self.context, self.printer, self.printers)
        self._papers = Papers(self.context, self._sync, self._printing, _DOCUMENTS, Paper.LETTER)
        self._kiosk = AtTheKiosk(self.context, self._sync, Shifts(self.context))
        self._sync.help_calls.on_change = lambda: self.say(replace(self.status, calls=self._sync.help_calls.now()))
        self.people: tuple[Person, ...] = ()
        self._shifts = AtTheDrawer(
            self.context,
            Shifts(self.context),
            ProviderList(self._terminal, lambda: False),
            self._printing,
            _DOCUMENTS,
            Paper.LETTER,
            self._asking,
            unknown=lambda: 0,
            people=lambda: self.people or [each.person for each in self._sync.signing_in.team().people],
            changed=self._changed,
        )
        self._preflight = self._before_doors()
        made = sources(self.context, self._printing, self._papers, self._shifts)
        self._printing.sources = {**made, PaperKind.PREFLIGHT: self._preflight}
        self._at_the_printer = AtThePrinter(self.context, self._printing)
        self._printing.on_change = self._changed

    def _before_doors(self) -> Preflight:
        """The look before doors open, at a reader, a network and a disk that a test may spoil."""
        self.network, self.disk = FakeNetwork(self.stripe), DiskLook(100_000_000_000, 0.002, "ext4")
        self.terminal = KeyedTerminal(MemoryVault(), self.network, "https://stripe.example", TILL_KEY)
        readers = Readers(self.context, self.terminal)
        status = Status(
            self.context, self.link, self._sync, self._tenders, readers, self._printing, "https://hub.example"
        )
        trial = TrialPayment(self.context, self.terminal, readers, nullcontext)
        machine = MachineChecks(
            self.context,
            self.link,
            self._sync,
            self._mending,
            self.network,
            "https://hub.example",
            "https://stripe.example",
            _DOCUMENTS,
            lambda: bool(self.terminal.key_id),
            lambda _: self.disk,
        )
        return Preflight(
            self.context,
            status,
            self._printing,
            MoneyChecks(self.context, self.link, self.terminal, readers, Shifts(self.context), trial),
            machine,
            DoorLists(self._check_in, _DOCUMENTS),
            self._keep_places,
            _DOCUMENTS,
            Paper.LETTER,
            changed=self._changed,
        )

    def _wait_for_the_test(self) -> None:
        """What a test makes happen, and what it looks at afterwards."""
        self.calls: list[str] = []
        self.chosen_event: EventId | None = None
        self.emails: list[tuple[OrderId, str]] = []
        self.given_back: list[tuple[OrderId, str]] = []
        self.on_reader: list[PricedOrder | None] = []
        self.scans: list[tuple[str, ...]] = []
        self.papers: list[tuple[str, Paperwork]] = []
        self.failure: Exception | None = None
        self._is_revoked = False
        self.turnstile = threading.Event()
        self.turnstile.set()
        self.started = threading.Event()
        self.confirms_cancel = True
        self.check_answer: str = "unknown"
        self.reader_list: tuple[Reader, ...] = (
            Reader("tmr_1", "Reader 1", ReaderState.READY, is_chosen=True),
            Reader("tmr_2", "Reader 2", ReaderState.OFFLINE),
        )
        self._running: Running | None = None
        self._sync.signing_in.on_change = lambda: self.say(self._sync.signing_in.team())
        self._listeners: list[Callable[[TillEvent], None]] = []
        self._lock = threading.RLock()

    def _sure(self, _catalogue: Catalogue) -> tuple[datetime, Mapping[ProductId, SaleTimes]]:
        """Returns what is surely off sale, and the hub's time."""
        return self.clock.now(), self._off_sale

    def _new_id(self) -> str:
        """Returns an id that is newer than all before it, also while the clock stands still."""
        return uuid7(int(self.clock.at.timestamp() * 1000), next(self._ids).to_bytes(10, "big"))

    def hire(
        self, name: str, role: StaffRole = StaffRole.SELLER, pin: str = "", badge: str = "", **more: Any
    ) -> StaffId:
        """Somebody works here from now on, as the hub tells it."""
        staff_id = StaffId(name.casefold())
        fact = self.hub.hire(StaffChanged(staff_id=staff_id, role=role, **more), name, pin, badge)
        self._sync.take_facts([fact])
        self._sync.signing_in.compare(self.hub.staff().tag)
        if isinstance(self.state, Ready):
            self.state = replace(self.state, team=self._sync.signing_in.team())
        return staff_id

    @property
    def catalogue(self) -> Catalogue:
        return self.context.event.catalogue

    @catalogue.setter
    def catalogue(self, catalogue: Catalogue) -> None:
        key, public = self.context.journal.key, self._event_key.public_key().public_bytes_raw()
        issuer = Issuer(key, certify(catalogue.id, key.public_key(), self._event_key))
        self.context.sell_for(EventAtHand(catalogue, issuer, public, "https://tickets.alocubano.example"))

    @property
    def status(self) -> TillStatus:
        """The weather that the test makes, with what the till knows itself."""
        known = self._sync.problems.now()
        return replace(
            self._weather,
            stock=tuple(self._now_left(pool) for pool in self._weather.stock),
            unknown_payments=len(self._tenders.unknown()),
            hub_problems=len(known.problems),
            problems_tag=known.tag,
            parked=len(self.known.open_ids()) + self._sync.parking.count(),
            papers_waiting=self._printing.waiting,
            keeping=kept(self.context, self._sync),
        )

    @status.setter
    def status(self, weather: TillStatus) -> None:
        self._weather, self.hub.is_down = weather, not weather.is_online
        here = self._left()
        facts: list[FactMessage] = []
        for pool in weather.stock:
            before = here.get(pool.pool_id, 0)
            self.hub.elsewhere[pool.pool_id] = pool.elsewhere + max(0, pool.here - before)
            if pool.here > before:
                facts += self.hub.grant({pool.pool_id: pool.here - before}).granted
            elif pool.here < before:
                facts += self.hub.write(self._reclaimed(pool.pool_id, before - pool.here))
        self._sync.take_facts(facts)
        with self.context.store.transaction() as connection:
            pools_seen.note(connection, self.catalogue.id, self.hub.left())

    def _reclaimed(self, pool: PoolId, units: int) -> LeaseReclaimed:
        return LeaseReclaimed(pool_id=pool, from_device=_DEVICE.id, units=units)

    def _left(self) -> Mapping[PoolId, int]:
        with self.context.store.reading() as connection:
            return {pool: lease.left for pool, lease in counts_of(connection, self.catalogue.id).items()}

    def _now_left(self, pool: PoolStock) -> PoolStock:
        here = self._left().get(pool.pool_id, 0)
        return replace(pool, here=here, overall=here + self.hub.elsewhere.get(pool.pool_id, 0))

    @property
    def orders(self) -> Mapping[OrderId, Order]:
        """All orders, oldest first."""
        return OrdersNow(self.known)

    @property
    def unknown(self) -> Mapping[TenderId, UnknownPayment]:
        """The payments of which nobody knows, oldest first."""
        return {payment.id: payment for payment in self._unknown.pending()}

    def say(self, told: TillEvent) -> None:
        if isinstance(told, TillStatus):
            self.status = told
            told = self.status
        if isinstance(told, HandOver):
            self.link.hear_revoked()
        for listener in self._listeners:
            listener(told)

    def hold(self) -> None:
        """Every question waits from now on, as on a slow disk, until `release`."""
        self.turnstile.clear()

    def release(self) -> None:
        self.turnstile.set()

    def advance(self, stage: Stage) -> None:
        """The running payment comes one stage further."""
        running = self._await_running()
        running.progress(Progress(stage, self.now()))

    def end_payment(self, outcome: str, words: str = "") -> None:
        """Ends the running payment as `paid`, `refused`, `cancelled`, `expired` or `unknown`."""
        running = self._await_running()
        running.outcome, running.words = outcome, words
        running.ended.set()

    def code_on_the_phone(self, cents: int = 0) -> str:
        """The code that the customer's phone shows, having paid what is offered (and so much more or less)."""
        tender = self._await_running().tender
        amount = Money(tender.amount.minor + cents, tender.amount.currency)
        paid = PaidCode(tender.order_id, tender.id, amount, f"pi_{tender.id}")
        return encode_paid(paid, self.catalogue.id, self._event_key)

    def letters_on_the_phone(self) -> str:
        """The letters under that code, as the hub makes them."""
        tender = self._await_running().tender
        device = self.context.journal.key.public_key()
        return typed_code(tender.order_id, tender.id, tender.amount, self.catalogue.id, self._event_key, device)

    def running_order(self) -> OrderId:
        return self._await_running().tender.order_id

    def type_letters(self, order_id: OrderId, letters: str) -> None:
        """Tries letters as the screens would, and ends nothing here."""
        self._offering.take_typed(letters, order_id)

    def take_all_but(self, pool_id: str, left: int) -> None:
        """Nothing is left elsewhere, and so little here; the screens have not heard of it yet."""
        self.hub.elsewhere[pool_id] = 0
        here = self._left()[PoolId(pool_id)]
        self._sync.take_facts(self.hub.write(self._reclaimed(PoolId(pool_id), here - left)))

    def stop_sale(self, product: ProductId, times: SaleTimes) -> None:
        """The sale of a product is over, or has not begun, by the hub's own time."""
        self._off_sale[product] = times
        off = OffSale(product, times.state(self.clock.now()), times, is_sure=True)
        self.say(replace(self.status, off_sale=(*self.status.off_sale, off)))

    def refund_at_hub(self, order_id: OrderId) -> None:
        """An organizer gives all of an order back at the hub, and its tickets are void."""
        order = self.known.order(order_id)
        parts: list[Payload] = []
        for tender in order.tenders:
            of = WholeRefund(order_id, tender.id, tender.kind.value, tender.amount.minor, tender.amount.currency.code)
            parts += of.facts(self._new_id())
        with self.context.store.reading() as connection:
            issued = [fact for fact in of_order(connection, order_id) if fact.kind is FactKind.TICKETS_ISSUED]
        tickets = [ticket["ticket_id"] for fact in issued for ticket in fact.payload["tickets"]]
        voids = [TicketVoided(ticket_id=ticket, order_id=order_id, why="refunded") for ticket in tickets]
        moved = changed(order_id, order.state, OrderState.REFUNDED, "refunded")
        self._sync.take_facts(self.hub.write(*parts, *voids, moved))
        self.say(self.status)

    def revoke(self) -> None:
        """An organizer revokes the till, and it hears so."""
        self._is_revoked = True
        self.link.hear_revoked()
        self.say(self._handing_over.now())

    def lose_power(self) -> None:
        """Ends the program at this instant, and starts it again: who waited for a payment is gone."""
        self._tenders = Tenders(self.context, self._selling)
        self._unknown = AnsweredByTest(self._tenders, self.known, None, self._unknown._phone)
        self._unknown.answer = self._say_of
        self.state = Ready(self.catalogue, self.status, self._unknown.pending(), self._parked())

    def hang_up(self) -> None:
        """Lets whatever still waits come back, so that its thread can go."""
        self.release()
        if self._running is not None:
            self._running.outcome = "cancelled"
            self._running.ended.set()

    def answer_unknown(self, payment_id: TenderId, answer: str) -> None:
        """Stripe answers by itself."""
        self.check_answer = answer
        self._unknown.answered(payment_id)
        self._changed()
        for each in self._unknown.newly_known():
            self.say(each)

    def pay(self, order_id: OrderId, kind: TenderKind, amount: Money, outcome: str) -> TenderOutcome:
        """A payment that ends at once."""
        return self._end(Running(self._tenders.begin(order_id, kind, amount), lambda _: None, outcome=outcome))

    def _await_running(self) -> Running:
        if not self.started.wait(150) or self._running is None:
            raise AssertionError("no payment is running")
        return self._running

    def now(self) -> datetime:
        return self.context.local_now()

    def elapsed_s(self) -> float:
        return self.clock.monotonic()

    def _enter(self, call: str) -> None:
        with self._lock:
            self.calls.append(call)
        if not self.turnstile.wait(150):
            raise AssertionError("nobody released the till")
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    def _changed(self) -> None:
        """Tells the hub and the screens."""
        with suppress(Unreachable):
            self._sync.push()
        self.say(self.status)

    def _end(self, running: Running) -> TenderOutcome:
        tender = running.tender
        if running.outcome == "unknown":
            self._tenders.mark_unknown(
                tender, running.words or "The reader lost its connection after the card was read."
            )
        elif running.outcome != "left alone":
            self._tenders.end(tender, self._outcome(tender, running.outcome, running.words))
        self._tenders.leave(tender)
        self._changed()
        return self._unknown.outcome(tender.id)

    def _outcome(self, tender: OpenTender, outcome: str, words: str = "") -> Approved | Declined:
        if outcome == "paid":
            return Approved(f"pi_{tender.id}", tender.amount, CARD)
        code = _CODES.get(words, _ENDS[outcome])
        return Declined(code, words or plain_words(code))

    def _say_of(self, tender: OpenTender) -> None:
        """What a question about an unknown payment brings."""
        if self.check_answer != "unknown":
            is_code = tender.kind is TenderKind.CHECKOUT and self.check_answer == "refused"
            self._tenders.end(tender, self._outcome(tender, "expired" if is_code else self.check_answer))

    def tell_problems(self, *problems: ProblemMessage) -> None:
        """The hub tells what is open, and the till takes it."""
        self.hub.open = list(problems)
        self._sync.problems.compare(self.hub.problems().tag)
        self.say(self.status)

    def _parked(self) -> tuple[Order, ...]:
        return tuple(self.known.order(order_id) for order_id in reversed(self.known.open_ids()))
