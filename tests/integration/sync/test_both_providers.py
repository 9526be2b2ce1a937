"""One story at either provider: whichever way round its events come, and however often, the books come to the same."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sync.ledger.verify import verify
from sync.providers.paypal_treasury import PayPalTreasury
from sync.store.chain import new_id
from tests.integration.sync.house import House, settled, until

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

ROWS = """
    SELECT o.status, p.status,
        (SELECT array_agg(r.amount || ' ' || r.status) FROM refunds r WHERE r.payment_id = p.id),
        (SELECT array_agg(d.status || ' ' || d.withdrawn || ' ' || d.lost) FROM disputes d WHERE d.payment_id = p.id)
    FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.id = %s AND p.status = 'captured'
"""
INBOX = "SELECT kind FROM exceptions WHERE order_id = %s AND status = 'open' ORDER BY kind"
CODE = "SELECT payload ->> 'code' FROM facts WHERE kind = 'payment_failed' AND payload ->> 'order_id' = %s"
WORKED_ON = "SELECT status = 'ignored' OR attempts > 0 FROM payment_events WHERE event_id = %s"
Arrange = Callable[[list[str]], list[str]]


@pytest.fixture(autouse=True)
def no_faults(house: House) -> Iterator[None]:
    yield

    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()
    assert verify(house.stack.database).problem is None


class Story:
    """A Friday pass that is paid, given back in part at the provider, disputed and lost, with nothing heard of it."""

    name: str
    lost: int

    def play(self, house: House) -> list[str]:
        """Returns the events that were not sent, in the order in which they happened."""
        house.control("faults", match="*", kind="drop_webhook")
        before = set(self._dropped(house))
        self.buy_and_pay(house)
        house.checkouts.settle_session(house.session)  # as the sweep does
        self.refund(house)
        self.dispute(house, is_lost=False)
        self.dispute(house, is_lost=True)
        httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()
        return [each for each in self._dropped(house) if each not in before]

    def _dropped(self, house: House) -> list[str]:
        log: list[dict[str, Any]] = httpx.get(f"{house.sandbox}/control/webhooks").json()["deliveries"]
        mine = [each["event"] for each in log if each["provider"] == self.name and each["note"] == "dropped"]
        return list(dict.fromkeys(mine))

    def buy_and_pay(self, house: House) -> None:
        raise NotImplementedError

    def refund(self, house: House) -> None:
        raise NotImplementedError

    def dispute(self, house: House, *, is_lost: bool) -> None:
        raise NotImplementedError


class AtStripe(Story):
    name = "stripe"
    lost = 6500

    def buy_and_pay(self, house: House) -> None:
        house.buy()
        house.pay()

    def refund(self, house: House) -> None:
        house.control(f"charges/{house.payment}/refund", amount=1500)

    def dispute(self, house: House, *, is_lost: bool) -> None:
        house.control(f"charges/{house.payment}/dispute", do="lost" if is_lost else "open")


class AtPayPal(Story):
    name = "paypal"
    lost = 5000
    """PayPal takes back no more than is left."""

    def buy_and_pay(self, house: House) -> None:
        house.buy(paypal=True)
        house.control(f"paypal/orders/{house.session}", do="approve")

    def refund(self, house: House) -> None:
        paypal = house.fees.treasuries["paypal"]
        assert isinstance(paypal, PayPalTreasury)
        amount = {"amount": {"currency_code": "USD", "value": "15.00"}}
        paypal.paypal._call("POST", f"/v2/payments/captures/{house.payment}/refund", amount, key=new_id())

    def dispute(self, house: House, *, is_lost: bool) -> None:
        house.control(f"paypal/orders/{house.session}", do="resolve_for_buyer" if is_lost else "dispute")


ARRANGEMENTS: dict[str, Arrange] = {
    "as they happened": lambda events: events,
    "last first": lambda events: events[::-1],
    "each twice": lambda events: [event for event in events for _ in range(2)],
    "last first, and once more": lambda events: [*events[::-1], *events],
    "every other one first": lambda events: [*events[1::2], *events[::2]],
}


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("story", [AtStripe(), AtPayPal()], ids=lambda story: story.name)
def test_however_a_story_is_told_the_books_come_to_the_same(house: House, story: Story, arrangement: str) -> None:
    events = story.play(house)
    assert len(events) >= 4

    for event in ARRANGEMENTS[arrangement](events):
        house.control(f"events/{event}/resend")
        until(lambda event=event: house.one(WORKED_ON, event))  # type: ignore[misc]  # bound in the loop on purpose

    assert settled(house) is None
    refunds, disputes = ["1500 succeeded"], [f"lost {story.lost} {story.lost}"]
    assert house.sql(ROWS, house.order) == [("partially_refunded", "captured", refunds, disputes)]
    assert [kind for (kind,) in house.sql(INBOX, house.order)] == ["dispute_lost", "refunded_outside"]


@pytest.mark.parametrize("how", ["pending_next", "accept_next"])
def test_what_paypal_does_not_take_is_no_declined_card(house: House, how: str) -> None:
    house.buy(paypal=True)
    house.control(f"paypal/orders/{house.session}", do=how)
    house.control(f"paypal/orders/{house.session}", do="approve")
    until(lambda: house.one("SELECT status FROM checkouts WHERE order_id = %s", house.order) == "paying")

    house.control(f"paypal/orders/{house.session}", do="deny")

    until(lambda: house.status == "failed")
    assert house.one(CODE, house.order) == "paypal_denied"
