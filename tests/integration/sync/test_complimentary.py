"""What is given free at a till: in both books, reports, papers and pages with its reason; and its tickets voided."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Money, total_of
from boxoffice.core.payments import Approved
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.tenders import TenderKind
from boxoffice.documents.html import receipt_text
from boxoffice.till.usecases.giving_back import GivingBack
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify
from sync.mail.mails import compose_mail
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.seller import Seller

pytestmark = pytest.mark.enable_socket
SPANISH = {"Accept-Language": "es"}
FREE = TenderKind.COMPLIMENTARY


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    made = Seller(hub, tmp_path).open()
    made.services.sync.everything()
    yield made
    made.services.sync.hand_back()
    made.close()


def give(seller: Seller, quantity: int = 1, *, reason: str = "Artist", free: int | None = None) -> OrderId:
    """Sells Friday passes, of which so much is given free and the rest paid by card."""
    selling, tenders = seller.services.selling, seller.services.tenders
    order_id = selling.place(Cart((CartLine(ProductId("friday-pass"), quantity),)))
    due = seller.services.orders.order(order_id).due
    given = due if free is None else Money(free, due.currency)
    if given.minor:
        selling.take(order_id, FREE, given, reason)
    if given < due:
        card = tenders.begin(order_id, TenderKind.TERMINAL, due - given)
        tenders.end(card, Approved(f"pi_{card.id}", due - given))
        tenders.leave(card)
    return order_id


def synced(hub: Stand, seller: Seller, order_id: OrderId) -> str:
    """Sends everything, and returns what the hub says of the order."""
    seller.services.sync.everything()
    assert verify(hub.database).problem is None
    assert verify_till(seller.store, seller.services.context.journal.key.public_key()).problem is None
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order_id) == []
    return str(hub.one("SELECT status FROM orders WHERE id = %s", order_id))


def balances(hub: Stand, order_id: OrderId) -> dict[str, int]:
    found = hub.sql(
        "SELECT l.account, sum(l.amount)::int FROM ledger_postings l JOIN facts f ON f.id = l.fact_id"
        " WHERE f.payload ->> 'order_id' = %s GROUP BY 1 HAVING sum(l.amount) <> 0",
        order_id,
    )
    return {account: amount for account, amount in found if not account.startswith(("sales", "tax"))}


def test_it_is_a_discount_in_both_books_and_needs_no_network(hub: Stand, seller: Seller) -> None:
    order_id = give(seller)

    price = seller.services.orders.order(order_id).total.minor
    assert seller.services.orders.order(order_id).is_paid
    assert synced(hub, seller, order_id) == "completed"
    assert balances(hub, order_id) == {"discounts": price}


def test_the_reason_is_on_the_orders_page_and_in_its_story(hub: Stand, seller: Seller, office: Office) -> None:
    order_id = give(seller, reason="  Plays on\n Friday ")
    synced(hub, seller, order_id)

    page = office.page(f"/orders/{order_id}")

    assert page.count("Plays on Friday") == 2
    assert "Complimentary" in page
    assert "Given back at the till" not in page
    assert "See what a refund will do" not in page


def test_receipt_mail_and_till_call_it_by_its_name(hub: Stand, seller: Seller) -> None:
    order_id = give(seller)
    synced(hub, seller, order_id)

    receipt, tickets = seller.services.papers.of(order_id)
    with hub.database.transaction() as connection:
        mails = {code: compose_mail(hub.hub, connection, order_id, code).text for code in ("en", "es")}

    assert "Complimentary" in receipt_text(receipt)
    assert len(tickets) == 1
    assert "Complimentary" in mails["en"]
    assert "Cortesía" in mails["es"]


@pytest.mark.parametrize("headers", [{}, SPANISH], ids=["en", "es"])
def test_the_report_counts_it_as_sold_and_not_as_money(
    hub: Stand, seller: Seller, office: Office, headers: dict[str, str]
) -> None:
    synced(hub, seller, give(seller, 2, free=9_500))

    page = office.http.get("/reports", headers=headers).text

    assert ("Cortesía" if headers else "Complimentary") in page
    assert "complimentary" not in page


def test_the_csv_has_a_line_for_it_with_its_reason_and_adds_up_to_what_was_paid(
    hub: Stand, seller: Seller, office: Office
) -> None:
    order_id = give(seller, 2, reason="=Press", free=5_000)
    synced(hub, seller, order_id)
    number = seller.services.orders.order(order_id).number

    text = office.http.get("/reports.csv").content.decode("utf-8-sig")

    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Order"] == number]
    line = next(row for row in rows if row["Kind"] == "complimentary")
    card = hub.one("SELECT amount FROM payments WHERE order_id = %s AND tender = 'terminal'", order_id)
    assert (line["Item"], line["Option"], line["Paid"]) == ("Complimentary", "'=Press", "-50.00")
    assert sum(round(float(row["Paid"]) * 100) for row in rows) == card


def test_its_tickets_can_be_voided_with_a_reason_and_their_places_are_free_again(
    hub: Stand, seller: Seller, office: Office
) -> None:
    order_id = give(seller, 2)
    synced(hub, seller, order_id)
    ticket = hub.one("SELECT min(id) FROM tickets WHERE order_id = %s", order_id)
    sold = hub.one("SELECT sold FROM pools WHERE id = 'friday'")
    form = {"csrf": office.hidden(f"/orders/{order_id}", "csrf"), "tickets": [ticket], "why": "Did not come"}

    answer = office.http.post(f"/orders/{order_id}/void", data=form)

    assert answer.status_code == 303
    assert "Did not come" in office.page(f"/orders/{order_id}")
    assert hub.one("SELECT sold FROM pools WHERE id = 'friday'") == sold - 1
    assert synced(hub, seller, order_id) == "completed"
    assert len(seller.services.papers.of(order_id)[1]) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"why": " "}, "Give a reason."),
        ({"tickets": []}, "Choose tickets that still work."),
        ({"tickets": ["another"]}, "Choose tickets that still work."),
    ],
)
def test_nothing_is_voided_without_a_reason_or_a_ticket(
    hub: Stand, seller: Seller, office: Office, change: dict[str, object], words: str
) -> None:
    order_id = give(seller)
    synced(hub, seller, order_id)
    ticket = hub.one("SELECT id FROM tickets WHERE order_id = %s", order_id)
    form = {"csrf": office.hidden(f"/orders/{order_id}", "csrf"), "tickets": [ticket], "why": "Did not come"}

    answer = office.http.post(f"/orders/{order_id}/void", data={**form, **change})

    assert (answer.status_code, words in answer.text) == (422, True)
    assert hub.one("SELECT status FROM tickets WHERE id = %s", ticket) == "valid"


def test_an_order_that_was_given_is_told_whole_in_spanish(hub: Stand, seller: Seller, office: Office) -> None:
    order_id = give(seller)
    synced(hub, seller, order_id)
    path = f"/orders/{order_id}"

    page = office.http.get(path, headers=SPANISH).text
    form = {"csrf": office.hidden(path, "csrf"), "tickets": [], "why": " "}
    refused = office.http.post(f"{path}/void", data=form, headers=SPANISH)

    for words in ("Cortesía", "como cortesía</b>", "Artista", "Anular estos boletos"):
        assert words in page
    assert not any(words in page for words in ("Complimentary", "Artist<", "Void tickets", "Reason", "with money"))
    assert "No se ha anulado nada. Elige boletos que todavía valgan. Indica un motivo." in refused.text


def test_what_money_paid_is_refunded_and_not_voided(hub: Stand, seller: Seller, office: Office) -> None:
    order_id = give(seller, free=0)
    synced(hub, seller, order_id)
    ticket = hub.one("SELECT id FROM tickets WHERE order_id = %s", order_id)
    form = {"csrf": office.hidden(f"/orders/{order_id}", "csrf"), "tickets": [ticket], "why": "Did not come"}

    answer = office.http.post(f"/orders/{order_id}/void", data=form)

    assert (answer.status_code, "refund it instead" in answer.text) == (422, True)


def test_an_order_is_refunded_once_all_of_it_that_was_money_is_back(hub: Stand, seller: Seller, office: Office) -> None:
    order_id = give(seller, 2, free=5_000)
    synced(hub, seller, order_id)
    card = hub.one("SELECT amount FROM payments WHERE order_id = %s AND tender = 'terminal'", order_id)
    assert office.refund(order_id, what="amount", amount="10").status_code == 303
    hub.work()
    partly = synced(hub, seller, order_id)

    assert office.refund(order_id, what="amount", amount=f"{card / 100 - 10:.2f}").status_code == 303
    hub.work()

    assert (partly, synced(hub, seller, order_id)) == ("partially_refunded", "refunded")
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order_id) == 2


def test_it_falls_with_a_sale_that_comes_to_nothing(hub: Stand, seller: Seller) -> None:
    order_id = seller.services.selling.place(Cart((CartLine(ProductId("friday-pass"), 2),)))
    half = seller.services.orders.order(order_id).due
    seller.services.selling.take(order_id, FREE, Money(half.minor // 2, half.currency), "Artist")
    GivingBack(seller.services.context).give_back(order_id, "Changed mind")

    assert synced(hub, seller, order_id) == "failed"
    assert balances(hub, order_id) == {}
    order = seller.services.orders.order(order_id)
    assert [each.is_back for each in order.tenders] == [True]
    assert total_of([each.amount for each in order.tenders], half.currency).minor == half.minor // 2
