"""Someone who buys on the web, by the shop's API."""

from dataclasses import dataclass
from typing import Any

import httpx

CAMILA = {"email": "camila@example.org", "name": "Camila Ortega", "phone": "303-555-0123"}


@dataclass(frozen=True)
class Shopper:
    http: httpx.Client

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.http.post(f"/api/{path}", json=body, headers=headers)

    def buy(self, product: str = "full-pass", quantity: int = 1, *, key: str | None = None) -> httpx.Response:
        body = {"items": [{"id": product, "quantity": quantity}], "customerInfo": CAMILA}
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.post("payment/create-checkout-session", body, **headers)

    def buy_all(self, *items: dict[str, Any]) -> httpx.Response:
        """Goes to the payment page with several products, as the API takes them."""
        return self.post("payment/create-checkout-session", {"items": list(items), "customerInfo": CAMILA})

    def order(self, bought: httpx.Response) -> dict[str, Any]:
        found: dict[str, Any] = self.retrieve(bought.json()["orderId"], bought.json()["accessToken"]).json()
        return found

    def retrieve(self, order_id: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.get("/api/orders/retrieve", params={"orderId": order_id}, headers=headers)
