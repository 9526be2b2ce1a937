"""Buying on the web as people do it: in a real browser, from the first page to the tickets."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pymupdf as _pymupdf
import pytest
from playwright.sync_api import expect

from boxoffice.demo.stack import Stack, sample_event
from sync.shop.waiting_room import set_line
from tests.functional.backstage import Backstage, eventually
from tests.functional.shopper import DESKTOP, PAYMENT_PAGE, PHONE, Visit, scanned

pymupdf: Any = _pymupdf  # it has no types
pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_the_journey_of_the_plan(visit: Visit) -> None:
    shopper = visit()
    page, hub_url = shopper.page, shopper.hub_url
    page.goto(f"{hub_url}/tickets")
    page.click('[data-ticket="full-pass"] .increment-btn')
    page.click('[data-ticket="full-pass"] .increment-btn')
    expect(page.locator(".cart-total")).to_contain_text("$300.00")
    page.click("#checkout-button")
    page.fill("#customer-email", "test@example.com")
    page.fill("#customer-name", "Test User")
    page.fill("#customer-phone", "555-0123")
    page.click("#submit-payment")
    page.wait_for_url(PAYMENT_PAGE)
    page.fill('[name="cardNumber"]', "4242424242424242")
    page.fill('[name="cardExpiry"]', "12/34")
    page.fill('[name="cardCvc"]', "123")
    page.fill('[name="billingName"]', "Test User")
    page.click('[data-testid="hosted-payment-submit-button"]')

    page.wait_for_url(f"{hub_url}/payment/success")
    expect(page.locator("h1")).to_contain_text("Payment Successful!")
    expect(page.locator(".order-number")).to_be_visible()
    expect(page.locator(".cart-count")).to_contain_text("0")


def test_the_tickets_scan_off_the_screen_and_off_the_pdf(visit: Visit, backstage: Backstage, tmp_path: Path) -> None:
    shopper = visit()
    number = shopper.buy("full-pass", "$300.00", times=2)

    shopper.page.click("text=See my tickets")
    shopper.page.wait_for_selector(".ticket")
    shown = shopper.codes()
    pdf = shopper.save("Save all as PDF")
    pdf.save_as(tmp_path / "tickets.pdf")
    with pymupdf.open(tmp_path / "tickets.pdf") as document:
        printed = [scanned(page.get_pixmap(dpi=150).tobytes("png")) for page in document]

    assert pdf.suggested_filename == f"tickets-{number}.pdf"
    assert printed == shown
    assert len({backstage.proved(code).ticket_id for code in shown}) == 2
    assert {backstage.proved(code).product_id for code in shown} == {"full-pass"}


def test_the_days_can_be_taken_into_a_calendar(visit: Visit) -> None:
    shopper = visit()
    number = shopper.buy("social", "$25.00")

    shopper.open("/my-tickets")
    calendar = shopper.save("Add to calendar")

    lines = Path(calendar.path()).read_text().splitlines()
    assert calendar.suggested_filename == f"{number}.ics"
    # 9 PM to 2 AM in Boulder, of the one day that the ticket is for.
    saturday = date.fromisoformat(sorted(sample_event()["event"]["days"])[1])
    begins = datetime.combine(saturday, time(21), ZoneInfo("America/Denver")).astimezone(UTC)
    ends = begins + timedelta(hours=5)
    assert {f"DTSTART:{begins:%Y%m%dT%H%M%SZ}", f"DTEND:{ends:%Y%m%dT%H%M%SZ}"} <= set(lines)
    assert lines.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:A Lo Cubano Boulder Fest 2026: Saturday Evening Social" in lines


def test_the_link_in_the_mail_opens_the_tickets_in_another_browser(visit: Visit, backstage: Backstage) -> None:
    number = visit().buy("friday-pass", "$65.00", email="link@example.com")
    mail, other = backstage.mail_to("link@example.com"), visit()

    other.page.goto(f"{backstage.stack.addresses.sandbox_url}/outbox/{mail['id']}/html")
    other.page.click("text=View Your Tickets")

    other.page.wait_for_url(f"**/my-tickets?order={number}")
    assert [backstage.proved(code).product_id for code in other.codes()] == ["friday-pass"]
    assert f"/my-tickets?order={number}" in mail["text"]


def test_everything_fits_a_phone_and_the_pay_bar_works(visit: Visit) -> None:
    shopper, too_wide = visit(**PHONE), []
    shopper.open()
    shopper.put("full-pass", "$150.00")
    too_wide.append(shopper.is_too_wide())
    shopper.page.tap(".pay-bar button")
    shopper.page.wait_for_url("**/checkout")
    too_wide.append(shopper.is_too_wide())
    shopper.go_to_payment()
    shopper.pay()
    too_wide.append(shopper.is_too_wide())
    shopper.page.tap("text=See my tickets")
    shopper.page.wait_for_selector(".ticket")
    too_wide.append(shopper.is_too_wide())

    assert not any(too_wide)
    assert shopper.codes()


def test_the_shop_works_without_scripts(visit: Visit, backstage: Backstage) -> None:
    shopper = visit(java_script_enabled=False)

    shopper.open()
    page = shopper.page
    page.click('[data-ticket="t-shirt"] .increment-btn')
    expect(page.locator('[data-ticket="t-shirt"] .says')).to_contain_text("choose one first")
    expect(page.locator('[data-ticket="t-shirt"] select')).to_be_focused()
    page.select_option('[data-ticket="t-shirt"] select', "L")
    shopper.put("t-shirt", "$30.00")
    number = shopper.buy("full-pass", "$330.00", times=2)
    shopper.page.click("text=See my tickets")

    shopper.page.wait_for_url(f"**/my-tickets?order={number}")
    assert len({backstage.proved(code).ticket_id for code in shopper.codes()}) == 2


def test_the_shop_speaks_spanish_to_the_end(visit: Visit) -> None:
    shopper = visit()
    page, html = shopper.page, shopper.page.locator("html")
    shopper.open("/tickets?lang=es")
    expect(page.locator("h1")).to_have_text("Compra tus boletos")
    shopper.put("full-pass", "$150.00")
    expect(page.locator('[data-ticket="full-pass"] h3')).to_have_text("Pase completo del festival")
    expect(page.locator("#checkout-button")).to_have_text("Pagar")
    shopper.check_out()
    expect(page.locator("h1")).to_have_text("Pago")
    page.fill("#customer-email", "camila")
    page.click("#submit-payment")
    expect(page.locator("#wrong-email")).to_have_text("A este correo le falta una @.")
    page.click("footer >> text=English")
    expect(page.locator("h1")).to_have_text("Checkout")
    page.click("footer >> text=Español")
    expect(html).to_have_attribute("lang", "es")
    shopper.go_to_payment()
    shopper.pay()
    expect(page.locator("h1")).to_have_text("¡Pago realizado!")
    expect(html).to_have_attribute("lang", "es")
    page.click("text=Ver mis boletos")
    expect(page.locator("h1")).to_have_text("Mis boletos")
    expect(page.locator(".ticket h2")).to_have_text("Pase completo del festival")
    expect(html).to_have_attribute("lang", "es")


def test_another_browser_gets_nothing_by_the_number_alone(visit: Visit) -> None:
    number, other = visit().buy("social", "$25.00"), visit()

    answers = {
        path: other.open(f"/my-tickets{path}?order={number}").status for path in ("", "/tickets.pdf", "/calendar.ics")
    }

    assert set(answers.values()) == {404}
    expect(other.page.locator("h1")).to_have_text("No order here")
    assert number not in other.page.content()


@pytest.mark.parametrize("form", ["#checkout-form", '[data-ticket="social"] form'])
def test_a_form_that_is_not_ours_is_refused_in_plain_words(visit: Visit, backstage: Backstage, form: str) -> None:
    shopper, orders = visit(java_script_enabled=False), backstage.orders()
    shopper.open("/tickets?lang=es")
    shopper.put("social", "$25.00")
    shopper.context.clear_cookies(name="boxoffice_shop")

    with shopper.page.expect_navigation() as refused:
        shopper.page.click(f"{form} button >> nth=-1")

    assert refused.value is not None
    assert refused.value.status == 403
    expect(shopper.page.locator("h1")).to_have_text("Esta tienda necesita una cookie")
    assert backstage.orders() == orders


@pytest.mark.parametrize("size", [DESKTOP, PHONE, PHONE | {"color_scheme": "dark"}], ids=["desktop", "phone", "dark"])
def test_no_page_keeps_anyone_out(visit: Visit, size: dict[str, Any]) -> None:
    shopper = visit(**size)
    barriers: list[str] = []
    shopper.open("/my-tickets")
    barriers += shopper.barriers()
    shopper.page.fill("#email", "nobody@example.com")
    shopper.page.click("main button")
    shopper.page.wait_for_selector("[role=status]")
    barriers += shopper.barriers()
    shopper.open("/tickets?says=no-more")
    barriers += shopper.barriers()
    shopper.put("full-pass", "$150.00")
    shopper.page.click('[data-ticket="t-shirt"] .increment-btn')
    shopper.page.wait_for_selector('[data-ticket="t-shirt"] .says')
    barriers += shopper.barriers()
    shopper.page.select_option('[data-ticket="t-shirt"] select', "L")
    shopper.put("t-shirt", "$180.00")
    barriers += shopper.barriers()
    shopper.check_out()
    barriers += shopper.barriers()
    shopper.page.click("#submit-payment")
    shopper.page.wait_for_selector(".wrong")
    barriers += shopper.barriers()
    shopper.go_to_payment()
    shopper.pay()
    barriers += shopper.barriers()
    shopper.page.click("text=See my tickets")
    shopper.page.wait_for_selector(".ticket")
    barriers += shopper.barriers()

    assert barriers == []


def test_paying_with_paypal_ends_with_tickets(visit: Visit, backstage: Backstage) -> None:
    shopper = visit()
    page = shopper.page
    shopper.open()
    shopper.put("friday-pass", "$65.00")
    shopper.check_out()
    shopper.go_to_paypal()

    expect(page.get_by_test_id("total")).to_have_text("65.00 USD")
    page.click('[data-testid="approve"]')

    page.wait_for_url(f"{shopper.hub_url}/payment/success")
    expect(page.locator("h1")).to_contain_text("Payment Successful!")
    page.click("text=See my tickets")
    expect(page.locator(".ticket")).to_have_count(1)


def test_the_waiting_line_calls_people_in_order_and_keeps_no_one_out(visit: Visit, stack: Stack) -> None:
    with stack.database.transaction() as connection:
        set_line(connection, 12)
    try:
        first, second = visit(), visit(**PHONE)
        first.open()
        second.open()
        expect(first.page.locator("h1")).to_contain_text("Get your tickets")
        expect(second.page.locator("h1")).to_contain_text("You are in line")
        barriers = second.barriers()
        expect(second.page.locator("h1")).to_contain_text("Get your tickets", timeout=150_000)
        second.put("friday-pass", "$65.00")
        second.check_out()
    finally:
        with stack.database.transaction() as connection:
            set_line(connection, 0)

    assert barriers == []


def test_a_visitor_says_whether_the_visit_may_be_counted(visit: Visit, stack: Stack) -> None:
    shopper = visit()
    shopper.open()
    shopper.page.click("text=Yes, count it")
    expect(shopper.page.locator(".counting")).to_contain_text("Your visit is counted")
    shopper.put("friday-pass", "$65.00")
    shopper.check_out()
    shopper.go_to_payment()
    shopper.pay()

    def names() -> list[str] | None:
        events = httpx.get(f"{stack.addresses.sandbox_url}/control/analytics").json()["events"]
        found = sorted(event["name"] for event in events)
        return found if "purchase" in found else None

    assert eventually(names) == ["begin_checkout", "purchase"]


def test_a_size_is_chosen_by_keyboard_and_never_for_the_buyer(visit: Visit) -> None:
    shopper = visit()
    page, row = shopper.page, '[data-ticket="t-shirt"]'
    shopper.open()
    assert page.input_value(f"{row} select") == ""

    page.focus(f"{row} .increment-btn")
    page.keyboard.press("Enter")

    expect(page.locator(f"{row} .says")).to_contain_text("choose one first")
    expect(page.locator(f"{row} select")).to_be_focused()
    expect(page.locator(".cart-count span").first).to_have_text("0")
    page.keyboard.type("XL")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".cart-total")).to_have_text("$30.00")
    expect(page.locator("main")).to_contain_text("XL")
    assert page.input_value(f"{row} select") == ""


def test_a_cart_of_everything_comes_to_what_is_paid(visit: Visit, backstage: Backstage) -> None:
    """A code, a size to choose, an amount to type, a line taken out again: each press does what it says."""
    shopper = visit()
    page = shopper.page
    shopper.open()
    shopper.put("full-pass", "$300.00", times=2)
    page.select_option('[data-ticket="t-shirt"] select', "M")
    shopper.put("t-shirt", "$330.00")
    page.fill('[data-ticket="donation"] input[name="amount"]', "12.50")
    page.click('[data-ticket="donation"] .add')
    expect(page.locator(".cart-total")).to_have_text("$342.50")
    shopper.put("social", "$367.50")
    page.click('[data-ticket="social"] .decrement-btn')
    expect(page.locator(".cart-total")).to_have_text("$342.50")

    page.fill("#promo", "earlybird")
    page.click("text=Apply")

    expect(page.locator(".cart-total")).to_have_text("$312.50")
    shopper.check_out()
    expect(page.locator("main")).to_contain_text("$312.50")
    shopper.go_to_payment()
    number = shopper.pay()
    ((order_id, total),) = backstage.sql("SELECT id, total_amount FROM orders WHERE order_number = %s", number)
    bought = backstage.sql("SELECT product_id, quantity FROM order_items WHERE order_id = %s", order_id)
    assert total == 31250
    assert sorted(bought) == [("donation", 1), ("full-pass", 2), ("t-shirt", 1)]


def test_a_code_that_there_is_not_is_said_and_changes_nothing(visit: Visit) -> None:
    shopper = visit(java_script_enabled=False)
    shopper.open()
    shopper.put("social", "$25.00")

    shopper.page.fill("#promo", "NOTHING")
    shopper.page.click("text=Apply")

    expect(shopper.says("This code is not known")).to_be_visible()
    expect(shopper.page.locator(".cart-total")).to_have_text("$25.00")
