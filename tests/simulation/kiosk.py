"""A till that lets customers serve themselves for a while: they buy by card, and get nothing else done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart
from boxoffice.core.rights import NotAllowed
from boxoffice.till.usecases.gateway.team import WrongPin
from boxoffice.till.usecases.till import Till
from tests.simulation.chaos import Chaos
from tests.simulation.till_process import TillProcess

_CODE: Final = "2580"
_PLENTY: Final = Money(1_000_000, Currency("USD"))


@dataclass
class Kiosks:
    """`pins` are all that each of the staff was ever given, the newest last."""

    chaos: Chaos
    cart: Callable[[list[float]], Cart]
    look: Callable[[TillProcess, Till, OrderId, str], None]
    pins: Mapping[str, Sequence[str]]

    def serve(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Turns a till into a kiosk, lets somebody buy there, or try what is not theirs, and turns it back."""
        till.kiosk.begin(_CODE)
        try:
            if numbers[3] < 0.2:
                self._tries_cash(process, till, numbers)
            else:
                self._buys(process, till, numbers)
        except BoxofficeError:
            self._leave(till)
            raise
        self._leave(till)

    def _buys(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        order = till.place(self.cart(numbers))
        if numbers[2] > 0.2:
            till.pay_by_reader(order.id, order.due, lambda _: None)
        self.look(process, till, order.id, "at a kiosk")
        self._done(process, "bought at a kiosk", "serves somebody by itself")

    def _tries_cash(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        try:
            till.sell_for_cash(self.cart(numbers), _PLENTY)
        except NotAllowed:
            self._done(process, "kiosk refuses cash", "takes no cash by itself")
        else:
            raise AssertionError("a kiosk took cash, and nobody was there")

    def _leave(self, till: Till) -> None:
        """Ends it by the code, or by whatever PIN of the staff this till knows by now."""
        people = till.services.sync.signing_in.team().people
        known = [pin for each in people for pin in reversed(self.pins.get(str(each.person.id), ()))]
        for pin in known if people else [_CODE]:
            try:
                till.kiosk.leave(pin)
            except WrongPin:
                continue
            return
        till.services.context.operator.serve_themselves(is_kiosk=False)  # somebody has switched it off and on again

    def _done(self, process: TillProcess, count: str, words: str) -> None:
        self.chaos.counts[count] += 1
        self.chaos.scheduler.note(process.name, words)
