"""Orders are found by whatever a person knows of them, and what is too much is said."""

import pytest

from sync.store import tables as t
from sync.store.contacts import set_contact
from sync.store.order_search import MOST, find_orders
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket

# Rows as an earlier part of the year would have left them; nothing here proves the books.
ORDERS = """
    INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, customer_name,
                        customer_email, customer_phone, created_at, placed_by)
    SELECT 'order-' || i, '7K2-' || lpad(i::text, 3, 'A'), %s, 'web', 'completed', 6500, 'USD', 'Visitor ' || i,
           'visitor' || i || '@example.org', '(303) 555-' || lpad(i::text, 4, '0'),
           timestamptz '2026-05-16 03:14Z' - i * interval '1 minute', (SELECT min(id) FROM devices)
    FROM generate_series(1, 60) i
"""
CARDS = """
    INSERT INTO facts (id, device_id, epoch, seq, kind, occurred_at, payload, hash, prev_hash, signature)
    SELECT 'fact-' || i, (SELECT min(id) FROM devices), 99, i, 'payment_captured', now(),
           jsonb_build_object('order_id', 'order-' || i, 'card', jsonb_build_object('last4', (8000 + i)::text)),
           '', '', ''
    FROM generate_series(1, 60) i
"""


@pytest.fixture(scope="module", autouse=True)
def orders(hub: Stand) -> None:
    hub.sql(ORDERS, EVENT)
    hub.sql(CARDS)


def found(hub: Stand, words: str) -> list[str]:
    with hub.database.transaction() as connection:
        return [row.id for row in find_orders(connection, words).orders]


@pytest.mark.parametrize(
    "words", ["7K2-A42", "7k2a42", "visitor 42", "VISITOR42@", "555-0042", "(303) 555-0042", "3035550042", "8042"]
)
def test_one_is_found_by_what_only_it_has(hub: Stand, words: str) -> None:
    assert found(hub, words) == ["order-42"]


def test_the_digits_of_a_number_are_not_taken_for_a_phones(hub: Stand) -> None:
    assert found(hub, "7K2-A55") == ["order-55"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "nobody", "9042"])
def test_what_fits_none_finds_none(hub: Stand, words: str) -> None:
    assert found(hub, words) == []


PEOPLE = [
    ("María Ortega", "Maria"),
    ("Nguyễn Thị Hồng", "hong nguyen"),
    ("Jose\u0301 Marti\u0301", "José Martí"),
    ("Łukasz Wójcik", "lukasz wojcik"),
    ("Eva Dvořáková", "DVORAKOVA"),
    ("Ana Pérez", "Pérez Ana"),
    ("Søren Straße", "soren strasse"),
    ("山田太郎", "太郎"),
    ("דוד כהן", "כהן"),
]


@pytest.fixture(scope="module")
def people(hub: Stand) -> None:
    for i, (name, _) in enumerate(PEOPLE):
        hub.sql(
            "INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, created_at,"
            " placed_by) VALUES (%s, %s, %s, 'web', 'pending', 0, 'USD', '2026-04-01', (SELECT min(id) FROM devices))",
            f"person-{i}",
            f"9P{i}-XXX",
            EVENT,
        )
        with hub.database.transaction() as connection:
            set_contact(connection, {"customer_name": name}, t.orders.c.id == f"person-{i}")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("place", "query"), [(i, query) for i, (_, query) in enumerate(PEOPLE)])
def test_a_person_is_found_without_accents_and_in_any_order(hub: Stand, place: int, query: str) -> None:
    assert found(hub, query) == [f"person-{place}"]


def test_the_newest_come_first_and_the_page_says_that_there_are_more(hub: Stand, office: Office) -> None:
    page, some = office.page("/orders?q=visitor"), office.page("/orders?q=visitor 5")

    assert found(hub, "visitor") == [f"order-{i}" for i in range(1, MOST + 1)]
    assert "The newest 50 of many; type more." in page
    assert "11 orders fit “visitor 5”." in some
    assert "type more" not in some


def test_times_are_the_events_own_and_their_zone_is_named_once(office: Office) -> None:
    page = office.page("/orders?q=7K2-AA1")

    assert "Fri, May 15" in page
    assert "9:13 pm" in page
    assert page.count("Mountain Time (Denver)") == 1
