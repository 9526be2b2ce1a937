"""What the shop sells and what it does not: after its day, while others pay for it, and free of charge."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.resources import resource_path
from sync.__main__ import main
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.store.chain import new_id
from tests.fest import fest
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.shopper import CAMILA

DENVER = ZoneInfo("America/Denver")
_numbers = count(1)


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    """As a hub is whose limits nobody has changed, but for how often and for how much one address may ask."""
    return Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_webhook_secret=SecretStr(WEBHOOK_SECRET),
        stripe_secret_key=SecretStr("sk_test_shop"),
        database_connections=20,
        requests_per_second=1_000,
        places_per_address=120,
    )


@dataclass(frozen=True)
class Event:
    """An event of one test's own, in the shop of the one hub."""

    hub: Stand
    http: httpx.Client
    id: str

    def post(self, path: str, items: Mapping[str, int], **more: Any) -> httpx.Response:
        body = {"eventId": self.id, "items": [{"id": p, "quantity": n} for p, n in items.items()], **more}
        return self.http.post(f"/api/{path}", json=body)

    def buy(self, items: Mapping[str, int], email: str = CAMILA["email"], **more: Any) -> httpx.Response:
        return self.post("payment/create-checkout-session", items, customerInfo={**CAMILA, "email": email}, **more)

    def revise(self, **product: Any) -> None:
        load_event(self.hub.hub, event_of(self.id, **product))

    def sold(self) -> int:
        return int(self.hub.one("SELECT sold FROM pools WHERE event_id = %s", self.id))


def event_of(event_id: str, capacity: int = 40, **product: Any) -> dict[str, Any]:
    """Returns an event file with one pool and, beside what is asked for, a paid product and a donation."""
    data = fest()
    day = (datetime.now(DENVER) + timedelta(days=30)).date().isoformat()
    asked = {"id": "pass", "name": "Pass", "kind": "ticket", "category": "Passes", "price_minor": 2000}
    paid = {"id": "paid", "name": "Paid", "kind": "ticket", "category": "Passes", "price_minor": 3000}
    return {
        "event": {**data["event"], "id": event_id, "days": [day]},
        "pools": [{"id": "hall", "name": "Hall", "capacity": capacity}],
        "products": [
            {**asked, "pools": {"hall": 1}, **product},
            {**paid, "pools": {"hall": 1}},
            {"id": "gift", "name": "Gift", "kind": "donation", "category": "Passes"},
        ],
        "promos": [{"code": "ALLFREE", "percent": 100}],
        **{what: data[what] for what in ("taxes", "places")},
    }


Make = Callable[..., Event]


@pytest.fixture
def event(hub: Stand) -> Iterator[Make]:
    clients: list[httpx.Client] = []

    def make(capacity: int = 40, **product: Any) -> Event:
        # The newest event is the one that the shop's pages sell.
        clients.append(httpx.Client(base_url=hub.base_url, timeout=30))
        made = Event(hub, clients[-1], f"event-{next(_numbers)}")
        load_event(hub.hub, event_of(made.id, capacity, **product))
        hub.sql("DELETE FROM attempts")
        hub.sql("UPDATE holds SET buyer = 'someone else'")
        return made

    yield make
    for client in clients:
        client.close()


def from_now(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def left_of(http: httpx.Client, product: str, language: str) -> str:
    """Returns what the shop's page says of what is left of a product."""
    page = http.get("/tickets", params={"lang": language}).text
    found = re.search(rf'data-left="{product}">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip()


# After its day


def test_what_is_over_is_refused_with_when_it_ended(event: Make) -> None:
    over = event(sale_ends=from_now(minutes=-1))

    answers = [over.buy({"pass": 1}), over.post("inventory/reserve-tickets", {"pass": 1, "paid": 1})]

    for answer in answers:
        (detail,) = answer.json()["details"]
        assert (answer.status_code, detail["id"], detail["message"]) == (409, "pass", "the sale has ended")
        assert datetime.fromisoformat(detail["sale_ends"]) < datetime.now(UTC)
    assert over.hub.one("SELECT held + sold FROM pools WHERE event_id = %s", over.id) == 0
    assert over.buy({"paid": 1}).status_code == 200


def test_what_is_over_is_over_for_who_asks_with_a_key_too(event: Make) -> None:
    over = event(sale_ends=from_now(minutes=-1))
    body = {"eventId": over.id, "items": [{"id": "pass", "quantity": 1}], "customerInfo": CAMILA}
    key = {"Idempotency-Key": f"late-{over.id}"}

    answers = [over.http.post("/api/payment/create-checkout-session", json=body, headers=key) for _ in range(2)]

    told = [(answer.status_code, answer.json()["details"][0]["message"]) for answer in answers]
    assert told == [(409, "the sale has ended")] * 2
    assert over.hub.one("SELECT held + sold FROM pools WHERE event_id = %s", over.id) == 0


def test_what_is_over_and_sold_out_is_said_to_be_over(event: Make) -> None:
    over = event(capacity=1)
    assert over.post("inventory/reserve-tickets", {"pass": 1}).status_code == 200
    load_event(over.hub.hub, event_of(over.id, 1, sale_ends=from_now(minutes=-1)))

    answer = over.buy({"pass": 1})

    assert [detail["message"] for detail in answer.json()["details"]] == ["the sale has ended"]


def test_what_is_not_on_sale_yet_is_refused_with_when_it_begins(event: Make) -> None:
    early = event(sale_starts=from_now(hours=1))

    answer = early.buy({"pass": 1})

    (detail,) = answer.json()["details"]
    assert (answer.status_code, detail["message"]) == (409, "the sale has not begun")
    assert datetime.fromisoformat(detail["sale_starts"]) > datetime.now(UTC)


def test_without_a_word_in_its_file_a_day_that_is_over_is_not_sold(event: Make, hub: Stand) -> None:
    gone = event()
    load_event(hub.hub, {**event_of(gone.id), "event": {**fest()["event"], "id": gone.id, "days": ["2026-05-15"]}})

    answer = gone.buy({"pass": 1, "paid": 1})

    assert {detail["sale_ends"] for detail in answer.json()["details"]} == {"2026-05-16T00:00:00-06:00"}


def test_availability_says_that_it_is_off_sale_and_not_that_it_is_sold_out(event: Make) -> None:
    over = event(sale_ends=from_now(minutes=-1))

    found = over.post("inventory/check-availability", {"pass": 1}).json()

    assert found["available"] is False
    assert (found["unavailable"][0]["reason"], found["unavailable"][0]["available"]) == ("off_sale", 0)
    assert [product["isAvailable"] for product in found["products"]] == [False, True, True]


def test_nothing_is_held_longer_than_its_sale_lasts(event: Make) -> None:
    ending = event(sale_ends=from_now(seconds=90))

    held = ending.post("inventory/reserve-tickets", {"pass": 1}).json()

    assert held["expiresAt"] <= datetime.now(UTC).timestamp() + 91


def test_what_was_held_before_is_not_paid_for_after_the_end(event: Make) -> None:
    ending = event()
    held = ending.post("inventory/reserve-tickets", {"pass": 1}).json()
    ending.revise(sale_ends=from_now(minutes=-1))

    held_by = {"orderId": held["orderId"], "accessToken": held["accessToken"], "customerInfo": CAMILA}
    refused = ending.post("payment/create-checkout-session", {"pass": 1}, **held_by)

    assert (refused.status_code, refused.json()["details"][0]["message"]) == (409, "the sale has ended")
    assert ending.hub.one("SELECT count(*) FROM checkouts WHERE order_id = %s", held["orderId"]) == 0


@pytest.mark.parametrize(("language", "words"), [("en", "Sale ended "), ("es", "La venta terminó el ")])
def test_the_page_says_when_the_sale_ended(event: Make, language: str, words: str) -> None:
    over = event(sale_ends=from_now(days=-1))

    assert words in left_of(over.http, "pass", language)
    assert completed(over) == 0


def test_a_basket_with_what_is_over_says_so_and_is_not_held(event: Make) -> None:
    over = event()
    csrf = re.findall(r'name="csrf" value="([^"]+)"', over.http.get("/tickets").text)[0]
    over.http.post("/tickets", data={"csrf": csrf, "add": "pass"})
    over.revise(sale_ends=from_now(minutes=-1))

    page = over.http.get("/tickets").text
    pressed = over.http.post("/checkout", data={"csrf": csrf, "attempt": new_id()})
    added = over.http.post("/tickets", data={"csrf": csrf, "add": "pass"})

    assert "No longer on sale, please take it out: Pass." in page
    assert pressed.headers["location"] == "/tickets?says=off-sale"
    assert added.headers["location"] == "/tickets?says=off-sale&at=add-pass"


def test_loading_an_event_that_is_over_says_that_nothing_of_it_is_on_sale(
    hub: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    text = Path(str(resource_path("events", "boulder-fest-2026.toml"))).read_text()
    (tmp_path / "over.toml").write_text(text.replace("boulder-fest-2026", "over").replace("2026-05-", "2025-05-"))
    (tmp_path / "coming.toml").write_text(text.replace("boulder-fest-2026", "coming").replace("2026-05-", "2099-05-"))

    codes = [main(["load-event", str(tmp_path / name)]) for name in ("over.toml", "coming.toml")]

    said = capsys.readouterr()
    assert codes == [0, 0]
    assert said.err.count("Nothing of it is on sale: its last sale ended on 2025-05-17") == 1
    hub.sql("UPDATE events SET created_at = 'epoch' WHERE id IN ('over', 'coming')")


# While others pay for it


def test_places_that_others_pay_for_are_not_sold_out(event: Make) -> None:
    full = event(capacity=3)
    held = full.buy({"pass": 3}).json()
    ends = full.hub.one("SELECT expires_at FROM holds WHERE order_id = %s", held["orderId"])

    refused = full.buy({"pass": 1})

    (detail,) = refused.json()["details"]
    assert refused.status_code == 409
    assert "being paid for" in refused.json()["error"]
    assert f"{ends.astimezone(DENVER):%H:%M}" in refused.json()["error"]
    assert (detail["held"], detail["available"], detail["message"]) == (3, 0, "3 being paid for")
    again = datetime.fromisoformat(detail["retry_at"])
    assert abs((again - ends).total_seconds()) < 1
    assert again.utcoffset() == ends.astimezone(DENVER).utcoffset()
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60 + 1


def test_it_is_the_first_of_the_holds_that_says_when_to_try_again(event: Make) -> None:
    full = event(capacity=4)
    first, second = (full.buy({"pass": 2}).json()["orderId"] for _ in range(2))
    full.hub.sql("UPDATE holds SET expires_at = expires_at - interval '10 minutes' WHERE order_id = %s", second)

    product = full.post("inventory/check-availability", {"pass": 1}).json()

    ends = full.hub.one("SELECT expires_at FROM holds WHERE order_id = %s", second)
    assert abs((datetime.fromisoformat(product["products"][0]["retryAt"]) - ends).total_seconds()) < 1
    assert (product["unavailable"][0]["reason"], product["unavailable"][0]["held"]) == ("held", 4)
    assert first


def test_who_wants_more_than_can_ever_come_back_is_not_told_to_try_again(event: Make) -> None:
    small = event(capacity=6)
    assert small.buy({"pass": 3}, promoCode="ALLFREE").status_code == 200
    small.buy({"pass": 2})

    too_many, enough = small.buy({"pass": 4}), small.buy({"pass": 3})

    assert too_many.json()["error"] == "Some tickets are no longer available"
    assert too_many.json()["details"][0]["retry_at"] is None
    assert "being paid for" in enough.json()["error"]


def test_what_is_at_the_door_hastens_nothing_where_it_is_not_enough(event: Make) -> None:
    full = event(capacity=6)
    held = full.buy({"pass": 3}).json()
    full.hub.sql("UPDATE pools SET available = available - 1, leased = leased + 1 WHERE event_id = %s", full.id)
    ends = full.hub.one("SELECT expires_at FROM holds WHERE order_id = %s", held["orderId"])

    few, many = full.buy({"pass": 3}), full.buy({"pass": 5})
    full.hub.sql("UPDATE pools SET available = available + 1, leased = leased - 1 WHERE event_id = %s", full.id)

    soon, late = (datetime.fromisoformat(each.json()["details"][0]["retry_at"]) for each in (few, many))
    assert soon < ends - timedelta(minutes=10)
    assert abs((late - ends).total_seconds()) < 1


def test_what_is_sold_is_sold_out_and_says_nothing_of_trying_again(event: Make) -> None:
    gone = event(capacity=2)
    assert gone.buy({"pass": 2}, promoCode="ALLFREE").status_code == 200

    refused = gone.buy({"pass": 1})

    assert refused.json()["error"] == "Some tickets are no longer available"
    assert refused.json()["details"][0]["retry_at"] is None
    assert "Retry-After" not in refused.headers


@pytest.mark.parametrize(
    ("language", "words"), [("en", "being paid for. Try again from "), ("es", "Inténtalo de nuevo a partir de las ")]
)
def test_the_page_says_from_when_to_try_again(event: Make, language: str, words: str) -> None:
    full = event(capacity=3)
    full.buy({"pass": 3})

    with httpx.Client(base_url=full.hub.base_url) as waiting:
        left = left_of(waiting, "pass", language)

    assert re.search(rf"{words}\d", left)


def test_a_cart_with_what_others_pay_for_says_so_and_nothing_of_a_payment(event: Make) -> None:
    full = event(capacity=3)
    csrf = re.findall(r'name="csrf" value="([^"]+)"', full.http.get("/tickets").text)[0]
    full.http.post("/tickets", data={"csrf": csrf, "add": "pass"})
    with httpx.Client(base_url=full.hub.base_url) as other:
        body = {"items": [{"id": "pass", "quantity": 3}], "eventId": full.id}
        assert other.post("/api/inventory/reserve-tickets", json=body).status_code == 200

    pressed = full.http.post("/checkout", data={"csrf": csrf, "attempt": new_id()})

    page = full.http.get(pressed.headers["location"]).text
    assert "the last ones are being paid for" in page
    assert "Your payment is on its way" not in page


# Free of charge


FREE = {"price_minor": 0}


def completed(event: Event) -> int:
    return event.sold()


def test_one_buyer_does_not_get_all_that_is_free(event: Make) -> None:
    free = event(capacity=18, **FREE)

    answers = [free.buy({"pass": 3}).status_code for _ in range(8)]

    assert answers == [200, *[422] * 7]
    assert completed(free) == 3


def test_nor_does_one_address_with_ever_new_names(event: Make) -> None:
    free = event(capacity=18, **FREE)

    answers = [free.buy({"pass": 3}, f"someone-{i}@example.org").status_code for i in range(8)]

    assert answers == [200] * 3 + [422] * 5
    assert completed(free) == 9


def test_nor_does_one_person_with_ever_new_tags(event: Make) -> None:
    free = event(capacity=18, **FREE)

    names = ["ana@example.org", "ana+1@example.org", "Ana+2@Example.org", "ana+3@example.org", "ana+4@example.org"]
    answers = [free.buy({"pass": 1}, name).status_code for name in names]
    another = free.buy({"pass": 1}, "a.na@example.org").status_code

    assert (answers, another) == ([200] * 4 + [422], 200)


def test_nor_do_tags_that_race(event: Make) -> None:
    free = event(capacity=18, **FREE)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda i: free.buy({"pass": 1}, f"a.n.a+{i}@gmail.com"), range(12)))

    assert sorted(each.status_code for each in answers) == [200] * 4 + [422] * 8
    assert completed(free) == 4


def test_nor_does_one_line_with_ever_new_addresses(event: Make) -> None:
    free = event(capacity=18, **FREE)

    answers = []
    for i in range(10):
        free.http.headers["X-Forwarded-For"] = f"2001:db8:7:1:{i:x}::{i:x}"
        answers.append(free.buy({"pass": 1}, f"line-{i}@example.org").status_code)
    free.http.headers["X-Forwarded-For"] = "2001:db8:7:2::1"
    elsewhere = free.buy({"pass": 1}, "elsewhere@example.org").status_code

    assert (answers, elsewhere) == ([200] * 9 + [422], 200)


def test_nor_do_orders_that_race(event: Make) -> None:
    free = event(capacity=18, **FREE)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda i: free.buy({"pass": 1}, f"racer-{i}@example.org"), range(40)))

    assert completed(free) == 9
    assert free.hub.one("SELECT held FROM pools WHERE event_id = %s", free.id) == 0
    assert verify(free.hub.database).problem is None


@pytest.mark.parametrize("way", ["free product", "promo", "with a paid ticket"])
def test_what_makes_it_free_does_not_matter(event: Make, way: str) -> None:
    price = {} if way == "promo" else FREE
    free = event(capacity=18, **price)
    more = {"promoCode": "ALLFREE"} if way == "promo" else {}
    items = {"pass": 4, "paid": 1} if way == "with a paid ticket" else {"pass": 4}

    first, second = free.buy(items, **more), free.buy(items, **more)

    assert (first.status_code, second.status_code) == (200, 422)
    assert "at most 4 free places" in second.json()["details"][0]["message"]


def test_free_orders_count_against_what_one_order_may_hold_like_all_others(event: Make) -> None:
    free = event(capacity=400, **FREE)

    answer = free.buy({"pass": 21})

    assert (answer.status_code, answer.json()["details"][0]["place"]) == (422, "items")
    assert completed(free) == 0


def test_free_orders_that_were_completed_count_among_those_that_were_begun(event: Make) -> None:
    free = event(capacity=400, **FREE)
    for i in range(6):
        assert free.buy({"pass": 20}, f"crowd-{i}@example.org").status_code == 200

    paid = free.buy({"paid": 1})

    assert paid.status_code == 429


def test_paid_places_do_not_count_among_the_free_ones(event: Make) -> None:
    mixed = event(capacity=18, **FREE)
    for _ in range(3):
        assert mixed.buy({"paid": 2}).status_code == 200

    assert mixed.buy({"pass": 4}).status_code == 200


def test_the_page_tells_a_buyer_who_has_as_much_as_is_free(event: Make) -> None:
    free = event(capacity=18, **FREE)
    free.buy({"pass": 4})
    csrf = re.findall(r'name="csrf" value="([^"]+)"', free.http.get("/tickets").text)[0]
    for _ in range(2):
        free.http.post("/tickets", data={"csrf": csrf, "add": "pass"})
    free.http.post("/checkout", data={"csrf": csrf, "attempt": new_id()})
    order = re.findall(r'name="order" value="([^"]+)"', free.http.get("/checkout").text)[0]

    answer = free.http.post("/checkout/pay", data={"csrf": csrf, "order": order, **CAMILA})

    assert answer.status_code == 422
    assert "more of what is free than one person can have" in answer.text
    assert completed(free) == 4
