"""Gift cards in the shop: bought, mailed, spent beside other money, let go, given back; and never spent twice."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from sync.ledger.verify import verify
from tests.integration.sync.card_buyer import CardBuyer
from tests.integration.sync.conftest import Stand

pytestmark = pytest.mark.enable_socket
NewBuyer = Callable[[], CardBuyer]


@pytest.fixture
def new_buyer(hub: Stand) -> Iterator[NewBuyer]:
    browsers: list[httpx.Client] = []

    def new() -> CardBuyer:
        hub.sql("DELETE FROM attempts")
        browsers.append(httpx.Client(base_url=hub.base_url, follow_redirects=True, timeout=30))
        return CardBuyer(hub, browsers[-1])

    yield new
    for browser in browsers:
        browser.close()


@pytest.fixture
def buyer(new_buyer: NewBuyer) -> CardBuyer:
    return new_buyer()


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield
    assert verify(hub.database).problem is None


def card(hub: Stand, order_id: str) -> tuple[int, ...]:
    return hub.sql("SELECT issued, spent, leased FROM stored_values WHERE order_id = %s", order_id)[0]


def by_code(hub: Stand, code_hash: str) -> tuple[int, ...]:
    return hub.sql("SELECT issued, spent, leased, over FROM stored_values WHERE code_hash = %s", code_hash)[0]


def test_a_card_is_bought_with_any_amount_and_mailed_to_whom_it_is_for(hub: Stand, buyer: CardBuyer) -> None:
    buyer.add(add="gift-card", amount="37.50")
    page = buyer.check_out()
    order_id = buyer.finish(gift_email=["ana@example.org"], gift_name=["Ana"], gift_words=["Dance!\nYours"])
    hub.work()

    assert "Gift card $37.50" in page
    assert card(hub, order_id) == (3750, 0, 0)
    (mail,) = (mail for mail in hub.mail.sent if mail.to == "ana@example.org")
    (code,) = buyer.codes_of(order_id)
    assert "Camila Ortega gives you a gift card" in mail.subject
    assert all(code.shown in text for text in (mail.text, mail.html))
    assert "Dance!<br>Yours" in mail.html
    assert "bgcolor" in mail.html  # its code to scan
    (name,) = mail.attachments
    assert name == f"gift-card-{code.last4}.pdf"
    assert code.shown not in str([each.text for each in hub.mail.sent if each.to != "ana@example.org"])


def test_a_card_pays_for_all_of_an_order_and_then_for_nothing_more(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    code = buyer.buys_card("25")
    spender = new_buyer()
    spender.buys("social")

    page = spender.use(code.shown.lower())
    order_id = spender.finish()

    assert "Pay with the gift card" in page
    assert hub.sql("SELECT status FROM orders WHERE id = %s", order_id) == [("completed",)]
    assert by_code(hub, code.hash) == (2500, 2500, 0, 0)
    again = new_buyer()
    again.buys("social")
    assert "Nothing is left on this gift card" in again.use(code.shown)


def test_a_card_pays_a_part_and_a_payment_page_the_rest(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.buys("social")
    page = spender.use(code.shown)
    kept = by_code(hub, code.hash)
    order_id = spender.finish()

    assert "Pay $15.00" in page
    assert kept == (1000, 0, 1000, 0)
    assert by_code(hub, code.hash) == (1000, 1000, 0, 0)
    paid = hub.sql("SELECT tender, amount, status FROM payments WHERE order_id = %s ORDER BY tender", order_id)
    assert paid == [("checkout", 1500, "captured"), ("stored_value", 1000, "captured")]
