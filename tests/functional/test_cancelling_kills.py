"""An event is cancelled, and the hub killed (SIGKILL) and its providers cut meanwhile: each is paid back once."""

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import httpx
import pytest

from sync.ledger.verify import verify
from sync.store.database import Database
from tests.functional.test_drill import House, buy_and_close_the_page, house, left_over, readiness, wait_for
from tests.functional.test_hub_kills import all_die, office, parent_dies
from tests.integration.sync.office import Office, form_of

__all__ = ["house", "office"]
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="whole trees of processes are killed"),
]
ORDERS = 14
STATES = "SELECT status, count(*) FROM orders GROUP BY 1 ORDER BY 1"
TRIED = "SELECT count(*) > 0 FROM refund_calls WHERE attempts > 0"
STRIPE = "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_postings WHERE account = 'stripe'"


def press(office: Office, house: House, form: dict[str, list[str]]) -> str:
    """Presses the button as a person does: again, until there is an answer."""
    found: list[str] = []

    def pressed() -> int:
        try:
            answer = office.http.post(f"{house.hub_url}/cancel", data={**form, "typed": str(ORDERS)})
        except httpx.TransportError:
            return 0
        found.append(answer.headers.get("location", ""))
        return answer.status_code

    wait_for(pressed, 303)
    return found[-1]


def test_a_hub_that_dies_while_an_event_is_cancelled_pays_each_order_back_once(house: House, office: Office) -> None:
    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(partial(buy_and_close_the_page, house), range(ORDERS)))
    wait_for(lambda: left_over(house), {})
    page = office.page("/cancel?event=boulder-fest-2026")
    form = form_of("<main" + page.partition('id="begin"')[2])
    form |= {"title": ["It is off"], "words": ["The courtyard is under water."]}

    with ThreadPoolExecutor() as crowd:
        pressed = crowd.submit(press, office, house, form)
        all_die(house)
        shown = pressed.result()
    wait_for(lambda: readiness(house), 200)
    wait_for(lambda: house.rows(TRIED), [(True,)])
    house.providers.shut()
    parent_dies(house)
    Event().wait(3)
    wait_for(lambda: readiness(house), 200)
    house.providers.open()
    house.kill_a_worker()

    wait_for(lambda: house.rows(STATES), [("refunded", ORDERS)])
    assert press(office, house, form) == shown
    refunds = house.rows("SELECT payment_id, sum(amount), count(*) FROM refunds GROUP BY 1")
    assert {(amount, count) for _, amount, count in refunds} == {(6500, 1)}
    assert len(refunds) == ORDERS
    made = httpx.get(
        f"{house.sandbox_url}/v1/refunds", params={"limit": 100}, headers={"Authorization": "Bearer sk_test_drill"}
    ).json()["data"]
    assert sorted(each["amount"] for each in made) == [6500] * ORDERS
    assert len({each["payment_intent"] for each in made}) == ORDERS
    told = "SELECT count(*), count(DISTINCT order_id) FROM mails WHERE cancellation_id IS NOT NULL"
    assert house.rows(told) == [(ORDERS, ORDERS)]
    with Database(house.postgres_url, 2) as database:
        assert verify(database).problem is None
    assert "14 done" in office.http.get(f"{house.hub_url}{shown}").text
