"""A ticket of the door says what a ticket of the web says, and a change of the event reaches the tills."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.wire.pairing import EventBody
from boxoffice.documents.blocks import ticket_blocks
from boxoffice.documents.model import Ticket
from sync.inventory.events import load_event
from sync.mail.paperwork import papers_of
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import EVENT, Seller

MUCH = Money(100_000, Currency("USD"))


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    made = Seller(hub, tmp_path).open()
    made.services.sync.everything()
    yield made
    made.close()
    load_event(hub.hub, fest())


def sell(seller: Seller, *products: str) -> OrderId:
    lines = tuple(CartLine(ProductId(product), 1) for product in products)
    return seller.services.selling.sell_for_cash(Cart(lines), MUCH)


def at_the_door(seller: Seller, order: OrderId) -> tuple[Ticket, ...]:
    return seller.services.papers.of(order)[1]


def on_the_web(hub: Stand, seller: Seller, order: OrderId) -> tuple[Ticket, ...]:
    seller.services.sync.everything()
    with hub.database.transaction() as connection:
        return papers_of(hub.hub, connection, order, "en")[1]


def moved(day: str, starts: str) -> dict[str, object]:
    event = fest()
    rest = [each for each in event["hours"] if each["day"] != day]
    return {**event, "hours": [*rest, {"day": day, "starts": starts}]}


def test_a_ticket_of_the_door_is_the_one_of_the_web(hub: Stand, seller: Seller) -> None:
    order = sell(seller, "full-pass", "social", "casino-workshop")

    door = at_the_door(seller, order)

    assert door == on_the_web(hub, seller, order)
    assert door[0].days == ("Fri 15, 5:00 PM", "Sat 16, 10:30 AM", "Sun 17, 10:30 AM")
    assert "9:00" in door[1].days[0]
    assert any("5:00" in getattr(block, "text", "") for block in ticket_blocks(door[0]))


def test_a_ticket_that_names_no_day_says_when_the_event_begins(hub: Stand, seller: Seller) -> None:
    event = fest()
    products = [product | ({"days": []} if product["id"] == "friday-pass" else {}) for product in event["products"]]
    load_event(hub.hub, {**event, "products": products})
    seller.services.sync.pull()

    order = sell(seller, "friday-pass")

    assert at_the_door(seller, order)[0].days == ("Fri 15, 5:00 PM", "Sat 16, 10:30 AM", "Sun 17, 10:30 AM")
    assert at_the_door(seller, order) == on_the_web(hub, seller, order)


def test_a_till_hears_of_new_hours_and_prints_them(hub: Stand, seller: Seller) -> None:
    order = sell(seller, "friday-pass")

    load_event(hub.hub, moved("2026-05-15", "18:15"))
    is_revised = seller.services.sync.pull()

    assert is_revised
    assert "6:15" in at_the_door(seller, order)[0].days[0]
    assert at_the_door(seller, order) == on_the_web(hub, seller, order)


def test_a_till_that_kept_an_event_without_hours_gets_them_when_it_starts(seller: Seller) -> None:
    order = sell(seller, "friday-pass")
    with seller.store.transaction() as connection:
        body = connection.exec_driver_sql("SELECT body FROM events WHERE id = ?", (EVENT,)).scalar_one()
        before = EventBody.model_validate_json(body).model_copy(update={"hours": (), "page": {}}).model_dump_json()
        connection.exec_driver_sql("UPDATE events SET body = ? WHERE id = ?", (before, EVENT))
    seller.close()

    seller.open(kept=True)
    without = at_the_door(seller, order)[0].days
    seller.services.sync.everything()

    assert without == ("Fri 15",)
    assert "5:00" in at_the_door(seller, order)[0].days[0]
    assert seller.services.context.event.catalogue.page.seller == fest()["page"].get("seller", "")
