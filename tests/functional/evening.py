"""What is done at tills after a sale and around a shift, in processes of their own that are killed or race each other.

As in `mixtures`, what was told to the people at the door is written down, and only after it is so. `drawer_of` counts a
drawer by what facts say and by nothing else of the product.
"""

import multiprocessing.synchronize
import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

from boxoffice.core.cash_moves import CashMove
from boxoffice.core.denominations import Count
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.ids import OrderId, ProductId, StaffId
from boxoffice.core.money import Currency
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.till.app import SystemClock, build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.after_sale import RefundWish
from boxoffice.till.usecases.gateway.team import ShutOut, WrongPin
from boxoffice.till.usecases.till import Till
from tests.functional.mixtures import CART, Mixture, Seller, say, usd

FIRST: Final = ((0, 0),)
SATURDAY: Final = Cart((CartLine(ProductId("saturday-pass"), 1),))
Barrier = multiprocessing.synchronize.Barrier


def _swap(seller: Seller) -> None:
    """A Friday pass becomes a Saturday pass; the difference is paid in two parts."""
    order = seller.till.sell_for_cash(CART, usd(100))
    say("paid", order.id)
    new = seller.till.swap(order.id, FIRST, SATURDAY)
    say("swaps", order.id, new.id)
    seller.cash(new.id, usd(10))
    seller.cash(new.id)
    seller.till.sync_now()


def _swap_by_card(seller: Seller) -> None:
    order = seller.till.sell_for_cash(CART, usd(100))
    say("paid", order.id)
    new = seller.till.swap(order.id, FIRST, SATURDAY)
    say("swaps", order.id, new.id)
    seller.card(new.id)


def _hand_over(seller: Seller) -> None:
    """A drawer goes on with somebody else as it was counted, a dollar short, and then as it is."""
    shifts = seller.till.shifts
    if not shifts.now().is_open:
        shifts.open(None, usd(100), is_from_safe=True, why="")
    seller.till.sell_for_cash(CART, usd(100))
    shifts.hand_over(None, counted(seller.till, -100), "I do not know")
    seller.till.sell_for_cash(CART, usd(100))
    shifts.hand_over(None, None, "")
    seller.till.sync_now()


def _close(seller: Seller) -> None:
    shifts = seller.till.shifts
    if not shifts.now().is_open:
        shifts.open(None, usd(100), is_from_safe=False, why="")
    seller.till.sell_for_cash(CART, usd(100))
    shifts.move(CashMove.DROP, usd(50), "Too much inside", None)
    shifts.keep_draft({"10000": 1})
    shifts.count(counted(seller.till, 100))
    say("closed", shifts.close(usd(20), "I do not know").number)
    seller.till.sync_now()


def sell_by_card(seller: Seller) -> None:
    seller.card(seller.place().id)
    seller.till.sync_now()


ACTS: Final[Mapping[str, Mixture]] = {
    "swap": Mixture(_swap, 14),
    "swap-by-card": Mixture(_swap_by_card, 20),
    "hand-over": Mixture(_hand_over, 13),
    "close": Mixture(_close, 14),
}


def counted(till: Till, off: int) -> Count:
    """Returns a count of the drawer that is off by so much, in minor units."""
    inside = till.services.shifts.report().report.drawer.expected
    return Count(Currency("USD"), other=inside + off)


def refund(settings: Settings, barrier: Barrier, order_id: str, told: Path) -> None:
    """Gives a whole order back, at the same moment as others do something with it."""
    _at_once(settings, barrier, told, lambda till: _give_back(till, OrderId(order_id)))


def swap(settings: Settings, barrier: Barrier, order_id: str, told: Path) -> None:
    """Swaps the first thing of an order for a Saturday pass; what it costs more is paid at that moment."""

    def act(till: Till) -> Callable[[], None]:
        new = till.swap(OrderId(order_id), FIRST, SATURDAY)

        def now() -> None:
            order = till.take_cash(new.id, new.due, new.due)
            if not order.is_paid:  # what should have paid the rest has gone back meanwhile
                till.give_back(new.id, "Changed mind")
                raise OperationFailed("The ticket was given back.", "", "")

        return now

    _at_once(settings, barrier, told, act)


def try_pins(settings: Settings, staff_id: str, pins: Sequence[str], waits_s: float, told: Path) -> None:
    """Types PINs, each after so long by a clock that the test winds; then the power goes."""
    wound = [0.0]
    setattr(SystemClock, "monotonic", lambda _: wound[0])  # noqa: B010  # mypy lets no method be assigned
    with told.open("w") as file, redirect_stdout(file):
        till = build_till(settings)
        till.open()
        till.team()  # a wait of before begins anew, with this start
        for pin in pins:
            wound[0] += waits_s
            try:
                till.sign_in(StaffId(staff_id), pin)
                say("in")
            except WrongPin as error:
                say("wrong", error.wait_s)
            except ShutOut as error:
                say("shut", error.wait_s)
        os.kill(os.getpid(), signal.SIGKILL)


def _give_back(till: Till, order_id: OrderId) -> Callable[[], None]:
    choice = till.refund_choice(order_id)
    left = sum(way.left.minor for way in choice.ways)
    cash = sum(way.left.minor for way in choice.ways if way.is_cash)
    things = tuple(thing.key for thing in choice.things if thing.is_there)
    wish = RefundWish(things, None, left, cash, "Changed mind")
    return lambda: say("given", till.refund(order_id, wish).value)


def _at_once(settings: Settings, barrier: Barrier, told: Path, act: Callable[[Till], Callable[[], None]]) -> None:
    with told.open("w") as file, redirect_stdout(file):
        till = build_till(settings)
        till.open()
        now = act(till)
        barrier.wait()
        try:
            now()
            say("done")
        except (BadInput, OperationFailed) as error:
            say("refused", error)
        till.sync_now()
        till.close()


def drawer_of(name: str, facts: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    """Returns what these facts, each by its kind and payload, leave in a drawer, in minor units."""
    inside = 0
    for kind, p in facts:
        if p.get("drawer") != name:
            continue
        if kind in ("payment_captured", "refund_succeeded") and p["tender"] == "cash" and not p.get("into"):
            inside += (p["amount"] + p.get("rounding", 0)) * (1 if kind == "payment_captured" else -1)
        elif kind == "shift_opened":
            inside += p["float_amount"] - p["left"]
        elif kind == "shift_handed_over" and p["counted"] is not None:
            inside += p["counted"] - p["expected"]
        elif kind == "shift_closed":
            inside += p["counted"] - p["expected"] - p["to_safe"]
        elif kind == "cash_moved":
            inside += p["amount"] * {"drop": -1, "change": 1}[p["move"]]
    return inside
