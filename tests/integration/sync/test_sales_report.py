"""The sales report: any part of the sales, each day by itself, as page, workbook, CSV and PDF; kept, and mailed."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pymupdf as _pymupdf
import pytest

from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from sync.ports import Mail
from sync.reporting.asked import Asked, Span, beside, midnight, read_query
from sync.reporting.mornings import Mornings
from sync.store.chain import new_id
from sync.store.reports import report_events
from sync.store.sales_entries import keep_up
from sync.store.sales_figures import figures
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office
from tests.integration.sync.test_reports import rows_of

pytestmark = pytest.mark.enable_socket
pymupdf: Any = _pymupdf  # it has no types
DENVER = ZoneInfo("America/Denver")


@dataclass
class Outbox:
    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> str:
        self.sent.append(mail)
        return f"message-{len(self.sent)}"


@pytest.fixture(scope="module")
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


@pytest.fixture(scope="module")
def door(hub: Stand) -> Door:
    """Two passes and a shirt sold ten days ago, and given back in part today; a Friday pass today."""
    door = hub.door()
    door.lease({"friday": 20, "saturday": 20, "sunday": 20, "shirts": 5})
    old = door.cash_sale(("full-pass", 2), ("t-shirt", 1))
    door.push(old)
    (payment,) = [each for each in old if each.kind.value == "payment_captured"]
    hub.sql("UPDATE orders SET created_at = now() - interval '10 days' WHERE id = %s", payment.payload["order_id"])
    about = {name: payment.payload[name] for name in ("order_id", "tender_id", "tender", "currency")}
    about |= {"refund_id": new_id(), "amount": 15_000}
    door.push(door.write(RefundRequested(**about, parts=((0, 0),)), RefundSucceeded(**about, drawer=door.me.name)))
    door.push(door.cash_sale(("friday-pass", 1)))
    return door


def line(office: Office, query: str, name: str) -> list[str]:
    return next((row for row in rows_of(office.page(f"/reports?{query}")) if row and row[0] == name), [])


@pytest.mark.usefixtures("door")
def test_a_refund_counts_on_the_day_it_is_made(office: Office) -> None:
    everything = line(office, "", "Full Festival Pass")
    today = line(office, "span=today", "Full Festival Pass")

    assert everything == ["Full Festival Pass", "2", "1", "$300.00", "$0.00", "−$150.00", "$150.00", "$0.00", "$150.00"]
    assert today == ["Full Festival Pass", "0", "1", "$0.00", "$0.00", "−$150.00", "−$150.00", "$0.00", "−$150.00"]
    assert line(office, "span=today", "Friday Day Pass")[6] == "$65.00"
    assert line(office, "span=yesterday", "Friday Day Pass") == []


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize("query", ["", "span=today", "product=full-pass", "channel=door", "tender=cash", "span=week"])
def test_page_workbook_and_csv_of_any_part_add_up_to_the_same(office: Office, query: str) -> None:
    page = office.page(f"/reports?{query}")
    book = openpyxl.load_workbook(io.BytesIO(office.http.get(f"/reports.xlsx?{query}").content))
    text = office.http.get(f"/reports/lines.csv?{query}").content.decode("utf-8-sig")

    (total,) = [row for row in rows_of(page) if row and row[0] == "Total" and len(row) == 9]
    paid = round(float(re.sub(r"[$,]", "", total[6]).replace("−", "-")) * 100)
    rows = list(book["By product"].iter_rows(values_only=True))
    lines = [row for row in csv.DictReader(io.StringIO(text)) if row["Tender"] == ""]
    assert round(float(str(rows[-1][6])) * 100) == paid
    assert sum(round(float(str(row[6])) * 100) for row in rows[1:-1]) == paid
    assert sum(round(float(row["Paid"]) * 100) for row in lines) == paid
    assert "Does not add up" not in page
    assert book["Lines"].max_row == len(text.splitlines())


@pytest.mark.usefixtures("door")
def test_the_workbook_holds_texts_as_texts_and_amounts_as_numbers(hub: Stand, office: Office) -> None:
    hub.sql("UPDATE sales_entries SET name = '=HYPERLINK(\"x\")' WHERE product_id = 'friday-pass'")
    book = openpyxl.load_workbook(io.BytesIO(office.http.get("/reports.xlsx").content))
    csv_lines = office.http.get("/reports/lines.csv").text
    hub.sql("UPDATE sales_entries SET name = 'Friday Day Pass' WHERE product_id = 'friday-pass'")

    cells = [cell for row in book["By product"].iter_rows() for cell in row]
    (named,) = [cell for cell in cells if str(cell.value).startswith("=")]
    assert named.data_type == "s"
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "\"'=HYPERLINK" in csv_lines
    assert book["By product"]["F2"].number_format.startswith("#,##0.00")


@pytest.mark.usefixtures("door")
def test_the_paper_has_every_product_and_says_when_it_was_made(office: Office) -> None:
    answer = office.http.get("/reports.pdf")

    words = "".join(page.get_text() for page in pymupdf.open(stream=answer.content))
    assert answer.headers["content-type"] == "application/pdf"
    for each in ("A Lo Cubano Boulder Fest 2026", "Full Festival Pass", "$150.00", "Refunds count on the day"):
        assert each in words


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize("path", ["/reports?event=none", "/reports.xlsx?event=none", "/reports.pdf?event=none"])
def test_an_event_that_is_not_there_is_not_found(office: Office, path: str) -> None:
    assert office.http.get(path).status_code == 404


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    "query", ["first=x&last=2026-99-99", "span=never", "till=nobody", "product=%00%27", "against=none", "arrivals=x"]
)
def test_what_can_not_be_read_is_left_out_and_finds_nothing_wrong(office: Office, query: str) -> None:
    assert office.http.get(f"/reports?{query}").status_code == 200


def test_an_address_says_what_is_asked_and_reads_back() -> None:
    asked = Asked(event="fest & co", span=Span.WEEK, channel="web", tender="cash", against="other")

    assert read_query(asked.query) == asked
    assert Asked().query == ""


@pytest.mark.usefixtures("door")
def test_a_report_is_kept_under_a_name_mailed_in_the_morning_and_forgotten(hub: Stand, office: Office) -> None:
    csrf = office.hidden("/reports", "csrf")
    kept = office.http.post("/reports/views", data={"csrf": csrf, "asked": "span=today", "name": " Each day "})
    page = office.page(kept.headers["location"])
    view = str(hub.one("SELECT id FROM report_views WHERE name = 'Each day'"))
    ticks = office.http.post(f"/reports/views/{view}/mail", data={"csrf": csrf, "asked": "span=today", "mailed": "yes"})
    outbox = Outbox()
    mornings = Mornings(hub.hub, outbox)
    early, late = (datetime(2026, 5, 16, hour, 5, tzinfo=DENVER) for hour in (6, 7))

    assert kept.headers["location"] == "/reports?span=today"
    assert "View: Each day" in page
    assert "Mail it no more" in office.page(ticks.headers["location"])
    assert [mornings.queue(early), mornings.queue(late), mornings.queue(late)] == [0, 1, 0]
    assert mornings.queue(datetime(2027, 1, 1, 12, tzinfo=DENVER)) == 0

    mornings.send(str(hub.one("SELECT id FROM view_mails")))
    mornings.send(str(hub.one("SELECT id FROM view_mails")))
    (mail,) = outbox.sent
    assert "Each day" in mail.subject
    assert next(iter(mail.attachments.values())).startswith(b"%PDF")
    assert hub.one("SELECT status FROM view_mails") == "sent"

    office.http.post(f"/reports/views/{view}/forget", data={"csrf": csrf, "asked": ""})
    assert hub.one("SELECT count(*) FROM view_mails") == 0


def test_nobody_touches_what_another_keeps(hub: Stand, office: Office) -> None:
    hub.sql("INSERT INTO organizers (email, password_hash) VALUES ('other@example.org', '') ON CONFLICT DO NOTHING")
    other = hub.one("SELECT id FROM organizers WHERE email = 'other@example.org'")
    hub.sql("INSERT INTO report_views (id, organizer_id, name, asked) VALUES ('theirs', %s, 'Theirs', '')", other)
    csrf = office.hidden("/reports", "csrf")

    office.http.post("/reports/views/theirs/mail", data={"csrf": csrf, "mailed": "yes"})
    office.http.post("/reports/views/theirs/forget", data={"csrf": csrf})

    assert hub.sql("SELECT is_mailed FROM report_views WHERE id = 'theirs'") == [(False,)]
    assert office.http.post("/reports/views", data={"csrf": "forged", "name": "x"}).status_code == 403


@pytest.mark.usefixtures("door")
def test_another_event_is_compared_at_the_same_distance_to_its_doors(hub: Stand) -> None:
    with hub.database.transaction() as connection:
        (event,) = [each for each in report_events(connection) if each.id == EVENT]
        keep_up(connection, EVENT, 10_000)
        shift = timedelta(days=-364)
        days = tuple(day + shift for day in event.days)
        other = type(event)("before", "Before", event.timezone, event.currency, days)
        asked = Asked(first=event.days[0] - timedelta(days=30), last=event.days[-1])
        part = asked.part(event, (asked.first, asked.last))  # type: ignore[arg-type]  # both are there
        early = midnight(event.days[0], event.timezone) - timedelta(days=10)
        theirs = beside(asked, part, event, other, early)
        whole = beside(asked, part, event, other, early + timedelta(days=60))
        assert theirs is not None
        assert whole is not None
        found = figures(connection, theirs)

    assert theirs.first.date() == days[0] - timedelta(days=30)
    assert theirs.end.date() == days[0] - timedelta(days=10)
    assert whole.end.date() == days[-1] + timedelta(days=1)
    assert found.orders == 0


@pytest.mark.usefixtures("door")
def test_what_changes_is_counted_anew_and_only_that(hub: Stand, door: Door) -> None:
    with hub.database.transaction() as connection:
        keep_up(connection, EVENT, 10_000)
    hub.sql("UPDATE sales_entries SET paid = paid + 1")
    door.push(door.cash_sale(("t-shirt", 1)))
    with hub.database.transaction() as connection:
        left = keep_up(connection, EVENT, 10_000)
    wrong = hub.one("SELECT count(DISTINCT order_id) FROM sales_entries WHERE paid % 5 = 1")
    orders = hub.one("SELECT count(*) FROM orders")
    hub.sql("UPDATE sales_read SET until = 9000000000000000000")
    with hub.database.transaction() as connection:
        keep_up(connection, EVENT, 10_000)

    assert left == 0
    assert 0 < wrong < orders
    assert hub.one("SELECT count(*) FROM sales_entries WHERE paid % 5 = 1") == 0


@pytest.mark.usefixtures("door")
def test_counting_in_small_steps_comes_to_the_same(hub: Stand) -> None:
    def entries() -> list[tuple[object, ...]]:
        return hub.sql("SELECT * FROM sales_entries ORDER BY order_id, n")

    with hub.database.transaction() as connection:
        keep_up(connection, EVENT, 10_000)
    at_once = entries()
    hub.sql("DELETE FROM sales_entries")
    hub.sql("DELETE FROM sales_read")
    left = 1
    for _ in range(100):
        with hub.database.transaction() as connection:
            left = keep_up(connection, EVENT, 1)
        if not left:
            break

    assert left == 0
    assert entries() == at_once
