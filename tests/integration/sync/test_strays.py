"""Money that went round the tills: each such payment is before a person until somebody says what it was."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from boxoffice.demo.stack import STRIPE_KEY
from sync.ledger.verify import verify
from sync.payments.payouts import Payouts
from sync.payments.strays import Strays
from sync.providers.stripe_refunds import StripeRefunds
from tests.integration.sync.house import House, until
from tests.integration.sync.office import form_of
from tests.integration.sync.provider_paths import paid
from tests.integration.sync.test_close import organizer, sell_elsewhere, taken

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

OPEN = "SELECT count(*) FROM exceptions WHERE kind = 'money_round_the_tills' AND status = 'open' AND subject_id = %s"
TOLD = "SELECT payload ->> 'decision' FROM facts WHERE kind = 'stray_decided' AND payload ->> 'provider_reference' = %s"


@pytest.fixture(autouse=True)
def books_hold(house: House) -> Iterator[None]:
    yield
    assert verify(house.stack.database).problem is None


def reader_of(house: House) -> str:
    with house.at_stripe() as http:
        return str(http.get("/v1/terminal/readers").json()["data"][0]["id"])


def on_a_reader(house: House, amount: int, **marks: str) -> str:
    """Somebody types an amount into a reader; returns the payment."""
    reader = reader_of(house)
    form: dict[str, Any] = {
        "amount": str(amount),
        "currency": "usd",
        "allowed_payment_method_types[]": "card_present",
        "capture_method": "automatic",
        **{f"metadata[{name}]": value for name, value in marks.items()},
    }
    before = taken(house, amount)
    with house.at_stripe() as http:
        intent = http.post("/v1/payment_intents", data=form).raise_for_status().json()["id"]
        path = f"/v1/terminal/readers/{reader}/process_payment_intent"
        http.post(path, data={"payment_intent": intent}).raise_for_status()
    house.control(f"readers/{reader}", do="present")
    until(lambda: taken(house, amount) > before)
    return str(intent)


@pytest.fixture
def stray(house: House) -> str:
    """Somebody paid $90 on a reader that has taken money of ours before."""
    on_a_reader(house, 100, order_id="o", tender_id="t")
    until(lambda: house.one("SELECT count(*) FROM our_readers") == 1)
    intent = on_a_reader(house, 9000)
    until(lambda: house.one(OPEN, intent) == 1)
    return intent


def strays(house: House) -> Strays:
    return Strays(house.hub, house.fees.treasuries, {"stripe": StripeRefunds(STRIPE_KEY, house.sandbox)})


def forms(page: str) -> dict[str, str]:
    return {name: values[0] for name, values in form_of(page).items() if name != "choice"}


def test_what_another_business_takes_is_nobodys_problem(house: House) -> None:
    paid()(house)
    sell_elsewhere(house, 4400)
    Payouts(house.hub, house.fees.treasuries).look()
    strays(house).look()

    assert house.one("SELECT count(*) FROM strays WHERE amount = 4400") == 0


def test_a_payment_on_a_reader_of_ours_is_put_before_a_person_and_in_the_close(house: House, stray: str) -> None:
    with organizer(house) as http:
        inbox, close, page = (http.get(path).text for path in ("/exceptions", "/close", f"/strays/{stray}"))

    assert "Money without an order" in inbox
    assert f"/strays/{stray}" in inbox
    assert f"Payment {stray} went round the tills" in close
    assert "Friday Day Pass + Saturday Evening Social" in page


def test_only_what_comes_to_the_cent_is_made_a_sale_and_then_all_agrees(house: House, stray: str) -> None:
    with organizer(house) as http:
        page = http.get(f"/strays/{stray}").text
        path, given = f"/strays/{stray}/sale", forms(page)
        wrong = http.post(path, data={**given, "choice": ["friday-pass||"], "count": ["1"]})
        right = {**given, "choice": ["friday-pass||", "social||"], "count": ["1", "1"]}
        made = http.post(path, data=right)
        again = http.post(path, data=right)
    order = made.headers["location"].rpartition("/")[2]
    Payouts(house.hub, house.fees.treasuries).look()

    assert (wrong.status_code, made.status_code, again.status_code) == (409, 303, 409)
    assert "comes to $65.00, and $90.00 was paid" in wrong.text
    assert house.sql("SELECT channel, status, total_amount FROM orders WHERE id = %s", order) == [
        ("door", "completed", 9000)
    ]
    assert house.sql("SELECT provider_reference, tender FROM payments WHERE order_id = %s", order)[0][0] == stray
    assert {row[0] for row in house.sql("SELECT status FROM tickets WHERE order_id = %s", order)} == {"voided"}
    assert house.sql(TOLD, stray) == [("sale",)]
    assert house.one(OPEN, stray) == 0
    with organizer(house) as http:
        assert stray not in http.get("/close").text


def test_tickets_that_are_to_be_sent_work_and_are_mailed(house: House, stray: str) -> None:
    with organizer(house) as http:
        given = forms(http.get(f"/strays/{stray}").text)
        data = {**given, "choice": ["friday-pass||", "social||"], "count": ["1", "1"], "tickets": "send"}
        nobody = http.post(f"/strays/{stray}/sale", data={**data, "email": "ana@"})
        made = http.post(f"/strays/{stray}/sale", data={**data, "email": "ana@example.org"})
    order = made.headers["location"].rpartition("/")[2]

    assert nobody.status_code == 422
    assert {row[0] for row in house.sql("SELECT status FROM tickets WHERE order_id = %s", order)} == {"valid"}
    until(lambda: house.one("SELECT count(*) FROM mails WHERE order_id = %s AND sent_at IS NOT NULL", order) == 1)


def test_a_refund_is_made_once_however_often_its_job_runs(house: House, stray: str) -> None:
    with organizer(house) as http:
        given = forms(http.get(f"/strays/{stray}").text)
        answers = [http.post(f"/strays/{stray}/refund", data={"csrf": given["csrf"]}) for _ in range(2)]
    until(lambda: house.one("SELECT settled_at IS NOT NULL FROM strays WHERE reference = %s", stray))
    strays(house).refund(stray)

    assert [each.status_code for each in answers] == [303, 409]
    with house.at_stripe() as http:
        made = http.get("/v1/refunds", params={"payment_intent": stray}).json()["data"]
    assert [each["amount"] for each in made] == [9000]
    assert house.sql(TOLD, stray) == [("refund",)]


def test_a_refund_that_is_refused_is_before_a_person_again(house: House, stray: str) -> None:
    house.control(f"charges/{stray}/dispute", do="open")
    with organizer(house) as http:
        given = forms(http.get(f"/strays/{stray}").text)
        http.post(f"/strays/{stray}/refund", data={"csrf": given["csrf"]})
        until(lambda: house.one("SELECT last_error FROM strays WHERE reference = %s", stray))
        until(lambda: house.one(OPEN, stray) == 1)
        page = http.get(f"/strays/{stray}").text

    assert "The refund was refused" in page
    assert "Give back $90.00" in page


def test_what_is_refunded_at_the_provider_itself_is_over_by_itself(house: House, stray: str) -> None:
    with house.at_stripe() as http:
        http.post("/v1/refunds", data={"payment_intent": stray}).raise_for_status()
    strays(house).look()

    assert house.sql(TOLD, stray) == [("refunded_there",)]
    assert house.one(OPEN, stray) == 0


def test_what_is_not_ours_is_listed_apart(house: House, stray: str) -> None:
    with organizer(house) as http:
        given = forms(http.get(f"/strays/{stray}").text)
        assert http.post(f"/strays/{stray}/not-ours", data={"csrf": given["csrf"]}).status_code == 303
        close = http.get("/close").text

    assert stray not in close
    assert house.sql(TOLD, stray) == [("not_ours",)]


def test_an_account_that_is_ours_alone_finds_what_no_event_told(house: House) -> None:
    paid()(house)
    sell_elsewhere(house, 3300)
    Payouts(house.hub, house.fees.treasuries).look()
    alone = house.hub.settings.model_copy(update={"stripe_account_is_ours": True})
    mine = Strays(replace(house.hub, settings=alone), house.fees.treasuries, {})
    mine.look()
    mine.look()

    ((reference,),) = house.sql("SELECT reference FROM strays WHERE amount = 3300")
    assert house.one(OPEN, reference) == 1
    mine.not_ours(reference, "1")
