"""Buying on the web off the path: too late, twice, back and forth, in two tabs, declined, and sold out meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from tests.functional.backstage import Backstage
from tests.functional.phone import APPROVED, DECLINED
from tests.functional.shopper import PAYMENT_PAGE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_what_others_pay_for_by_then_is_said_before_checkout_and_the_cart_is_kept(
    visit: Visit, backstage: Backstage
) -> None:
    shopper, left = visit(), backstage.left_alone("casino-workshop")
    shopper.open()
    shopper.put("casino-workshop", "$70.00", times=2)
    backstage.someone_else_takes("casino-workshop", left - 1)

    shopper.page.click("#checkout-button")

    expect(shopper.says("the last ones are being paid for")).to_be_visible()
    expect(shopper.page.locator("[role=alert]")).to_contain_text("Casino Workshop")
    expect(shopper.page.locator(".cart-total")).to_have_text("$70.00")
    shopper.page.click('[data-ticket="casino-workshop"] .decrement-btn')
    expect(shopper.page.locator(".cart-total")).to_have_text("$35.00")
    shopper.check_out()


@pytest.mark.parametrize("is_paying", [False, True])
def test_a_hold_that_lapsed_leads_back_with_a_plain_word(visit: Visit, backstage: Backstage, is_paying: bool) -> None:
    shopper, before = visit(), backstage.left_alone("sunday")
    shopper.open()
    shopper.put("sunday-pass", "$65.00")
    shopper.check_out()
    if is_paying:
        shopper.go_to_payment()
    backstage.all_give_back()

    shopper.open("/checkout")

    expect(shopper.says("The time to pay was over")).to_be_visible()
    expect(shopper.page.locator(".cart-total")).to_have_text("$65.00")
    assert backstage.left("sunday") == before


@pytest.mark.parametrize("has_errors", [False, True])
def test_the_checkout_page_leaves_by_itself_when_the_time_is_over(
    visit: Visit, backstage: Backstage, has_errors: bool
) -> None:
    shopper = visit()
    shopper.open()
    shopper.put("sunday-pass", "$65.00")
    shopper.check_out()

    backstage.let_time_run_out(in_s=3)
    shopper.page.click("#submit-payment") if has_errors else shopper.page.reload()

    expect(shopper.says("The time to pay was over")).to_be_visible()
    expect(shopper.page.locator(".cart-total")).to_have_text("$65.00")


def test_back_from_the_payment_page_and_paying_again_charges_once(visit: Visit, backstage: Backstage) -> None:
    shopper, charges, sessions = visit(), backstage.charges(), backstage.sessions()
    shopper.open()
    shopper.put("friday-pass", "$65.00")
    shopper.check_out()
    shopper.go_to_payment()
    first = shopper.page.url

    shopper.page.go_back()
    shopper.page.wait_for_url("**/checkout")
    shopper.page.click("#submit-payment")
    shopper.page.wait_for_url(PAYMENT_PAGE)
    again = shopper.page.url
    number = shopper.pay()
    shopper.page.go_back()
    shopper.open("/checkout")

    assert again == first
    assert shopper.page.inner_text(".order-number") == number
    assert (backstage.charges(), backstage.sessions()) == (charges + 1, sessions + 1)


def test_who_comes_back_from_the_payment_page_keeps_the_places_until_the_order_is_given_up(
    visit: Visit, backstage: Backstage
) -> None:
    shopper, before = visit(), backstage.left_alone("rumba-workshop")
    shopper.open()
    shopper.put("rumba-workshop", "$35.00")
    shopper.check_out()
    shopper.go_to_payment()
    ended = shopper.page.url

    shopper.page.click('[data-testid="business-link"]')

    expect(shopper.says("You have not paid")).to_be_visible()
    assert backstage.left("rumba-workshop") == before - 1
    shopper.page.click("text=Change order")
    expect(shopper.says("your places are free again")).to_be_visible()
    expect(shopper.page.locator(".cart-total")).to_have_text("$35.00")
    assert backstage.left("rumba-workshop") == before
    shopper.page.goto(ended)
    expect(shopper.page.get_by_test_id("session-expired")).to_be_visible()


def test_a_declined_card_and_then_a_good_one(visit: Visit, backstage: Backstage) -> None:
    shopper, charges = visit(), backstage.charges()
    shopper.open()
    shopper.put("saturday-pass", "$85.00")
    shopper.check_out()
    shopper.go_to_payment()

    shopper.type_card(DECLINED)
    expect(shopper.page.get_by_test_id("payment-problem")).to_be_visible()
    shopper.pay(APPROVED)

    assert backstage.charges() == charges + 1
    assert backstage.orders()[0] == "completed"


def test_the_way_back_from_another_site_finds_the_order(visit: Visit) -> None:
    shopper = visit()
    shopper.open()
    shopper.put("saturday-pass", "$85.00")
    shopper.check_out()
    shopper.go_to_payment()

    # To a browser this is another site, as Stripe's page is: cookies that do not cross sites stay behind.
    shopper.page.goto(shopper.page.url.replace("127.0.0.1", "localhost"))
    shopper.pay()

    expect(shopper.page.locator("text=See my tickets")).to_be_visible()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_double_click_makes_one_order_and_one_payment(visit: Visit, backstage: Backstage, with_scripts: bool) -> None:
    shopper, orders, sessions = visit(java_script_enabled=with_scripts), backstage.orders(), backstage.sessions()
    shopper.open()
    shopper.put("social", "$25.00")

    # The second press aborts the answer to the first: what counts is where the page ends up.
    shopper.page.dblclick("#checkout-button")
    expect(shopper.page).to_have_url(re.compile(r"/checkout$"), timeout=150_000)
    shopper.fill_in()
    shopper.page.dblclick("#submit-payment")
    expect(shopper.page).to_have_url(PAYMENT_PAGE, timeout=150_000)
    shopper.pay()

    assert (len(backstage.orders()), backstage.sessions()) == (len(orders) + 1, sessions + 1)


def test_the_success_page_can_be_loaded_again(visit: Visit, backstage: Backstage) -> None:
    shopper = visit()
    number, orders = shopper.buy("social", "$25.00"), backstage.orders()

    shopper.page.reload()

    expect(shopper.page.locator("h1")).to_have_text("Payment Successful!")
    assert shopper.page.inner_text(".order-number") == number
    assert backstage.orders() == orders


def test_a_second_tab_takes_over_and_the_first_one_says_so(visit: Visit, backstage: Backstage) -> None:
    shopper, before = visit(), backstage.left_alone("friday")
    shopper.open()
    shopper.put("friday-pass", "$65.00")
    second = shopper.second_tab()
    shopper.check_out()
    shopper.fill_in()
    second.open()
    second.put("friday-pass", "$130.00")
    second.check_out()

    shopper.page.click("#submit-payment")

    expect(shopper.says("Your order has changed")).to_be_visible()
    expect(shopper.page.locator(".cart-total")).to_have_text("$130.00")
    assert backstage.left("friday") == before - 2
    shopper.go_to_payment()
    shopper.pay()
    second.page.click("#submit-payment")
    expect(second.page.locator("h1")).to_have_text("Payment Successful!")


def test_giving_up_at_paypal_keeps_the_places_and_a_card_pays_instead(visit: Visit, backstage: Backstage) -> None:
    shopper, before = visit(), backstage.left_alone("sunday")
    page = shopper.page
    shopper.open()
    shopper.put("sunday-pass", "$65.00")
    shopper.check_out()
    shopper.go_to_paypal()

    page.click('[data-testid="cancel"]')

    expect(shopper.says("You have not paid")).to_be_visible()
    assert backstage.left("sunday") == before - 1
    shopper.go_to_payment()
    shopper.pay()
    assert backstage.left("sunday") == before - 1


def test_a_payment_that_paypal_declines_can_be_made_in_another_way(visit: Visit) -> None:
    shopper = visit()
    page = shopper.page
    shopper.open()
    shopper.put("friday-pass", "$65.00")
    shopper.check_out()
    shopper.go_to_paypal()
    page.select_option("#next", "decline_next")
    page.click('[data-testid="approve"]')
    page.wait_for_url("**/payment/success")
    expect(page.locator("h1")).not_to_contain_text("Payment Successful!")

    shopper.open("/checkout")
    shopper.go_to_payment()

    shopper.pay()


def test_gone_to_others_while_paying_charges_nothing_and_says_when_to_try_again(
    visit: Visit, backstage: Backstage
) -> None:
    shopper = visit()
    backstage.all_give_back()
    charges = backstage.charges()
    shopper.open()
    shopper.put("casino-workshop", "$35.00")
    shopper.check_out()
    shopper.go_to_payment()
    backstage.someone_else_takes("casino-workshop", backstage.left_alone("casino-workshop"))

    shopper.page.reload()
    expect(shopper.page.get_by_test_id("session-expired")).to_be_visible()
    shopper.page.click("main a.button")

    left = shopper.page.locator('[data-ticket="casino-workshop"] .left')
    expect(left).to_contain_text("The last ones are being paid for. Try again from")
    assert backstage.charges() == charges
