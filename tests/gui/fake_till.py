"""A faithful till in memory: same promises as the real one, and a test can hold, refuse or lose what it likes."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue, Pool, Product, ProductKind, Rounding
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import EventId, OrderId, PoolId, ProductId, TenderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import Cart, PricedOrder, price
from boxoffice.core.sales import line_part
from boxoffice.core.sums import sums_of
from boxoffice.core.tenders import TENDERS, Back, TenderKind
from boxoffice.documents.languages import language
from boxoffice.documents.sums import sum_rows
from boxoffice.services.gateway import (
    EventChoice,
    Found,
    HandOver,
    NeedsEvent,
    NeedsPairing,
    News,
    OnProgress,
    Order,
    OrderLine,
    Paperwork,
    PaymentResolved,
    PoolStock,
    PrinterState,
    Progress,
    Reader,
    ReaderState,
    Ready,
    Scanned,
    Stage,
    Tender,
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    TillState,
    TillStatus,
    UnknownPayment,
)

USD = Currency("USD")
DENVER = ZoneInfo("America/Denver")
NINE_PM = datetime(2026, 5, 15, 21, 14, 2, tzinfo=DENVER)
FRIDAY, SATURDAY, SUNDAY = date(2026, 5, 15), date(2026, 5, 16), date(2026, 5, 17)


def usd(dollars: str) -> Money:
    whole, _, cents = dollars.partition(".")
    return Money(int(whole + cents.ljust(2, "0")), USD)


def _pool(pool: str, name: str, capacity: int) -> Pool:
    return Pool(PoolId(pool), name, capacity)


def _ticket(id: str, name: str, category: str, dollars: str, *pools: str, days: tuple[date, ...] = ()) -> Product:
    uses = {PoolId(pool): 1 for pool in pools}
    return Product(ProductId(id), name, ProductKind.TICKET, category, usd(dollars), uses, days)


def boulder_fest() -> Catalogue:
    weekend = (FRIDAY, SATURDAY, SUNDAY)
    return Catalogue(
        id=EventId("boulder-fest-2026"),
        revision=1,
        name="A Lo Cubano Boulder Fest",
        venue="Avalon Ballroom",
        address="6185 Arapahoe Rd",
        city="Boulder, CO",
        timezone="America/Denver",
        currency=USD,
        days=weekend,
        rounding=Rounding.PER_LINE,
        pools=(
            _pool("friday", "Friday", 400),
            _pool("saturday", "Saturday", 400),
            _pool("sunday", "Sunday", 400),
            _pool("workshop", "Workshop", 40),
            _pool("social", "Social", 200),
            _pool("rueda", "Rueda class", 30),
            _pool("shirts", "T-shirts", 75),
        ),
        taxes=(),
        products=(
            _ticket("full-pass", "Full Festival Pass", "Passes", "150", "friday", "saturday", "sunday", days=weekend),
            _ticket("friday-pass", "Friday Day Pass", "Passes", "95", "friday", days=(FRIDAY,)),
            _ticket("saturday-pass", "Saturday Day Pass", "Passes", "120", "saturday", days=(SATURDAY,)),
            _ticket("sunday-pass", "Sunday Day Pass", "Passes", "95", "sunday", days=(SUNDAY,)),
            _ticket("workshop", "Workshop", "Tonight", "35", "workshop", days=(FRIDAY,)),
            replace(
                _ticket("social", "Social Dance", "Tonight", "25", "social", days=(FRIDAY,)), detail="Fri, May 15, 9 pm"
            ),
            _ticket("rueda", "Rueda class", "Tonight", "20", "rueda", days=(FRIDAY,)),
            _ticket("student", "Student Social", "Tonight", "15", "social", days=(FRIDAY,)),
            Product(
                ProductId("shirt"),
                "T-shirt",
                ProductKind.MERCHANDISE,
                "Extras",
                usd("30"),
                {PoolId("shirts"): 1},
                options=("Black, size S", "Black, size M", "Black, size L", "Black, size XL"),
            ),
            Product(ProductId("donation"), "Donation", ProductKind.DONATION, "Extras", None, {}),
        ),
    )


def festival_status(**changes: object) -> TillStatus:
    left = {"friday": 148, "saturday": 64, "sunday": 171, "workshop": 12, "social": 86, "rueda": 0, "shirts": 41}
    status = TillStatus(
        device_name="Door A",
        hub_url="https://hub.alocubano.example",
        is_online=True,
        offline_since=None,
        unsent=0,
        synced_at=NINE_PM - timedelta(seconds=2),
        reader=ReaderState.READY,
        reader_name="Reader 1",
        printer=PrinterState.READY,
        printer_name="Receipt printer",
        stock=tuple(
            PoolStock(pool.id, pool.name, pool.capacity, min(left[pool.id], 40), 40, left[pool.id])
            for pool in boulder_fest().pools
        ),
    )
    return replace(status, **changes)  # type: ignore[arg-type]


@dataclass
class Clock:
    """Stands still until a test moves it."""

    at: datetime = NINE_PM

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class _Running:
    """A reader or phone payment under way, waiting for what the test makes happen."""

    order_id: OrderId
    amount: Money
    kind: TenderKind
    progress: OnProgress
    ended: threading.Event = field(default_factory=threading.Event)
    outcome: str = ""
    words: str = ""


class FakeTill:
    """Implements `TillGateway`."""

    def __init__(self, state: TillState | None = None) -> None:
        self.clock = Clock()
        self.status = festival_status()
        self.catalogue = boulder_fest()
        self.state: TillState = state or Ready(self.catalogue, self.status)
        self.orders: dict[OrderId, Order] = {}
        self.unknown: dict[TenderId, UnknownPayment] = {}
        self.calls: list[str] = []
        self.chosen_event: EventId | None = None
        self.emails: list[tuple[OrderId, str]] = []
        self.given_back: list[tuple[OrderId, str]] = []
        self.scans: list[tuple[str, ...]] = []
        self.papers: list[tuple[str, Paperwork]] = []
        self.failure: Exception | None = None
        self.handing_over = HandOver("Door A", self.status.hub_url, 60, (usd("1234"),), 1, problem="No network.")
        self.gate = threading.Event()
        self.gate.set()
        self.started = threading.Event()
        self.confirms_cancel = True
        self.check_answer: str = "unknown"
        self.reader_list: tuple[Reader, ...] = (
            Reader("tmr_1", "Reader 1", ReaderState.READY, is_chosen=True),
            Reader("tmr_2", "Reader 2", ReaderState.OFFLINE),
        )
        self._running: _Running | None = None
        self._listeners: list[Callable[[News], None]] = []
        self._lock = threading.RLock()

    # What a test does to it

    def say(self, news: News) -> None:
        if isinstance(news, TillStatus):
            self.status = news
        for listener in self._listeners:
            listener(news)

    def hold(self) -> None:
        """Every question waits from now on, as on a slow disk, until `release`."""
        self.gate.clear()

    def release(self) -> None:
        self.gate.set()

    def advance(self, stage: Stage) -> None:
        """The running payment comes one stage further."""
        running = self._await_running()
        running.progress(Progress(stage, self.now()))

    def end_payment(self, outcome: str, words: str = "Visa ending 4242") -> None:
        """Ends the running payment as `paid`, `refused`, `cancelled`, `expired` or `unknown`."""
        running = self._await_running()
        running.outcome, running.words = outcome, words
        running.ended.set()

    def take_all_but(self, pool_id: str, left: int) -> None:
        """Another till sells; this one has not heard of it yet."""
        stock = (replace(pool, overall=left) if pool.pool_id == pool_id else pool for pool in self.status.stock)
        self.status = replace(self.status, stock=tuple(stock))

    def hang_up(self) -> None:
        """Lets whatever still waits come back, so that its thread can go."""
        self.release()
        if self._running is not None:
            self._running.outcome = "cancelled"
            self._running.ended.set()

    def _await_running(self) -> _Running:
        if not self.started.wait(150) or self._running is None:
            raise AssertionError("no payment is running")
        return self._running

    # The gateway

    def now(self) -> datetime:
        return self.clock.at

    def elapsed_s(self) -> float:
        return (self.clock.at - NINE_PM).total_seconds()

    def _enter(self, call: str) -> None:
        with self._lock:
            self.calls.append(call)
        if not self.gate.wait(150):
            raise AssertionError("nobody released the till")
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    def open(self) -> TillState:
        self._enter("open")
        return self.state

    def subscribe(self, listener: Callable[[News], None]) -> None:
        self._listeners.append(listener)

    def pair(self, hub_url: str, code: str) -> TillState:
        self._enter("pair")
        if code != "ABCD-EFGH":
            raise OperationFailed(
                "That code does not work.", "Nothing was changed.", "Ask the organizer for a new one."
            )
        return NeedsEvent()

    def events(self) -> tuple[EventChoice, ...]:
        self._enter("events")
        return (
            EventChoice(self.catalogue.id, self.catalogue.name, self.catalogue.venue, FRIDAY, SUNDAY),
            EventChoice(EventId("pop-up"), "Casino Night Pop-up", "The Riverside", date(2026, 6, 6), date(2026, 6, 6)),
        )

    def choose_event(self, event_id: EventId) -> Ready:
        self._enter("choose_event")
        self.chosen_event = event_id
        return Ready(self.catalogue, self.status)

    def sell_for_cash(self, wanted: Cart | PricedOrder, tendered: Money) -> Order:
        self._enter("sell_for_cash")
        order = self._place(wanted)
        return self._capture(order.id, TenderKind.CASH, order.total, "", tendered)

    def place(self, wanted: Cart | PricedOrder) -> Order:
        self._enter("place")
        return self._place(wanted)

    def _place(self, wanted: Cart | PricedOrder) -> Order:
        priced = wanted if isinstance(wanted, PricedOrder) else price(self.catalogue, wanted)
        with self._lock:
            stock = {pool.pool_id: pool for pool in self.status.stock}
            units = {pool: count for pool, count in priced.units().items() if pool in stock}
            short = {pool: stock[pool].overall for pool, count in units.items() if stock[pool].overall < count}
            if short:
                raise NotEnoughLeft(short)
            self._take(units)
            number = f"7K2-{len(self.orders):03d}"
            order = Order(
                id=OrderId(f"order-{len(self.orders) + 1}"),
                number=number,
                state=OrderState.PROCESSING,
                channel=Channel.DOOR,
                placed_at=self.now(),
                lines=tuple(
                    OrderLine(line.product.name, line.option or line.product.detail, line.quantity, line.subtotal)
                    for line in priced.lines
                ),
                sums=sum_rows(
                    sums_of([line_part(line) for line in priced.lines]), language("en"), priced.total.currency
                ),
                total=priced.total,
                tenders=(),
                ticket_count=sum(line.quantity for line in priced.lines if line.product.kind is ProductKind.TICKET),
                device_name="Door A",
                held_until=self.now() + timedelta(minutes=15),
                is_synced=True,
            )
            self.orders[order.id] = order
        return order

    def _take(self, units: dict[PoolId, int]) -> None:
        stock = tuple(
            replace(
                pool,
                here=max(0, pool.here - units.get(pool.pool_id, 0)),
                overall=pool.overall - units.get(pool.pool_id, 0),
            )
            for pool in self.status.stock
        )
        self.say(replace(self.status, stock=stock))

    def take_cash(self, order_id: OrderId, amount: Money, tendered: Money) -> Order:
        self._enter("take_cash")
        return self._capture(order_id, TenderKind.CASH, amount, "", tendered)

    def _capture(
        self, order_id: OrderId, kind: TenderKind, amount: Money, words: str, tendered: Money | None = None
    ) -> Order:
        with self._lock:
            order = self.orders[order_id]
            tender = Tender(
                TenderId(f"tender-{len(order.tenders) + 1}"), kind, amount, PaymentStatus.CAPTURED, words, tendered
            )
            order = replace(order, tenders=(*order.tenders, tender))
            if order.due.minor == 0:
                order = replace(order, state=OrderState.COMPLETED, held_until=None)
            self.orders[order_id] = order
            return order

    def take(self, order_id: OrderId, kind: TenderKind, amount: Money, reason: str) -> Order:
        self._enter("take")
        return self._capture(order_id, kind, amount, reason)

    def pay_by_reader(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        self._enter("pay_by_reader")
        on_progress(Progress(Stage.SENT, self.now()))
        return self._run(_Running(order_id, amount, TenderKind.TERMINAL, on_progress))

    def pay_by_phone(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        self._enter("pay_by_phone")
        on_progress(Progress(Stage.SENT, self.now(), "https://hub.alocubano.example/p/7K2F4Q", 300))
        return self._run(_Running(order_id, amount, TenderKind.CHECKOUT, on_progress))

    def wait_again(self, payment_id: TenderId, on_progress: OnProgress) -> TenderOutcome:
        self._enter("wait_again")
        payment = self.unknown.pop(payment_id)
        on_progress(Progress(Stage.SENT, self.now(), "https://hub.alocubano.example/p/7K2F4Q", 200))
        return self._run(_Running(payment.order.id, payment.amount, payment.kind, on_progress))

    def _run(self, running: _Running) -> TenderOutcome:
        self._running = running
        self.started.set()
        if not running.ended.wait(150):
            raise AssertionError("the test never ended the payment")
        self.started.clear()
        self._running = None
        order = self.orders[running.order_id]
        match running.outcome:
            case "paid":
                return TenderPaid(self._capture(running.order_id, running.kind, running.amount, running.words))
            case "cancelled":
                return TenderRefused(order, "The payment was cancelled.", is_cancelled=True)
            case "expired":
                return TenderRefused(order, "The code ended before anyone paid.")
            case "unknown":
                return TenderUnknown(self._make_unknown(order, running))
            case _:
                return TenderRefused(order, running.words)

    def _make_unknown(self, order: Order, running: _Running) -> UnknownPayment:
        payment = UnknownPayment(
            TenderId(f"unknown-{len(self.unknown) + 1}"),
            order,
            running.kind,
            running.amount,
            self.now(),
            "The reader lost its connection after the card was read.",
        )
        self.unknown[payment.id] = payment
        self.say(replace(self.status, unknown_payments=len(self.unknown)))
        return payment

    def cancel_payment(self, order_id: OrderId) -> None:
        self._enter("cancel_payment")
        if self.confirms_cancel:
            self.end_payment("cancelled")

    def extend_payment(self, order_id: OrderId) -> float:
        self._enter("extend_payment")
        return 600

    def abandon(self, order_id: OrderId) -> None:
        self._enter("abandon")
        self.orders[order_id] = replace(self.orders[order_id], state=OrderState.FAILED, held_until=None)

    def unknown_payments(self) -> tuple[UnknownPayment, ...]:
        self._enter("unknown_payments")
        return tuple(self.unknown.values())

    def check_again(self, payment_id: TenderId) -> TenderOutcome:
        self._enter("check_again")
        payment = self.unknown[payment_id]
        if self.check_answer == "unknown":
            payment = replace(payment, checks=payment.checks + 1, checked_at=self.now())
            self.unknown[payment_id] = payment
            return TenderUnknown(payment)
        return self._resolve(payment)

    def _resolve(self, payment: UnknownPayment) -> TenderPaid | TenderRefused:
        del self.unknown[payment.id]
        self.orders.setdefault(payment.order.id, payment.order)
        if self.check_answer == "paid":
            return TenderPaid(self._capture(payment.order.id, payment.kind, payment.amount, "Visa ending 4242"))
        failed = Tender(payment.id, payment.kind, payment.amount, PaymentStatus.FAILED, "")
        order = self.orders[payment.order.id]
        self.orders[order.id] = replace(order, tenders=(*order.tenders, failed))
        return TenderRefused(self.orders[order.id], "The bank declined this card.")

    def answer_unknown(self, payment_id: TenderId, answer: str) -> None:
        """Stripe answers by itself."""
        self.check_answer = answer
        outcome = self._resolve(self.unknown[payment_id])
        self.say(replace(self.status, unknown_payments=len(self.unknown)))
        self.say(PaymentResolved(payment_id, outcome))

    def find_orders(self, query: str, most: int) -> Found:
        self._enter("find_orders")
        ended = (order for order in self.orders.values() if order.state is not OrderState.PROCESSING)
        found = [order for order in ended if query.casefold() in f"{order.number} {order.email}".casefold()]
        return Found(tuple(reversed(found))[:most], len(found))

    def look_up(self, readings: Sequence[str]) -> Scanned:
        self._enter("look_up")
        self.scans.append(tuple(readings))
        return Scanned(next((order for order in self.orders.values() if order.number in readings), None))

    def last_sale(self) -> Order | None:
        self._enter("last_sale")
        return next((order for order in reversed(self.orders.values()) if order.is_paid), None)

    def parked(self) -> tuple[Order, ...]:
        self._enter("parked")
        return tuple(order for order in self.orders.values() if order.state is OrderState.PROCESSING)

    def give_back(self, order_id: OrderId, why: str) -> Order:
        self._enter("give_back")
        order = self.orders[order_id]
        tenders = tuple(
            replace(each, given_back=each.amount, is_back=TENDERS[each.kind].back is not Back.PROVIDER)
            if each.status is PaymentStatus.CAPTURED
            else each
            for each in order.tenders
        )
        self.orders[order_id] = replace(order, state=OrderState.FAILED, tenders=tenders, held_until=None)
        self.given_back.append((order_id, why))
        return self.orders[order_id]

    def stop_waiting(self, order_id: OrderId) -> None:
        self._enter("stop_waiting")
        self.end_payment("unknown")

    def order(self, order_id: OrderId) -> Order:
        self._enter("order")
        return self.orders[order_id]

    def print(self, order_id: OrderId, what: Paperwork) -> None:
        self._enter("print")
        self.papers.append(("print", what))

    def save_pdf(self, order_id: OrderId, what: Paperwork) -> Path:
        self._enter("save_pdf")
        self.papers.append(("save", what))
        return Path("/home/door/Documents") / f"{what.value}-{self.orders[order_id].number}.pdf"

    def send_email(self, order_id: OrderId, address: str) -> bool:
        self._enter("send_email")
        self.emails.append((order_id, address))
        self.orders[order_id] = replace(self.orders[order_id], email=address)
        return self.status.is_online

    def readers(self) -> tuple[Reader, ...]:
        self._enter("readers")
        return self.reader_list

    def choose_reader(self, reader_id: str) -> None:
        self._enter("choose_reader")
        chosen = next(reader for reader in self.reader_list if reader.id == reader_id)
        self.say(replace(self.status, reader=chosen.state, reader_name=chosen.label))

    def sync_now(self) -> None:
        self._enter("sync_now")

    def hand_over(self) -> HandOver:
        self._enter("hand_over")
        return self.handing_over

    def export_unsent(self) -> HandOver:
        self._enter("export_unsent")
        self.handing_over = replace(self.handing_over, exported_to="/home/door/Documents/boxoffice-door-a.json")
        return self.handing_over

    def begin_anew(self, *, is_export_safe: bool) -> TillState:
        self._enter(f"begin_anew {is_export_safe}")
        return UNPAIRED


UNPAIRED = NeedsPairing("https://hub.alocubano.example")
LONG_AGO = datetime(2026, 5, 1, tzinfo=UTC)
