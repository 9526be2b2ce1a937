"""Orders of others at the screen: found beside one's own, handed over with a look, and noted things are found again."""

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rows import TicketStatus
from boxoffice.core.wire.orders_elsewhere import (
    LineElsewhere,
    OrderElsewhere,
    OrdersAnswer,
    TenderElsewhere,
    TicketElsewhere,
)
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill

F3, F5, F8 = Qt.Key.Key_F3, Qt.Key.Key_F5, Qt.Key.Key_F8
JOSE = OrderElsewhere(
    id="web-1",
    number="WB-TM10",
    channel=Channel.WEB,
    status=OrderState.COMPLETED,
    total=19_500,
    currency="USD",
    placed_at="2026-04-28T10:00:00.000Z",
    sold_by="",
    name="José Peña",
    email="jose@example.org",
    phone="303 555 0100",
    lines=(LineElsewhere(product_id="saturday-pass", name="Saturday Day Pass", quantity=2, subtotal=19_500),),
    tenders=(TenderElsewhere(tender="checkout", amount=19_500, status=PaymentStatus.CAPTURED, last4="4242"),),
    tickets=(TicketElsewhere(id="ticket-1", product_id="saturday-pass", status=TicketStatus.VALID),),
)


@pytest.fixture
def with_web(door: Door, till: FakeTill) -> Door:
    till.context.elsewhere.belong_to(till.context.device.id, str(till.catalogue.id))
    till.context.elsewhere.take(OrdersAnswer(orders=(JOSE,), cursor="1", more=False, total=1), "tag")
    return door


@pytest.mark.parametrize("query", ["jose pena", "wb-tm1o", "0100", "4242"])
def test_an_order_of_the_web_is_found_by_what_they_say_and_handed_over_once(
    with_web: Door, till: FakeTill, query: str
) -> None:
    with_web.press(F3)
    with_web.at("OrdersPage")
    with_web.press("/")
    with_web.type(query)
    with_web.sees("José Peña")
    with_web.window.setFocus()

    with_web.press("q", ENTER)

    with_web.sees("Order WB-TM10 was handed over.")
    with_web.qtbot.waitUntil(lambda: "To collect" not in with_web.tags())
    assert till.order(JOSE.id).is_collected  # type: ignore[arg-type]  # an id as others have them


def test_what_was_noted_finds_a_sale_without_a_name(door: Door) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.press(F3)
    door.at("OrdersPage")
    door.sees("1 × Full Festival Pass")

    door.press("n")
    door.at("NotePage")
    door.type("Red hat, four people")
    door.press(ENTER)
    door.at("OrdersPage")
    door.press("/")
    door.type("hat red")

    door.sees("“Red hat, four people”")


def test_a_card_number_is_refused_as_a_note(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.press(F3)
    door.at("OrdersPage")
    door.sees("1 × Full Festival Pass")
    door.press("n")
    door.at("NotePage")

    door.type("4242 4242 4242 4242")
    door.press(ENTER)

    door.sees("It looks like a card number")
    order = till.last_sale()
    assert order is not None
    assert order.note == ""


def test_orders_are_sifted_by_where_they_were_sold(with_web: Door, till: FakeTill) -> None:
    with_web.press("q", F5, ENTER)
    with_web.at("CompletePage")
    with_web.press(F3)
    with_web.at("OrdersPage")
    with_web.sees("2 orders")

    with_web.press("s")
    with_web.sees("1 order")
    with_web.sees("José Peña")
    with_web.press("f")
    with_web.sees("1 × Full Festival Pass")
    with_web.press("d")
    with_web.sees("No orders yet")
    with_web.press("a")

    with_web.sees("2 orders")


def test_the_second_row_of_chips_sifts_by_day_by_person_and_by_how_they_stand(with_web: Door, till: FakeTill) -> None:
    with_web.press("q", F5, ENTER)
    with_web.at("CompletePage")
    with_web.press(F3)
    with_web.at("OrdersPage")
    with_web.sees("2 orders")

    for key, found in {"x": "José Peña", "c": "1 × Full Festival Pass", "v": "1 × Full Festival Pass"}.items():
        with_web.press(key)
        with_web.sees("1 order")
        with_web.sees(found)
    with_web.press("b")
    with_web.sees("No orders yet")
    with_web.press("g")
    with_web.tap("All")
    with_web.sees("2 orders")


def test_an_order_goes_to_another_person_and_its_tickets_have_new_codes(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.press(F3)
    door.at("OrdersPage")
    door.sees("1 × Full Festival Pass")

    door.press("t")
    door.at("TransferPage")
    door.press(ENTER)
    door.sees("Say whose it is.")
    door.type("Rosa Ortega")
    door.press(ENTER)
    door.sees("Leave it empty to print them here.")
    door.press(ENTER)
    door.at("OrdersPage")

    door.sees("Its old codes stop working.")
    door.sees("Rosa Ortega")
    order = till.last_sale()
    assert order is not None
    assert (order.name, order.ticket_count) == ("Rosa Ortega", 1)


def test_another_tills_order_is_asked_for_where_there_is_no_network_and_shown_as_asked(
    with_web: Door, till: FakeTill
) -> None:
    till.hub.is_down = True
    with_web.press(F3)
    with_web.at("OrdersPage")
    with_web.sees("José Peña")

    with_web.press("t")
    with_web.at("TransferPage")
    with_web.type("Rosa Ortega")
    with_web.press(ENTER)
    with_web.sees("Where the hub mails the new tickets.")
    with_web.type("rosa@example.com")
    with_web.press(ENTER)

    with_web.at("OrdersPage")
    with_web.sees("Transfer asked for, not done: it waits for the hub")


def test_what_was_given_for_nothing_is_voided(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "ps", ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.press(F3)
    door.at("OrdersPage")
    door.sees("Void")

    door.press("u")
    door.at("RefundPage")
    door.sees("Given for nothing: no money goes back")
    door.press(ENTER)

    door.sees("Whoever comes with it is not let in.")
    order = till.last_sale()
    assert order is not None
    assert order.ticket_count == 0
