"""What a till keeps of orders that others have sold: found at once, and nothing that can't be replaced."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.folding import number_key
from boxoffice.core.order_words import wanted
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
from boxoffice.till.store.elsewhere import NAME, Elsewhere

KEY = "5a" * 32
EVENT = "alocubano-2026"


def order(n: int, **other: object) -> OrderElsewhere:
    """Returns the order that was placed so many seconds after the first."""
    said: dict[str, object] = {
        "id": f"order-{n}",
        "number": f"WEB-{n:05d}",
        "channel": Channel.WEB,
        "status": OrderState.COMPLETED,
        "total": 15_000,
        "currency": "USD",
        "placed_at": f"2026-05-01T10:{n // 60 % 60:02d}:{n % 60:02d}.000Z",
        "sold_by": "web",
        "name": "Camila Ortega",
        "email": f"camila{n}@example.org",
        "phone": "+1 303 555-0142",
        "lines": (LineElsewhere(product_id="full-pass", name="Full Pass", quantity=1, subtotal=15_000),),
        "tenders": (TenderElsewhere(tender="checkout", amount=15_000, status=PaymentStatus.CAPTURED, last4="4242"),),
        "tickets": (TicketElsewhere(id=f"ticket-{n}", product_id="full-pass", status=TicketStatus.VALID),),
    }
    return OrderElsewhere.model_validate({**said, **other})


def page(*orders: OrderElsewhere, cursor: str = "1", more: bool = False, is_anew: bool = False) -> OrdersAnswer:
    return OrdersAnswer(orders=orders, cursor=cursor, more=more, is_anew=is_anew, total=len(orders))


@dataclass
class Place:
    path: Path
    elsewhere: Elsewhere

    def reopen(self, device: str = "till-1", event: str = EVENT) -> Elsewhere:
        self.elsewhere.close()
        self.elsewhere = Elsewhere(self.path, KEY)
        self.elsewhere.belong_to(device, event)
        return self.elsewhere


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path / NAME, Elsewhere(tmp_path / NAME, KEY))
    found.elsewhere.belong_to("till-1", EVENT)
    yield found
    found.elsewhere.close()


def test_an_order_is_read_as_it_was_told_after_the_till_was_closed(place: Place) -> None:
    told = order(7)
    place.elsewhere.take(page(told, cursor="c7"), "tag")

    kept = place.reopen()

    assert kept.order(told.id) == told
    assert kept.order_of_ticket("ticket-7") == told
    assert (kept.kept().cursor, kept.kept().tag, kept.kept().count) == ("c7", "tag", 1)


def test_a_newer_word_of_an_order_replaces_the_older_with_its_tickets_and_names(place: Place) -> None:
    place.elsewhere.take(page(order(1)), "a")
    voided = TicketElsewhere(id="ticket-1", product_id="full-pass", status=TicketStatus.VOIDED)
    erased = order(1, name=None, email=None, phone=None, status=OrderState.REFUNDED, tickets=(voided,))

    place.elsewhere.take(page(erased), "b")

    assert place.elsewhere.order("order-1") == erased
    assert place.elsewhere.matching(wanted("camila"), 20) == ([], 0)
    assert place.elsewhere.kept().count == 1


def test_orders_are_found_by_number_name_address_telephone_and_card_the_newest_first(place: Place) -> None:
    other = order(3, name="Łukasz Nguyễn", email="lukasz@example.net", phone="512 867 53 09", tenders=())
    place.elsewhere.take(page(order(1), order(2), other), "tag")

    def found(query: str) -> list[str]:
        return [each.id for each in place.elsewhere.matching(wanted(query), 20)[0]]

    assert found("ortega camila") == ["order-2", "order-1"]
    assert found("LUKASZ nguyen") == ["order-3"]
    assert found("example.net") == ["order-3"]
    assert found("5309") == ["order-3"]
    assert found("4242") == ["order-2", "order-1"]
    assert found("web-00002") == ["order-2"]
    assert found("camila lukasz") == []


def test_a_number_is_found_however_its_letters_like_figures_were_read(place: Place) -> None:
    place.elsewhere.take(page(order(1, number="O1L-0I2")), "tag")

    keys = [number_key(each) for each in ("011-012", "oil oi2", "OlI0l2")]

    assert [each.id for key in keys for each in place.elsewhere.orders_numbered([key])] == ["order-1"] * 3


def test_what_is_of_another_event_or_for_another_till_is_dropped(place: Place) -> None:
    place.elsewhere.take(page(order(1)), "tag")
    assert place.reopen(event="another").order("order-1") is None

    place.reopen().take(page(order(1)), "tag")

    assert place.reopen(device="till-2").kept().cursor == ""


def test_an_earlier_life_of_the_hub_is_dropped_with_the_first_page_of_the_new_one(place: Place) -> None:
    place.elsewhere.take(page(order(1)), "tag")

    place.elsewhere.take(page(order(2), more=True, is_anew=True), "new")

    assert place.elsewhere.order("order-1") is None
    assert place.elsewhere.kept().is_filling


def test_the_file_says_nothing_without_its_key(place: Place) -> None:
    place.elsewhere.take(page(order(1)), "tag")
    place.elsewhere.close()

    assert b"Camila" not in place.path.read_bytes()
    assert not place.path.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("damage", [b"", b"no database" * 1000])
def test_a_damaged_file_is_dropped_and_filled_again(place: Place, damage: bytes) -> None:
    place.elsewhere.take(page(order(1)), "tag")
    place.elsewhere.close()
    place.path.with_name(f"{NAME}-wal").unlink(missing_ok=True)
    place.path.write_bytes(damage)

    kept = place.reopen()

    assert (kept.order("order-1"), kept.kept().cursor) == (None, "")
    kept.take(page(order(1)), "tag")
    assert kept.order("order-1") == order(1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), max_size=5), max_size=8))
def test_however_orders_come_each_is_there_once_as_it_was_told_last(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[int]]
) -> None:
    elsewhere, last = Elsewhere(tmp_path_factory.mktemp("elsewhere") / NAME, KEY), dict[int, OrderElsewhere]()
    elsewhere.belong_to("till-1", EVENT)

    for number, told in enumerate(pages):  # all were placed in one moment
        orders = {n: order(n, total=number, placed_at="2026-05-01T10:00:00.000Z") for n in told}
        elsewhere.take(page(*(orders[n] for n in told)), "tag")
        last |= orders

    found, count = elsewhere.matching(wanted("ortega"), 20)
    assert sorted(found, key=lambda each: each.id) == sorted(last.values(), key=lambda each: each.id)
    assert (count, elsewhere.kept().count) == (len(last), len(last))
    elsewhere.close()
