"""Who buys on the web: they hold places, pay or not, and are told how it went."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.pricing import Cart
from sync.shop.holding import NewOrder
from sync.shop.web_orders import Customer
from sync.store.chain import new_id
from tests.simulation.chaos import Chaos
from tests.simulation.hub_process import HubDied, HubProcess
from tests.simulation.till_process import EVENT

HOLD_S: Final = 15 * 60
"""How long whoever buys on the web is told that their places are held."""


@dataclass
class Buyers:
    """`pays` lets whoever has an order's page pay there, after a while or never."""

    chaos: Chaos
    hub: HubProcess
    cart: Callable[[list[float]], Cart]
    pays: Callable[[float, str], None]
    bought: set[str] = field(default_factory=set)
    """Web orders whose buyers were told that they are paid."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Where buyers on the web want their tickets, by order."""
    promised: dict[str, float] = field(default_factory=dict)
    """Until when buyers on the web were told that their places are held, by order."""

    def comes(self, numbers: list[float], promo: str | None = None, email: str = "", provider: str = "stripe") -> None:
        """Somebody buys on the web, and pays or does not; they may know a code, or want their tickets mailed."""
        self.chaos.scheduler.spawn("a buyer", lambda: self._buy(numbers, promo, email, provider))

    def _buy(self, numbers: list[float], promo: str | None, email: str, provider: str) -> None:
        cart, attempt = self.cart(numbers), new_id()
        who, address = f"buyer {attempt}", email.format(attempt[-8:])
        customer = Customer(email=address, name="Ana") if address else None
        new = NewOrder(cart, who, attempt, promo, event_id=str(EVENT), customer=customer)
        order_id, began = "", self.chaos.scheduler.now
        for _ in range(6):
            try:
                order_id = self.hub.run(partial(self._reserve, new))
                self.hub.run(partial(self._start, order_id, provider))
                break
            except HubDied:
                self.chaos.scheduler.sleep(3)
            except BoxofficeError as error:
                self.chaos.counts[f"no: {type(error).__name__}"] += 1
                if order_id == "":
                    self.chaos.scheduler.note("web", f"a buyer gets nothing: {error}"[:120])
                    return
                self.chaos.scheduler.sleep(10)
        else:  # nobody can pay on a page that was never shown
            return
        self.chaos.scheduler.note("web", "a buyer holds places and is sent to pay")
        if address:
            self.addresses[order_id] = address
        self.promised[order_id] = began + HOLD_S
        if numbers[3] < 0.15:
            del self.promised[order_id]
            self._give_up(order_id)
            return
        self.pays(numbers[2], order_id)
        self._hear_how_it_went(order_id)

    def _hear_how_it_went(self, order_id: str) -> None:
        """The buyer looks at the page again and again, for a while."""
        for pause in (40, 200, 700):
            self.chaos.scheduler.sleep(pause)
            try:
                if self.hub.run(lambda: self.hub.shop.ask(order_id)).is_paid:
                    if order_id not in self.bought:
                        self.bought.add(order_id)
                        self.chaos.counts["sold on the web"] += 1
                        self.chaos.scheduler.note("web", "a buyer is told: paid")
                    return
            except (HubDied, BoxofficeError):
                continue

    def _reserve(self, new: NewOrder) -> str:
        return self.hub.shop.reserve(new)

    def _start(self, order_id: str, provider: str) -> None:
        self.hub.shop.start(order_id, provider=provider)

    def _give_up(self, order_id: str) -> None:
        try:
            self.hub.run(lambda: self.hub.shop.cancel(order_id))
            self.chaos.counts["given up on the web"] += 1
        except (HubDied, BoxofficeError):
            return
