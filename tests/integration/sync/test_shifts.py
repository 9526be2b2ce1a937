"""Shifts at the hub: the same Z from the facts as at the till, and one page of what is open and where the cash is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boxoffice.core.cash_moves import CashMove
from boxoffice.core.denominations import Count
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.rows import ShiftStatus
from boxoffice.till.usecases.gateway.shifts import Mailing
from boxoffice.till.usecases.shifts import Brought
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify
from sync.operations.alerts import alerts_of_cash
from sync.tills.shifts import cash_places, cash_under_way, list_shifts, report_at
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.seller import Seller

pytestmark = pytest.mark.enable_socket
USD = Currency("USD")


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    seller = Seller(hub, tmp_path).open()
    seller.services.sync.everything()
    yield seller
    seller.close()


def usd(dollars: int) -> Money:
    return Money(dollars * 100, USD)


def sell(seller: Seller, product: str, tendered: int) -> None:
    wanted = Cart((CartLine(ProductId(product), 1),))
    services = seller.services
    services.refilling.with_enough(
        services.selling.quoted(wanted), lambda: services.selling.sell_for_cash(wanted, usd(tendered))
    )


def test_a_hub_has_the_same_z_as_the_till_and_lists_what_is_open(hub: Stand, seller: Seller, office: Office) -> None:
    shifts = seller.services.shifts
    shifts.open(brought=Brought(usd(200), is_from_safe=True))
    for product in ("friday-pass", "friday-pass", "full-pass"):
        sell(seller, product, 200)
    shifts.move(CashMove.DROP, usd(100), "Too much inside")
    shifts.move(CashMove.CARRY, usd(30), "Low on change")
    seller.services.sync.everything()
    assert "Open" in office.page("/shifts")

    expected = shifts.report().report.drawer.expected
    shifts.count(Count(USD, other=expected - 500))
    closed = shifts.close(usd(100), "Wrong change given")
    here = shifts.report(closed.id).report
    seller.services.sync.everything()

    with hub.database.reading() as connection:
        there = report_at(connection, closed.id)
        (row,) = [each for each in list_shifts(connection) if each.row.id == closed.id]
        places = {(each.kind, each.name): each.amount for each in cash_places(connection)}
    assert there is not None
    assert there.report == here
    assert there.agrees
    assert (row.row, row.row.status) == (closed, ShiftStatus.CLOSED)
    name = seller.services.context.device.name
    assert places["transit", "cash"] == usd(30)
    assert places["cash", name] == Money(expected - 500 - 10_000, USD)
    page = office.page(f"/shifts/{closed.id}")
    assert "Short $5.00" in page
    assert "Wrong change given" in page
    assert office.http.get(f"/shifts/{closed.id}.pdf").content.startswith(b"%PDF")
    assert office.http.get("/shifts/nowhere").status_code == 404
    assert verify(hub.database).problem is None
    assert verify_till(seller.store, seller.services.context.journal.key.public_key()).problem is None


def test_a_till_that_signs_a_sum_that_its_facts_do_not_come_to_is_named(hub: Stand, seller: Seller) -> None:
    shifts = seller.services.shifts
    shifts.open(brought=Brought(usd(200)))
    shifts.count(Count(USD, other=20_000))
    closed = shifts.close(usd(0))
    seller.services.sync.everything()
    hub.sql("UPDATE shifts SET expected_amount = 19000 WHERE id = %s", closed.id)

    with hub.database.reading() as connection:
        there = report_at(connection, closed.id)

    assert there is not None
    assert not there.agrees
    assert "expected_amount" in (verify(hub.database).problem or "")
    hub.sql("UPDATE shifts SET expected_amount = 20000 WHERE id = %s", closed.id)


def closed_shift(seller: Seller) -> str:
    shifts = seller.services.shifts
    shifts.open(brought=Brought(usd(200)))
    shifts.count(Count(USD, other=20_000))
    return shifts.close(usd(0)).id


def test_a_z_report_is_mailed_to_every_organizer_as_pdf_once(hub: Stand, seller: Seller, office: Office) -> None:
    desk, shift_id = seller.services.at_the_drawer, closed_shift(seller)
    organizers = hub.one("SELECT count(*) FROM organizers")

    sent = [desk.send(shift_id, "es")]

    assert sent == [Mailing.TAKEN]
    hub.until(organizers, "SELECT count(*) FROM report_mails WHERE shift_id = %s AND status = 'sent'", shift_id)
    mine = [mail for mail in hub.mail.sent if mail.reference.get("report_mail_id")]
    assert len(mine) == organizers
    assert "Informe Z" in mine[0].subject
    (pdf,) = mine[0].attachments.values()
    assert pdf.startswith(b"%PDF")
    body = hub.one("SELECT count(*) FROM report_mails WHERE shift_id = %s AND language = 'es'", shift_id)
    assert body == organizers


def test_the_report_of_a_shift_that_is_open_or_another_tills_is_not_mailed(hub: Stand, seller: Seller) -> None:
    shift_id, other = closed_shift(seller), hub.door()
    seller.services.sync.everything()

    answers = [
        other.http.post(f"/api/till/shifts/{which}/mails", json={"mail_id": "m-1"}) for which in (shift_id, "nowhere")
    ]

    assert [each.status_code for each in answers] == [422, 422]
    assert hub.one("SELECT count(*) FROM report_mails WHERE shift_id = %s", shift_id) == 0


def test_cash_that_is_carried_for_too_long_is_told_once(hub: Stand, seller: Seller) -> None:
    shifts = seller.services.shifts
    shifts.open(brought=Brought(usd(200)))
    shifts.move(CashMove.CARRY, usd(30), "Low on change")
    seller.services.sync.everything()
    now = datetime.now(UTC)
    with hub.database.reading() as connection:
        carried = cash_under_way(connection)

    soon, late = list(alerts_of_cash(carried, now)), list(alerts_of_cash(carried, now + timedelta(hours=3)))

    assert soon == []
    assert [each.kind for each in late] == ["cash_is_late"]
    assert "has been under way with somebody for 3 hours." in late[0].words
    assert list(alerts_of_cash([], now)) == []
