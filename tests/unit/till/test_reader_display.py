"""The cart on the reader: the newest one, silently, and never in the place of a payment."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from boxoffice.core.money import Money
from boxoffice.core.pricing import PricedOrder, price
from boxoffice.core.terminal import ActionStatus, ReaderAction
from boxoffice.till.usecases.ports import CartLineShown
from boxoffice.till.usecases.reader_display import ReaderDisplay
from tests.fakes.terminal import FakeStripe, FakeTerminal
from tests.gui.festival import boulder_fest
from tests.integration.till.kit import cart


class Slow(FakeTerminal):
    """A line on which a cart is under way until the test lets it arrive."""

    sent = threading.Event()
    arrives = threading.Event()

    def show_cart(self, reader_id: str, lines: Sequence[CartLineShown], total: Money) -> None:
        self.sent.set()
        assert self.arrives.wait(30)
        super().show_cart(reader_id, lines, total)


@pytest.fixture
def stripe() -> FakeStripe:
    return FakeStripe()


@pytest.fixture
def display(stripe: FakeStripe) -> Iterator[ReaderDisplay]:
    display = ReaderDisplay(FakeTerminal(stripe), lambda: stripe.reader.id, pause_s=0.01)
    yield display
    display.close()


def quote(passes: int) -> PricedOrder:
    return price(boulder_fest(), cart(("full-pass", passes)), at=datetime(2026, 5, 15, 21, tzinfo=UTC))


def settled(display: ReaderDisplay) -> None:
    """Waits until what was wanted last was tried: a thread that has nothing to do waits for news."""
    for _ in range(500):
        threading.Event().wait(0.02)  # longer than between two carts
        if not display._news.is_set() and not display._turn.locked():
            threading.Event().wait(0.05)
            if not display._news.is_set() and not display._turn.locked():
                return
    raise AssertionError("it never settled")


def test_the_cart_is_shown_as_it_grows_and_is_gone_with_the_sale(display: ReaderDisplay, stripe: FakeStripe) -> None:
    for passes in (1, 2):
        display.show(quote(passes))
        settled(display)

    assert [(len(lines), total) for lines, total in stripe.carts][-1] == (1, quote(2).total)
    assert stripe.carts[-1][0][0].words == "2 × Full Festival Pass"
    display.show(None)
    settled(display)
    assert stripe.reader.action is None


@pytest.mark.parametrize("status", ActionStatus)
def test_a_payment_on_the_reader_is_left_alone_whoever_began_it(
    display: ReaderDisplay, stripe: FakeStripe, status: ActionStatus
) -> None:
    payment = ReaderAction(status, "pi_of_another_till")
    stripe.reader = replace(stripe.reader, action=payment)

    display.show(quote(1))
    settled(display)

    is_left_alone = stripe.reader.action == payment
    assert is_left_alone == (status is ActionStatus.IN_PROGRESS)


def test_nothing_is_sent_while_a_payment_is_under_way(display: ReaderDisplay, stripe: FakeStripe) -> None:
    with display.put_away():
        display.show(quote(1))
        threading.Event().wait(0.1)
        assert stripe.carts == []

    settled(display)
    assert len(stripe.carts) == 1


def test_a_payment_waits_for_a_cart_that_is_on_its_way(stripe: FakeStripe) -> None:
    terminal = Slow(stripe)
    display = ReaderDisplay(terminal, lambda: "tmr_1", pause_s=0.01)
    display.show(quote(1))
    assert terminal.sent.wait(30)
    began: list[int] = []

    def pay() -> None:
        with display.put_away():
            began.append(len(stripe.carts))

    paying = threading.Thread(target=pay)
    paying.start()
    paying.join(0.1)
    assert paying.is_alive()  # the cart would take the payment's place, if it came after it
    terminal.arrives.set()
    paying.join(30)
    display.close()

    assert began == [1]


def test_what_fails_is_told_to_nobody_and_tried_no_more_for_a_while(display: ReaderDisplay, stripe: FakeStripe) -> None:
    stripe.is_down = True
    display.show(quote(1))
    settled(display)
    stripe.is_down = False
    display.show(quote(2))
    settled(display)

    assert stripe.carts == []
