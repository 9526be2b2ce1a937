"""Selling on a real file: all of a sale is on disk, or none of it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from boxoffice.core.errors import BadInput
from boxoffice.core.ids import ProductId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.payments import Approved, CardDetails, Declined
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.sale_times import NotOnSale, SaleTimes
from boxoffice.core.tenders import TENDERS, TenderKind, is_given
from boxoffice.till.usecases.selling import OrderClosed
from tests.integration.till.kit import TillOnDisk, cart, usd


def test_the_drawer_moves_by_the_amount_due_not_by_what_was_tendered(till: TillOnDisk) -> None:
    order = till.orders.order(till.selling.sell_for_cash(cart("full-pass"), usd("200")))

    assert order.tenders[0].tendered == usd("200")
    assert till.balance("cash:till-1") == usd("150")
    assert till.balance("unearned") == usd("0")


def test_a_sale_is_one_chain_of_facts_with_its_tickets_and_its_units(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart(("full-pass", 2), "t-shirt"), usd("400"))

    assert till.one("SELECT group_concat(kind) FROM (SELECT kind FROM facts ORDER BY position)") == (
        "order_placed,order_state_changed,payment_captured,order_state_changed,tickets_issued"
    )
    assert till.one("SELECT count(*) FROM tickets") == 2
    assert [till.left(pool) for pool in ("friday", "saturday", "sunday", "shirts", "social")] == [8, 8, 8, 9, 10]
    assert till.verify().problem is None


def test_a_donation_has_a_free_amount_and_takes_no_unit(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(Cart((CartLine(ProductId("donation"), 1, usd("13.37")),)), usd("20"))

    assert till.balance("donations") == -usd("13.37")
    assert till.one("SELECT count(*) FROM tickets") == 0


def test_too_little_cash_changes_nothing(till: TillOnDisk) -> None:
    with pytest.raises(BadInput, match=r"\$10\.00 is missing"):
        till.selling.sell_for_cash(cart("full-pass"), usd("140"))

    assert till.one("SELECT count(*) FROM facts") == 0


def test_more_than_is_left_names_every_pool_and_changes_nothing(till: TillOnDisk) -> None:
    with pytest.raises(NotEnoughLeft) as short:
        till.selling.sell_for_cash(cart(("full-pass", 11)), usd("2000"))

    assert short.value.shortages == {"friday": 10, "saturday": 10, "sunday": 10}
    assert till.one("SELECT count(*) FROM facts") == 0
    assert till.left("friday") == 10


def test_what_is_surely_off_sale_is_not_sold_and_changes_nothing(till: TillOnDisk) -> None:
    now = datetime(2026, 5, 16, tzinfo=UTC)
    over = {ProductId("social"): SaleTimes(None, now - timedelta(minutes=5))}
    selling = replace(till.selling, surely_off_sale=lambda _catalogue: (now, over))

    with pytest.raises(NotOnSale) as placed:
        selling.place(cart("full-pass", "social"))
    with pytest.raises(NotOnSale) as sold:
        selling.sell_for_cash(cart("social"), usd("500"))

    assert placed.value.products == sold.value.products == over
    assert till.one("SELECT count(*) FROM facts") == 0
    assert till.left("social") == till.left("friday") == 10
    selling.sell_for_cash(cart("full-pass"), usd("150"))
    assert till.left("friday") == 9


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_a_quantity_that_makes_no_sense_changes_nothing(till: TillOnDisk, quantity: int) -> None:
    with pytest.raises(BadInput):
        till.selling.place(cart(("full-pass", quantity)))

    assert till.one("SELECT count(*) FROM facts") == 0


def test_an_order_that_is_given_up_lets_its_units_go(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart(("social", 4)))
    assert till.left("social") == 6

    till.selling.abandon(order_id, "changed their mind")

    assert till.left("social") == 10
    assert till.orders.order(order_id).state is OrderState.FAILED
    assert till.verify().problem is None


def test_an_order_with_money_in_it_can_not_be_given_up(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    till.selling.take_cash(order_id, usd("50"), usd("50"))

    with pytest.raises(OrderClosed):
        till.selling.abandon(order_id, "changed their mind")

    assert till.left("friday") == 9


def test_several_tenders_pay_one_order_and_the_last_finishes_it(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))

    till.selling.take_cash(order_id, usd("50"), usd("60"))
    card = till.tenders.begin(order_id, TenderKind.TERMINAL, usd("70"))
    till.tenders.end(card, Approved("pi_1", usd("70"), CardDetails("visa", "4242")))
    till.tenders.leave(card)
    assert till.orders.order(order_id).state is OrderState.PROCESSING
    till.selling.take_cash(order_id, usd("30"), usd("30"))

    assert till.orders.order(order_id).state is OrderState.COMPLETED
    assert (till.balance("cash:till-1"), till.balance("stripe")) == (usd("80"), usd("70"))
    assert till.verify().problem is None


def test_what_is_given_free_finishes_an_order_and_moves_no_money(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))

    till.selling.take(order_id, TenderKind.COMPLIMENTARY, usd("150"), " Made  good\n")

    order = till.orders.order(order_id)
    assert (order.state, [each.words for each in order.tenders]) == (OrderState.COMPLETED, ["Made good"])
    assert (till.balance("discounts"), till.balance("unearned")) == (usd("150"), usd("0"))
    assert till.balance("cash:till-1") == usd("0")
    assert till.verify().problem is None


@pytest.mark.parametrize("reason", ["", " \n\u200b", "x" * 201])
def test_nothing_is_given_without_a_reason_or_for_one_without_end(till: TillOnDisk, reason: str) -> None:
    order_id = till.selling.place(cart("full-pass"))

    with pytest.raises(BadInput):
        till.selling.take(order_id, TenderKind.COMPLIMENTARY, usd("150"), reason)

    assert till.orders.order(order_id).tenders == ()


def test_no_more_is_given_than_is_due_and_nothing_while_another_payment_is_under_way(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    with pytest.raises(BadInput):
        till.selling.take(order_id, TenderKind.COMPLIMENTARY, usd("150.01"), "Artist")
    till.tenders.begin(order_id, TenderKind.TERMINAL, usd("150"))

    with pytest.raises(OrderClosed):
        till.selling.take(order_id, TenderKind.COMPLIMENTARY, usd("150"), "Artist")


@pytest.mark.parametrize("kind", [kind for kind, row in TENDERS.items() if not is_given(row)])
def test_a_word_is_enough_for_no_other_tender(till: TillOnDisk, kind: TenderKind) -> None:
    order_id = till.selling.place(cart("full-pass"))

    with pytest.raises(ValueError, match="a way of its own"):
        till.selling.take(order_id, kind, usd("150"), "Artist")


def test_what_is_given_free_for_a_finished_order_is_never_given_back(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    till.selling.take(order_id, TenderKind.COMPLIMENTARY, usd("150"), "Artist")
    asked = RefundRequested(
        order_id=order_id,
        tender_id=till.orders.order(order_id).tenders[0].id,
        tender="complimentary",
        amount=100,
        currency="USD",
        refund_id="r",
    )

    till.hear(asked)

    assert till.one("SELECT count(*) FROM refunds") == 0


def test_a_declined_card_leaves_the_order_open_and_its_units_held(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    tender = till.tenders.begin(order_id, TenderKind.TERMINAL, usd("150"))

    till.tenders.end(tender, Declined("card_declined", "The bank declined this card."))

    assert till.orders.order(order_id).due == usd("150")
    assert till.left("friday") == 9
    assert till.tenders.unknown() == ()


def test_a_payment_ends_once_however_often_that_is_told(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    tender = till.tenders.begin(order_id, TenderKind.TERMINAL, usd("150"))

    for _ in range(3):
        till.tenders.end(tender, Approved("pi_1", usd("150")))
    till.tenders.end(tender, Declined("canceled", "The payment was cancelled."))

    assert till.balance("stripe") == usd("150")
    assert till.one("SELECT count(*) FROM tickets") == 1


def test_nothing_more_is_taken_while_a_payment_is_under_way(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    till.tenders.begin(order_id, TenderKind.TERMINAL, usd("150"))

    with pytest.raises(OrderClosed):
        till.selling.take_cash(order_id, usd("150"), usd("150"))


def test_a_payment_of_unknown_end_is_still_unknown_after_a_restart(till: TillOnDisk) -> None:
    order_id = till.selling.place(cart("full-pass"))
    tender = till.tenders.sent(till.tenders.begin(order_id, TenderKind.TERMINAL, usd("150")), "pi_1")
    till.tenders.mark_unknown(tender, "Stripe can't be reached.")

    till.reopen()

    assert [(found.id, found.reference, found.reason) for found in till.tenders.unknown()] == [
        (tender.id, "pi_1", "Stripe can't be reached.")
    ]


def test_two_sellers_never_get_the_last_unit_both(till: TillOnDisk) -> None:
    start = threading.Barrier(8)
    won, lost = [], []

    def sell() -> None:
        start.wait()
        for _ in range(3):
            try:
                won.append(till.selling.sell_for_cash(cart("rumba-workshop"), usd("35")))
            except NotEnoughLeft:
                lost.append(1)

    threads = [threading.Thread(target=sell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost), till.left("rumba-workshop")) == (10, 14, 0)
    assert till.verify().problem is None


@pytest.mark.parametrize("table", ["facts", "hub_facts", "ledger_postings"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_file_refuses_to_change_the_past(till: TillOnDisk, table: str, change: str) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))

    column = "amount" if table == "ledger_postings" else "payload"

    with pytest.raises(IntegrityError, match="append-only"), till.store.transaction() as connection:
        connection.exec_driver_sql(change.format(table, column, column))


def test_the_file_refuses_postings_that_do_not_sum_to_zero(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    fact = till.one("SELECT id FROM facts WHERE kind = 'order_placed'")

    row = "INSERT INTO ledger_postings (fact_id, line, account, amount, currency) VALUES (?, 0, 'bank', 5, 'USD')"

    with pytest.raises(IntegrityError), till.store.transaction() as connection:
        connection.exec_driver_sql(row, (fact,))

    assert till.balance("bank") == usd("0")


def taxes_of(till: TillOnDisk) -> dict[str, int]:
    """Returns what is booked for each tax."""
    accounts = till.one("SELECT group_concat(DISTINCT account) FROM ledger_postings WHERE account LIKE 'tax:%'")
    return {account: -till.balance(account).minor for account in accounts.split(",")}


def test_the_rate_of_the_moment_of_sale_is_booked_and_an_order_that_waited_over_midnight_keeps_its_own(
    till: TillOnDisk,
) -> None:
    """In Boulder County the rate of 1.185 % ended with 2025; midnight there is 7 o'clock by UTC."""
    county = "tax:boulder-county:boulder-county-sales-"
    till.clock.at = datetime(2026, 1, 1, 6, 59, tzinfo=UTC)
    waiting = till.selling.place(cart("t-shirt"))
    till.clock.at = datetime(2026, 1, 1, 7, 1, tzinfo=UTC)

    till.selling.sell_for_cash(cart("t-shirt"), usd("30"))
    at_new_rate = taxes_of(till)
    till.selling.take_cash(waiting, usd("30"), usd("30"))
    with_the_old = taxes_of(till)

    assert f"{county}2026" in at_new_rate
    assert f"{county}2023" not in at_new_rate
    assert with_the_old[f"{county}2026"] == at_new_rate[f"{county}2026"]
    assert with_the_old[f"{county}2023"] < with_the_old[f"{county}2026"]
    assert till.balance("cash:till-1") == usd("60")
    assert till.verify().problem is None
