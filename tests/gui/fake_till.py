"""The till in memory, for tests of screens: its own use cases and tables, and a test is all that is outside."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import EventId, OrderId, StaffId
from boxoffice.core.money import Money
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.rights import Right
from boxoffice.core.staff import Person
from boxoffice.till.usecases.gateway.after_sale import RefundChoice, RefundStep, RefundWish, Seen
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, Reader
from boxoffice.till.usecases.gateway.gate import GatePort
from boxoffice.till.usecases.gateway.kiosk import KioskPort
from boxoffice.till.usecases.gateway.orders import Found, Order, Paperwork, Scanned, Which
from boxoffice.till.usecases.gateway.parked import ParkedSale, TakenUp
from boxoffice.till.usecases.gateway.preflight import PreflightPort
from boxoffice.till.usecases.gateway.printing import PrinterPort
from boxoffice.till.usecases.gateway.shifts import ShiftPort
from boxoffice.till.usecases.gateway.standing import (
    EventChoice,
    HandOver,
    NeedsEvent,
    Ready,
    TillEvent,
    TillState,
)
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.gateway.team import Approval, Team
from boxoffice.till.usecases.ports import Unreachable
from tests.gui.festival import FRIDAY, SUNDAY, UNPAIRED
from tests.gui.paying_fake import PayingFake

T = TypeVar("T")


class FakeTill(PayingFake):
    """Implements `TillGateway`: what the screens ask of the till."""

    def open(self) -> TillState:
        self._enter("open")
        if isinstance(self.state, Ready):
            self.status = self.state.status
        return self.state

    @property
    def gate(self) -> GatePort:
        return self._gate

    def sell_and_let_in(self, wanted: Cart | PricedOrder, tendered: Money) -> tuple[Order, int]:
        self._enter("sell_and_let_in")
        quote = self._selling.quoted(wanted)
        sell = self._check_in.sell_and_let_in
        order_id, came = self._with_enough(quote, lambda: sell(quote, tendered))
        return self._sold(order_id), came

    @property
    def kiosk(self) -> KioskPort:
        return self._kiosk

    @property
    def shifts(self) -> ShiftPort:
        return self._shifts

    @property
    def preflight(self) -> PreflightPort:
        return self._preflight

    @property
    def printing(self) -> PrinterPort:
        return self._at_the_printer

    def subscribe(self, listener: Callable[[TillEvent], None]) -> None:
        self._listeners.append(listener)

    def pair(self, hub_url: str, code: str) -> TillState:
        self._enter("pair")
        if code != "ABCD-EFGH":
            raise OperationFailed(
                "That pairing code does not work.", "Nothing was changed.", "Ask the organizer for a new one."
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

    def find_orders(self, query: str, most: int, where: Which = Which.ANYWHERE) -> Found:
        self._enter("find_orders")
        return self.known.find(query, most, where)

    def look_up(self, readings: Sequence[str]) -> Scanned:
        self._enter("look_up")
        self.scans.append(tuple(readings))
        paid = self._offering.take_code(readings)
        if paid is not None:
            return Scanned(self._sold(paid))
        return self._scans.look_up(readings)

    def last_sale(self) -> Order | None:
        self._enter("last_sale")
        return self.known.last_sale() if self.chosen_event in (None, self.catalogue.id) else None

    def parked(self) -> tuple[Order, ...]:
        self._enter("parked")
        return self._parked()

    def park(self, cart: Cart, name: str, code: str = "") -> None:
        self._enter("park")
        person = self.team().person
        self._sync.parking.park(cart, name, "" if person is None else person.name, code)
        self._changed()

    def parked_carts(self) -> tuple[ParkedSale, ...]:
        self._enter("parked_carts")
        return self._sync.parking.waiting()

    def take_parked(self, cart_id: str) -> TakenUp:
        self._enter("take_parked")
        taken = self._sync.parking.take_up(cart_id)
        self._changed()
        if taken.cart.adds_to:
            return replace(taken, adds_to=self.known.order(OrderId(taken.cart.adds_to)))
        return taken

    def give_back(self, order_id: OrderId, why: str) -> Order:
        self._enter("give_back")
        self._giving_back.give_back(order_id, why)
        self.given_back.append((order_id, why))
        return self._sold(order_id)

    def refund_choice(self, order_id: OrderId) -> RefundChoice:
        self._enter("refund_choice")
        return self._refunding.choice(order_id)

    def refund(self, order_id: OrderId, wish: RefundWish) -> RefundStep:
        self._enter("refund")
        step = self._refunding.give_back(order_id, wish)
        self._changed()
        return step

    def swap(self, order_id: OrderId, things: Sequence[PartKey], wanted: Cart) -> Order:
        self._enter("swap")
        quote = self._selling.quoted(wanted)
        return self._sold(self._with_enough(quote, lambda: self._swapping.begin(order_id, things, quote)))

    def collect(self, order_id: OrderId, seen: Seen) -> Order:
        self._enter("collect")
        self._collecting.hand_over(order_id, seen)
        return self._sold(order_id)

    def rename(self, order_id: OrderId, name: str) -> Order:
        self._enter("rename")
        self._noting.rename(order_id, name)
        return self._sold(order_id)

    def void(self, order_id: OrderId, things: Sequence[PartKey], why: str = "") -> RefundStep:
        self._enter("void")
        step = self._voiding.void(order_id, things, why)
        self._changed()
        return step

    def transfer(self, order_id: OrderId, name: str, email: str) -> Order:
        self._enter("transfer")
        self._transferring.transfer(order_id, name, email)
        return self._sold(order_id)

    def keep_note(self, order_id: OrderId, note: str) -> Order:
        self._enter("keep_note")
        self._noting.keep(order_id, note)
        return self._sold(order_id)

    def stop_waiting(self, order_id: OrderId) -> None:
        self._enter("stop_waiting")
        self.end_payment("left alone")

    def order(self, order_id: OrderId) -> Order:
        self._enter("order")
        return self.known.order(order_id)

    def print(self, order_id: OrderId, what: Paperwork) -> int:
        self._enter("print")
        copy = self._papers.print(order_id, what)
        self.papers.append(("print", what))
        return copy

    def save_pdf(self, order_id: OrderId, what: Paperwork) -> Path:
        self._enter("save_pdf")
        path = self._papers.save_pdf(order_id, what)
        self.papers.append(("save", what))
        return path

    def send_email(self, order_id: OrderId, address: str) -> bool:
        self._enter("send_email")
        self.emails.append((order_id, address))
        return self._papers.send_email(order_id, address)

    def readers(self) -> tuple[Reader, ...]:
        self._enter("readers")
        return self.reader_list

    def choose_reader(self, reader_id: str) -> None:
        self._enter("choose_reader")
        chosen = next(reader for reader in self.reader_list if reader.id == reader_id)
        self.say(replace(self.status, reader=chosen.state, reader_name=chosen.label))

    def choose_language(self, language: str) -> None:
        self._enter("choose_language")
        self.say(replace(self.status, language=language))

    def show_on_reader(self, quote: PricedOrder | None) -> None:
        self.on_reader.append(quote)

    def show_customer(self, display: CustomerDisplay) -> None:
        self._enter("show_customer")
        self.say(replace(self.status, customer_display=display))

    def choose_camera(self, name: str) -> None:
        self._enter("choose_camera")
        self.say(replace(self.status, camera=name))

    def keep_places(self, how: Keeping) -> int:
        self._enter("keep_places")
        moved = self._keep_places(how)
        self._changed()
        return moved

    def team(self) -> Team:
        return self._sync.signing_in.team()

    def sign_in(self, staff_id: StaffId, pin: str) -> Person:
        self._enter("sign_in")
        return self._sync.signing_in.by_pin(staff_id, pin)

    def sign_in_by_badge(self, readings: Sequence[str]) -> Person:
        self._enter("sign_in_by_badge")
        return self._sync.signing_in.by_badge(readings)

    def lock(self) -> None:
        self._enter("lock")
        self._sync.signing_in.begin()

    def lock_after(self, seconds: int) -> None:
        self._enter("lock_after")
        self._sync.signing_in.lock_after(seconds)

    def approve(self, right: Right, pin: str, by: StaffId | None = None) -> Approval:
        self._enter("approve")
        return self._sync.signing_in.approve(right, pin, by)

    def approve_by_badge(self, right: Right, readings: Sequence[str], by: StaffId | None = None) -> Approval:
        self._enter("approve_by_badge")
        return self._sync.signing_in.approve_by_badge(right, readings, by)

    def approved(self, approval: Approval, act: Callable[[], T], /) -> T:
        return self._sync.signing_in.approved(approval, act)

    def sync_now(self) -> None:
        self._enter("sync_now")
        with suppress(Unreachable):
            self._sync.look_at_mails()
        self._changed()

    def hand_over(self) -> HandOver:
        self._enter("hand_over")
        return self._handing_over.send() if self._is_revoked else self.handing_over

    def export_unsent(self) -> HandOver:
        self._enter("export_unsent")
        if self._is_revoked:
            return self._handing_over.export()
        self.handing_over = replace(self.handing_over, exported_to="/home/door/Documents/boxoffice-door-a.json")
        return self.handing_over

    def take_back(self) -> TillState:
        self._enter("take_back")
        return self.state

    def go_on_without(self) -> TillState:
        self._enter("go_on_without")
        return Ready(self.catalogue, self.status)

    def begin_anew(self, *, is_export_safe: bool) -> TillState:
        self._enter(f"begin_anew {is_export_safe}")
        if self._is_revoked:
            self._handing_over.check_may_leave(is_export_safe=is_export_safe)
        return UNPAIRED
