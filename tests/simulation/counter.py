"""What people do at a counter besides plain sales: they buy and spend gift cards, know codes, and let carts wait.

The customers' own memory is here as well: which codes of gift cards they hold, and which carts they left.
"""

from collections import Counter as Counts
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.gift_cards import code_of
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.till.usecases.gateway.parked import ParkedSale
from boxoffice.till.usecases.till import Till
from tests.simulation.chaos import Chaos
from tests.simulation.options import Fault
from tests.simulation.till_process import TillProcess

USD: Final = Currency("USD")
ENOUGH: Final = Money(1_000_000, USD)
_CARD_OF: Final = "SELECT id FROM stored_values WHERE order_id = ?"
_FILES: Final = frozenset({Fault.FILE_SET_BACK, Fault.BACKUP_RESTORED, Fault.FACTS_LOST, Fault.CLONED})
"""A file that is put back has carts again that were taken up."""


@dataclass
class Counter:
    """`codes` are those of gift cards that customers hold; `parked` carts by their names, with how they went on."""

    chaos: Chaos
    cart: Callable[[list[float]], Cart]
    look: Callable[[TillProcess, Till, OrderId, str], None]
    promo: str
    codes: list[str] = field(default_factory=list)
    parked: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    taken: Counts[str] = field(default_factory=Counts)

    # Gift cards.

    def gift_card(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Somebody buys a card, pays with one, or wants the rest of it in cash."""
        if not self.codes or numbers[0] < 0.4:
            self._sell_card(process, till, numbers)
        elif numbers[0] < 0.9:
            self._pay_with_card(process, till, numbers)
        else:
            till.cash_out_card(self._code(numbers), "wants the rest")
            self._done(process, "card paid out", "pays the rest of a gift card out")

    def _sell_card(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        amount = Money(1_000 + 500 * int(numbers[1] * 40), USD)
        cart = Cart((CartLine(product_id=ProductId("gift-card"), quantity=1, amount=amount),))
        sold = till.sell_for_cash(cart, ENOUGH)
        assert process.store is not None
        with process.store.reading() as connection:
            card = str(connection.exec_driver_sql(_CARD_OF, (sold.id,)).scalar_one())
        self.codes.append(code_of(card, till.services.context.journal.key).shown)
        self.look(process, till, sold.id, "cash")
        self._done(process, "card sold", f"sells a gift card of {amount}")

    def _pay_with_card(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Pays as much with a card as it has, and the rest in cash, or not at all."""
        code = self._code(numbers)
        order = till.place(self.cart(numbers[2:] + numbers[:2]))
        here = till.look_at_card(code).here
        part = min(here, order.due)
        if part.minor:
            order = till.pay_by_card(order.id, code, part)
            self._done(process, "card spent", f"takes {part} off a gift card")
        if order.due.minor and numbers[3] < 0.7:
            till.take_cash(order.id, order.due, order.due)
        self.look(process, till, order.id, "by gift card")

    def _code(self, numbers: list[float]) -> str:
        return self.codes[int(numbers[1] * len(self.codes))]

    # Promo codes.

    def code(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Somebody knows a code: it takes one of its uses along, of what this till has of them."""
        catalogue = till.services.context.event.catalogue
        quote = price(catalogue, self.cart(numbers), catalogue.promo(self.promo), at=till.services.context.clock.now())
        if numbers[3] < 0.6:
            order = till.sell_for_cash(quote, ENOUGH)
        else:
            order = till.place(quote)
            if numbers[3] < 0.8:
                till.take_cash(order.id, order.due, order.due)
        self.look(process, till, order.id, "with a code")
        self._done(process, "code used at a till", "takes a code")

    # Carts that wait.

    def wait_or_go_on(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Parks a cart, or takes one up that waits here or elsewhere, and sells it."""
        waiting = till.parked_carts()
        if numbers[0] < 0.5 or not waiting:
            name = f"cart {len(self.parked) + 1}"
            self.parked.add(name)
            self.tried.add(name)  # it may never get so far
            till.park(self.cart(numbers[1:]), name)
            self.tried.discard(name)
            self._done(process, "cart parked", f"parks {name}")
            return
        elsewhere = [sale for sale in waiting if sale.till]
        choice = elsewhere if elsewhere and numbers[2] < 0.7 else waiting
        self._take_up(process, till, choice[int(numbers[1] * len(choice))])

    def _take_up(self, process: TillProcess, till: Till, sale: ParkedSale) -> None:
        self.tried.add(sale.name)
        taken = till.take_parked(sale.id)
        self.taken[sale.name] += taken.is_sure  # one that was cut off was told that another may have it
        where = f" of {sale.till}" if sale.till else ""
        self._done(process, "cart of another taken" if where else "cart taken", f"takes {sale.name}{where} up")
        order = till.sell_for_cash(taken.cart, ENOUGH)
        self.look(process, till, order.id, "that was parked")

    def _done(self, process: TillProcess, count: str, words: str) -> None:
        self.chaos.counts[count] += 1
        self.chaos.scheduler.note(process.name, words)

    # What must be so of carts.

    def taken_twice(self) -> Iterator[str]:
        if self.chaos.options.faults & _FILES:
            return
        yield from (f"parked: {name} was taken up {times} times" for name, times in self.taken.items() if times > 1)

    def misplaced(self, tills: list[TillProcess]) -> Iterator[str]:
        """Each cart that nobody has tried to take up waits at one till, once all have heard of all."""
        if self.chaos.options.faults & _FILES:
            return
        waits = Counts(
            sale.name for till in tills if till.till is not None for sale in till.till.parked_carts() if not sale.till
        )
        for name in self.parked - self.tried:
            if waits[name] != 1:
                yield f"parked: {name} waits at {waits[name]} tills"
        for name in waits.keys() & self.taken.keys():
            yield f"parked: {name} waits, and was taken up"
