"""Gift cards in the shop: bought, mailed, spent beside other money, let go, given back; and never spent twice."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html import unescape
from pathlib import Path
from threading import Barrier, Thread

import httpx
import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.core.gift_cards import CardCode
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.till.usecases.gift_cards import UnknownCard
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify
from sync.mail.gift_mails import send_gift
from sync.payments import gift_cards
from sync.payments.card_parts import CardNotTaken, let_go
from sync.payments.giving_back import NewOrderRefund
from sync.payments.switches import Stopped
from sync.provider_states import PaymentState
from sync.reporting.asked import Asked
from sync.reporting.sales_report import sales_report
from sync.shop.orders import Shop
from sync.store.chain import new_id, utc_now
from sync.store.ledger import load_books, lock_orders
from sync.store.reports import report_events
from tests.integration.sync.card_buyer import CardBuyer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import Seller, SteadyClock

pytestmark = pytest.mark.enable_socket
NewBuyer = Callable[[], CardBuyer]
USD = Currency("USD")


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


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    seller = Seller(hub, tmp_path / "till", SteadyClock()).open()
    yield seller
    reclaim(hub.hub, str(seller.services.context.device.id), "test")
    seller.close()


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
    hub.until("sent", "SELECT coalesce(max(status), '') FROM mails WHERE email = 'ana@example.org'")

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


def test_a_card_pays_for_all_of_an_order_and_then_for_nothing_more(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer
) -> None:
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


def test_what_is_left_to_pay_beside_a_card_can_be_charged(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    code = buyer.buys_card("24.80")  # of 25.00, twenty cents would be left: less than any card pays
    spender = new_buyer()
    spender.buys("social")

    page = spender.use(code.shown)
    spender.finish()

    assert "Pay $0.50" in page
    assert by_code(hub, code.hash) == (2480, 2450, 0, 0)


def test_two_cards_pay_one_order_and_one_is_taken_off_again(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    one, other = buyer.buys_card("10"), new_buyer().buys_card("5")
    spender = new_buyer()
    spender.buys("social")
    spender.use(one.shown)
    page = spender.take_off()
    assert "The gift card is off again" in page
    assert by_code(hub, one.hash) == (1000, 0, 0, 0)

    spender.use(one.shown)
    assert "Pay $10.00" in spender.use(other.shown)
    spender.finish()

    assert (by_code(hub, one.hash), by_code(hub, other.hash)) == ((1000, 1000, 0, 0), (500, 500, 0, 0))


def test_an_order_that_comes_to_nothing_lets_its_cards_go(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    code = buyer.buys_card("10")
    given_up, lapsed, ended = new_buyer(), new_buyer(), new_buyer()
    for spender, end in (
        (given_up, lambda: given_up.post("/checkout/give-up")),
        (lapsed, lambda: lapse(hub, lapsed.order_id)),
        (ended, lambda: expire(hub, ended)),
    ):
        spender.buys("social")
        spender.use(code.shown)
        assert by_code(hub, code.hash) == (1000, 0, 1000, 0)
        end()
        assert by_code(hub, code.hash) == (1000, 0, 0, 0)
        assert hub.one("SELECT status FROM orders WHERE id = %s", spender.order_id) == "failed"


def lapse(hub: Stand, order_id: str) -> None:
    hub.sql("UPDATE holds SET expires_at = now() - interval '1 minute' WHERE order_id = %s", order_id)
    Shop(hub.hub, hub.checkouts).release_if_due(order_id)


def expire(hub: Stand, spender: CardBuyer) -> None:
    spender.pay()
    hub.checkouts.close(hub.one("SELECT tender_id FROM checkouts WHERE order_id = %s", spender.order_id), "expired")


def test_a_card_that_is_used_after_a_payment_was_begun_ends_that_page_first(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer
) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.buys("social")
    before = spender.pay().headers["location"].removeprefix("https://pay.test/")

    assert "Pay $15.00" in spender.use(code.shown)
    after = spender.pay().headers["location"].removeprefix("https://pay.test/")

    assert hub.sessions.by_id[before].state is PaymentState.ENDED
    assert hub.sessions.by_id[after].amount == 1500


def test_money_that_comes_late_takes_the_card_with_it_or_is_put_before_a_person(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer
) -> None:
    code = buyer.buys_card("10")
    late, later = new_buyer(), new_buyer()
    sessions = []
    for spender in (late, later):
        spender.buys("social")
        spender.use(code.shown)
        sessions.append(spender.pay().headers["location"].removeprefix("https://pay.test/"))
        expire(hub, spender)
    for session in sessions:
        hub.settle(hub.sessions.pay(session))

    assert by_code(hub, code.hash) == (1000, 1000, 0, 0)
    states = [hub.one("SELECT status FROM orders WHERE id = %s", each.order_id) for each in (late, later)]
    assert states == ["completed", "failed"]
    kinds = hub.sql("SELECT kind FROM exceptions WHERE order_id = %s AND status = 'open'", later.order_id)
    assert kinds == [("paid_late",)]


def test_money_beside_a_card_that_is_gone_is_put_before_a_person(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer
) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.buys("social")
    spender.use(code.shown)
    session = spender.pay().headers["location"].removeprefix("https://pay.test/")
    with hub.database.transaction() as connection:  # as where a hub was restored, and has lost it
        lock_orders(connection, [spender.order_id])
        gone = let_go(connection, load_books(connection, [spender.order_id]), spender.order_id, "lost")
        hub.hub.write(connection, gone, "boulder-fest-2026")

    hub.settle(hub.sessions.pay(session))

    assert by_code(hub, code.hash) == (1000, 0, 0, 0)
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", spender.order_id) == 0
    assert hub.one("SELECT count(*) FROM exceptions WHERE order_id = %s AND status = 'open'", spender.order_id) == 1


def test_buyers_who_race_for_one_card_spend_it_once(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    code = buyer.buys_card("25")
    spenders = [new_buyer() for _ in range(4)]
    for each in spenders:
        each.buys("social")
    orders = [each.order_id for each in spenders]
    start, shop = Barrier(4), Shop(hub.hub, hub.checkouts)
    outcomes: list[str] = []

    def race(order_id: str) -> None:
        start.wait()
        try:
            shop.use_card(order_id, code)
            outcomes.append(shop.start(order_id).status.value)
        except CardNotTaken as error:
            outcomes.append(error.word)

    run_all([partial(race, order_id) for order_id in orders])

    assert outcomes.count("completed") == 1
    assert by_code(hub, code.hash) == (2500, 2500, 0, 0)


def test_a_till_and_the_shop_that_race_for_a_card_spend_it_once(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer, seller: Seller
) -> None:
    code = buyer.buys_card("25")
    spender = new_buyer()
    spender.buys("social")
    order_id, shop = spender.order_id, Shop(hub.hub, hub.checkouts)
    sale = seller.services.selling.place(Cart((CartLine(ProductId("donation"), 1, Money(2500, USD)),)))
    start, won = Barrier(2), list[str]()

    def on_the_web() -> None:
        start.wait()
        with suppress(CardNotTaken):
            shop.use_card(order_id, code)
            won.append(shop.start(order_id).status.value)

    def at_the_door() -> None:
        start.wait()
        with suppress(OperationFailed, UnknownCard):
            cards = replace(seller.services.gift_cards, sleep=lambda _: None)
            cards.look(code.shown)
            cards.pay(sale, code.shown, Money(2500, USD))
            won.append("door")

    run_all([on_the_web, at_the_door])
    seller.services.sync.everything()

    assert len(won) == 1
    assert by_code(hub, code.hash)[1:] == (2500, 0, 0)


def test_what_a_till_has_of_a_card_is_asked_back_for_the_shop(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer, seller: Seller
) -> None:
    code = buyer.buys_card("25")
    assert seller.services.gift_cards.look(code.shown).here == Money(2500, USD)
    spender = new_buyer()
    spender.buys("social")

    assert "kept at the door" in spender.use(code.shown)
    seller.services.sync.everything()

    assert "Pay with the gift card" in spender.use(code.shown)
    held = seller.services.gift_cards.look(code.shown)
    assert (held.here, held.balance) == (Money(0, USD), Money(2500, USD))
    assert [(each.amount, each.is_shop) for each in held.holders] == [(Money(2500, USD), True)]
    spender.finish()


def run_all(works: Sequence[Callable[[], None]]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def blocked(hub: Stand, code: CardCode) -> str:
    gift_cards.block(hub.hub, card_id_of(hub, code), "1", is_blocked=True)
    return code.shown


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda _, code: code.shown[:-5] + "0000", "No gift card has this code"),
        (blocked, "This gift card is blocked"),
        (lambda *_: "GC-0000-0000-0000-0000", "No gift card has this code"),
    ],
)
def test_a_card_that_cannot_pay_says_why_and_nothing_changes(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer, spoil: Callable[[Stand, CardCode], str], says: str
) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.buys("social")

    page = spender.use(spoil(hub, code))

    assert says in page
    assert "Pay $25.00" in page
    assert by_code(hub, code.hash)[1:] == (0, 0, 0)


TYPED = {"email": "rosa@example.org", "name": "Rosa <Lima>", "phone": "+1 303 555 0143", "way": "paypal"}


def fields_of(page: str) -> list[str]:
    """Returns what stands in the fields of who buys."""
    return [unescape(each) for each in re.findall(r'<input id="customer-[^>]* value="([^"]*)"', page)]


@pytest.mark.parametrize("is_known", [True, False])
def test_whoever_uses_a_card_or_takes_it_off_finds_what_they_had_typed(
    buyer: CardBuyer, new_buyer: NewBuyer, is_known: bool
) -> None:
    code = buyer.buys_card("10").shown if is_known else "GC-0000-0000-0000-0000"
    spender = new_buyer()
    spender.buys("social")

    used = spender.use(code, **TYPED)
    off = spender.take_off(**TYPED) if is_known else used

    for page in (used, off):
        assert fields_of(page) == [TYPED["email"], TYPED["name"], TYPED["phone"]]


def test_whom_a_card_is_for_still_stands_there_when_it_can_not_be_paid_now(
    buyer: CardBuyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise Stopped("Not now.")

    buyer.add(add="gift-card", amount="25")
    buyer.check_out()
    monkeypatch.setattr(Shop, "start", stopped)

    page = buyer.pay(gift_email=["ana@example.org"], gift_name=["Ana"], gift_words=["Dance!"], gift_day=[""]).text

    assert [each for each in ("ana@example.org", 'value="Ana"', ">Dance!</textarea>") if each not in page] == []


def test_a_code_that_is_typed_and_not_used_yet_pays_before_anything_else_does(
    buyer: CardBuyer, new_buyer: NewBuyer
) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.buys("social")

    page = spender.pay(code=code.shown)
    then = spender.pay()

    assert (page.status_code, "Pay $15.00" in page.text) == (200, True)
    assert then.headers["location"].startswith("https://pay.test/")


def card_id_of(hub: Stand, code: CardCode) -> str:
    return str(hub.one("SELECT id FROM stored_values WHERE code_hash = %s", code.hash))


def test_a_card_buys_no_card(buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.add(add="gift-card", amount="25")
    page = spender.check_out()

    assert 'action="/checkout/gift-card"' not in page
    assert "A gift card can’t pay for a gift card" in spender.use(code.shown)


@pytest.mark.parametrize("amount", ["4.99", "500.01", "0", "-5", "1e3", "abc"])
def test_no_card_is_sold_beyond_its_bounds(buyer: CardBuyer, amount: str) -> None:
    page = buyer.add(add="gift-card", amount=amount)

    assert "Please type an amount" in page
    assert "Nothing in it yet" in page


def test_cards_of_one_order_are_each_for_whom_they_are(hub: Stand, buyer: CardBuyer) -> None:
    for amount in ("25", "25", "50"):
        page = buyer.add(add="gift-card", amount=amount)
    assert "2 × Gift card" in page
    buyer.add(remove="gift-card", minor="2500")
    buyer.check_out()
    soon = (utc_now() + timedelta(days=2)).date().isoformat()

    order_id = buyer.finish(gift_email=["", "bo@example.org"], gift_day=["", soon])

    waits = hub.sql("SELECT email, send_at IS NULL FROM gifts WHERE order_id = %s ORDER BY email NULLS FIRST", order_id)
    assert waits == [(None, True), ("bo@example.org", False)]
    mine = "args ->> 'card_id' IN (SELECT card_id FROM gifts WHERE order_id = %s)"
    waiting = (
        f"SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_gift' AND scheduled_at > now() AND {mine}"
    )
    assert hub.one(waiting, order_id) == 1
    hub.until(1, "SELECT count(*) FROM mails WHERE kind = 'gift_card' AND status = 'sent' AND order_id = %s", order_id)
    assert {mail.to for mail in hub.mail.sent if mail.reference["order_id"] == order_id} == {"camila@example.org"}


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("gift_email", "ana@", "wrong-email-"),
        ("gift_day", "2020-01-01", "Please choose a day"),
        ("gift_day", "tomorrow", "Please choose a day"),
        ("gift_words", "x" * 501, "A message has up to 500 letters"),
    ],
)
def test_what_cannot_be_used_of_a_gift_is_said_beside_its_field(
    buyer: CardBuyer, field: str, typed: str, says: str
) -> None:
    buyer.add(add="gift-card", amount="25")
    buyer.check_out()

    answer = buyer.pay(**{field: [typed]})

    assert answer.status_code == 422
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_card_that_was_taken_back_before_its_day_is_not_mailed(hub: Stand, buyer: CardBuyer) -> None:
    soon = (utc_now() + timedelta(days=2)).date().isoformat()
    code = buyer.buys_card("25", gift_email=["late@example.org"], gift_day=[soon])
    card_id = card_id_of(hub, code)

    gift_cards.take_back(hub.hub, hub.refunds, card_id, "1")
    hub.sql("UPDATE gifts SET send_at = now() WHERE card_id = %s", card_id)
    send_gift(hub.hub, card_id)

    assert by_code(hub, code.hash)[:2] == (2500, 2500)
    assert hub.sql("SELECT mail_id FROM gifts WHERE card_id = %s", card_id) == [(None,)]


def test_what_a_card_had_paid_goes_back_onto_it_and_the_rest_to_the_other_payment(
    hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer
) -> None:
    code = buyer.buys_card("10")
    spender = new_buyer()
    spender.buys("social")
    spender.use(code.shown)
    order_id = spender.finish()

    for tender, amount in hub.sql("SELECT id, amount FROM payments WHERE order_id = %s", order_id):
        hub.refunds.request(NewOrderRefund(new_id(), order_id, tender, amount, why="rain"))

    assert by_code(hub, code.hash) == (1000, 0, 0, 0)
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order_id)


def test_what_is_put_on_cards_on_the_web_is_owed_and_no_sale(hub: Stand, buyer: CardBuyer, new_buyer: NewBuyer) -> None:
    before = totals(hub)
    code = buyer.buys_card("40")
    sold = totals(hub)
    spender = new_buyer()
    spender.buys("social")
    spender.use(code.shown)
    spender.finish()
    spent = totals(hub)

    assert [b - a for a, b in zip(before, sold, strict=True)] == [0, 4000, 4000]
    assert [b - a for a, b in zip(sold, spent, strict=True)] == [2500, -2500, 0]


def totals(hub: Stand) -> tuple[int, int, int]:
    """Returns what was sold on the web, what is owed on cards, and the money of the event."""
    asked = Asked(event="boulder-fest-2026", channel="web")
    with hub.database.transaction() as connection:
        report = sales_report(connection, report_events(connection), asked, utc_now())
    assert report is not None
    owed = -int(hub.one("SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = 'stored_value'"))
    money = hub.one("SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account IN ('stripe', 'paypal')")
    return report.figures.paid, owed, int(money)
