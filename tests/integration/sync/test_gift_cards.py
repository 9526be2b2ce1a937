"""Gift cards are never spent twice: real tills with their files, against a real hub on a real Postgres."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest
from psycopg.errors import CheckViolation

from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.gift_cards import CardCode, code_of
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.tenders import GIFT_CARD
from boxoffice.till.usecases.gateway.after_sale import RefundStep, RefundWish
from boxoffice.till.usecases.gift_cards import CardNeedsTheHub, GiftCards, NotEnoughOnCard, UnknownCard
from boxoffice.till.usecases.ports import Unreachable
from boxoffice.till.usecases.verify import verify as verify_till
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify as verify_hub
from sync.reporting.asked import Asked
from sync.reporting.sales_report import sales_report
from sync.store.chain import utc_now
from sync.store.reports import report_events, sold_items
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.seller import Seller, SteadyClock
from tests.integration.sync.shopper import Shopper

USD = Currency("USD")


def usd(dollars: int) -> Money:
    return Money(100 * dollars, USD)


@pytest.fixture
def doors(hub: Stand, tmp_path: Path) -> Iterator[tuple[Seller, Seller]]:
    """Two tills of one hub, both online."""
    both = tuple(Seller(hub, tmp_path / name, SteadyClock()).open() for name in "ab")
    yield both  # type: ignore[misc]  # two
    for each in both:
        reclaim(hub.hub, str(each.services.context.device.id), "test")
        each.close()


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


def sell_card(door: Seller, amount: Money) -> CardCode:
    """Sells a gift card for cash; returns its code, as its paper has it."""
    cart = Cart((CartLine(ProductId("gift-card"), 1, amount),))
    order_id = door.services.selling.sell_for_cash(cart, amount)
    query = "SELECT id FROM stored_values WHERE order_id = ?"
    with door.store.reading() as connection:
        card_id = str(connection.exec_driver_sql(query, (order_id,)).scalar_one())
    return code_of(card_id, door.services.context.journal.key)


def order(door: Seller, dollars: int) -> OrderId:
    """Places an order that costs so much, and needs no places."""
    return door.services.selling.place(Cart((CartLine(ProductId("donation"), 1, usd(dollars)),)))


def pay(door: Seller, code: CardCode, dollars: int, order_id: OrderId | None = None) -> OrderId:
    order_id = order(door, dollars) if order_id is None else order_id
    door.services.gift_cards.pay(order_id, code.shown, usd(dollars))
    return order_id


def cut(door: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the till's line to the hub be dead."""

    def no_answer(*_: Any) -> None:
        raise Unreachable("The hub can't be reached.", "", "")

    for name in ("push", "feed", "ask_card", "lease", "head", "ask_refund"):
        monkeypatch.setattr(door.services.link._hub, name, no_answer)
    with suppress(Unreachable):
        door.services.sync.push()
        door.services.sync.pull()
    assert not door.services.link.is_online


def patient(door: Seller, meanwhile: Callable[[], object]) -> GiftCards:
    """Returns the till's gift cards; while it waits for another till, that one does something."""
    return replace(door.services.gift_cards, sleep=lambda _: meanwhile())


def of(hub: Stand, code: CardCode, *columns: str) -> tuple[int, ...]:
    """Returns what the hub says of a card."""
    return hub.sql(f"SELECT {', '.join(columns)} FROM stored_values WHERE code_hash = %s", code.hash)[0]


def press(office: Office, path: str) -> None:
    """Presses a button of the page of gift cards."""
    answer = office.http.post(path, data={"csrf": office.hidden("/gift-cards", "csrf")})
    assert answer.status_code == 303, answer.text


def all_agree(hub: Stand, *tills: Seller) -> None:
    for till in tills:
        till.services.sync.everything()
        verdict = verify_till(till.store, till.services.context.journal.key.public_key())
        assert verdict.problem is None
    assert verify_hub(hub.database).problem is None


def test_a_card_that_was_sold_offline_is_spent_offline_where_it_was_sold_and_nowhere_else(
    hub: Stand, doors: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = doors
    with monkeypatch.context() as line:
        cut(here, line)
        code = sell_card(here, usd(50))
        card = here.services.gift_cards.look(code.shown.lower().replace("-", " "))
        pay(here, code, 30)
        with pytest.raises(UnknownCard):
            there.services.gift_cards.look(code.shown)
        with pytest.raises(NotEnoughOnCard, match=r"\$20\.00"):
            pay(here, code, 21)

    assert (card.here, card.balance) == (usd(50), None)
    all_agree(hub, here, there)
    assert of(hub, code, "issued", "spent", "leased") == (5000, 3000, 2000)
    assert hub.one(
        "SELECT -sum(amount) FROM ledger_postings WHERE account = 'stored_value' AND fact_id IN"
        " (SELECT id FROM facts WHERE device_id = %s)",
        str(here.services.context.device.id),
    ) == 2000  # fmt: skip


def test_a_till_that_shows_a_card_gets_what_another_has_of_it(hub: Stand, doors: tuple[Seller, Seller]) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    assert of(hub, code, "leased") == (5000,)

    card = patient(there, here.services.sync.everything).look(code.shown)
    pay(there, code, 20)

    assert (card.here, card.balance, card.holders) == (usd(50), usd(50), ())
    all_agree(hub, here, there)
    assert of(hub, code, "spent", "leased") == (2000, 0)  # what it did not need went back with the payment
    assert here.services.gift_cards.look(code.shown).here == usd(30)


def test_without_the_till_that_has_it_a_card_is_not_spent_and_the_seller_hears_who_has_it(
    hub: Stand, doors: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 hour'")
    cut(here, monkeypatch)

    card = there.services.gift_cards.look(code.shown)

    assert (card.here, card.elsewhere, card.balance) == (usd(0), usd(50), usd(50))
    assert [(each.till, each.amount, each.is_there) for each in card.holders] == [
        (here.services.context.device.name, usd(50), False)
    ]
    with pytest.raises(NotEnoughOnCard):
        pay(there, code, 1)
    pay(here, code, 50)  # it still may: nobody else can
    monkeypatch.undo()
    all_agree(hub, here, there)


def test_a_till_without_the_hub_takes_no_card_that_it_does_not_hold(
    doors: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    cut(there, monkeypatch)

    with pytest.raises(CardNeedsTheHub):
        there.services.gift_cards.look(code.shown)
    with pytest.raises(NotEnoughOnCard):
        pay(there, code, 1)


def test_two_tills_that_race_for_one_card_spend_it_once(hub: Stand, doors: tuple[Seller, Seller]) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    here.services.sync.returns.everything()
    here.services.sync.push()
    orders = [order(door, 50) for door in doors]
    start, won = Barrier(2), list[Seller]()

    def race(door: Seller, order_id: OrderId) -> None:
        start.wait()
        with suppress(OperationFailed):
            replace(door.services.gift_cards, sleep=lambda _: None).look(code.shown)
            pay(door, code, 50, order_id)
            won.append(door)

    threads = [Thread(target=race, args=each) for each in zip(doors, orders, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    all_agree(hub, here, there)
    assert of(hub, code, "spent", "leased", "over") == (5000, 0, 0)


def test_what_a_lost_till_had_is_spent_elsewhere_and_what_it_spent_all_the_same_is_put_before_a_person(
    hub: Stand, doors: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    with monkeypatch.context() as line:
        cut(here, line)
        reclaim(hub.hub, str(here.services.context.device.id), "7")
        there.services.gift_cards.look(code.shown)
        pay(there, code, 40)
        there.services.sync.everything()
        pay(here, code, 30)  # it has not heard of it

    all_agree(hub, here, there)
    assert of(hub, code, "spent", "leased", "over") == (5000, 0, 2000)
    assert hub.sql("SELECT detail FROM exceptions WHERE kind = 'gift_card_overspent' AND status = 'open'") == [
        (f"$20.00 more was spent of gift card …{code.last4} than it held.",)
    ]
    with pytest.raises(NotEnoughOnCard):
        pay(here, code, 1)
    lost, owed = balance(hub, "losses"), balance(hub, "stored_value")
    office = Office.open(hub)
    answer = office.resolve(hub.one("SELECT id FROM exceptions WHERE kind = 'gift_card_overspent'"), "write_off")
    office.http.close()
    assert answer.status_code == 303, answer.text
    assert of(hub, code, "spent", "leased", "over") == (5000, 0, 0)
    assert (balance(hub, "losses") - lost, balance(hub, "stored_value") - owed) == (2000, -2000)
    assert hub.sql("SELECT status, remedy FROM exceptions WHERE kind = 'gift_card_overspent'") == [
        ("resolved", "write_off")
    ]
    all_agree(hub, here, there)


def balance(hub: Stand, account: str) -> int:
    return int(hub.one("SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = %s", account))


def test_a_card_is_owed_when_it_is_sold_and_a_sale_when_it_is_spent_in_every_table(
    hub: Stand, doors: tuple[Seller, Seller]
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    sale = pay(here, code, 30)
    mixed = order(here, 40)
    here.services.gift_cards.look(code.shown)  # what it had on lease has gone back with the payment before
    pay(here, code, 15, mixed)
    here.services.selling.take_cash(mixed, usd(25), usd(25))
    here.services.sync.everything()
    wish = RefundWish(things=((0, 0),), amount=None, total=3000, cash=0, why="Changed mind")
    there.services.sync.everything()
    here.services.refunding.give_back(sale, wish)
    all_agree(hub, here, there)

    with hub.database.transaction() as connection:
        events = report_events(connection)
        event = next(each for each in events if each.id == "boulder-fest-2026")
        report = sales_report(connection, events, Asked(event=event.id), utc_now())
        rows = sold_items(connection, event, None)
    assert report is not None
    numbers = report.figures

    of_orders = "JOIN facts f ON f.id = p.fact_id WHERE f.event_id = 'boulder-fest-2026' AND f.payload ? 'order_id'"
    booked = f"SELECT coalesce(sum(p.amount), 0) FROM ledger_postings p {of_orders} AND"
    money = hub.one(f"{booked} (account LIKE 'cash:%%' OR account IN ('stripe', 'paypal', 'rounding'))")
    earned = "account LIKE 'sales:%%' OR account LIKE 'tax:%%' OR account IN ('donations', 'discounts', 'refunds')"
    sold = -hub.one(f"{booked} ({earned})")
    spent = sum(each.paid for each in numbers.tenders if each.tender == GIFT_CARD.value)
    assert sum(row.paid for row in rows) == numbers.money - spent == money
    assert numbers.paid == sold
    assert set(numbers.others) == {"gift_card"}
    assert spent > 0
    assert "gift-card" not in {product.product_id for product in numbers.products}
    assert sum(row.total for row in rows if row.kind == "gift card sold") == 0
    assert {"gift card sold", "gift card spent"} <= {row.kind for row in rows}
    assert sum(each.paid for each in report.by_day) == sum(each.paid for each in numbers.tenders) == numbers.money


def test_one_card_in_one_sale_twice_brings_what_it_holds_and_no_more(doors: tuple[Seller, Seller]) -> None:
    here, _ = doors
    code, sale = sell_card(here, usd(50)), order(here, 80)

    pay(here, code, 30, sale)
    here.services.gift_cards.look(code.shown)
    with pytest.raises(NotEnoughOnCard, match=r"\$20\.00"):
        pay(here, code, 30, sale)
    pay(here, code, 20, sale)

    assert here.services.orders.order(sale).due == usd(30)


def test_a_till_that_lost_its_newest_facts_does_not_spend_a_card_again(
    hub: Stand, doors: tuple[Seller, Seller], tmp_path: Path
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    here.close()
    shutil.copytree(here.folder, tmp_path / "image")
    here.open(kept=True)
    pay(here, code, 50)
    here.services.sync.everything()
    here.close()
    shutil.rmtree(here.folder)
    shutil.copytree(tmp_path / "image", here.folder)

    here.open(kept=True)
    with suppress(OperationFailed):
        here.services.sync.everything()  # it hears of it
    here.services.mending.take_back()

    with pytest.raises(NotEnoughOnCard):
        pay(here, code, 1)
    all_agree(hub, here, there)


def test_a_till_that_goes_on_without_what_it_lost_leaves_the_cards_that_it_had_alone(
    hub: Stand, doors: tuple[Seller, Seller]
) -> None:
    here, _ = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()

    here.services.mending._go_on(is_whole=False)

    with pytest.raises(NotEnoughOnCard):
        pay(here, code, 1)
    assert not here.services.sync.returns.everything()
    assert of(hub, code, "leased") == (5000,)
    reclaim(hub.hub, str(here.services.context.device.id), "7")
    assert of(hub, code, "leased") == (0,)


def test_what_a_card_paid_goes_back_onto_it_from_the_till_and_from_the_hub(
    hub: Stand, doors: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    with monkeypatch.context() as line:
        cut(here, line)
        sale = pay(here, code, 30)
        wish = RefundWish(things=((0, 0),), amount=None, total=3000, cash=0, why="Changed mind")
        assert here.services.refunding.give_back(sale, wish) is RefundStep.GIVEN  # network or none

    all_agree(hub, here, there)
    assert of(hub, code, "spent", "leased") == (0, 2000)
    assert here.services.gift_cards.look(code.shown).here == usd(50)
    second = pay(here, code, 10)
    here.services.sync.everything()
    step = there.services.refunding.give_back(second, replace(wish, total=1000))
    assert step is RefundStep.ASKED
    all_agree(hub, here, there)
    assert of(hub, code, "spent") == (0,)


def test_a_sale_that_comes_to_nothing_puts_the_card_as_it_was(hub: Stand, doors: tuple[Seller, Seller]) -> None:
    here, there = doors
    code, sale = sell_card(here, usd(50)), order(here, 80)
    pay(here, code, 50, sale)

    here.services.giving_back.give_back(sale, "the card failed")

    all_agree(hub, here, there)
    assert of(hub, code, "spent", "leased") == (0, 0)


def test_what_is_on_a_card_is_no_refund_of_the_order_that_bought_it(doors: tuple[Seller, Seller]) -> None:
    here, _ = doors
    cart = Cart((CartLine(ProductId("gift-card"), 2, usd(25)), CartLine(ProductId("donation"), 1, usd(10))))
    sale = here.services.selling.sell_for_cash(cart, usd(60))

    choice = here.services.refunding.choice(sale)
    with pytest.raises(BadInput, match=r"at most \$10\.00"):
        here.services.refunding.give_back(sale, RefundWish(things=(), amount=1100, total=1100, cash=1100, why="no"))

    assert [thing.is_there for thing in choice.things] == [False, False, True]
    wish = RefundWish(things=((1, 0),), amount=None, total=1000, cash=1000, why="no")
    assert here.services.refunding.give_back(sale, wish) is RefundStep.GIVEN


def test_a_small_rest_is_paid_out_in_cash_and_the_drawer_knows(hub: Stand, doors: tuple[Seller, Seller]) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    pay(here, code, 46)

    done = here.services.gift_cards.cash_out(code.shown, "Asked for it")

    assert (done.amount, done.given) == (usd(4), usd(4))
    with pytest.raises(OperationFailed):
        here.services.gift_cards.cash_out(code.shown, "Again")
    all_agree(hub, here, there)
    assert of(hub, code, "spent", "leased") == (5000, 0)


def test_a_card_buys_no_other_card(doors: tuple[Seller, Seller]) -> None:
    here, _ = doors
    code = sell_card(here, usd(50))
    cart = Cart((CartLine(ProductId("gift-card"), 1, usd(25)), CartLine(ProductId("donation"), 1, usd(10))))
    sale = here.services.selling.place(cart)

    with pytest.raises(BadInput, match=r"at most \$10\.00"):
        pay(here, code, 35, sale)
    pay(here, code, 10, sale)

    assert here.services.orders.order(sale).due == usd(25)


def test_the_database_by_itself_holds_that_no_card_is_spent_twice(hub: Stand, doors: tuple[Seller, Seller]) -> None:
    code = sell_card(doors[0], usd(50))
    doors[0].services.sync.everything()

    for change in ("spent = 1", "leased = 5001", "spent = 3000, leased = 2001"):
        with pytest.raises(CheckViolation):
            hub.sql(f"UPDATE stored_values SET {change} WHERE code_hash = %s", code.hash)
    with pytest.raises(CheckViolation):
        hub.sql("UPDATE value_leases SET spent = 3000, returned = 2001 WHERE code_hash = %s", code.hash)


def test_a_closing_till_gives_back_what_it_has_of_cards(hub: Stand, doors: tuple[Seller, Seller]) -> None:
    here, there = doors
    code = sell_card(here, usd(50))

    here.services.sync.hand_back()

    assert of(hub, code, "leased") == (0,)
    assert there.services.gift_cards.look(code.shown).here == usd(50)
    all_agree(hub, here, there)


def test_organizers_see_what_is_owed_find_a_card_block_it_and_read_the_list(
    hub: Stand, doors: tuple[Seller, Seller], office: Office
) -> None:
    here, there = doors
    code = sell_card(here, usd(50))
    here.services.sync.everything()
    (card_id,) = hub.sql("SELECT id FROM stored_values WHERE code_hash = %s", code.hash)[0]

    answer = office.http.get("/gift-cards", params={"ends": code.last4.lower()})
    assert answer.status_code == 200, answer.text[600:2500]
    page = answer.text
    assert f"…{code.last4}" in page
    assert "$50.00 kept at" in page
    assert code.shown not in page
    assert code.digits not in page
    press(office, f"/gift-cards/{card_id}/block")
    assert there.services.gift_cards.look(code.shown).is_blocked
    here.services.sync.everything()  # it hears that it is wanted back

    assert of(hub, code, "leased", "spent") == (0, 0)
    with pytest.raises(NotEnoughOnCard):
        pay(here, code, 1)
    assert there.services.gift_cards.look(code.shown).here == usd(0)
    press(office, f"/gift-cards/{card_id}/unblock")
    assert there.services.gift_cards.look(code.shown).here == usd(50)
    rows = list(csv.DictReader(StringIO(office.http.get("/gift-cards.csv").text)))
    assert [(row["issued"], row["left"], row["status"]) for row in rows if row["card"] == code.last4] == [
        ("50.00", "50.00", "active")
    ]
    all_agree(hub, here, there)


def test_what_was_paid_for_an_unspent_card_goes_back_by_the_hub_to_what_had_paid_for_it(
    hub: Stand, doors: tuple[Seller, Seller], office: Office
) -> None:
    here, there = doors
    sale = here.services.selling.place(Cart((CartLine(ProductId("gift-card"), 1, usd(40)),)))
    placed = here.services.orders.order(sale)
    with here.store.transaction() as connection:  # as a reader would have it
        here.services.context.write(connection, [PaymentCaptured(
            order_id=sale, tender_id="pi-tender-1", tender="terminal", amount=4000, currency="USD",
            provider_reference="pi_gift_1",
        )])  # fmt: skip
        here.services.selling.finish_if_paid(connection, sale)
    here.services.sync.hand_back()
    (card_id,) = hub.sql("SELECT id FROM stored_values WHERE order_id = %s", sale)[0]

    press(office, f"/gift-cards/{card_id}/take-back")

    assert placed.due == usd(40)
    assert hub.sql("SELECT spent, taken_back FROM stored_values WHERE id = %s", card_id) == [(4000, 4000)]
    assert hub.sql("SELECT amount, status FROM refunds WHERE payment_id = 'pi-tender-1'") == [(4000, "requested")]
    here.services.sync.everything()
    all_agree(hub, here, there)


def test_whoever_has_the_code_sees_what_is_left_and_nobody_else_learns_anything(
    hub: Stand, doors: tuple[Seller, Seller], shopper: Shopper
) -> None:
    here, _ = doors
    code = sell_card(here, usd(50))
    pay(here, code, 20)
    here.services.sync.everything()

    def look(typed: str) -> httpx.Response:
        csrf = re.findall(r'name="csrf" value="([^"]+)"', shopper.http.get("/gift-card").text)[0]
        return shopper.http.post("/gift-card", data={"csrf": csrf, "code": typed})

    found, wrong = look(f" {code.shown.lower()} "), look(code.shown[:-1] + ("0" if code.shown[-1] != "0" else "1"))

    assert f"There is $30.00 left on card …{code.last4}." in found.text
    assert code.digits not in found.text.replace("-", "")
    assert (wrong.status_code, "No gift card has this code." in wrong.text) == (404, True)
