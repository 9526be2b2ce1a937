"""What the shop says is where the visitor looks: in sight on a phone, and the focus goes on from there."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from boxoffice.demo.stack import Stack, post
from tests.functional.shopper import PHONE, Shopper, Visit

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
_IN_SIGHT = """(element) => {
  const { top, bottom, width } = element.getBoundingClientRect();
  const bar = document.querySelector(".pay-bar:not([hidden])")?.getBoundingClientRect().top ?? innerHeight;
  return width > 0 && top >= 0 && bottom <= Math.min(bar, innerHeight);
}"""


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def shopper(visit: Visit, request: pytest.FixtureRequest) -> Shopper:
    found = visit(**PHONE, java_script_enabled=request.param)
    found.open()
    return found


def must_be_in_sight(shopper: Shopper, selector: str) -> None:
    element = shopper.page.locator(selector)
    expect(element).to_be_visible()
    box = element.bounding_box()
    size: Any = shopper.page.viewport_size
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size["height"], f"{selector} is at {box}"


def test_a_wrong_code_is_said_beside_its_field_which_has_the_focus(shopper: Shopper) -> None:
    shopper.put("social", "$25.00")

    shopper.page.fill("#promo", "NOTHING")
    shopper.page.click("text=Apply")

    expect(shopper.page.locator("#promo")).to_be_focused()
    expect(shopper.page.locator("#promo")).to_have_attribute("aria-invalid", "true")
    must_be_in_sight(shopper, "#says")


def test_an_amount_that_is_none_is_said_beside_its_field(shopper: Shopper) -> None:
    shopper.page.fill("#amount-donation", "a lot")
    shopper.page.click("text=Give")

    expect(shopper.page.locator("#amount-donation")).to_be_focused()
    must_be_in_sight(shopper, "#says")


def test_an_amount_that_can_be_read_in_two_ways_stays_in_its_field(visit: Visit) -> None:
    shopper = visit(**PHONE)
    shopper.open()
    shopper.page.fill("#amount-donation", "1.234")
    shopper.page.click("text=Give")

    expect(shopper.page.locator("#amount-donation")).to_have_attribute("aria-invalid", "true")
    expect(shopper.page.locator("#amount-donation")).to_have_value("1.234")


def test_what_is_said_of_an_order_that_was_given_up_is_above_the_bar(shopper: Shopper) -> None:
    shopper.put("social", "$25.00")
    shopper.check_out()
    shopper.page.click("text=Change order")

    expect(shopper.page.locator("#says")).to_be_visible()
    assert shopper.page.locator("#says").evaluate(_IN_SIGHT)


def test_back_from_the_payment_page_is_the_checkout_also_after_a_mistake(visit: Visit) -> None:
    shopper = visit(**PHONE)
    shopper.open()
    shopper.put("social", "$25.00")
    shopper.check_out()
    shopper.page.click("#submit-payment")
    expect(shopper.page.locator("#customer-email")).to_have_attribute("aria-invalid", "true")
    shopper.go_to_payment()

    shopper.page.go_back()

    expect(shopper.page).to_have_url(f"{shopper.hub_url}/checkout")
    expect(shopper.page.locator("#submit-payment")).to_be_visible()


def test_the_focus_stays_with_what_is_added_and_taken_out(shopper: Shopper) -> None:
    social = shopper.page.locator('[data-ticket="social"]')

    social.locator(".increment-btn").click()
    expect(shopper.page.locator(".cart-count span").first).to_have_text("1")
    expect(social.locator(".increment-btn")).to_be_focused()
    must_be_in_sight(shopper, '[data-ticket="social"] .increment-btn')
    social.locator(".decrement-btn").click()
    expect(social.locator(".increment-btn")).to_be_focused()


def test_taking_a_row_out_of_the_order_leads_to_the_order(shopper: Shopper) -> None:
    shopper.put("social", "$25.00")

    shopper.page.click(".order li button")

    expect(shopper.page.locator("#order-title")).to_be_focused()
    must_be_in_sight(shopper, "#order-title")


def test_who_forgets_the_address_is_led_to_its_field(shopper: Shopper) -> None:
    shopper.put("social", "$25.00")
    shopper.check_out()

    shopper.page.click("#submit-payment")

    expect(shopper.page.locator("#customer-email")).to_be_focused()
    must_be_in_sight(shopper, "#wrong-email")


def test_without_a_network_the_shop_says_so_and_goes_on_later(visit: Visit) -> None:
    shopper = visit(**PHONE)
    shopper.open()
    shopper.put("social", "$25.00")

    shopper.context.set_offline(True)
    shopper.page.click('[data-ticket="social"] .increment-btn')
    expect(shopper.page.locator("#offline")).to_be_focused()
    must_be_in_sight(shopper, "#offline")
    shopper.page.click('a[href="/my-tickets"]')
    expect(shopper.page).to_have_url(re.compile("/tickets"))
    shopper.context.set_offline(False)

    expect(shopper.page.locator("#offline")).to_be_hidden()
    shopper.put("social", "$50.00")
    shopper.complaints.clear()


def test_without_cookies_a_press_says_what_is_missing(visit: Visit) -> None:
    shopper = visit(**PHONE, locale="es-MX")
    shopper.open()
    shopper.context.clear_cookies()

    shopper.page.click('[data-ticket="social"] .increment-btn')

    expect(shopper.page.locator("h1")).to_have_text("Esta tienda necesita una cookie")
    expect(shopper.page.locator("h1")).to_be_focused()
    must_be_in_sight(shopper, "h1")


def answer_late(stack: Stack, call: str) -> None:
    post(f"{stack.addresses.sandbox_url}/control/faults", {"match": call, "kind": "delay", "delay_s": 5, "times": 1})


def listen(shopper: Shopper, form: str) -> None:
    """Keeps what a form says of the wait: while the next page is on its way, nobody can look at this one."""
    shopper.page.locator(f"{form} .moment").evaluate("""(says) => {
      sessionStorage.removeItem("said");
      new MutationObserver(() => sessionStorage.setItem("said", says.textContent)).observe(says, { childList: true });
    }""")


def heard(shopper: Shopper) -> Any:
    return shopper.page.evaluate("sessionStorage.getItem('said')")


def test_who_waits_for_the_payment_service_is_told_so_where_they_pressed(stack: Stack, visit: Visit) -> None:
    shopper = visit(**PHONE)
    shopper.open()
    shopper.put("social", "$25.00")
    shopper.check_out()
    listen(shopper, "#pay-form")
    answer_late(stack, "POST /v1/checkout/sessions")

    shopper.go_to_payment()
    shopper.page.go_back()

    assert heard(shopper) == "This takes a moment… Please leave this page open."
    expect(shopper.page.locator("#pay-form .moment[role=status]")).to_be_empty()


def test_who_gives_an_order_up_is_told_of_the_wait_too(stack: Stack, visit: Visit) -> None:
    shopper = visit(**PHONE, locale="es")
    shopper.open()
    shopper.put("social", "$25.00")
    shopper.check_out()
    shopper.go_to_payment()
    shopper.page.go_back()
    listen(shopper, "form[action='/checkout/give-up']")
    answer_late(stack, "POST /v1/checkout/sessions/*")

    shopper.page.click("text=Cambiar el pedido")

    expect(shopper.page.locator("#says")).to_be_visible()
    assert heard(shopper) == "Esto tarda un momento… No cierres esta página, por favor."


def test_without_scripts_the_wait_is_said_before(visit: Visit) -> None:
    shopper = visit(**PHONE, java_script_enabled=False)
    shopper.open()
    shopper.put("social", "$25.00")
    shopper.check_out()

    expect(shopper.page.locator("#pay-form .note", has_text="Please press only once.")).to_be_visible()
