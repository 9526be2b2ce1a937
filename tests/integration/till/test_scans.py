"""What a scanned code is, whatever the scanner puts round it and whatever the keyboard makes of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.till.ui.keys import Scan
from boxoffice.till.usecases.scans import MOST_AROUND, Scans
from tests.integration.till.kit import TillOnDisk, cart, usd


def sold(till: TillOnDisk) -> tuple[str, str]:
    """Returns the order number and the ticket's token of a sale."""
    till.grant_all(1)
    order_id = till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    query = "SELECT json_extract(payload, '$.tickets[0].token') FROM facts WHERE kind = ? AND order_id = ?"
    return till.orders.order(order_id).number, till.one(query, "tickets_issued", order_id)


AROUND = st.text("]Q3ZxC1\x1d ", max_size=MOST_AROUND)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=AROUND, after=AROUND, is_caps=st.booleans())
def test_a_ticket_leads_to_its_order_with_any_prefix_suffix_and_caps_lock(
    till: TillOnDisk, before: str, after: str, is_caps: bool
) -> None:
    number, token = sold(till)
    typed = f"{before}{token}{after}"

    found = Scans(till.context, till.orders).look_up(Scan(typed.swapcase() if is_caps else typed).readings)

    assert found.order is not None
    assert (found.order.number, found.product) == (number, "Full Festival Pass")


@pytest.mark.parametrize("write", [str, str.lower, lambda n: n.replace("-", ""), lambda n: f"]C1{n}"])
def test_a_receipts_code_leads_to_its_order(till: TillOnDisk, write: object) -> None:
    number, _ = sold(till)

    found = Scans(till.context, till.orders).look_up(Scan(write(number)).readings)  # type: ignore[operator]

    assert found.order is not None
    assert found.order.number == number


def test_what_is_not_known_is_nothing(till: TillOnDisk) -> None:
    sold(till)

    found = Scans(till.context, till.orders).look_up(("9780201379624",))

    assert (found.order, found.product) == (None, "")
