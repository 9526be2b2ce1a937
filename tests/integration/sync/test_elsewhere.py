"""What others sold reaches a till: all of it, each order as it is now, whatever cuts it off or changes meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from boxoffice.core.orders import OrderState
from boxoffice.core.rows import TicketStatus
from boxoffice.core.wire.orders_elsewhere import A_FEW, OrderElsewhere, OrdersAnswer
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.store.elsewhere import NAME, Elsewhere
from sync.store import lives
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.shopper import Shopper

CHANGES = {
    "its state": "UPDATE orders SET status = status WHERE id = %s",
    "who bought": "UPDATE orders SET customer_name = NULL, customer_email = NULL WHERE id = %s",
    "a payment": "UPDATE payments SET status = status WHERE order_id = %s",
    "a ticket": "UPDATE tickets SET status = 'voided' WHERE order_id = %s",
    "a refund": "INSERT INTO refunds SELECT gen_random_uuid(), id, 1, 'pending' FROM payments WHERE order_id = %s",
}


@dataclass
class Reader:
    """A new till, and how far it has come."""

    door: Door
    hub: HubClient
    path: Path
    cursor: str = ""

    def page(self, most: int = A_FEW) -> OrdersAnswer:
        answer = self.hub.orders(EVENT, self.cursor, most)
        self.cursor = answer.cursor
        return answer

    def rest(self, most: int = A_FEW) -> list[OrderElsewhere]:
        """Returns all that is left."""
        found, more = list[OrderElsewhere](), True
        while more:
            page = self.page(most)
            found, more = [*found, *page.orders], page.more
        return found


@pytest.fixture
def reader(hub: Stand, tmp_path: Path) -> Iterator[Reader]:
    door = hub.door()
    client = HubClient(hub.base_url, door.me.token)
    yield Reader(door, client, tmp_path / NAME)
    client.close()


@pytest.fixture
def seller(hub: Stand) -> Door:
    door = hub.door()
    door.lease({"friday": 30, "social": 30})
    return door


def sold(seller: Door, count: int = 1) -> list[str]:
    """Sells, and returns the orders in the order in which they are told: those of one push come by their names."""
    facts = [seller.cash_sale(("friday-pass", 1)) for _ in range(count)]
    seller.push([fact for sale in facts for fact in sale])
    return sorted(sale[0].payload["order_id"] for sale in facts)


def test_a_new_till_hears_of_all_that_others_sold_and_not_of_its_own(
    reader: Reader, seller: Door, shopper: Shopper
) -> None:
    web = shopper.buy("full-pass", 2).json()["orderId"]
    (door,) = sold(seller)
    reader.door.lease({"friday": 1})
    (own,) = sold(reader.door)

    told = {order.id: order for order in reader.rest()}

    assert own not in told
    assert (told[web].name, told[web].email, told[web].sold_by) == ("Camila Ortega", "camila@example.org", "")
    assert [(line.name, line.quantity) for line in told[web].lines] == [("Full Festival Pass", 2)]
    assert told[door].sold_by == seller.me.name
    assert told[door].status is OrderState.COMPLETED
    assert [(each.tender, each.amount) for each in told[door].tenders] == [("cash", told[door].total)]
    assert [each.status for each in told[door].tickets] == [TicketStatus.VALID]


def test_a_till_that_is_cut_off_at_any_page_goes_on_where_it_was(reader: Reader, seller: Door) -> None:
    before = len(reader.rest())
    expected = sold(seller, 5)
    kept = Elsewhere(reader.path, "5a" * 32)
    more = True

    while more:  # as if the program were started anew for each page, and every page were asked for twice
        kept.close()
        kept = Elsewhere(reader.path, "5a" * 32)
        kept.belong_to(reader.door.me.device_id, EVENT)
        reader.hub.orders(EVENT, kept.kept().cursor, 2)
        answer = reader.hub.orders(EVENT, kept.kept().cursor, 2)
        kept.take(answer, "tag")
        more = answer.more

    assert kept.kept().count == before + 5
    assert all(kept.order(each) is not None for each in expected)
    assert not kept.kept().is_filling
    kept.close()


def test_an_order_that_changes_while_a_till_reads_comes_again_on_a_later_page(
    hub: Stand, reader: Reader, seller: Door
) -> None:
    first, *others = sold(seller, 4)
    while first not in {each.id for each in reader.page(1).orders}:
        pass

    hub.sql("UPDATE tickets SET status = 'voided' WHERE order_id = %s", first)
    told = reader.rest(1)

    assert [each.id for each in told] == [*others, first]
    assert told[-1].tickets[0].status is TicketStatus.VOIDED


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_of_an_order_is_told(hub: Stand, reader: Reader, seller: Door, what: str) -> None:
    (order,) = sold(seller)
    reader.rest()
    assert reader.rest() == []
    tag = _tag(reader)

    hub.sql(CHANGES[what], order)

    assert _tag(reader) != tag
    assert [each.id for each in reader.rest()] == [order]


def test_nothing_is_passed_over_that_commits_after_what_began_later(hub: Stand, reader: Reader, seller: Door) -> None:
    early, late = sold(seller, 2)
    reader.rest()
    change = b"UPDATE orders SET customer_name = 'Rosa' WHERE id = %s"
    with psycopg.connect(hub.database.url) as slow, psycopg.connect(hub.database.url, autocommit=True) as fast:
        slow.execute(change, [early])  # its transaction has its number now
        fast.execute(change, [late])
        while_open = reader.rest()
        slow.commit()

    told = [*while_open, *reader.rest()]

    assert sorted(each.id for each in told) == sorted([early, late])


def test_a_database_that_was_restored_is_read_from_the_first_page(hub: Stand, reader: Reader, seller: Door) -> None:
    orders = sold(seller, 2)
    assert reader.page().is_anew
    reader.rest()
    with hub.database.transaction() as connection:
        lives.begin(connection, "a test")
        lives.note_healed(connection, "a test")

    again = reader.page()

    assert again.is_anew
    assert again.total is not None
    assert set(orders) <= {each.id for each in [*again.orders, *reader.rest()]}


def test_rows_of_another_cluster_are_told_though_its_transactions_had_higher_numbers(
    hub: Stand, reader: Reader, seller: Door
) -> None:
    (order,) = sold(seller)
    hub.sql("ALTER TABLE orders DISABLE TRIGGER note_change")
    hub.sql("UPDATE orders SET changed_in = 2^40 WHERE id = %s", order)
    hub.sql("ALTER TABLE orders ENABLE TRIGGER note_change")
    assert order not in {each.id for each in reader.rest()}

    with hub.database.transaction() as connection:
        lives.begin(connection, "a test")
        lives.note_healed(connection, "a test")

    assert order in {each.id for each in reader.rest()}


def test_orders_of_a_version_before_come_first(hub: Stand, reader: Reader, seller: Door) -> None:
    old, new = sold(seller, 2)
    hub.sql("ALTER TABLE orders DISABLE TRIGGER note_change")
    hub.sql("UPDATE orders SET changed_in = 0 WHERE id = %s", old)
    hub.sql("ALTER TABLE orders ENABLE TRIGGER note_change")

    told = [each.id for each in reader.rest(1)]

    assert told[0] == old
    assert told.count(old) == told.count(new) == 1


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "life:1:", ":::", "\u00e9" * 99])
def test_a_cursor_that_nobody_gave_reads_from_the_first_page(reader: Reader, cursor: str) -> None:
    assert reader.hub.orders(EVENT, cursor, 1).is_anew


def test_names_of_buyers_are_for_tills_that_are_trusted(hub: Stand, reader: Reader) -> None:
    query = {"event_id": EVENT}
    nobody = reader.door.http.get("/api/till/orders", params=query, headers={"Authorization": "Bearer nobody"})
    hub.sql("UPDATE devices SET status = 'suspect' WHERE id = %s", reader.door.me.device_id)
    copied = reader.door.http.get("/api/till/orders", params=query)

    assert (nobody.status_code, copied.status_code) == (401, 403)


def test_a_page_has_no_more_than_a_page_may_have(reader: Reader) -> None:
    answer = reader.door.http.get("/api/till/orders", params={"event_id": EVENT, "most": 1001})

    assert answer.status_code == 422


def _tag(reader: Reader) -> str:
    answer = reader.door.http.get("/api/till/feed", params={"event_id": EVENT}).raise_for_status().json()
    return str(answer["orders_tag"])
