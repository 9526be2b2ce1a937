"""PayPal's Orders v2 over httpx: orders that the hub captures itself, refunds, and the proof of webhooks."""

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from secrets import token_hex
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from boxoffice.core.charging import CantBeCharged, from_paypal, to_paypal
from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.money import Currency, Money
from boxoffice.core.refusals import Verdict, verdict_of
from sync.ports import (
    MadeRefund,
    NewRefund,
    NewSession,
    RefundResult,
    Refused,
    Session,
    ShutOut,
)
from sync.provider_states import PaymentState, order_state, refund_state
from sync.providers.documents import id_in

_TIMEOUT_S: Final = 15.0
_MARGIN_S: Final = 60.0
_SAFE: Final = "Nothing was charged by this step."
_NOT_TAKEN: Final = (PaymentState.OPEN, PaymentState.APPROVED)
_BACK_TO_THE_BUYER: Final = frozenset({"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "ORDER_NOT_APPROVED"})
_PAYER_LINKS: Final = ("payer-action", "approve")
PROOF: Final = ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
"""What PayPal sends along with a webhook, each header after `paypal-`."""


class PayPal:
    """PayPal as a provider of payments and refunds. An order is taken by the hub, so none is paid behind its back."""

    def __init__(self, client_id: str, secret: str, base_url: str, webhook_id: str) -> None:
        self._http = httpx.Client(base_url=base_url.rstrip("/"), timeout=_TIMEOUT_S)
        self._basic = (client_id, secret)
        self._webhook_id = webhook_id
        self._token, self._token_ends = "", 0.0
        self._lock = threading.Lock()

    def create(self, new: NewSession) -> Session:
        """Returns the order that a customer can approve.

        Raises:
            TryAgainLater: if PayPal could not be reached, or was busy.
            Refused: if PayPal said no.
        """
        amount = _decimal(sum(line.amount for line in new.lines), new.currency)
        experience = {
            "return_url": new.success_url,
            "cancel_url": new.cancel_url,
            "shipping_preference": "NO_SHIPPING",
            "user_action": "PAY_NOW",
        }
        if new.language is not None:
            experience["locale"] = f"{new.language}-US"
        unit = {
            "reference_id": new.order_id,
            "custom_id": new.metadata["tender_id"],
            "description": f"Order {new.metadata['order_number']}",
            "amount": {"currency_code": new.currency, "value": amount},
        }
        body = {
            "intent": "CAPTURE",
            "purchase_units": [unit],
            "payment_source": {"paypal": {"experience_context": experience}},
        }
        return _read(self._call("POST", "/v2/checkout/orders", body, key=new.key), new)

    def retrieve(self, session_id: str) -> Session:
        return _read(self._call("GET", f"/v2/checkout/orders/{session_id}"))

    def expire(self, session_id: str) -> Session:
        """Returns the order as ended: what the hub does not take is never paid. One that is taken is returned so."""
        found = self.retrieve(session_id)
        return replace(found, state=PaymentState.ENDED, url=None) if found.state in _NOT_TAKEN else found

    def take(self, session_id: str) -> Session:
        """Captures an approved order; one whose card was declined stays open, for the buyer to choose another."""
        try:
            # A key of its own each time: PayPal would repeat an old decline. An order can be captured only once.
            return _read(self._call("POST", f"/v2/checkout/orders/{session_id}/capture", {}, key=token_hex(16)))
        except _Issue as issue:
            found = self.retrieve(session_id)
            if issue.name in _BACK_TO_THE_BUYER and found.state is PaymentState.APPROVED:
                return replace(found, state=PaymentState.OPEN)
            return found

    def refund(self, new: NewRefund) -> RefundResult:
        amount = {"currency_code": new.currency, "value": _decimal(new.amount, new.currency)}
        body = {"amount": amount, "invoice_id": new.metadata["refund_id"]}
        return _refund(self._call("POST", f"/v2/payments/captures/{new.payment}/refund", body, key=new.key))

    def find(self, payment: str, refund_id: str) -> RefundResult | None:
        """Returns the refund of a capture that was asked for with our id."""
        return next((each.result for each in self.made(payment) if each.our_id == refund_id), None)

    def made(self, payment: str) -> list[MadeRefund]:
        """Returns all refunds of a capture. PayPal lists them by the order only."""
        capture = self._call("GET", f"/v2/payments/captures/{payment}")
        order_id = id_in(capture, "supplementary_data", "related_ids", "order_id")
        up = next((str(link["href"]) for link in capture.get("links", []) if link["rel"] == "up"), "")
        order = self._call("GET", f"/v2/checkout/orders/{order_id or up.rsplit('/', 1)[-1]}")
        units = order.get("purchase_units", [])
        return [_made(each) for unit in units for each in unit.get("payments", {}).get("refunds", [])]

    def fee(self, payment: str) -> int | None:
        """Returns what PayPal has kept of a capture, in minor units; None as long as that is not known."""
        capture = self._call("GET", f"/v2/payments/captures/{payment}")
        fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee")
        return None if fee is None else from_paypal(fee["value"], fee["currency_code"])

    def look(self, refund: str) -> RefundResult:
        return _refund(self._call("GET", f"/v2/payments/refunds/{refund}"))

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Returns whether PayPal sent this webhook, by its own word.

        Raises:
            TryAgainLater: if PayPal can't be reached.
        """
        proof = {name.replace("-", "_"): headers.get(f"paypal-{name}", "") for name in PROOF}
        if not all(proof.values()):
            return False
        # The event goes in as it came: written anew, its signature might not fit any more.
        head = json.dumps({**proof, "webhook_id": self._webhook_id})[:-1]
        text = f'{head}, "webhook_event": {body.decode(errors="replace")}}}'
        try:
            answer = self._call("POST", "/v1/notifications/verify-webhook-signature", text)
        except Refused:
            return False
        return bool(answer.get("verification_status") == "SUCCESS")

    def read(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Returns what PayPal answers to a question.

        Raises:
            TryAgainLater: if PayPal can't be reached.
            Refused: if PayPal said no.
        """
        return self._call("GET", f"{path}?{urlencode(params)}")

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, path: str, body: Any = None, key: str | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Prefer": "return=representation"}
        if key is not None:
            headers["PayPal-Request-Id"] = key
        content = body if isinstance(body, str) else None if body is None else json.dumps(body)
        for attempt in (1, 2):
            headers["Authorization"] = f"Bearer {self._bearer(is_new=attempt == 2)}"
            answer = self._send(method, path, content=content, headers=headers)
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
        return _checked(answer)

    def _bearer(self, *, is_new: bool) -> str:
        with self._lock:
            if is_new or monotonic() > self._token_ends:
                form = {"grant_type": "client_credentials"}
                found = _checked(self._send("POST", "/v1/oauth2/token", data=form, auth=self._basic))
                self._token = str(found["access_token"])
                self._token_ends = monotonic() + float(found["expires_in"]) - _MARGIN_S
            return self._token

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **more)
        except httpx.TransportError as error:
            raise TryAgainLater("PayPal can't be reached.", _SAFE, "Try again in a moment.") from error


class _Issue(Refused):
    """PayPal's own word for why it said no."""

    def __init__(self, name: str, words: str) -> None:
        self.name = name
        super().__init__(f"PayPal refused: {words}", _SAFE, "Pay in another way.")


def _checked(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success and isinstance(body, dict):
        return body
    raise _failure(answer.status_code, body if isinstance(body, dict) else {})


def _failure(status: int, body: Mapping[str, Any]) -> OperationFailed:
    """Returns what an error of PayPal's means; one that is told in no words of PayPal's is told by its status."""
    details = body.get("details") or [{}]
    issue = str(details[0].get("issue") or body.get("name") or body.get("error") or "")
    match verdict_of(status, issue):
        case Verdict.OUTAGE:
            return TryAgainLater("PayPal is having trouble.", _SAFE, "Try again in a moment.")
        case Verdict.SHUT_OUT:
            return ShutOut("PayPal does not accept the hub's key.", _SAFE, "Check PAYPAL_CLIENT_ID and its secret.")
        case Verdict.FINAL:
            return _Issue(issue, str(body.get("message", status)))


def _read(order: Mapping[str, Any], new: NewSession | None = None) -> Session:
    unit = order.get("purchase_units", [{}])[0]
    captures = unit.get("payments", {}).get("captures", [])
    capture = captures[-1] if captures else None
    state = order_state(order["status"], None if capture is None else capture["status"])
    money = (capture or unit).get("amount")
    amount, currency = 0, "" if new is None else new.currency
    if money is not None:
        currency = str(money["currency_code"])
        amount = from_paypal(money["value"], currency)
    links = {link["rel"]: link["href"] for link in order.get("links", [])}
    return Session(
        id=order["id"],
        url=next((links[rel] for rel in _PAYER_LINKS if rel in links), None),
        state=state,
        amount=amount,
        currency=currency,
        payment=None if capture is None else capture["id"],
        held_reason=_reason(capture or {}) or "OTHER" if state is PaymentState.HELD else None,
    )


def _made(refund: Mapping[str, Any]) -> MadeRefund:
    amount = from_paypal(refund["amount"]["value"], refund["amount"]["currency_code"])
    return MadeRefund(_refund(refund), amount, id_in(refund, "invoice_id"))


def _refund(refund: Mapping[str, Any]) -> RefundResult:
    return RefundResult(refund["id"], refund_state("paypal", refund["status"]), _reason(refund))


def _reason(document: Mapping[str, Any]) -> str | None:
    return (document.get("status_details") or {}).get("reason")


def _decimal(minor: int, currency: str) -> str:
    """Returns an amount as PayPal writes it.

    Raises:
        Refused: if PayPal has no such amount.
    """
    try:
        return to_paypal(Money(minor, Currency(currency)))
    except CantBeCharged as error:
        raise Refused(f"PayPal would refuse: {error}.", _SAFE, "Use another tender.") from error
