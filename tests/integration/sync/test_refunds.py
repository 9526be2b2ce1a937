"""Refunds and the inbox: never beyond what was paid, tickets voided with them, and every odd sum ends balanced."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from sync.ledger.verify import verify
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import EMAIL, Office, form_of
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

REFUNDS = "SELECT r.status, r.amount FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s"
REFUND_STATUS = "SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s"


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    hub.refunder.verdict = "succeeded"
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def paid(hub: Stand, shopper: Shopper) -> dict[str, Any]:
    """An order of two Saturday passes, paid."""
    bought = shopper.buy("saturday-pass", 2)
    pay(hub, bought)
    return shopper.order(bought)


def pay(hub: Stand, bought: httpx.Response, **more: int) -> None:
    session = bought.json()["sessionId"]
    hub.sessions.pay(session, **more)
    hub.checkouts.settle_session(session)


def balance(hub: Stand, account: str, order_id: str) -> int:
    query = """
        SELECT coalesce(sum(l.amount), 0)::bigint FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
        WHERE l.account = %s AND f.payload ->> 'order_id' = %s
    """
    return int(hub.one(query, account, order_id))


def test_a_whole_refund_voids_the_tickets_and_frees_their_places(
    hub: Stand, office: Office, paid: dict[str, Any]
) -> None:
    order = paid["orderId"]
    free = hub.one("SELECT available FROM pools WHERE id = 'saturday'")

    assert office.refund(order).status_code == 303

    hub.until("succeeded", REFUND_STATUS, order)
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "refunded"
    assert hub.sql("SELECT DISTINCT status FROM tickets WHERE order_id = %s", order) == [("voided",)]
    assert hub.one("SELECT available FROM pools WHERE id = 'saturday'") == free + 2
    assert balance(hub, "stripe", order) == 0


def test_a_ticket_is_refunded_by_what_it_cost(hub: Stand, office: Office, paid: dict[str, Any]) -> None:
    order = paid["orderId"]

    office.refund(order, what="parts", parts=["0.1"])

    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.sql(REFUNDS, order) == [("succeeded", 8500)]
    assert hub.sql("SELECT status FROM tickets WHERE order_id = %s ORDER BY 1", order) == [("valid",), ("voided",)]


def test_an_amount_leaves_the_tickets_valid(hub: Stand, office: Office, paid: dict[str, Any]) -> None:
    order = paid["orderId"]

    office.refund(order, what="amount", amount="12.50")

    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.sql(REFUNDS, order) == [("succeeded", 1250)]
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order) == 2


@pytest.mark.parametrize("amount", ["170.01", "0", "-1", "many", "9999999999999"])
def test_more_than_was_paid_or_nothing_is_refused(
    hub: Stand, office: Office, paid: dict[str, Any], amount: str
) -> None:
    refused = office.refund(paid["orderId"], what="amount", amount=amount)

    assert refused.status_code == 422
    assert hub.sql(REFUNDS, paid["orderId"]) == []


def test_pressed_by_many_at_once_it_is_never_more_than_was_paid(
    hub: Stand, office: Office, paid: dict[str, Any]
) -> None:
    order = paid["orderId"]
    payment = office.hidden(f"/orders/{order}", "payment")
    looked = office.look(order, what="amount", amount="100")

    def press(number: int) -> int:
        return office.press(order, looked, refund_id=f"{order}-{number}").status_code

    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(press, range(8)))

    assert answers == [303] + [422] * 7
    assert hub.one("SELECT sum(amount) FROM refunds WHERE payment_id = %s", payment) == 10_000


def test_the_same_press_twice_is_one_refund(hub: Stand, office: Office, paid: dict[str, Any]) -> None:
    order = paid["orderId"]
    looked = office.look(order)

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: office.press(order, looked).status_code, range(4)))

    assert answers == [303] * 4
    assert office.press(order, looked).status_code == 303
    assert [amount for _, amount in hub.sql(REFUNDS, order)] == [17_000]


def test_postgres_itself_refuses_a_refund_beyond_what_was_paid(hub: Stand, paid: dict[str, Any]) -> None:
    payment = hub.one("SELECT id FROM payments WHERE order_id = %s", paid["orderId"])

    with pytest.raises(psycopg.errors.CheckViolation):
        hub.sql("INSERT INTO refunds VALUES ('forged', %s, 17001, 'requested')", payment)


def test_a_refund_that_is_pending_is_shown_so_and_may_fail_later(
    hub: Stand, office: Office, paid: dict[str, Any]
) -> None:
    order = paid["orderId"]
    hub.refunder.verdict = "pending"
    office.refund(order)
    hub.until(1, "SELECT count(*) FROM refund_calls WHERE state = 'pending'")
    assert ">pending<" in office.page(f"/orders/{order}")
    refund, provider = hub.sql("SELECT refund_id, provider_reference FROM refund_calls WHERE state = 'pending'")[0]

    hub.refunder.end(provider, "succeeded")
    hub.refunds.look_again(refund)
    hub.refunder.end(provider, "failed")
    hub.refunds.look_again(refund)
    hub.refunds.look_again(refund)

    assert hub.sql(REFUNDS, order) == [("failed", 17_000)]
    assert balance(hub, "stripe", order) == 17_000
    assert balance(hub, "refunds", order) == 0
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order) == [("refund_failed",)]


def test_money_paid_late_for_what_is_gone_goes_back_with_one_press(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    left = hub.one("SELECT available FROM pools WHERE id = 'rumba-workshop'")
    first = shopper.buy("rumba-workshop", left)
    session = first.json()["sessionId"]
    hub.checkouts.close(hub.one("SELECT tender_id FROM checkouts WHERE session_id = %s", session), "expired")
    pay(hub, shopper.buy("rumba-workshop", left))
    pay(hub, first)
    order = first.json()["orderId"]
    problem = hub.one("SELECT id FROM exceptions WHERE order_id = %s", order)

    issued = office.resolve(problem, "issue_if_capacity_allows")
    answers = [office.resolve(problem, "refund").status_code for _ in range(2)]

    assert (issued.status_code, answers) == (409, [303, 303])
    hub.until("succeeded", REFUND_STATUS, order)
    assert hub.one("SELECT status FROM exceptions WHERE id = %s", problem) == "resolved"
    assert [balance(hub, account, order) for account in ("stripe", "unearned", "refunds")] == [0, 0, 0]


def test_another_amount_than_asked_for_is_in_the_books_and_goes_back(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    bought = shopper.buy("friday-pass")
    order = bought.json()["orderId"]

    pay(hub, bought, amount=100)

    kind, problem = hub.sql("SELECT kind, id FROM exceptions WHERE order_id = %s", order)[0]
    assert (kind, balance(hub, "stripe", order)) == ("wrong_amount", 100)
    office.resolve(problem, "refund")
    hub.until("succeeded", REFUND_STATUS, order)
    assert [balance(hub, account, order) for account in ("stripe", "unearned", "refunds")] == [0, 0, 0]


@pytest.fixture
def mixed(hub: Stand, shopper: Shopper) -> str:
    """A paid order of a pass, three shirts and a donation; returns its id."""
    shirts = {"id": "t-shirt", "quantity": 3, "option": "L"}
    gift = {"id": "donation", "quantity": 1, "amount": 1234}
    bought = shopper.buy_all({"id": "saturday-pass", "quantity": 1}, shirts, gift)
    pay(hub, bought)
    return str(bought.json()["orderId"])


SHIRTS = "SELECT available FROM pools WHERE id = 'shirts'"


def test_goods_are_refunded_one_by_one_and_go_back_on_sale(hub: Stand, office: Office, mixed: str) -> None:
    shirts = hub.one(SHIRTS)

    office.refund(mixed, what="parts", parts=["1.0", "1.2"])

    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", mixed)
    assert hub.sql(REFUNDS, mixed) == [("succeeded", 6000)]
    assert hub.one(SHIRTS) == shirts + 2
    assert hub.sql("SELECT status FROM tickets WHERE order_id = %s", mixed) == [("valid",)]
    page = office.page(f"/orders/{mixed}")
    assert [f'value="{part}"' in page for part in ("0.0", "1.0", "1.1", "1.2", "2.0")] == [
        True, False, True, False, True
    ]  # fmt: skip
    assert "2 of 3 given back" in page


def test_a_donation_and_all_the_rest_come_to_what_was_paid(hub: Stand, office: Office, mixed: str) -> None:
    shirts = hub.one(SHIRTS)

    office.refund(mixed, what="parts", parts=["2.0"])
    office.refund(mixed, what="parts", parts=["1.1"])
    office.refund(mixed)

    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", mixed)
    amounts = [amount for _, amount in hub.sql(f"{REFUNDS} ORDER BY r.id", mixed)]
    assert (sorted(amounts), sum(amounts)) == ([1234, 3000, 8500 + 6000], 18_734)
    assert hub.one(SHIRTS) == shirts + 3


def test_a_look_says_exactly_what_will_happen_and_nothing_happens_yet(hub: Stand, office: Office, mixed: str) -> None:
    looked = office.look(mixed, what="parts", parts=["0.0", "1.0"], why="Broke a leg").text

    assert ">Give back $115.00<" in looked
    assert "Back to the card, the way it was paid." in looked
    assert "$72.34 of the payment stays here" in looked
    assert "Saturday Day Pass<small>Stops working</small>" in looked
    assert "Festival T-Shirt, L, 1 of 3<small>Goes back on sale</small>" in looked
    assert "Stays with the customer: Festival T-Shirt, L, 2 of 3; Festival T-Shirt, L, 3 of 3; Donation." in looked
    assert "Reason: Broke a leg" in looked
    assert hub.sql(REFUNDS, mixed) == []


def test_what_is_worth_more_than_is_left_says_so(office: Office, mixed: str) -> None:
    office.refund(mixed, what="amount", amount="150")

    looked = office.look(mixed, what="parts", parts=["0.0"]).text

    assert "What you chose is worth $85.00; no more than $37.34 of this payment is left." in looked
    assert ">Give back $37.34<" in looked


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"what": "parts"}, "Choose at least one thing that was bought."),
        ({"what": "parts", "parts": ["9.9", "x"]}, "Choose at least one thing that was bought."),
        ({"what": "amount", "amount": "0"}, "This comes to nothing"),
        ({"what": "amount", "amount": "187.35"}, "At most $187.34 of this payment can go back."),
    ],
)
def test_a_wish_that_comes_to_nothing_says_why_and_is_kept(
    office: Office, mixed: str, wish: dict[str, str | list[str]], words: str
) -> None:
    refused = office.look(mixed, **wish, why="Broke a leg")

    assert (refused.status_code, words in refused.text) == (422, True)
    assert 'value="Broke a leg"' in refused.text


def test_two_who_give_back_the_same_thing_at_once_give_it_back_once(hub: Stand, office: Office, mixed: str) -> None:
    looks = [office.look(mixed, what="parts", parts=["1.0"]) for _ in range(6)]

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda looked: office.press(mixed, looked).status_code, looks))

    assert sorted(answers) == [303] + [422] * 5
    assert [amount for _, amount in hub.sql(REFUNDS, mixed)] == [3000]


def test_a_press_on_an_old_look_shows_what_has_changed(hub: Stand, office: Office, mixed: str) -> None:
    old = office.look(mixed)
    office.refund(mixed, what="parts", parts=["1.0"])

    pressed = office.press(mixed, old)

    assert pressed.status_code == 409
    assert "The order has changed since you looked" in pressed.text
    assert ">Give back $157.34<" in pressed.text
    assert [amount for _, amount in hub.sql(REFUNDS, mixed)] == [3000]
    assert office.press(mixed, pressed).status_code == 303


def test_a_form_whose_refund_was_made_leads_back_to_the_order(hub: Stand, office: Office, mixed: str) -> None:
    looked = office.look(mixed, what="parts", parts=["1.0"])
    office.press(mixed, looked)
    fields = {name: values[0] for name, values in form_of(looked.text).items() if name in ("refund_id", "amount")}

    again = office.look(mixed, what="parts", parts=["1.1"], **fields)

    assert (again.status_code, "asked for already" in again.text) == (409, True)
    assert len(hub.sql(REFUNDS, mixed)) == 1


def test_a_refund_of_another_order_can_not_be_written_over(
    hub: Stand, office: Office, mixed: str, paid: dict[str, Any]
) -> None:
    office.refund(mixed, refund_id="one-and-only", what="amount", amount="1")

    refused = office.refund(paid["orderId"], refund_id="one-and-only", what="amount", amount="2")

    assert refused.status_code == 422
    assert hub.sql(REFUNDS, paid["orderId"]) == []


def test_what_a_failed_refund_named_goes_back_with_the_next_try_and_its_units_only_once(
    hub: Stand, office: Office, mixed: str
) -> None:
    shirts, hub.refunder.verdict = hub.one(SHIRTS), "failed"
    office.refund(mixed, what="parts", parts=["0.0", "1.0"])
    hub.until("failed", REFUND_STATUS, mixed)
    hub.until(1, "SELECT count(*) FROM exceptions WHERE order_id = %s", mixed)
    failed = office.page(f"/orders/{mixed}")
    hub.refunder.verdict = "succeeded"

    office.resolve(hub.one("SELECT id FROM exceptions WHERE order_id = %s", mixed), "refund_again")

    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", mixed)
    again = office.page(f"/orders/{mixed}")
    assert ['name="parts" value="1.0"' in page for page in (failed, again)] == [True, False]
    assert "Saturday Day Pass<small>Is void already</small>" in failed
    assert sorted(hub.sql(REFUNDS, mixed)) == [("failed", 11_500), ("succeeded", 11_500)]
    assert hub.one(SHIRTS) == shirts + 1


def test_an_order_of_very_many_things_is_refunded_in_one_press(hub: Stand, shopper: Shopper, office: Office) -> None:
    hub.sql("UPDATE pools SET capacity = capacity + 1000, available = available + 1000 WHERE id = 'social'")
    bought = shopper.buy("social", 1000)
    pay(hub, bought)
    order = bought.json()["orderId"]

    assert office.refund(order).status_code == 303

    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.sql("SELECT status, count(*) FROM tickets WHERE order_id = %s GROUP BY 1", order) == [("voided", 1000)]
    hub.sql("UPDATE pools SET capacity = capacity - 1000, available = available - 1000 WHERE id = 'social'")


def test_a_refund_remembers_who_asked_by_number_and_the_page_says_the_address(
    hub: Stand, office: Office, mixed: str
) -> None:
    office.refund(mixed, what="parts", parts=["1.0"], why="Too small")

    facts = "SELECT payload ->> 'by', payload::text FROM facts WHERE kind = 'refund_requested' AND %s = payload ->> %s"
    by, text = hub.one("SELECT id FROM organizers WHERE email = %s", EMAIL), hub.sql(facts, mixed, "order_id")
    assert [(each, "@" in payload) for each, payload in text] == [(str(by), False)]
    page = office.page(f"/orders/{mixed}")
    assert f"Refund of $30.00 asked for by {EMAIL}</b><small>1 × Festival T-Shirt L: Too small</small>" in page


@pytest.mark.parametrize("words", ["number", "camila ort", "camila@example.org", "303-555-0123", "(303) 5550123"])
def test_an_order_is_found_by_whatever_the_customer_knows(office: Office, paid: dict[str, Any], words: str) -> None:
    words = paid["orderNumber"].lower() if words == "number" else words

    assert paid["orderNumber"] in office.page(f"/orders?q={words}")


def test_the_pages_are_for_organizers_only(hub: Stand, paid: dict[str, Any]) -> None:
    for path in ("/orders", f"/orders/{paid['orderId']}", "/exceptions"):
        assert httpx.get(f"{hub.base_url}{path}").status_code == 303
    form = {"csrf": "x", "refund_id": "x", "payment": "x", "what": "all"}
    assert httpx.post(f"{hub.base_url}/orders/{paid['orderId']}/refund", data=form).status_code == 403


def test_the_mail_is_shown_as_it_would_go_out_to_organizers_only(
    shopper: Shopper, office: Office, paid: dict[str, Any]
) -> None:
    path = f"/orders/{paid['orderId']}/preview"

    page, text = office.http.get(path), office.http.get(path, params={"form": "text"})

    assert path in office.page(f"/orders/{paid['orderId']}")
    assert paid["orderNumber"] in page.text
    assert "View Your Tickets" in page.text
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    assert text.text.startswith("Your tickets for")
    assert shopper.http.get(path).headers["location"] == "/sign-in"


def test_an_order_that_is_not_paid_has_no_mail_to_show(shopper: Shopper, office: Office) -> None:
    held = shopper.buy("saturday-pass", 1).json()["orderId"]

    assert office.http.get(f"/orders/{held}/preview").status_code == 404
    assert "/preview" not in office.page(f"/orders/{held}")
