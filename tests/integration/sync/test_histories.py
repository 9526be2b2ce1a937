"""The history of an order reads as a person would tell it, in the event's own time."""

import re

import httpx
import pytest

from sync.payments.ours import Reference, payment_by
from sync.payments.outside_refunds import OutsideRefunds
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import EMAIL, Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def order(hub: Stand) -> str:
    """A web order of two passes, paid."""
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        bought = Shopper(http).buy("saturday-pass", 2)
    hub.sessions.pay(bought.json()["sessionId"])
    hub.checkouts.settle_session(bought.json()["sessionId"])
    hub.until("sent", "SELECT status FROM mails WHERE order_id = %s", bought.json()["orderId"])
    return str(bought.json()["orderId"])


def story(page: str) -> list[str]:
    """Returns the lines of the history, without their times."""
    listed = page.split('<ol class="story">', 1)[1].split("</ol>", 1)[0]
    lines = re.findall(r"<li>.*?</span><div>(.*?)</div></li>", listed, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_a_web_order_from_its_place_to_its_refund(hub: Stand, office: Office, order: str) -> None:
    office.refund(order, what="parts", parts=["0.0"], why="Broke a leg")
    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)

    told = story(office.page(f"/orders/{order}"))

    assert [line for line in told if not line.startswith("Mail")] == [
        "Placed on the web the customer",
        "Payment of $170.00 by card begun the customer",
        "Paid $170.00 by card the customer",
        "2 tickets issued",
        f"Refund of $85.00 asked for by {EMAIL} 1 × Saturday Day Pass: Broke a leg",
        "1 ticket stopped working refunded",
        "Refunded $85.00 to the card Stripe",
    ]
    assert "Mail sent to camila@example.org" in told


def send_to(office: Office, order: str, email: str) -> httpx.Response:
    path = f"/orders/{order}"
    return office.http.post(f"{path}/mail", data={"csrf": office.hidden(path, "csrf"), "email": email})


def test_tickets_go_out_again_to_the_address_that_the_customer_meant(hub: Stand, office: Office, order: str) -> None:
    sent = send_to(office, order, " camila@right.example ")
    wrong = send_to(office, order, "camila at right")

    hub.until("sent", "SELECT status FROM mails WHERE email = %s", "camila@right.example")
    assert (sent.status_code, wrong.status_code) == (303, 422)
    mails = [each for each in hub.mail.sent if each.reference["order_id"] == order]
    assert [each.to for each in mails] == ["camila@example.org", "camila@right.example"]


def test_nothing_is_sent_for_an_order_that_nobody_paid(hub: Stand, office: Office, shopper: Shopper) -> None:
    order = str(shopper.buy("saturday-pass").json()["orderId"])

    refused = send_to(office, order, "camila@example.org")

    assert refused.status_code == 409
    assert "Nothing was sent" in refused.text
    assert "Send receipt" not in office.page(f"/orders/{order}")
    assert hub.one("SELECT count(*) FROM mails WHERE order_id = %s", order) == 0


def test_a_mail_that_bounced_says_why(hub: Stand, office: Office, order: str) -> None:
    hub.sql("UPDATE mails SET status = 'bounced', last_error = '550 no such user' WHERE order_id = %s", order)

    page = office.page(f"/orders/{order}")

    assert "Mail to camila@example.org did not arrive 550 no such user" in story(page)
    assert '<small class="why">550 no such user</small>' in page


def test_an_order_that_was_given_up_says_so(hub: Stand, office: Office) -> None:
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        bought = Shopper(http).buy("friday-pass")
    hub.checkouts.close(
        hub.one("SELECT tender_id FROM checkouts WHERE order_id = %s", bought.json()["orderId"]), "expired"
    )

    told = story(office.page(f"/orders/{bought.json()['orderId']}"))

    assert told[-2:] == [
        "$65.00 not paid The code ended before anyone paid.",
        "Given up The code ended before anyone paid.",
    ]


def test_a_sale_at_the_door_says_which_till_and_who_walked_in_on_it(hub: Stand, office: Office) -> None:
    door = hub.door()
    door.lease({"friday": 1, "saturday": 1, "sunday": 1})
    facts = door.cash_sale()
    door.push(facts)

    told = story(office.page(f"/orders/{facts[0].payload['order_id']}"))

    name = door.me.name
    assert told == [f"Placed at the door {name}", f"Paid $150.00 in cash {name}", f"1 ticket issued {name}"]


def test_a_whole_refund_made_at_stripe_names_stripe(hub: Stand, office: Office, order: str) -> None:
    reference = hub.one("SELECT provider_reference FROM payments WHERE order_id = %s", order)

    hub.refunder.make_outside(reference, 17_000)
    with hub.database.transaction() as connection:
        payment = payment_by(connection, "stripe", Reference(reference))
    assert payment is not None
    OutsideRefunds(hub.refunds).look(payment)

    told = story(office.page(f"/orders/{order}"))

    assert "Refund of $170.00 asked for by Stripe" in told
    assert any(line.startswith("Problem: Refunded in the provider") for line in told)


def test_times_are_the_events_own(hub: Stand, office: Office, order: str) -> None:
    page = office.page(f"/orders/{order}")

    assert page.count("Times are Mountain Time (Denver).") == 1
    assert "UTC" not in page
