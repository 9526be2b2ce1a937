"""Someone who buys in the web shop, with a browser of their own and a test card."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import zxingcpp
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Locator, Page, expect

from tests.functional.phone import APPROVED

EMAIL: Final = "camila@example.com"
PAYMENT_PAGE: Final = re.compile(r"/c/pay/")
_ANSWERED_4XX: Final = "the server responded with a status of 4"


@dataclass
class Shopper:
    """A visitor of the shop; what the browser complained about on the way is kept."""

    context: BrowserContext
    hub_url: str
    complaints: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(30_000)
        self.context.on("console", self._listen)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()

    def open(self, path: str = "/tickets") -> Any:
        """Goes to a page of the shop; returns its answer."""
        return self.page.goto(self.hub_url + path)

    def says(self, words: str) -> Locator:
        """Returns the shop's word on what happened, if it is this one."""
        return self.page.locator(".says", has_text=words)

    def second_tab(self) -> "Shopper":
        """Returns the same visitor in another tab."""
        return replace(self)

    def put(self, product: str, total: str, times: int = 1) -> None:
        """Adds a product to the cart, which then comes to the total."""
        count = self.page.locator(".cart-count span").first
        for _ in range(times):
            before = int(count.inner_text())
            self.page.click(f'[data-ticket="{product}"] .increment-btn')
            expect(count).to_have_text(str(before + 1))
        expect(self.page.locator(".cart-total")).to_have_text(total)

    def check_out(self) -> None:
        self.page.click("#checkout-button:visible, .pay-bar button:visible")
        self.page.wait_for_url("**/checkout")

    def fill_in(self, email: str = EMAIL) -> None:
        self.page.fill("#customer-email", email)
        self.page.fill("#customer-name", "Camila Ortega")
        self.page.fill("#customer-phone", "555-0123")

    def go_to_payment(self, email: str = EMAIL) -> None:
        """Goes from the checkout page to the payment page."""
        self.fill_in(email)
        self.page.click("#submit-payment")
        self.page.wait_for_url(PAYMENT_PAGE)

    def go_to_paypal(self) -> None:
        """Goes from the checkout page to PayPal's."""
        self.fill_in()
        self.page.check('[name="way"][value="paypal"]')
        self.page.click("#submit-payment")

    def type_card(self, number: str = APPROVED) -> None:
        """Fills the payment page and sends it."""
        self.page.fill('[name="cardNumber"]', number)
        self.page.fill('[name="cardExpiry"]', "12/34")
        self.page.fill('[name="cardCvc"]', "123")
        self.page.fill('[name="billingName"]', "Camila Ortega")
        self.page.click('[data-testid="hosted-payment-submit-button"]')

    def pay(self, number: str = APPROVED) -> str:
        """Pays, and returns the order's number."""
        self.type_card(number)
        self.page.wait_for_url(self.hub_url + "/payment/success")
        return self.page.inner_text(".order-number")

    def buy(self, product: str, total: str, times: int = 1, email: str = EMAIL) -> str:
        """Buys from the first page to the last; returns the order's number."""
        self.open()
        self.put(product, total, times)
        self.check_out()
        self.go_to_payment(email)
        return self.pay()

    def codes(self) -> list[str]:
        """Returns what the QR codes on the page say, as a scanner reads them off the screen."""
        return [scanned(code.screenshot()) for code in self.page.locator(".qr").all()]

    def save(self, link: str) -> Download:
        """Presses a link that saves a file."""
        with self.page.expect_download() as saved:
            self.page.click(f"text={link}")
        return saved.value

    def is_too_wide(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def barriers(self) -> list[str]:
        """Returns what axe-core finds on the page that keeps someone out."""
        self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate("axe.run().then(result => result.violations)")
        return [f"{self.page.url} {each['id']}: {each['nodes'][0]['html']}" for each in found]

    def _listen(self, message: ConsoleMessage) -> None:
        # A page of the shop that says no is no mistake of the page; a file that it needs and lacks is.
        is_answer = _ANSWERED_4XX in message.text and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not is_answer:
            self.complaints.append(f"{self.page.url}: {message.text}")


def scanned(png: bytes) -> str:
    """Returns what the code in a picture says."""
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(png)))
    assert found is not None
    return found.text


Visit = Callable[..., Shopper]
DESKTOP = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
