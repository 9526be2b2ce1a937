"""Sales of which only a part was paid, with real programs: through a power cut, back to where the money came from."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.command import drain
from boxoffice.demo.stack import Stack, post
from boxoffice.demo.tills import new_till
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import Progress, TenderOutcome, TenderPaid, TenderUnknown
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub
from tests.functional.test_power_cuts import Victim, line, restart
from tests.functional.test_rollback import until
from tests.functional.till_window import TillWindow

pytestmark = pytest.mark.enable_socket

FRIDAY = Cart((CartLine(ProductId("friday-pass"), 1),))
BALANCES = """
    SELECT l.account, sum(l.amount)::bigint FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE f.payload ->> 'order_id' = %s GROUP BY 1 HAVING sum(l.amount) <> 0
"""


def usd(dollars: int) -> Money:
    return Money(dollars * 100, Currency("USD"))


@pytest.fixture
def till(stack: Stack, tmp_path: Path) -> Iterator[Till]:
    made = new_till(stack, tmp_path / "till", tmp_path, "part-paid")
    yield made
    drain([made])
    assert verify_till(made.store, made.public_key).problem is None
    made.close()
    assert verify_hub(stack.database).problem is None


def ask(stack: Stack, query: str, *values: str) -> list[tuple[Any, ...]]:
    with stack.database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query, values).all()]


def synced(till: Till, order_id: OrderId) -> Order:
    """Returns the order as it is after one more sync."""
    till.sync_now()
    return till.order(order_id)


class Phone:
    """A payment by phone that the till waits for, on a thread of its own as the window has it."""

    def __init__(self, till: Till, order: Order, amount: Money) -> None:
        self.link = ""
        self._shown = threading.Event()
        self.outcome: TenderOutcome | None = None
        self._thread = threading.Thread(target=self._pay, args=(till, order, amount), daemon=True)
        self._thread.start()
        assert self._shown.wait(30)

    def _pay(self, till: Till, order: Order, amount: Money) -> None:
        def shown(progress: Progress) -> None:
            if progress.link:
                self.link = progress.link
                self._shown.set()

        self.outcome = till.pay_by_phone(order.id, amount, shown)

    def pay(self, stack: Stack, email: str = "") -> None:
        session = httpx.get(self.link, follow_redirects=True).url.path.rpartition("/")[2]
        url = f"{stack.addresses.sandbox_url}/control/checkout_sessions/{session}/pay"
        post(url, {"card": "4242424242424242", "wait": True, "email": email})

    def ended(self) -> TenderOutcome | None:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.outcome


def test_cash_and_a_phone_payment_both_go_back_when_the_rest_is_not_paid(stack: Stack, till: Till) -> None:
    order = till.place(FRIDAY)
    till.take_cash(order.id, usd(20), usd(20))
    phone = Phone(till, order, usd(10))
    phone.pay(stack)
    assert isinstance(phone.ended(), TenderPaid)

    till.give_back(order.id, "Card failed")

    assert till.order(order.id).state is OrderState.FAILED
    drain([till])
    until(lambda: ask(stack, BALANCES, order.id), [])
    until(lambda: all(each.is_back for each in synced(till, order.id).tenders), True)
    assert ask(stack, "SELECT status FROM orders WHERE id = %s", order.id) == [("failed",)]


def test_a_part_paid_sale_waits_through_a_power_cut_and_can_then_be_given_back(stack: Stack, tmp_path: Path) -> None:
    victim = Victim(stack, tmp_path / "till")
    with victim.running("part") as process:
        order_id = line(process, "part")
        link = line(process, "link")
    session = httpx.get(link, follow_redirects=True).url.path.rpartition("/")[2]
    post(f"{victim.sandbox}/control/checkout_sessions/{session}/expire", {})

    with restart(victim, stack) as (till, state):
        assert [order.id for order in state.parked] == [order_id]
        drain([till])

        order = till.give_back(state.parked[0].id, "Changed mind")

        assert order.state is OrderState.FAILED
        assert till.parked() == ()


def test_the_next_customer_is_served_while_a_phone_payment_goes_on_and_it_is_taken_when_it_comes(
    stack: Stack, till: Till
) -> None:
    order = till.place(FRIDAY)
    phone = Phone(till, order, order.due)

    till.stop_waiting(order.id)

    assert isinstance(phone.ended(), TenderUnknown)
    assert till.sell_for_cash(FRIDAY, usd(100)).is_paid
    phone.pay(stack)
    until(lambda: synced(till, order.id).is_paid, True)
    assert till.unknown_payments() == ()


def test_a_code_that_ends_unpaid_while_the_next_is_served_lets_its_places_go(
    stack: Stack, open_window: Callable[[], TillWindow]
) -> None:
    window = open_window()
    _leave_a_code(window)
    order = window.till.parked()[0]

    _session(stack, window.till.services.link.call(lambda hub: hub.checkout(order.tenders[0].id)).url, "expire")
    until(lambda: synced(window.till, order.id).tenders[0].status, PaymentStatus.FAILED)

    window.wait_until(lambda: window.till.order(order.id).state is OrderState.FAILED)
    assert window.till.parked() == ()
    assert window.page == "SellPage"


def test_a_code_that_was_left_alone_is_shown_again_and_paid_once(
    stack: Stack, open_window: Callable[[], TillWindow]
) -> None:
    window = open_window()
    _leave_a_code(window)
    order = window.till.parked()[0]

    window.press(Qt.Key.Key_F10)
    window.wait_until(lambda: bool(window.view.waiting))
    window.type("1")
    window.wait_for("UnknownPage")
    window.press(Qt.Key.Key_F7)
    window.wait_for("PhonePage")
    window.wait_until(lambda: bool(window.view.qr))
    _session(stack, window.view.qr, "pay")

    window.wait_for("PhonePaidPage")
    paid = window.till.order(order.id)
    assert [each.status for each in paid.tenders] == [PaymentStatus.CAPTURED]
    assert window.till.unknown_payments() == ()


def _leave_a_code(window: TillWindow) -> None:
    window.type("w")
    window.press(Qt.Key.Key_F7)
    window.wait_for("PhonePage")
    window.wait_until(lambda: bool(window.view.qr))
    window.press(Qt.Key.Key_F10)
    window.wait_for("SellPage")


def _session(stack: Stack, link: str, what: str) -> None:
    """Lets the customer of a code pay, or the time of the code end."""
    session = httpx.get(link, follow_redirects=True).url.path.rpartition("/")[2]
    body = {"card": "4242424242424242", "wait": True} if what == "pay" else {}
    post(f"{stack.addresses.sandbox_url}/control/checkout_sessions/{session}/{what}", body)


def test_the_address_of_a_payer_gets_the_mail_also_if_cash_pays_the_rest(stack: Stack, till: Till) -> None:
    order = till.place(FRIDAY)
    phone = Phone(till, order, usd(10))
    phone.pay(stack, "ana@example.org")
    assert isinstance(phone.ended(), TenderPaid)
    mailed = "SELECT email FROM mails WHERE order_id = %s"
    assert ask(stack, mailed, order.id) == []

    till.take_cash(order.id, till.order(order.id).due, usd(200))
    till.sync_now()

    until(lambda: ask(stack, mailed, order.id), [("ana@example.org",)])
    assert ask(stack, "SELECT customer_email FROM orders WHERE id = %s", order.id) == [("ana@example.org",)]


def test_an_address_that_is_typed_at_the_till_is_mailed_once_beside_that_of_a_payer(stack: Stack, till: Till) -> None:
    order = till.place(FRIDAY)
    phone = Phone(till, order, usd(10))
    phone.pay(stack, "payer@example.org")
    assert isinstance(phone.ended(), TenderPaid)

    till.take_cash(order.id, till.order(order.id).due, usd(200))
    till.send_email(order.id, "typed@example.org")

    mailed = "SELECT email FROM mails WHERE order_id = %s ORDER BY 1"
    until(lambda: ("typed@example.org",) in ask(stack, mailed, order.id), True)
    addresses = ask(stack, mailed, order.id)
    assert len(addresses) == len(set(addresses))


def test_receipt_and_tickets_go_to_the_address_that_was_typed_at_stripes_page(stack: Stack, till: Till) -> None:
    order = till.place(FRIDAY)
    phone = Phone(till, order, order.due)

    phone.pay(stack, "ana@example.org")

    assert isinstance(phone.ended(), TenderPaid)
    mailed = "SELECT email FROM mails WHERE order_id = %s AND status IN ('sent', 'delivered')"
    until(lambda: ask(stack, mailed, order.id), [("ana@example.org",)])
