"""A till flow without any window: background jobs run at once, and a payment is what the test scripts."""

from collections.abc import Callable
from typing import TypeVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.tenders import TenderKind
from boxoffice.till.ui.flow.till import TillFlow
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.usecases.gateway.paying import OnProgress, Progress, Stage, TenderOutcome
from tests.gui.fake_till import FakeTill

T = TypeVar("T")


class Stepwise:
    """Keeps jobs until they are let run, one at a time, in order; never answers before `run` has returned."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def run(
        self, lane: Lane, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BoxofficeError], None]
    ) -> None:
        def work() -> None:
            try:
                value = job()
            except BoxofficeError as error:
                failed(error)
            else:
                done(value)

        self.waiting.append(work)

    def post(self, call: Callable[[], None]) -> None:
        call()


class ScriptedTill(FakeTill):
    """Its readers and phones answer at once, as the script says, the last answer again and again."""

    def __init__(self, *script: str) -> None:
        super().__init__()
        self.script = list(script)
        self.amounts: list[Money] = []

    def cancel_payment(self, order_id: OrderId) -> None:
        """Too late: the answer is there already."""

    def pay_by_reader(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        return self._answer(order_id, amount, TenderKind.TERMINAL, on_progress)

    def pay_by_phone(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        return self._answer(order_id, amount, TenderKind.CHECKOUT, on_progress)

    def _answer(self, order_id: OrderId, amount: Money, kind: TenderKind, on_progress: OnProgress) -> TenderOutcome:
        self.amounts.append(amount)
        on_progress(Progress(Stage.SENT, self.now()))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return self.pay(order_id, kind, amount, answer)


class Keyboard:
    """A person with a keyboard and no screen."""

    def __init__(self, till: FakeTill) -> None:
        self.till, self.work = till, Stepwise()
        self.flow = TillFlow(till, self.work)
        self.is_held = False
        self.flow.session.on_change = self._draw
        self.flow.start()
        self.release()

    def _draw(self) -> None:
        """Asks for all that a window would draw, whenever it would."""
        self.flow.page.view()
        self.flow.shell()

    @property
    def page(self) -> str:
        return type(self.flow.page).__name__

    @property
    def toasts(self) -> list[str]:
        return [toast.text for toast in self.flow.session.toasts]

    def press(self, *keys: Named | str) -> None:
        for key in keys:
            for each in [key] if isinstance(key, Named) else key:
                self.flow.on_key(_key(each))
                if not self.is_held:
                    self.release()

    def release(self) -> None:
        """Lets the background work run until there is no more, and the keys that waited after each answer."""
        self.is_held = False
        while self.work.waiting:
            self.work.waiting.pop(0)()
            self.flow.drain()


def _key(each: Named | str) -> Key:
    if isinstance(each, Named):
        return Key(each)
    letter = each.upper()
    return Key(None, each, TILE_LETTERS.index(letter) if letter in TILE_LETTERS else None)
