"""The till's flows without a window."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.errors import OperationFailed
from boxoffice.core.tenders import TenderKind
from boxoffice.till.ui.flow.destinations import EventChoices
from boxoffice.till.ui.flow.orders import OrdersPage
from boxoffice.till.ui.keys import Named
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.gateway.paying import TenderPaid
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, PaymentResolved, Ready
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST, UNPAIRED, boulder_fest, festival_status, usd
from tests.unit.ui.flows import Keyboard, ScriptedTill

N = Named


def test_the_till_opens_on_its_tiles() -> None:
    assert Keyboard(FakeTill()).page == "SellPage"


def test_a_till_that_can_not_open_says_why_and_tries_again() -> None:
    till = FakeTill()
    till.failure = OperationFailed("The file is damaged.", "The hub has the sales.", "Restore it.")
    keyboard = Keyboard(till)
    assert keyboard.page == "StoppedPage"

    keyboard.press(N.ENTER)

    assert keyboard.page == "SellPage"


@given(st.lists(st.sampled_from("qwersf123456789+-"), max_size=30))
def test_no_keys_on_the_sell_screen_ever_sell_more_than_is_left(keys: list[str]) -> None:
    keyboard = Keyboard(FakeTill())

    keyboard.press(*keys)

    sale = keyboard.flow.session.sale
    left = {pool.pool_id: pool.overall for pool in festival_status().stock}
    assert all(units <= left[pool] for pool, units in sale.uses().items())
    assert sale.is_empty or sale.total == sale.priced().total


@given(
    st.lists(st.sampled_from([*"qs25.", N.F5, N.F6, N.F7, N.F8, N.ENTER, N.ESC, N.F2, N.F10, N.DELETE]), max_size=25)
)
def test_whatever_is_pressed_no_order_is_ever_paid_more_than_its_total(keys: list[Named | str]) -> None:
    till = ScriptedTill("paid", "refused", "cancelled", "paid")
    keyboard = Keyboard(till)

    keyboard.press(*keys)

    for order in till.orders.values():
        assert 0 <= order.paid.minor <= order.total.minor
        assert order.is_paid == (order.due.minor == 0)


def test_keys_wait_while_the_sale_is_saved() -> None:
    keyboard = Keyboard(FakeTill())
    keyboard.is_held = True
    keyboard.press("q", N.F5, N.ENTER, N.ENTER, "s")
    assert keyboard.page == "CashPage"

    keyboard.release()

    assert keyboard.page == "SellPage"
    assert keyboard.flow.session.sale.total == usd("25")


def test_a_split_sale_takes_what_was_typed_and_then_the_rest() -> None:
    till = ScriptedTill("paid")
    keyboard = Keyboard(till)

    keyboard.press("q", N.F8, "40", N.F6, N.F7)

    assert till.amounts == [usd("40"), usd("110")]
    assert keyboard.page == "PhonePaidPage"


def test_a_declined_part_stays_due() -> None:
    till = ScriptedTill("refused", "paid")
    keyboard = Keyboard(till)
    keyboard.press("q", N.F8, "40", N.F6)
    assert keyboard.page == "RefusedPage"

    keyboard.press(N.ENTER)

    assert till.amounts == [usd("40"), usd("40")]
    assert keyboard.page == "SplitPage"


def test_after_going_back_the_sale_may_change_and_makes_a_new_order() -> None:
    till = ScriptedTill("refused", "paid")
    keyboard = Keyboard(till)
    keyboard.press("q", N.F6, N.ESC, "s", N.F6)

    assert keyboard.page == "CompletePage"
    assert till.amounts == [usd("150"), usd("175")]


def test_a_new_catalogue_drops_only_what_is_no_longer_sold() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q", "s")
    catalogue = boulder_fest()

    till.say(CatalogueChanged(replace(catalogue, products=catalogue.products[:4])))

    assert keyboard.flow.session.sale.total == usd("150")


def test_an_answer_about_an_order_of_before_is_said_as_a_toast() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q", N.F5, N.ENTER, N.ENTER)
    (order,) = till.orders.values()

    till.say(PaymentResolved(order.tenders[0].id, TenderPaid(order)))

    assert keyboard.toasts == [f"Order {FIRST}: $150.00 is paid."]


def test_toasts_go_after_six_seconds_and_failures_stay() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press(N.F9)
    till.failure = OperationFailed("No.", "Safe.", "Again.")
    keyboard.press("q", N.F5, N.ENTER)
    assert keyboard.toasts == ["No sale on this till yet.", "No."]

    till.clock.forward(7)
    keyboard.flow.session.tick()

    assert keyboard.toasts == ["No."]


def test_the_undo_of_a_sale_that_is_over_is_gone() -> None:
    keyboard = Keyboard(FakeTill())

    keyboard.press("q", "s", N.DELETE, N.F5, N.ENTER)

    assert keyboard.page == "CompletePage"
    assert keyboard.toasts == []


@pytest.mark.parametrize("key", [N.F2, N.F3, N.F11, N.F12, N.F1])
def test_rail_keys_do_nothing_before_the_till_is_set_up(key: Named) -> None:
    keyboard = Keyboard(FakeTill(UNPAIRED))

    keyboard.press(key)

    assert keyboard.page == "PairPage"


def test_cash_alone_makes_one_transaction() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)

    keyboard.press("q", N.F5, "200", N.ENTER)

    assert [call for call in till.calls if call in ("place", "take_cash", "sell_for_cash")] == ["sell_for_cash"]
    (order,) = till.orders.values()
    assert [(each.kind, each.amount, each.tendered) for each in order.tenders] == [
        (TenderKind.CASH, usd("150"), usd("200"))
    ]


def test_offline_the_scarcest_pool_limits_what_is_added() -> None:
    status = festival_status(is_online=False)
    keyboard = Keyboard(FakeTill(Ready(boulder_fest(), status)))

    keyboard.press("99q")

    assert keyboard.flow.session.sale.item_count == 40
    assert keyboard.toasts == ["40 here, 24 elsewhere; no network to ask: Full Festival Pass."]


def test_after_a_restart_f9_prints_the_last_receipt() -> None:
    till = FakeTill()
    Keyboard(till).press("q", N.F5, N.ENTER)
    again = Keyboard(till)

    again.press(N.F9)

    assert till.papers == [("print", Paperwork.RECEIPT)]


def test_what_was_sold_for_another_event_is_not_the_last_sale_of_this_one() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q", N.F5, N.ENTER, N.ENTER, N.F12)
    sold = keyboard.flow.session.last_order

    keyboard.flow.session.go(EventChoices(can_go_back=True))
    keyboard.release()
    keyboard.press(N.DOWN, N.ENTER, N.F9)

    assert keyboard.page == "SellPage"
    assert sold is not None
    assert keyboard.flow.session.last_order is None
    assert till.papers == []


def test_sales_that_were_part_paid_when_the_till_closed_are_told_and_stop_nobody() -> None:
    till = FakeTill()
    Keyboard(till).press("q", N.F8, "20", N.F5, N.ENTER)
    till.state = Ready(till.catalogue, till.status, parked=till.parked())

    again = Keyboard(till)

    assert again.page == "SellPage"
    assert again.toasts == ["1 sale waits, paid in part."]
    again.press(N.F10, "1")
    assert again.page == "SplitPage"
    assert again.toasts == []


def test_more_orders_are_shown_at_a_press() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    for _ in range(25):
        keyboard.press("s", N.F5, N.ENTER, N.ENTER)
    keyboard.press(N.F3)
    orders = keyboard.flow.page
    assert isinstance(orders, OrdersPage)
    assert (len(orders.orders), orders.total) == (20, 25)

    keyboard.press(N.PAGE_DOWN)

    assert len(orders.orders) == 25
    assert orders.view().more is None
