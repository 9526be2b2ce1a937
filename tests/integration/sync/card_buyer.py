"""Someone who buys and spends gift cards in the shop's pages."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from boxoffice.core.gift_cards import CardCode
from sync.mail.gift_mails import web_code
from tests.integration.sync.conftest import Stand
from tests.integration.sync.shopper import CAMILA


@dataclass(frozen=True)
class CardBuyer:
    """`http` follows no redirect to a payment page: what the page says is what is looked at."""

    hub: Stand
    http: httpx.Client

    def add(self, **press: str) -> str:
        return self.post("/tickets", **press).text

    def check_out(self) -> str:
        page = self.http.get("/tickets").text
        return self.post("/checkout", attempt=_hidden(page, "attempt")).text

    def use(self, code: str, **more: str) -> str:
        return self.post("/checkout/gift-card", order=self.order_id, code=code, **more).text

    def take_off(self, **more: str) -> str:
        (tender,) = re.findall(r'name="off" value="([^"]+)"', self.http.get("/checkout").text)
        return self.post("/checkout/gift-card", order=self.order_id, off=tender, **more).text

    def pay(self, **more: Any) -> httpx.Response:
        fields = {**CAMILA, "order": self.order_id, "csrf": self.csrf, **more}
        return self.http.post("/checkout/pay", data=fields, follow_redirects=False)

    def finish(self, **more: Any) -> str:
        """Pays what there is to pay on the provider's page; returns the order's id."""
        order_id, answer = self.order_id, self.pay(**more)
        assert answer.status_code == 303, re.findall(r'class="wrong"[^>]*>.*?</p>', answer.text)
        where = answer.headers["location"]
        if where.startswith("https://pay.test/"):
            session = where.removeprefix("https://pay.test/")
            self.hub.sessions.pay(session)
            self.hub.checkouts.settle_session(session)
        return order_id

    def buys(self, product: str = "social", **press: str) -> str:
        self.add(add=product, **press)
        return self.check_out()

    def buys_card(self, amount: str, **more: Any) -> CardCode:
        """Buys a gift card and pays for it; returns its code."""
        self.add(add="gift-card", amount=amount)
        self.check_out()
        order_id = self.finish(**more)
        return self.codes_of(order_id)[0]

    def codes_of(self, order_id: str) -> list[CardCode]:
        rows = self.hub.sql("SELECT id FROM stored_values WHERE order_id = %s ORDER BY id", order_id)
        return [web_code(self.hub.hub, card_id) for (card_id,) in rows]

    @property
    def order_id(self) -> str:
        return self.http.cookies["boxoffice_orders"].strip('"').partition(".")[0]

    @property
    def csrf(self) -> str:
        return _hidden(self.http.get("/tickets").text, "csrf")

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.http.post(path, data={"csrf": self.csrf, **fields})


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]
