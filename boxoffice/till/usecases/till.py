"""The till behind the screens: puts the use cases together for what a person asks."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import EventId, OrderId, StaffId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.limits import Extent
from boxoffice.core.money import Money
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.reductions import Reduction
from boxoffice.core.rights import Right
from boxoffice.core.staff import Person
from boxoffice.core.tenders import TENDERS, TenderKind
from boxoffice.till.store import settings
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.comps import Comps
from boxoffice.till.usecases.gateway.after_sale import RefundChoice, RefundStep, RefundWish, Seen
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, Reader
from boxoffice.till.usecases.gateway.gate import GatePort
from boxoffice.till.usecases.gateway.kiosk import KioskPort
from boxoffice.till.usecases.gateway.orders import Found, Order, Paperwork, Scanned, Which
from boxoffice.till.usecases.gateway.parked import ParkedSale, TakenUp
from boxoffice.till.usecases.gateway.preflight import PreflightPort
from boxoffice.till.usecases.gateway.printing import PrinterPort
from boxoffice.till.usecases.gateway.problems import HubProblems
from boxoffice.till.usecases.gateway.shifts import ShiftPort
from boxoffice.till.usecases.gateway.standing import (
    EventChoice,
    HandOver,
    NeedsPairing,
    Ready,
    TillState,
)
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.gateway.team import Approval
from boxoffice.till.usecases.handing_over import put_away
from boxoffice.till.usecases.paying_till import PayingTill
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.reducing import Reducing
from boxoffice.till.usecases.running import CAMERA, CUSTOMER_DISPLAY, LANGUAGE
from boxoffice.till.usecases.shifts import ShiftStillOpen

T = TypeVar("T")
_FIRST_LOOK_S: Final = 3.0
"""How long the first sale after a start waits to hear whether this is the newest copy of the till; offline it can't."""


class Till(PayingTill):
    """Implements `gateway.port.TillGateway`."""

    def pair(self, hub_url: str, code: str) -> TillState:
        return self._start(
            identity.pair(self.store, self._environment.vault, self._environment.connections, hub_url, code)
        )

    def events(self) -> tuple[EventChoice, ...]:
        found = self.services.link.call(lambda hub: hub.events())
        choices = [_choice(each.id, each.name, each.venue, each.days) for each in found]
        today = self.now().date()
        return tuple(sorted(choices, key=lambda each: (each.last_day < today, each.first_day, each.name)))

    def choose_event(self, event_id: EventId) -> Ready:
        services = self.services
        if services.context.has_event:
            services.context.operator.must(Right.SETTINGS)
        self._must_sell()
        shift = services.shifts.current()
        if shift is not None:
            raise ShiftStillOpen(shift)
        if services.orders.open_ids():
            raise OperationFailed(
                "A sale of the event at hand is still open.",
                "Nothing was changed.",
                "Take it up under Parked (F10 on the sell page): finish it, or give the money back.",
            )
        body = services.sync.take_event(event_id)
        services.context.take_event(body)
        services.sync.returns.note_use()
        with self.store.transaction() as connection:
            settings.put(connection, "event_id", event_id)
            settings.put(connection, "feed_cursor", "0")
        services.context.elsewhere.belong_to(services.context.device.id, event_id)
        services.sync.everything()
        with suppress(Unreachable):
            services.readers.look()
        self._go()
        return self._ready()

    def sell_for_cash(self, wanted: Cart | PricedOrder, tendered: Money) -> Order:
        self._must_sell()
        quote = self.services.selling.quoted(wanted)
        order_id = self._with_enough(quote, lambda: self.services.selling.sell_for_cash(quote, tendered))
        return self._taken(order_id, TenderKind.CASH)

    def place(self, wanted: Cart | PricedOrder) -> Order:
        self._must_sell()
        quote = self.services.selling.quoted(wanted)
        order_id = self._with_enough(quote, lambda: self.services.selling.place(quote))
        return self._sold(order_id)

    def allow(self, reduction: Reduction, extent: Extent, tickets: int = 0) -> Reduction:
        return Reducing(self.services.context).allow(reduction, extent, tickets)

    def comps_given(self) -> CompsGiven:
        return Comps(self.services.context).given()

    def abandon(self, order_id: OrderId) -> None:
        self.services.selling.abandon(order_id, "given up at the till")
        self._changed()

    def give_back(self, order_id: OrderId, why: str) -> Order:
        self.services.giving_back.give_back(order_id, why)
        order = self._sold(order_id)
        if any(TENDERS[each.kind].is_cash for each in order.tenders):
            self.services.printing.open_drawer()
        return order

    def refund_choice(self, order_id: OrderId) -> RefundChoice:
        return self.services.refunding.choice(order_id)

    def refund(self, order_id: OrderId, wish: RefundWish) -> RefundStep:
        step = self.services.refunding.give_back(order_id, wish)
        if step is RefundStep.GIVEN or (wish.cash and step is RefundStep.ASKED):
            self.services.printing.open_drawer()
        self._changed()
        return step

    def swap(self, order_id: OrderId, things: Sequence[PartKey], wanted: Cart) -> Order:
        self._must_sell()
        services = self.services
        quote = services.selling.quoted(wanted)
        return self._sold(self._with_enough(quote, lambda: services.swapping.begin(order_id, things, quote)))

    def collect(self, order_id: OrderId, seen: Seen) -> Order:
        self.services.collecting.hand_over(order_id, seen)
        return self._sold(order_id)

    def rename(self, order_id: OrderId, name: str) -> Order:
        self.services.noting.rename(order_id, name)
        return self._sold(order_id)

    def void(self, order_id: OrderId, things: Sequence[PartKey], why: str = "") -> RefundStep:
        step = self.services.voiding.void(order_id, things, why)
        self._changed()
        return step

    def transfer(self, order_id: OrderId, name: str, email: str) -> Order:
        self.services.transferring.transfer(order_id, name, email)
        return self._sold(order_id)

    def park(self, cart: Cart, name: str, code: str = "") -> None:
        person = self.team().person
        self.services.sync.parking.park(cart, name, "" if person is None else person.name, code)
        with suppress(Unreachable, HubRefused):  # others can have it from now on, whatever becomes of this till
            self.services.sync.parking.exchange()
        self._changed()

    def parked_carts(self) -> tuple[ParkedSale, ...]:
        return self.services.sync.parking.waiting()

    def take_parked(self, cart_id: str) -> TakenUp:
        self._must_sell()
        taken = self.services.sync.parking.take_up(cart_id)
        self._changed()
        if taken.cart.adds_to:
            with suppress(OperationFailed):
                return replace(taken, adds_to=self.services.orders.order(OrderId(taken.cart.adds_to)))
        return taken

    def keep_note(self, order_id: OrderId, note: str) -> Order:
        self.services.noting.keep(order_id, note)
        return self._sold(order_id)

    def hub_problems(self) -> HubProblems:
        return self.services.sync.problems.now()

    def decide(self, problem_id: str, remedy: str) -> HubProblems:
        self.services.context.operator.must(Right.DECIDE)
        left = self.services.sync.problems.decide(problem_id, remedy)
        self._changed()
        return left

    def find_orders(self, query: str, most: int, where: Which = Which.ANYWHERE) -> Found:
        return self.services.orders.find(query, most, where)

    def look_up(self, readings: Sequence[str]) -> Scanned:
        paid = self.services.offering.take_code(readings)
        if paid is None:
            return self.services.scans.look_up(readings)
        return Scanned(self._sold(paid))

    def last_sale(self) -> Order | None:
        return self.services.orders.last_sale()

    def order(self, order_id: OrderId) -> Order:
        return self.services.orders.order(order_id)

    def print(self, order_id: OrderId, what: Paperwork) -> int:
        return self.services.papers.print(order_id, what)

    def save_pdf(self, order_id: OrderId, what: Paperwork) -> Path:
        return self.services.papers.save_pdf(order_id, what)

    def send_email(self, order_id: OrderId, address: str) -> bool:
        return self.services.papers.send_email(order_id, address)

    def readers(self) -> tuple[Reader, ...]:
        return self.services.readers.look()

    def choose_reader(self, reader_id: str) -> None:
        self.services.readers.choose(reader_id)
        with suppress(Unreachable):
            self.services.readers.look()
        self._tell_status()

    def choose_language(self, language: str) -> None:
        with self.store.transaction() as connection:
            settings.put(connection, LANGUAGE, language)
        self.services.status.language = language
        self._tell_status()

    def show_on_reader(self, quote: PricedOrder | None) -> None:
        self.services.reader_display.show(quote)

    def show_customer(self, display: CustomerDisplay) -> None:
        self.services.context.operator.must(Right.SETTINGS)
        with self.store.transaction() as connection:
            settings.put(connection, CUSTOMER_DISPLAY, display.value)
        self.services.status.customer_display = display
        self._tell_status()

    def choose_camera(self, name: str) -> None:
        with self.store.transaction() as connection:
            settings.put(connection, CAMERA, name)
        self.services.status.camera = name
        self._tell_status()

    def keep_places(self, how: Keeping) -> int:
        self.services.context.operator.must(Right.SETTINGS)
        self.services.handing_over.must_sell()
        moved = self.services.keep_places(how)
        self._changed()
        return moved

    def sign_in(self, staff_id: StaffId, pin: str) -> Person:
        return self.services.sync.signing_in.by_pin(staff_id, pin)

    def sign_in_by_badge(self, readings: Sequence[str]) -> Person:
        return self.services.sync.signing_in.by_badge(readings)

    def lock(self) -> None:
        self.services.sync.signing_in.begin()

    def lock_after(self, seconds: int) -> None:
        self.services.sync.signing_in.lock_after(seconds)

    def approve(self, right: Right, pin: str, by: StaffId | None = None) -> Approval:
        return self.services.sync.signing_in.approve(right, pin, by)

    def approve_by_badge(self, right: Right, readings: Sequence[str], by: StaffId | None = None) -> Approval:
        return self.services.sync.signing_in.approve_by_badge(right, readings, by)

    def approved(self, approval: Approval, act: Callable[[], T], /) -> T:
        return self.services.sync.signing_in.approved(approval, act)

    @property
    def gate(self) -> GatePort:
        return replace(self.services.at_the_gate, changed=self._hurry)

    def sell_and_let_in(self, wanted: Cart | PricedOrder, tendered: Money) -> tuple[Order, int]:
        self._must_sell()
        quote = self.services.selling.quoted(wanted)
        sell = self.services.check_in.sell_and_let_in
        order_id, came = self._with_enough(quote, lambda: sell(quote, tendered))
        return self._sold(order_id), came

    @property
    def kiosk(self) -> KioskPort:
        return self.services.kiosk

    @property
    def shifts(self) -> ShiftPort:
        return replace(self.services.at_the_drawer, changed=self._changed)

    @property
    def preflight(self) -> PreflightPort:
        return replace(self.services.preflight, changed=self._changed)

    @property
    def printing(self) -> PrinterPort:
        return self.services.at_the_printer

    def sync_now(self) -> None:
        try:
            self._sync()
        except (Unreachable, HubRefused):
            self._tell_status()

    def go_on_without(self) -> TillState:
        self.services.mending.go_on_without()
        self._changed()
        return self._begin()

    def export_unsent(self) -> HandOver:
        return self.services.handing_over.export()

    def begin_anew(self, *, is_export_safe: bool) -> TillState:
        services, store = self.services, self.store
        if not services.handing_over.is_revoked:
            raise OperationFailed("This till is paired, and not revoked.", "Nothing was changed.", "")
        services.handing_over.check_may_leave(is_export_safe=is_export_safe)
        name, hub_url = f"{services.context.device.name}-{services.context.device.code}", services.status.hub_url
        self._stop()
        try:
            put_away(store, name)
        finally:
            self._store = None
        state = self.open()
        return NeedsPairing(hub_url) if isinstance(state, NeedsPairing) else state

    def _must_sell(self) -> None:
        """Does nothing if this till may sell. At its start it hears first whether the hub has more of its chain.

        Raises:
            Revoked: if it is revoked.
            ChainIsShort: if records are missing here.
        """
        services = self.services
        services.handing_over.must_sell()
        services.mending.check()
        if self._background is not None and not services.mending.first_look.wait(_FIRST_LOOK_S):
            services.mending.first_look.set()  # one sale waits, not each
        services.mending.check()

    def _with_enough(self, quote: PricedOrder, sell: Callable[[], T]) -> T:
        try:
            return self.services.refilling.with_enough(quote, sell)
        except NotEnoughLeft:
            self._tell_status()  # what the tiles say of it was too much
            raise


def _choice(id_: str, name: str, venue: str, days: tuple[str, ...]) -> EventChoice:
    dates = [date.fromisoformat(day) for day in days]
    return EventChoice(EventId(id_), name, venue, min(dates), max(dates))
