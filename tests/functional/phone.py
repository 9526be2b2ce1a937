"""A customer's phone: a real browser at phone size that follows a code and pays on the hosted page."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Page, sync_playwright

APPROVED: Final = "4242 4242 4242 4242"
DECLINED: Final = "4000 0000 0000 0002"


def browser_path() -> str:
    """Returns the system's Chromium; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@contextmanager
def phone_page(link: str) -> Iterator[Page]:
    """Opens the link as a phone does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=True, device_scale_factor=3)
        page.set_default_timeout(20_000)
        page.goto(link)
        yield page
        browser.close()


def type_card(page: Page, number: str) -> None:
    """Fills the hosted page's fields, by the names that the customer's plan uses, and sends them."""
    page.fill('[name="email"]', "ana@example.com")
    page.fill('[name="cardNumber"]', number)
    page.fill('[name="cardExpiry"]', "12/34")
    page.fill('[name="cardCvc"]', "123")
    page.fill('[name="billingName"]', "Ana Ortega")
    page.click('[data-testid="hosted-payment-submit-button"]')


def pay(link: str, *numbers: str) -> str:
    """Tries the cards one after the other on the hosted page; returns what the phone shows at the end."""
    with phone_page(link) as page:
        for number in numbers[:-1]:
            type_card(page, number)
            page.wait_for_selector('[role="alert"], .problem, .error')
        type_card(page, numbers[-1])
        page.wait_for_url("**/p/*/done")
        page.wait_for_selector("h1")
        return page.inner_text("body")


def in_background(link: str, *numbers: str) -> "Future[str]":
    """Pays while the caller goes on."""
    pool = ThreadPoolExecutor(1)
    paid = pool.submit(pay, link, *numbers)
    pool.shutdown(wait=False)
    return paid
