"""Tax returns are filed where they are collected, and marked so with what they came to."""

import html
import re
from datetime import UTC, datetime

import pytest

from sync.ledger import tax_returns
from sync.ledger.verify import verify
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket
FACTS = (
    "SELECT payload ->> 'office', (payload ->> 'amount')::int FROM facts WHERE kind = 'return_filed' ORDER BY position"
)


@pytest.fixture
def door(hub: Stand) -> Door:
    """A till that has sold a T-shirt."""
    door = hub.door()
    door.lease({"shirts": 2})
    door.push(door.cash_sale(("t-shirt", 1))).raise_for_status()
    return door


def test_a_return_is_filed_once_its_month_is_over_where_it_is_collected(
    hub: Stand, door: Door, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = office.page("/taxes")
    month = re.search(r'name="month" value="([^"]+)"', page)
    named = [html.unescape(each) for each in re.findall(r'name="authority" value="([^"]+)"', page)]
    assert month is not None
    csrf = office.hidden("/taxes", "csrf")
    shared = {"csrf": csrf, "month": month[1]}
    for authority in named[:2]:
        office.http.post("/taxes/collector", data={**shared, "authority": authority, "collected_by": "Revenue"})
    filing = {**shared, "office": "Revenue", "currency": "USD", "reference": "DR-1"}
    year, number = map(int, month[1].split("-"))
    turn = datetime(year + number // 12, number % 12 + 1, 1, 3, tzinfo=UTC)  # evening in Boulder
    monkeypatch.setattr(tax_returns, "utc_now", lambda: turn)
    early = office.http.post("/taxes/filed", data=filing)
    nowhere = office.http.post("/taxes/filed", data={**filing, "office": "Nobody"})
    monkeypatch.setattr(tax_returns, "utc_now", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    done = office.http.post("/taxes/filed", data=filing)
    after = office.page("/taxes")
    due = hub.one("SELECT amount FROM filed_returns WHERE authority = 'Revenue'")

    assert (early.status_code, nowhere.status_code, done.status_code) == (409, 409, 303)
    assert "This month is not over" in early.text
    assert due > 0
    assert hub.sql(FACTS) == [("Revenue", due)]
    assert f"Collects for: {', '.join(named[:2])}" in html.unescape(after)
    assert "Filed with" in after
    assert "DR-1" in after
    door.push(door.cash_sale(("t-shirt", 1))).raise_for_status()
    assert "Something came in since it was filed" in office.page("/taxes")
    assert office.http.get("/taxes.pdf").content.startswith(b"%PDF")
    assert verify(hub.database).problem is None


def test_what_a_marketplace_has_paid_is_not_paid_again(door: Door, office: Office) -> None:
    assert door.head.seq
    page = office.page("/taxes")
    month = re.search(r'name="month" value="([^"]+)"', page)
    named = [html.unescape(each) for each in re.findall(r'name="authority" value="([^"]+)"', page)]
    assert month is not None
    data = {"csrf": office.hidden("/taxes", "csrf"), "month": month[1], "collected_by": "Marketplace", "pays": "yes"}
    for authority in named:
        office.http.post("/taxes/collector", data={**data, "authority": authority})

    after = office.page("/taxes")
    assert "$0.00 to pay" in after
    assert "it is reported, and not paid again" in after
