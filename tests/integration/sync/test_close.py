"""Payouts read from the provider's own list, taken apart, and held beside tickets, drawers and ledger."""

from collections.abc import Iterator

import httpx
import pytest

from sync.ledger.verify import verify
from sync.payments.payouts import Payouts
from tests.integration.sync.house import House, settled, until
from tests.integration.sync.provider_paths import dispute, paid, refund

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


def sell_elsewhere(house: House, amount: int) -> None:
    """Another program takes money at the same account."""
    with house.at_stripe() as http:
        form = {
            "mode": "payment",
            "success_url": "https://example.org",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": str(amount),
            "line_items[0][price_data][product_data][name]": "Noche de Rueda",
        }
        session = http.post("/v1/checkout/sessions", data=form).raise_for_status().json()
    body = {"email": "ana@example.org", "name": "Ana"}
    before = balance(house)
    httpx.post(f"{house.sandbox}/control/checkout_sessions/{session['id']}/pay", json=body).raise_for_status()
    until(lambda: balance(house) != before)  # its balance transaction comes a moment later


def balance(house: House) -> int:
    return int(httpx.get(f"{house.sandbox}/control/balance").json().get("usd", 0))


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
