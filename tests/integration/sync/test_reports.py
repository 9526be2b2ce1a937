"""What organizers see: only after sign-in, in the event's own time, equal to the ledger, and safe to open."""

import csv
import io
import re
from collections.abc import Iterator

import httpx
import pytest

from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from sync.http.web.views import safe_cells
from sync.organizers.organizers import add_organizer
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door

EMAIL, PASSWORD = "ana@example.org", "correct horse battery"


@pytest.fixture(autouse=True)
def _no_tries_yet(hub: Stand) -> None:
    hub.sql("DELETE FROM attempts")


@pytest.fixture(scope="module")
def evening(hub: Stand) -> Door:
    """Three cash sales and one by phone: 2 full passes, 3 Friday passes, 1 T-shirt, 1 social."""
    with hub.database.transaction() as connection:
        add_organizer(connection, EMAIL, PASSWORD)
    door = hub.door()
    door.lease({"friday": 20, "saturday": 20, "sunday": 20, "shirts": 5, "social": 5})
    for lines in ([("full-pass", 2)], [("friday-pass", 3)], [("t-shirt", 1)]):
        door.push(door.cash_sale(*lines))
    placed, tender = door.phone_order(("social", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    hub.settle(hub.sessions.pay(hub.sessions.of(tender)))
    return door


@pytest.fixture
def browser(hub: Stand, evening: Door) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, follow_redirects=True) as client:
        yield client


@pytest.fixture
def organizer(browser: httpx.Client) -> httpx.Client:
    sign_in(browser)
    return browser


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(browser: httpx.Client, password: str = PASSWORD, csrf: str | None = None) -> httpx.Response:
    form = csrf_of(browser.get("/sign-in").text)
    return browser.post("/sign-in", data={"csrf": csrf or form, "email": EMAIL, "password": password})


def rows_of(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def test_an_organizer_signs_in_and_lands_on_the_report(browser: httpx.Client) -> None:
    page = sign_in(browser)

    assert (page.status_code, page.url.path) == (200, "/reports")
    assert "A Lo Cubano Boulder Fest 2026" in page.text


@pytest.mark.parametrize("path", ["/reports", "/reports.csv", "/tills"])
def test_nobody_sees_anything_before_signing_in(browser: httpx.Client, path: str) -> None:
    page = browser.get(path)

    assert page.url.path == "/sign-in"
    assert "Full Festival Pass" not in page.text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser: httpx.Client) -> None:
    wrong = sign_in(browser, "wrong password!")
    csrf = csrf_of(browser.get("/sign-in").text)
    unknown = browser.post("/sign-in", data={"csrf": csrf, "email": "bo@example.org", "password": PASSWORD})

    assert wrong.status_code == unknown.status_code == 403
    assert "E-mail or password are wrong." in wrong.text
    assert "E-mail or password are wrong." in unknown.text


def test_a_form_from_elsewhere_is_refused(browser: httpx.Client, hub: Stand) -> None:
    refused = sign_in(browser, csrf="forged")

    assert refused.status_code == 403
    assert "boxoffice_session" not in browser.cookies


def test_whoever_guesses_passwords_is_told_to_wait_even_when_right(browser: httpx.Client) -> None:
    for _ in range(5):
        sign_in(browser, "wrong password!")

    late = sign_in(browser)

    assert (late.status_code, "Too many tries" in late.text) == (429, True)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_its_token_is_not_kept(
    hub: Stand, browser: httpx.Client
) -> None:
    csrf = csrf_of(browser.get("/sign-in").text)
    form = {"csrf": csrf, "email": EMAIL, "password": PASSWORD}

    answer = browser.post("/sign-in", data=form, follow_redirects=False)

    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("boxoffice_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.cookies["boxoffice_session"] not in str(hub.sql("SELECT s::text FROM sessions s"))


def test_signing_out_ends_the_session_for_good(organizer: httpx.Client) -> None:
    token = organizer.cookies["boxoffice_session"]
    csrf = csrf_of(organizer.get("/reports").text)

    organizer.post("/sign-out", data={"csrf": csrf})

    organizer.cookies.set("boxoffice_session", token)
    assert organizer.get("/reports").url.path == "/sign-in"


def test_a_new_password_ends_the_sessions_of_the_old_one(hub: Stand, organizer: httpx.Client) -> None:
    with hub.database.transaction() as connection:
        add_organizer(connection, EMAIL, PASSWORD)

    assert organizer.get("/reports").url.path == "/sign-in"


def test_the_report_shows_products_tenders_and_pools_that_equal_the_ledger(hub: Stand, organizer: httpx.Client) -> None:
    rows = rows_of(organizer.get("/reports").text)

    assert any(row[:4] == ["Full Festival Pass", "2", "0", "$300.00"] for row in rows)
    assert any(row[:4] == ["Friday Day Pass", "3", "0", "$195.00"] for row in rows)
    assert any(row[:3] == ["Cash", "3", "$525.00"] for row in rows)
    assert any(row[:3] == ["Phone", "1", "$25.00"] for row in rows)
    assert not any(cell.startswith("−") for row in rows if len(row) == 9 for cell in row[1:7])
    sales = hub.one("SELECT -sum(amount) FROM ledger_postings WHERE account LIKE 'sales:%' OR account LIKE 'tax:%'")
    assert sales == 55000


def test_a_report_of_one_day_counts_the_events_own_day(hub: Stand, organizer: httpx.Client) -> None:
    day = hub.one("SELECT (min(created_at) AT TIME ZONE 'America/Denver')::date FROM orders")

    with_sales = organizer.get("/reports", params={"event": EVENT, "day": day.isoformat()})
    without = organizer.get("/reports", params={"event": EVENT, "day": "2001-01-01"})

    assert "$300.00" in with_sales.text
    assert "$300.00" not in without.text


def test_the_chart_has_a_bar_for_each_hour_with_sales(organizer: httpx.Client) -> None:
    page = organizer.get("/reports").text

    assert page.count("<rect") >= 1
    assert 'role="img"' in page


def test_the_csv_holds_every_item_and_adds_up_to_the_ledger(hub: Stand, organizer: httpx.Client) -> None:
    answer = organizer.get("/reports.csv")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    cents = sum(round(float(row["Paid"]) * 100) for row in rows)
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(rows) == 4
    assert cents == -hub.one(
        "SELECT sum(amount) FROM ledger_postings WHERE account LIKE 'sales:%' OR account LIKE 'tax:%'"
    )
    assert {row["Tender"] for row in rows} == {"cash", "checkout"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "−1"])
def test_no_cell_of_the_csv_starts_a_formula(text: str) -> None:
    assert safe_cells([text]) == [f"'{text}"]


def code_on(page: httpx.Response) -> str:
    """Returns the pairing code that the page shows: a form's secret may look like one too."""
    found = re.search(r'class="code">([A-Z2-9]{4}-[A-Z2-9]{4})<', page.text)
    assert found is not None
    return found[1]


def test_names_that_hold_markup_are_shown_as_text(hub: Stand, organizer: httpx.Client) -> None:
    csrf = csrf_of(organizer.get("/tills").text)

    made = organizer.post("/tills/codes", data={"csrf": csrf, "name": "<script>alert(1)</script>"})
    Door.pair(hub.base_url, code_on(made)).http.close()

    page = organizer.get("/tills").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_code_made_on_the_page_pairs_a_till_which_can_be_revoked_there(hub: Stand, organizer: httpx.Client) -> None:
    csrf = csrf_of(organizer.get("/tills").text)
    door = Door.pair(hub.base_url, code_on(organizer.post("/tills/codes", data={"csrf": csrf})))

    organizer.post(f"/tills/{door.me.device_id}/revoke", data={"csrf": csrf})

    assert door.http.get("/api/till/events").status_code == 401
    door.http.close()


@pytest.mark.parametrize("path", ["/tills/codes", "/tills/x/revoke", "/sign-out"])
def test_nothing_is_done_without_the_forms_own_secret(organizer: httpx.Client, path: str) -> None:
    assert organizer.post(path, data={"csrf": "forged"}).status_code == 403


def test_every_answer_forbids_scripts_frames_and_caches(browser: httpx.Client) -> None:
    for path in ("/", "/sign-in", "/health", "/p/ZZZZZZZZ"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_readiness_tells_a_migrated_database(browser: httpx.Client) -> None:
    assert (browser.get("/ready").status_code, browser.get("/health").status_code) == (200, 200)


def test_people_get_pages_and_programs_get_problem_documents(browser: httpx.Client) -> None:
    page = browser.get("/nowhere", headers={"Accept": "text/html"})
    problem = browser.get("/api/nowhere")

    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


def test_tax_returns_say_what_the_ledger_holds_for_each_office_and_refunds_take_their_tax_along(
    hub: Stand, evening: Door, organizer: httpx.Client
) -> None:
    def collected() -> dict[str, int]:
        rows = list(csv.DictReader(io.StringIO(organizer.get("/taxes.csv").text.removeprefix("\ufeff"))))
        return {row["tax"]: round(float(row["collected"]) * 100) for row in rows}

    booked = hub.one("SELECT -sum(amount) FROM ledger_postings WHERE account LIKE 'tax:%%'")
    before = collected()
    shirt = evening.cash_sale(("t-shirt", 1))
    evening.push(shirt)
    page = organizer.get("/taxes").text
    with_shirt = collected()
    (placed, *_), (payment,) = shirt, [each for each in shirt if each.kind.value == "payment_captured"]
    about = {name: payment.payload[name] for name in ("order_id", "tender_id", "tender", "amount", "currency")}
    about |= {"refund_id": new_id()}
    asked = RefundRequested(**about, parts=((0, 0),))
    evening.push(evening.write(asked, RefundSucceeded(**about, drawer=evening.me.name)))

    assert sum(before.values()) == booked > 0
    assert sum(with_shirt.values()) == booked + placed.payload["tax"]
    assert collected() == before
    assert "Where the sales were" in page
    assert organizer.get("/taxes?month=1999-01").status_code == 200
    assert organizer.get("/taxes?month=1999-13").status_code == 422


def test_the_close_of_an_evening_names_the_cash_that_nobody_has_counted(
    hub: Stand, evening: Door, organizer: httpx.Client
) -> None:
    page = organizer.get("/close").text
    cash = hub.one("SELECT sum(amount) FROM ledger_postings WHERE account LIKE 'cash:%%'")

    assert f"Cash of {evening.me.name} that no closed shift has counted" in page
    assert str(Money(-int(cash), Currency("USD"))) in page
    assert "Incomplete" in page
    assert organizer.get("/close?event=nothing").status_code == 404
