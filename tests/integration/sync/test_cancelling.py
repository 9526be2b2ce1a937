"""An event, a day or a product is cancelled: each gets back what was paid, once, wherever the hub dies meanwhile."""

import csv
import html
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import monotonic
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.admission import Checkpoint, KnownTicket, admit
from boxoffice.core.door_refunds import out_of
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import EventId, OrderId, TicketId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.sales import changed, finish, ticket_count
from boxoffice.core.scans import Direction, Outcome
from boxoffice.core.tickets import Issuer, decode_token
from sync.cancelling.working import CancelWork
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.organizers.roles import Role
from sync.store.chain import new_id
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office, form_of
from tests.integration.sync.shopper import CAMILA, Shopper

pytestmark = pytest.mark.enable_socket

LEFT = """
    SELECT (SELECT count(*) FROM cancelled_orders WHERE settled_at IS NULL AND problem IS NULL)
         + (SELECT count(*) FROM cancelled_items i JOIN cancellations c ON c.id = i.cancellation_id
            JOIN refunds r ON r.id = i.refund_id WHERE r.status = 'requested' AND c.status = 'running')
         + (SELECT count(*) FROM mails WHERE status = 'queued')
"""
VALID = "SELECT count(*) FROM tickets WHERE status = 'valid'"
REFUNDS = """
    SELECT r.status, r.amount FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s ORDER BY 1, 2
"""
TOKEN = """
    SELECT payload -> 'tickets' -> 0 ->> 'token' FROM facts
    WHERE kind = 'tickets_issued' AND payload ->> 'order_id' = %s
"""
STILL_VALID = "SELECT product_id FROM tickets WHERE order_id = %s AND status = 'valid'"


@pytest.fixture(autouse=True)
def alone(hub: Stand) -> Iterator[None]:
    """Each test begins with an event on sale of which nothing was sold, and ends with books that agree."""
    hub.refunder.verdict = "succeeded"
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def shopper(hub: Stand) -> Iterator[Shopper]:
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        yield Shopper(http)


@pytest.fixture
def event(hub: Stand) -> str:
    """A new event each time: what is cancelled stays so."""
    number = hub.one("SELECT count(*) FROM events")
    file = fest()
    name = f"fest-{number}"
    load_event(hub.hub, {**file, "event": {**file["event"], "id": name, "name": f"Fest {number}"}})
    return name


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


def buy(hub: Stand, shopper: Shopper, event: str, *items: tuple[str, int], **customer: str) -> str:
    who = {"email": f"{len(hub.sessions.by_id)}@example.org", "name": "Someone", **customer}
    wanted = [{"id": product, "quantity": count} for product, count in items]
    bought = shopper.post(
        "payment/create-checkout-session", {"eventId": event, "items": wanted, "customerInfo": who}
    ).json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    return str(bought["orderId"])


def cancel(office: Office, event: str, **more: str) -> httpx.Response:
    """Looks, types the number that stands there, and presses."""
    return office.http.post("/cancel", data=filled(office, event, **more))


def filled(office: Office, event: str, **more: str) -> dict[str, Any]:
    """Returns the form as it is pressed."""
    query = "&".join(f"{name}={value}" for name, value in {"event": event, **more}.items())
    page = office.page(f"/cancel?{query}")
    assert 'id="begin"' in page, page
    form: dict[str, Any] = form_of("<main" + page[page.index('id="begin"') :])
    number = page.split('pattern="\\s*')[1].split("\\s*")[0]
    said = {"title": "It is off", "words": "The courtyard is under water.", "words_es": "Agua.", "title_es": "Se anula"}
    return {**form, **said, "typed": number}


def work(hub: Stand) -> None:
    """Waits until all is done that jobs do, the hub's own and these; no refund waits for its turn."""
    patience = monotonic() + 150
    while hub.one(LEFT):
        assert monotonic() < patience, hub.sql("SELECT task_name, status, attempts FROM procrastinate_jobs")
        hub.sql("UPDATE cancellations SET paced_until = NULL")
        hub.work()


def test_a_cancelled_event_gives_all_back_ends_its_tickets_and_its_sale(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    orders = [buy(hub, shopper, event, ("friday-pass", 2)), buy(hub, shopper, event, ("full-pass", 1))]

    answer = cancel(office, event)

    assert answer.status_code == 303, answer.text
    wish = {"eventId": event, "items": [{"id": "full-pass", "quantity": 1}], "customerInfo": CAMILA}
    refused = shopper.post("payment/create-checkout-session", wish)
    assert refused.status_code == 409
    assert "on sale" in refused.text
    assert "This event is cancelled." in shopper.http.get(f"/tickets/{event}").text
    work(hub)
    for order in orders:
        assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "refunded"
        assert hub.one(f"{VALID} AND order_id = %s", order) == 0
    page = office.page(answer.headers["location"])
    assert "2 done" in page
    assert "To the cent" in page


def items(hub: Stand, order: str) -> list[tuple[Any, ...]]:
    return hub.sql("SELECT tender, amount FROM cancelled_items WHERE order_id = %s ORDER BY id", order)


def at_a_till(hub: Stand, event: str) -> Door:
    """Returns a till that has chosen the event, and places of it."""
    door = hub.door()
    body = door.http.get(f"/api/till/events/{event}").raise_for_status().json()
    door.catalogue = catalogue_from(body["event"], body["revision"])
    door.issuer = Issuer(door.key, bytes.fromhex(body["certificate"]))
    wanted = {"request_id": new_id(), "event_id": event, "wanted": {"friday": 4}}
    assert door.http.post("/api/till/leases", json=wanted).status_code == 200
    return door


def cash_sale(door: Door, event: str, *lines: tuple[str, int], email: str | None = None) -> OrderPlaced:
    """Sells for cash, and tells the hub."""
    placed = door.placed(*lines)
    order, tickets = OrderId(placed.order_id), [TicketId(new_id()) for _ in range(ticket_count(placed))]
    facts = door.write_for(
        event,
        placed,
        door.captured(placed, placed.total),
        changed(order, OrderState.PENDING, OrderState.PROCESSING),
        changed(order, OrderState.PROCESSING, OrderState.COMPLETED),
        finish(placed, EventId(event), door.issuer, tickets),
    )
    contacts = [] if email is None else [{"contact_id": new_id(), "order_id": order, "email": email}]
    assert door.push(facts, contacts).status_code == 200
    return placed


def give_cash_back(hub: Stand, door: Door, event: str, placed: OrderPlaced) -> None:
    payment = hub.one("SELECT id FROM payments WHERE order_id = %s", placed.order_id)
    asked = RefundRequested(
        order_id=placed.order_id,
        tender_id=payment,
        tender="cash",
        amount=placed.total,
        currency="USD",
        refund_id=new_id(),
        why="cancelled",
    )
    assert door.push(door.write_for(event, asked, out_of(asked, door.me.name))).status_code == 200


def test_pressed_by_several_at_once_it_is_one_cancellation_and_nobody_is_paid_twice(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 2))

    forms = [filled(office, event) for _ in range(4)]

    with ThreadPoolExecutor() as crowd:
        answers = list(crowd.map(lambda form: office.http.post("/cancel", data=form), forms))
    for _ in range(2):
        with ThreadPoolExecutor() as crowd:
            list(crowd.map(lambda _: work(hub), range(2)))

    assert len({answer.headers["location"] for answer in answers if answer.status_code == 303}) == 1
    assert hub.sql(REFUNDS, order) == [("succeeded", 13000)]


def test_a_number_that_is_not_the_one_on_the_page_cancels_nothing(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1))
    form = form_of("<main" + office.page(f"/cancel?event={event}").partition('id="begin"')[2])

    answer = office.http.post("/cancel", data={**form, "title": "Off", "words": "Off.", "typed": "7"})

    assert answer.status_code == 422
    assert "Type the number of orders" in answer.text
    assert hub.one(f"{VALID} AND order_id = %s", order) == 1
    assert hub.one("SELECT count(*) FROM cancellations WHERE event_id = %s", event) == 0


def test_who_paid_in_cash_is_owed_at_the_door_told_by_mail_and_can_be_paid_outside(
    hub: Stand, office: Office, event: str
) -> None:
    order = cash_sale(at_a_till(hub, event), event, ("friday-pass", 2), email="cash@example.org").order_id

    shown = cancel(office, event).headers["location"]
    work(hub)

    page = office.page(shown)
    assert "At a till" in page
    assert hub.one(f"{VALID} AND order_id = %s", order) == 0
    (mail,) = [each for each in hub.mail.sent if each.to == "cash@example.org"]
    assert "You paid $130.00 in cash" in mail.text
    item = hub.one("SELECT id FROM cancelled_items WHERE order_id = %s", order)
    form = {"csrf": office.hidden(shown, "csrf"), "how": "bank transfer, June 3"}
    for _ in range(2):
        office.http.post(f"{shown}/items/{item}/outside", data=form)
    assert hub.sql(REFUNDS, order) == [("succeeded", 13000)]
    assert hub.one("SELECT sum(amount)::bigint FROM ledger_postings WHERE account = 'outside'") == -13000
    assert "bank transfer, June 3" in office.page(shown)
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "refunded"


def test_cash_that_a_till_gives_back_is_done_by_itself(hub: Stand, office: Office, event: str) -> None:
    door = at_a_till(hub, event)
    placed = cash_sale(door, event, ("friday-pass", 1))
    shown = cancel(office, event).headers["location"]
    work(hub)
    assert "At a till" in office.page(shown)

    give_cash_back(hub, door, event, placed)

    assert "1 done" in office.page(shown)


def test_what_a_till_sold_before_it_heard_of_it_is_taken_in_later(hub: Stand, office: Office, event: str) -> None:
    door = at_a_till(hub, event)
    shown = cancel(office, event).headers["location"]
    order = cash_sale(door, event, ("friday-pass", 1)).order_id

    CancelWork(hub.hub, hub.refunds).take_late()
    work(hub)

    assert hub.one(f"{VALID} AND order_id = %s", order) == 0
    assert items(hub, order) == [("cash", 6500)]
    assert "sold after it was cancelled" in office.page(shown)


def test_a_product_ends_alone_and_all_else_of_the_order_stays(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1), ("saturday-pass", 1))

    cancel(office, event, kind="product", subject="friday-pass")
    work(hub)

    assert items(hub, order) == [("checkout", 6500)]
    assert hub.sql(STILL_VALID, order) == [("saturday-pass",)]
    wish = {"eventId": event, "items": [{"id": "saturday-pass", "quantity": 1}], "customerInfo": CAMILA}
    assert shopper.post("payment/create-checkout-session", wish).status_code == 200


def test_of_a_cancelled_day_passes_stay_good_and_its_share_of_their_price_goes_back(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    one_day = buy(hub, shopper, event, ("friday-pass", 1))
    all_days = buy(hub, shopper, event, ("full-pass", 1))

    cancel(office, event, kind="day", subject="2026-05-15")
    work(hub)

    assert hub.one(f"{VALID} AND order_id = %s", one_day) == 0
    assert hub.one(f"{VALID} AND order_id = %s", all_days) == 1
    assert items(hub, one_day) == [("checkout", 6500)]
    assert items(hub, all_days) == [("checkout", 5000)]


def test_a_day_s_share_is_not_given_back_again_out_of_a_gift_that_stays(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    wanted = [{"id": "full-pass", "quantity": 1}, {"id": "donation", "quantity": 1, "amount": 7000}]
    body = {"eventId": event, "items": wanted, "customerInfo": CAMILA}
    bought = shopper.post("payment/create-checkout-session", body).json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])

    cancel(office, event, kind="day", subject="2026-05-15")
    work(hub)
    cancel(office, event)
    work(hub)

    assert sorted(items(hub, bought["orderId"])) == [("checkout", 5000), ("checkout", 10_000)]


def test_donations_stay_unless_they_are_chosen_and_each_is_told_so(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1), email="giver@example.org")
    who = {"email": "giver@example.org", "name": "Giver"}
    wanted = [{"id": "friday-pass", "quantity": 1}, {"id": "donation", "quantity": 1, "amount": 2000}]
    body = {"eventId": event, "items": wanted, "customerInfo": who}
    bought = shopper.post("payment/create-checkout-session", body)
    assert bought.status_code == 200, bought.text
    hub.sessions.pay(bought.json()["sessionId"])
    hub.checkouts.settle_session(bought.json()["sessionId"])
    given = bought.json()["orderId"]

    cancel(office, event)
    work(hub)

    assert items(hub, order) == [("checkout", 6500)]
    assert items(hub, given) == [("checkout", 6500)]
    letters = [each.text for each in hub.mail.sent if each.to == "giver@example.org" and each.subject == "It is off"]
    assert sum("/give-back?" in text for text in letters) == 1


def test_what_fails_stays_with_its_remedies_and_is_never_given_back_twice(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 2))
    hub.refunder.verdict = "failed"
    shown = cancel(office, event).headers["location"]
    work(hub)
    assert "1 failed" in office.page(shown)
    assert hub.one(f"{VALID} AND order_id = %s", order) == 0

    hub.refunder.verdict = "succeeded"
    item = hub.one("SELECT id FROM cancelled_items WHERE order_id = %s", order)
    form = {"csrf": office.hidden(shown, "csrf")}
    with ThreadPoolExecutor() as crowd:
        list(crowd.map(lambda _: office.http.post(f"{shown}/items/{item}/again", data=form), range(3)))
    work(hub)

    assert "1 done" in office.page(shown)
    assert hub.sql(REFUNDS, order) == [("failed", 13000), ("succeeded", 13000)]
    assert hub.one("SELECT count(*) FROM exceptions WHERE order_id = %s AND status = 'open'", order) == 0


def test_paused_it_sends_nothing_more_and_tickets_stay_off(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1))
    shown = cancel(office, event).headers["location"]
    form = {"csrf": office.hidden(shown, "csrf")}
    assert office.http.post(f"{shown}/pause", data=form).status_code == 303

    work(hub)
    hub.sql("UPDATE refund_calls SET created_at = created_at - interval '1 day'")
    before = list(hub.refunds.pending())
    assert hub.one(f"{VALID} AND order_id = %s", order) == 0
    assert "Paused" in office.page(shown)
    assert before == []

    office.http.post(f"{shown}/go-on", data=form)
    work(hub)
    assert "1 done" in office.page(shown)


def test_the_proof_adds_up_to_the_cent_for_whoever_reads_it(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    buy(hub, shopper, event, ("friday-pass", 2), name="=cmd()")
    buy(hub, shopper, event, ("saturday-pass", 1))
    shown = cancel(office, event).headers["location"]
    work(hub)

    rows = list(csv.reader(io.StringIO(office.page(f"{shown}/proof.csv").lstrip("\ufeff"))))

    lines = [row for row in rows if len(row) == 11 and row[0].startswith("WB-")]
    assert sum(float(row[4]) for row in lines) == 215.0
    assert rows[-1][0] == "Total"
    assert rows[-1][4] == "215.00"
    assert any(row[1] == "'=cmd()" for row in lines)


def test_each_is_told_in_their_language(hub: Stand, shopper: Shopper, office: Office, event: str) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1), email="ana@example.org")
    hub.sql("UPDATE holds SET language = 'es' WHERE order_id = %s", order)

    cancel(office, event)
    work(hub)

    (mail,) = [each for each in hub.mail.sent if each.to == "ana@example.org" and each.subject == "Se anula"]
    assert "Agua." in mail.text
    assert "65" in mail.text


def test_an_event_file_that_is_loaded_again_does_not_put_it_on_sale(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    cancel(office, event)

    file = fest()
    load_event(hub.hub, {**file, "event": {**file["event"], "id": event, "name": "Fest again"}})

    wish = {"eventId": event, "items": [{"id": "full-pass", "quantity": 1}], "customerInfo": CAMILA}
    assert shopper.post("payment/create-checkout-session", wish).status_code == 409


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.FINANCE, 403)])
def test_only_an_admin_cancels(hub: Stand, event: str, role: Role, status: int) -> None:
    someone = Office.open(hub, role)
    csrf = someone.hidden(f"/cancel?event={event}", "csrf")
    form = {"csrf": csrf, "event": event, "kind": "event", "title": "Off", "words": "Off.", "typed": "0"}

    assert someone.http.post("/cancel", data=form).status_code == status
    someone.http.close()


def move(office: Office, event: str, first: str, until: str = "2027-06-01") -> httpx.Response:
    page = office.page(f"/cancel/move?event={event}&first={first}&until={until}")
    form: dict[str, Any] = form_of("<main" + page[page.index('id="begin"') :])
    number = page.split('pattern="\\s*')[1].split("\\s*")[0]
    return office.http.post("/cancel/move", data={**form, "title": "It has moved", "words": "Later.", "typed": number})


def asked_back(hub: Stand, link: str, **changes: str) -> str:
    """Follows the link of a mail, and presses the button of its page; returns what is said then."""
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        page = http.get(link).text
        if 'action="/give-back"' not in page:
            return page
        form = form_of(page) | {name: [value] for name, value in changes.items()}
        return http.post("/give-back", data=form).text


def link_in(hub: Stand, email: str) -> str:
    (mail,) = [each for each in hub.mail.sent if each.to == email and "/give-back?" in each.text]
    return next(word for word in mail.text.split() if "/give-back?" in word)


def test_tickets_of_a_moved_event_open_the_gates_on_the_new_days_and_on_the_old_ones_no_more(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1))

    assert move(office, event, "2027-06-18").status_code == 303
    work(hub)

    row = hub.sql("SELECT file, revision, public_key FROM events WHERE id = %s", event)[0]
    moved = catalogue_from(row[0], row[1])
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(row[2]))
    claims = decode_token(hub.one(TOKEN, order), EventId(event), key)
    zone = moved.doors.zone("festival")
    said = {
        day: admit(claims, KnownTicket(), Checkpoint(zone, "Door", Direction.IN, day), moved).outcome
        for day in (date(2027, 6, 18), date(2027, 6, 19), date(2026, 5, 15))
    }
    assert said == {
        date(2027, 6, 18): Outcome.ADMITTED,
        date(2027, 6, 19): Outcome.WRONG_DAY,
        date(2026, 5, 15): Outcome.WRONG_DAY,
    }
    assert hub.one(f"{VALID} AND order_id = %s", order) == 1


def test_who_can_t_come_on_the_new_days_gets_all_back_by_the_mail_s_link_once(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 2), email="away@example.org")
    stays = buy(hub, shopper, event, ("friday-pass", 1), email="stays@example.org")
    shown = move(office, event, "2027-06-18").headers["location"]
    work(hub)
    link = link_in(hub, "away@example.org")

    with ThreadPoolExecutor() as crowd:
        pages = list(crowd.map(lambda _: asked_back(hub, link), range(3)))
    work(hub)

    assert all("You have asked for it" in page for page in pages)
    assert hub.sql(REFUNDS, order) == [("succeeded", 13000)]
    assert hub.one(f"{VALID} AND order_id = %s", order) == 0
    assert hub.one(f"{VALID} AND order_id = %s", stays) == 1
    assert "1 done" in office.page(shown)


def test_the_page_of_a_mail_s_link_speaks_the_other_language_too(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    buy(hub, shopper, event, ("friday-pass", 1), email="reads@example.org")
    move(office, event, "2027-06-18")
    work(hub)
    before, after = (
        httpx.get(link_in(hub, "reads@example.org")).text,
        asked_back(hub, link_in(hub, "reads@example.org")),
    )

    for page in (before, after):
        (spanish,) = [html.unescape(each) for each in re.findall(r'href="(/give-back[^"]*lang=es)"', page)]
        answer = httpx.get(f"{hub.base_url}{spanish}")
        assert (answer.status_code, "Devolución" in answer.text) == (200, True)


def test_a_link_to_money_opens_no_other_order_and_ends_with_its_day(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    order = buy(hub, shopper, event, ("friday-pass", 1), email="late@example.org")
    other = buy(hub, shopper, event, ("friday-pass", 1))
    move(office, event, "2027-06-18")
    work(hub)
    link = link_in(hub, "late@example.org")

    assert httpx.get(link.replace(order, other)).status_code == 404
    hub.sql("UPDATE cancellations SET refund_until = '2020-01-01' WHERE event_id = %s", event)
    assert "is over" in asked_back(hub, link)
    assert hub.one(f"{VALID} AND order_id = %s", order) == 1


@pytest.mark.parametrize(("first", "until"), [("2026-05-16", "2027-06-01"), ("2027-06-18", "2020-01-01"), ("", "")])
def test_days_that_can_t_be_are_told_and_nothing_moves(
    hub: Stand, shopper: Shopper, office: Office, event: str, first: str, until: str
) -> None:
    csrf = office.hidden(f"/cancel/move?event={event}", "csrf")
    form = {"csrf": csrf, "event": event, "first": first, "until": until, "title": "A", "words": "B", "typed": "0"}

    answer = office.http.post("/cancel/move", data=form)

    assert answer.status_code == 422
    assert hub.one("SELECT count(*) FROM cancellations WHERE event_id = %s", event) == 0


def test_a_donation_that_stays_goes_back_to_who_asks_for_it(
    hub: Stand, shopper: Shopper, office: Office, event: str
) -> None:
    wanted = [{"id": "friday-pass", "quantity": 1}, {"id": "donation", "quantity": 1, "amount": 2000}]
    who = {"email": "generous@example.org", "name": "Giver"}
    body = {"eventId": event, "items": wanted, "customerInfo": who}
    bought = shopper.post("payment/create-checkout-session", body).json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    cancel(office, event)
    work(hub)

    page = asked_back(hub, link_in(hub, "generous@example.org"))
    work(hub)

    assert "You have asked for it" in page
    assert hub.sql(REFUNDS, bought["orderId"]) == [("succeeded", 2000), ("succeeded", 6500)]
