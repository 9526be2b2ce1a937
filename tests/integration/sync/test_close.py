"""Payouts read from the provider's own list, taken apart, and held beside tickets, drawers and ledger."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import httpx
import pytest

from sync.ledger.verify import verify
from sync.payments.ours import Reference
from sync.payments.payouts import Payouts
from tests.integration.sync.house import House, settled, until
from tests.integration.sync.provider_paths import dispute, paid, paid_at_paypal, refund

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

FACTS = "SELECT payload FROM facts WHERE kind = 'payout_recorded' ORDER BY position"
TOTAL = "SELECT total FROM payouts WHERE reference = %s"


@pytest.fixture(autouse=True)
def books_hold(house: House) -> Iterator[None]:
    yield
    assert verify(house.stack.database).problem is None


def look(house: House) -> None:
    Payouts(house.hub, house.fees.treasuries).look()


def pay_out(house: House, **how: object) -> str:
    return str(house.control("payouts", currency="usd", **how)["id"])


def read(house: House, payout: str) -> dict[str, list[int]]:
    """Returns the parts of a payout by kind, once the hub has read it."""
    query = "SELECT parts FROM payouts WHERE reference = %s AND is_complete AND read_at IS NOT NULL"
    return {kind: numbers for kind, *numbers in until(lambda: house.sql(query, payout))[0][0]}


def sell_elsewhere(house: House, amount: int, *, marked: bool = False) -> None:
    """Another program takes money at the same account; `marked` as ours are."""
    with house.at_stripe() as http:
        form = {
            "mode": "payment",
            "success_url": "https://example.org",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": str(amount),
            "line_items[0][price_data][product_data][name]": "Noche de Rueda",
        }
        if marked:
            form |= {f"payment_intent_data[metadata][{each}]": "lost" for each in ("order_id", "tender_id")}
        session = http.post("/v1/checkout/sessions", data=form).raise_for_status().json()
    body = {"email": "ana@example.org", "name": "Ana"}
    before = taken(house, amount)
    httpx.post(f"{house.sandbox}/control/checkout_sessions/{session['id']}/pay", json=body).raise_for_status()
    until(lambda: taken(house, amount) > before)  # its balance transaction comes a moment later, as others' do


@contextmanager
def organizer(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.stack.addresses.hub_url, timeout=30) as http:
        csrf = http.get("/sign-in").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        who = {
            "csrf": csrf,
            "email": house.stack.addresses.organizer_email,
            "password": house.stack.addresses.organizer_password,
        }
        assert http.post("/sign-in", data=who).status_code == 303
        yield http


def sell(house: House) -> None:
    """Sells a Friday pass; its line comes to the balance a moment after the payment."""
    before = taken(house, 6500)
    paid()(house)
    until(lambda: taken(house, 6500) > before)


def taken(house: House, amount: int) -> int:
    """Returns how often so much has come into the account."""
    with house.at_stripe() as http:
        moves = http.get("/v1/balance_transactions", params={"limit": 100}).json()["data"]
    return sum(move["amount"] == amount for move in moves)


def test_a_payout_is_taken_apart_to_the_cent_and_read_twice_writes_nothing(house: House) -> None:
    for step in (paid(), refund(2000), paid(), dispute("open")):
        step(house)
    assert settled(house) is None
    sell_elsewhere(house, 4400)
    payout = pay_out(house)
    parts = read(house, payout)
    before = house.sql(FACTS)
    look(house)
    look(house)

    assert parts["charges"][:2] == [2, 13_000]
    assert parts["refunds"] == [1, -2000, 0, -2000]
    assert parts["disputes"][:3] == [1, -6500, 1500]
    assert parts["not_ours"][:2] == [1, 4400]
    assert sum(numbers[3] for numbers in parts.values()) == house.one(
        "SELECT total FROM payouts WHERE reference = %s", payout
    )
    assert house.sql(FACTS) == before
    assert before[-1][0]["total"] == house.one(TOTAL, payout)
    assert before[-1][0]["amount"] == sum(parts[each][3] for each in ("charges", "refunds", "disputes"))


def test_a_payout_by_hand_is_not_provable_and_the_next_automatic_one_still_adds_up(house: House) -> None:
    sell(house)
    by_hand = pay_out(house, amount=1000, method="instant")
    until(lambda: house.one("SELECT NOT is_provable FROM payouts WHERE reference = %s", by_hand))
    next_one = pay_out(house)
    parts = read(house, next_one)

    assert parts["by_hand"][:2] == [1, -1000]
    assert sum(numbers[3] for numbers in parts.values()) == house.one(TOTAL, next_one)
    (told,) = [fact for (fact,) in house.sql(FACTS) if fact["provider_reference"] == by_hand]
    assert (told["amount"], told["total"], told["is_provable"], told["parts"]) == (0, 1000, False, [])
    assert house.one("SELECT count(*) FROM provider_moves WHERE payout = %s", by_hand) == 0


def test_a_payout_that_comes_back_gives_its_lines_to_the_next_one(house: House) -> None:
    sell(house)
    first = pay_out(house)
    assert read(house, first)["charges"][:2] == [1, 6500]
    house.control(f"payouts/{first}", do="fail")
    until(lambda: house.one("SELECT status = 'failed' FROM payouts WHERE reference = %s", first))
    second = pay_out(house)

    assert read(house, second)["charges"][:2] == [1, 6500]
    Payouts(house.hub, house.fees.treasuries).take("stripe", Reference(first))  # told again, late
    assert house.one("SELECT count(*) FROM provider_moves WHERE payout = %s", first) == 0
    assert house.one("SELECT sum(net) FROM provider_moves WHERE payout = %s", second) == house.one(TOTAL, second)


def test_a_look_finds_what_no_webhook_told_and_fills_in_what_an_earlier_version_booked(house: House) -> None:
    sell(house)
    earlier = pay_out(house)
    read(house, earlier)
    house.control("faults", match="payout.*", kind="drop_webhook")
    sell(house)
    unheard = pay_out(house)
    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()
    with house.stack.database.engine.begin() as connection:  # as it stood before lines were kept
        connection.exec_driver_sql("UPDATE provider_moves SET payout = NULL WHERE payout = %s", (earlier,))
        blank = (
            "UPDATE payouts SET total = NULL, read_at = NULL, is_complete = false, parts = '[]' WHERE reference = %s"
        )
        connection.exec_driver_sql(blank, (earlier,))
    before = len(house.sql(FACTS))
    look(house)

    assert read(house, unheard)["charges"][:2] == [1, 6500]
    assert read(house, earlier)["charges"][:2] == [1, 6500]
    assert len(house.sql(FACTS)) == before + 1
    look(house)
    assert len(house.sql(FACTS)) == before + 1


def test_a_read_that_breaks_off_goes_on_where_it_was(house: House) -> None:
    sell(house)
    house.control("faults", match="GET /v1/balance_transactions", kind="error_503", times=9)
    look(house)
    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()
    look(house)

    assert house.one("SELECT count(*) FROM provider_moves WHERE payment = %s AND payout IS NULL", house.payment) == 1


def test_the_page_agrees_and_then_names_the_payment_that_no_order_knows(house: House) -> None:
    sell(house)
    refund(2000)(house)
    until(lambda: house.status == "partially_refunded")
    look(house)
    with organizer(house) as http:
        agrees = http.get("/close").text
        sell_elsewhere(house, 7700, marked=True)
        look(house)
        differs = http.get("/close").text
        http.get("/language/es")
        spanish = http.get("/close").text

    assert "Agrees to the cent" in agrees
    assert "Incomplete: 1 line is not matched" in differs
    assert "$77.00" in differs
    stray = house.one("SELECT payment FROM provider_moves WHERE is_marked AND amount = 7700")
    assert f"Stripe has payment {stray} that no order knows" in differs
    assert "Incompleto: 1 línea sin emparejar" in spanish


def test_the_lines_of_a_payout_and_the_journal_add_up_for_other_programs(house: House) -> None:
    sell(house)
    payout = pay_out(house)
    read(house, payout)
    with organizer(house) as http:
        lines = list(csv.DictReader(io.StringIO(http.get(f"/close.csv?payout={payout}").text.removeprefix("\ufeff"))))
        journal = http.get("/close.beancount").text
        missing = http.get("/close.csv?payout=po_unknown").status_code

    assert missing == 404
    assert sum(Decimal(each["net"]) for each in lines) * 100 == house.one(TOTAL, payout)
    number = house.one("SELECT order_number FROM orders WHERE id = %s", house.order)
    assert [each["order"] for each in lines if each["payment"] == house.payment] == [number]
    sums: Counter[str] = Counter()
    for name, amount in re.findall(r"^  ([A-Z][\w:-]+)  (-?[\d.]+) USD$", journal, re.MULTILINE):
        sums[name] += round(Decimal(amount) * 100)
    assert sum(sums.values()) == 0
    booked = "SELECT sum(amount) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id WHERE account = 'stripe'"
    assert sums["Assets:Stripe"] == house.one(f"{booked} AND f.event_id IS NOT NULL")
    assert {line.split()[2] for line in journal.splitlines() if " open " in line} == set(sums)


def test_paypals_own_list_is_beside_the_ledger(house: House) -> None:
    paid_at_paypal(house)
    refund(2000)(house)
    until(lambda: house.status == "partially_refunded")
    look(house)
    look(house)

    lines = house.sql(
        "SELECT kind, amount, fee FROM provider_moves WHERE provider = 'paypal' ORDER BY created_at, amount DESC"
    )
    assert [tuple(row[:2]) for row in lines] == [("charge", 6500), ("refund", -2000)]
    assert lines[0][2] == house.one(
        "SELECT amount FROM provider_fees WHERE provider = 'paypal' AND reference = %s", house.payment
    )
    with organizer(house) as http:
        page = http.get("/close").text
    assert "PayPal, as it lists it" in page
    assert "the list of PayPal has not the payment" not in page
