"""A person's data: shown, given out and erased in one place, everywhere, for good; sums and facts stay as they are."""

import json
import re
from pathlib import Path

import pytest

from boxoffice.core.wire.pushes import ContactMessage, PushRequest
from boxoffice.till.store import notes, people
from sync.ledger.verify import verify
from sync.orders import personal
from sync.store.contacts import EMAIL, set_contact
from sync.store.erasing import ERASED, scrub_events, scrubbed
from sync.store.tables import metadata, orders
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office
from tests.integration.sync.seller import Seller
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.venue import FRIDAY, PAID

pytestmark = pytest.mark.enable_socket
WHO = {"email": "ximena.q@example.org", "name": "Ximena Quispe", "phone": "720-555-0188"}
TRACES = ("ximena", "quispe", "7205550188", "720-555-0188")
TABLES = sorted(metadata.tables)


def bought(hub: Stand, shopper: Shopper) -> str:
    """Returns an order that Ximena has paid, and her tickets were mailed for."""
    body = {"items": [{"id": "social", "quantity": 2}], "customerInfo": WHO}
    answer = shopper.post("payment/create-checkout-session", body)
    order_id = str(answer.raise_for_status().json()["orderId"])
    session = answer.json()["sessionId"]
    hub.sessions.pay(session)
    hub.checkouts.settle_session(session)
    told = {"data": {"object": {"id": session, "customer_details": {"email": WHO["email"], "name": WHO["name"]}}}}
    hub.sql(
        "INSERT INTO payment_events (provider, event_id, event_type, payload, status, order_id) "
        "VALUES ('stripe', %s, 'x', %s, 'processed', %s)",
        f"evt_{order_id}",
        json.dumps(told),
        order_id,
    )
    hub.work()
    return order_id


def traces(hub: Stand) -> list[str]:
    """Returns the tables in which something of Ximena stands."""
    like = " OR ".join(f"lower(x::text) LIKE '%%{each}%%'" for each in TRACES)
    return [name for name in TABLES if hub.one(f'SELECT count(*) FROM "{name}" x WHERE {like}')]


def erase(office: Office, q: str) -> str:
    page = office.http.get("/privacy", params={"q": q}).text
    ids = re.findall(r'name="order" value="([^"]+)"', page)
    form = {"csrf": office.hidden("/privacy", "csrf"), "q": q, "order": ids}
    sure = office.http.post("/privacy/erase", data=form)
    assert "Erase for good" in sure.text
    return office.http.post("/privacy/erase", data={**form, "typed": str(len(ids))}).text


def test_a_person_is_shown_given_out_and_erased_and_every_sum_stays(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    order_id = bought(hub, shopper)
    page = office.http.get("/privacy", params={"q": WHO["email"].upper()}).text
    before, csv = hub.sql("SELECT account, sum(amount) FROM ledger_postings GROUP BY 1 ORDER BY 1"), "/reports.csv"
    facts = hub.one("SELECT count(*) FROM facts WHERE kind <> 'contacts_erased'")

    form = {"csrf": office.hidden("/privacy", "csrf"), "order": [order_id]}
    given = office.http.post("/privacy/export", data=form)
    found = traces(hub)
    done = erase(office, WHO["email"])

    assert all(said in page for said in WHO.values())
    assert given.json()["orders"][0]["customer_name"] == WHO["name"]
    assert {"mails", "lines", "payments", "tickets", "told_by_providers"} <= given.json().keys()
    assert {"orders", "mails", "payment_events"} <= set(found)
    assert "It is erased here." in done
    assert traces(hub) == []
    assert hub.sql("SELECT account, sum(amount) FROM ledger_postings GROUP BY 1 ORDER BY 1") == before
    assert hub.one("SELECT count(*) FROM facts WHERE kind <> 'contacts_erased'") == facts + 1  # that it was given out
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order_id) == 2
    number = hub.one("SELECT order_number FROM orders WHERE id = %s", order_id)
    assert number in office.page(csv)
    assert number in office.http.get("/orders", params={"q": number}).text
    assert verify(hub.database).problem is None


def test_nothing_is_erased_before_the_number_is_typed(hub: Stand, shopper: Shopper, office: Office) -> None:
    order_id = bought(hub, shopper)
    form = {"csrf": office.hidden("/privacy", "csrf"), "q": WHO["email"], "order": [order_id]}

    answers = [
        office.http.post("/privacy/erase", data={**form, "typed": typed}).status_code for typed in ("", "2", "x")
    ]
    none = office.http.post("/privacy/erase", data={**form, "order": []}).status_code

    assert (answers, none) == ([200, 422, 422], 422)
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order_id) == WHO["email"]
    erase(office, WHO["email"])


def test_a_word_that_comes_late_brings_nobody_back(hub: Stand, shopper: Shopper, office: Office) -> None:
    order_id = bought(hub, shopper)
    erase(office, WHO["email"])

    with hub.database.transaction() as connection:
        set_contact(connection, {EMAIL: WHO["email"]}, orders.c.id == order_id)
    hub.sql("UPDATE payment_events SET payload = %s WHERE order_id = %s", json.dumps({"email": WHO["email"]}), order_id)
    with hub.database.transaction() as connection:
        counts = scrub_events(connection), scrub_events(connection)

    assert traces(hub) == []
    assert counts == (1, 0)


def test_the_tills_own_copy_goes_by_the_feed_and_it_brings_nothing_back(
    hub: Stand, office: Office, tmp_path: Path
) -> None:
    seller = Seller(hub, tmp_path).open()
    seller.services.sync.everything()
    order_id = seller.services.selling.sell_for_cash(FRIDAY, PAID)
    with seller.store.transaction() as connection:
        people.add_wish(connection, "c-1", "m-1", order_id, WHO["email"])
        people.add_name(connection, "c-2", order_id, WHO["name"])
        notes.put(connection, order_id, "Quispe, the red hat")
    seller.services.sync.everything()
    with seller.store.transaction() as connection:  # said again, and not sent yet when it is erased
        people.add_name(connection, "c-3", order_id, WHO["name"])
    known = traces(hub)

    erase(office, WHO["name"])
    seller.services.sync.everything()
    seller.services.sync.everything()

    assert "orders" in known
    assert traces(hub) == []
    with seller.store.reading() as connection:
        kept = [
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()).lower()  # of three names
            for table in ("contacts", "orders", "order_notes", "outbox_mails")
        ]
        assert not any(trace in text for trace in TRACES for text in kept)
        assert people.unsent_contacts(connection) == ()
    assert seller.services.orders.find("quispe", 10).orders == ()
    seller.close()


def test_a_till_that_was_away_and_brings_a_contact_afterwards_changes_nothing(hub: Stand, office: Office) -> None:
    door: Door = hub.door()
    order_id = hub.one("SELECT order_id FROM erased_contacts LIMIT 1")
    hub.sql("UPDATE orders SET placed_by = %s WHERE id = %s", door.me.device_id, order_id)
    contact = ContactMessage(contact_id="late", order_id=order_id, email=WHO["email"], name=WHO["name"], phone=None)

    pushed = PushRequest(facts=(), contacts=(contact,)).model_dump(mode="json")
    answer = door.http.post("/api/till/facts", json=pushed, headers={"Authorization": f"Bearer {door.me.token}"})

    assert answer.status_code == 200
    assert traces(hub) == []


def test_people_are_forgotten_when_they_were_kept_long_enough(hub: Stand, shopper: Shopper, office: Office) -> None:
    order_id = bought(hub, shopper)
    csrf = office.hidden("/privacy", "csrf")
    office.http.post("/privacy/kept", data={"csrf": csrf, "days": "30"})
    hub.sql("UPDATE orders SET created_at = now() - interval '40 days' WHERE id = %s", order_id)
    ahead = hub.one(
        "SELECT min(d ->> 'date')::date > now() FROM events, jsonb_array_elements(file -> 'event' -> 'days') d"
    )

    early = personal.erase_due(hub.hub) if ahead else 0
    older = "jsonb_set(file, '{event,days}', '[{\"date\": \"2020-01-01\"}]')"
    file = hub.one("SELECT file FROM events")
    hub.sql(f"UPDATE events SET file = {older}")
    hub.sql(
        "INSERT INTO exceptions (id, kind, status, order_id, detail) VALUES ('x', 'paid_twice', 'open', %s, '')",
        order_id,
    )
    waits = personal.erase_due(hub.hub)
    hub.sql("UPDATE exceptions SET status = 'resolved' WHERE id = 'x'")
    count = personal.erase_due(hub.hub)
    again = personal.erase_due(hub.hub)
    hub.sql("UPDATE events SET file = %s", json.dumps(file))

    assert (early, waits, count, again) == (0, 0, 1, 0)
    assert traces(hub) == []
    assert "as it was due" in office.page("/audit")
    office.http.post("/privacy/kept", data={"csrf": csrf, "days": "forever"})


def test_a_time_that_nobody_can_choose_is_refused(office: Office) -> None:
    csrf = office.hidden("/privacy", "csrf")

    assert [
        office.http.post("/privacy/kept", data={"csrf": csrf, "days": days}).status_code for days in ("31", "-1", "x")
    ] == [422, 422, 422]


def test_what_a_provider_told_keeps_its_money_and_loses_its_people() -> None:
    told = {
        "data": {
            "object": {"amount": 5, "billing_details": {"email": "a@b.c"}, "charges": [{"receipt_email": "a@b.c"}]}
        }
    }

    bare = scrubbed(told)

    assert "a@b.c" not in str(bare)
    assert bare["data"]["object"]["amount"] == 5


_PERSONAL_NAMES = re.compile(r"email|phone|customer|note\b|_note|^buyer|^answer$|^held_for")
_NOT_OF_BUYERS = {
    "organizers.email",
    "pin_links.email",
    "report_mails.email",
    "help_calls.answered_by",
    "idempotency_keys.body_hash",
}
"""Of those who work here; they go with the account, or by themselves."""


def test_every_column_that_may_name_a_buyer_is_of_a_table_that_is_erased() -> None:
    columns = [f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns]
    personal_ones = {each for each in columns if _PERSONAL_NAMES.search(each.partition(".")[2])}

    tables = {each.partition(".")[0] for each in personal_ones - _NOT_OF_BUYERS}

    assert tables <= {"orders", "payment_events", *ERASED}
