"""Stripe Terminal, server-driven, over HTTP: as `services.ports.Terminal` asks for it."""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from boxoffice.core.charging import CantBeCharged, from_stripe, to_stripe
from boxoffice.core.money import Currency, Money
from boxoffice.core.payments import CardDetails
from boxoffice.core.refusals import Verdict, verdict_of
from boxoffice.core.statements import suffix_of
from boxoffice.core.terminal import ActionStatus, Intent, IntentStatus, ReaderAction, TerminalReader
from boxoffice.till.usecases.ports import SHUT_OUT, CartLineShown, StripeRefused, Unreachable

API_VERSION: Final = "2026-10-28.endive"
_TIMEOUT: Final = httpx.Timeout(12.0, connect=4.0)
_TRIES: Final = 3
_PAUSE_S: Final = 0.4
_EXPAND: Final = {"expand[]": "latest_charge"}
_RIGHTS: Final[Mapping[str, tuple[str, str]]] = {
    "PaymentIntents: Read": ("GET", "/v1/payment_intents"),
    "PaymentIntents: Write": ("POST", "/v1/payment_intents/pi_boxoffice_is_not_there/cancel"),
    "Terminal: Read": ("GET", "/v1/terminal/readers"),
    "Terminal: Write": ("POST", "/v1/terminal/readers/tmr_boxoffice_is_not_there/cancel_action"),
}
"""What a till's key must be allowed, as Stripe's page of a restricted key calls it, and what shows it: a write is tried
on what is not there, so that nothing changes."""


class StripeTerminal:
    """Speaks with a restricted key that may write PaymentIntents and readers, and nothing else."""

    def __init__(self, base_url: str, key: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}", "Stripe-Version": API_VERSION},
            timeout=_TIMEOUT,
            transport=transport,
        )

    def readers(self) -> Sequence[TerminalReader]:
        found = self._ask("GET", "/v1/terminal/readers", {"limit": "100"})
        return [_reader(each) for each in found["data"]]

    def reader(self, reader_id: str) -> TerminalReader:
        return _reader(self._ask("GET", f"/v1/terminal/readers/{reader_id}"))

    def create_intent(self, key: str, amount: Money, metadata: Mapping[str, str]) -> Intent:
        form = {
            "amount": str(_sent(amount)),
            "currency": amount.currency.code.lower(),
            "allowed_payment_method_types[]": "card_present",
            "capture_method": "automatic",
            **_on_statement(metadata),
            **{f"metadata[{name}]": value for name, value in metadata.items()},
        }
        return _intent(self._ask("POST", "/v1/payment_intents", form, key))

    def create_trial(self, key: str, amount: Money) -> Intent:
        form = {
            "amount": str(_sent(amount)),
            "currency": amount.currency.code.lower(),
            "allowed_payment_method_types[]": "card_present",
            "capture_method": "manual",
            "description": "A trial before doors open: it is cancelled",
        }
        return _intent(self._ask("POST", "/v1/payment_intents", form, key))

    def missing_rights(self) -> Sequence[str]:
        missing = [right for right, (method, path) in _RIGHTS.items() if not self._may(method, path)]
        if len(missing) == len(_RIGHTS):
            raise StripeRefused(SHUT_OUT, "")
        return missing

    def _may(self, method: str, path: str) -> bool:
        try:
            self._ask(method, path, {"limit": "1"} if method == "GET" else None)
        except StripeRefused as error:
            return error.code != SHUT_OUT  # that there is no such thing is said to those only who may ask
        return True

    def intent(self, intent_id: str) -> Intent:
        return _intent(self._ask("GET", f"/v1/payment_intents/{intent_id}", _EXPAND))

    def paid_since(self, since: datetime) -> Mapping[str, Money]:
        paid: dict[str, Money] = {}
        query = {"limit": "100", "created[gte]": str(int(since.timestamp()))}
        while True:
            found = self._ask("GET", "/v1/payment_intents", query)
            read = [_intent(each) for each in found["data"]]
            paid |= {each.id: each.amount for each in read if each.status is IntentStatus.SUCCEEDED}
            if not found["has_more"] or not read:
                return paid
            query["starting_after"] = read[-1].id

    def cancel_intent(self, intent_id: str) -> Intent:
        try:
            return _intent(self._ask("POST", f"/v1/payment_intents/{intent_id}/cancel"))
        except StripeRefused:
            return self.intent(intent_id)

    def process(self, reader_id: str, intent_id: str) -> TerminalReader:
        form = {
            "payment_intent": intent_id,
            "process_config[enable_customer_cancellation]": "true",
            "process_config[skip_tipping]": "true",
        }
        return _reader(self._ask("POST", f"/v1/terminal/readers/{reader_id}/process_payment_intent", form, tries=1))

    def show_cart(self, reader_id: str, lines: Sequence[CartLineShown], total: Money) -> None:
        form = {
            "type": "cart",
            "cart[currency]": total.currency.code.lower(),
            "cart[total]": str(_sent(total)),
        }
        for i, line in enumerate(lines):
            form |= {
                f"cart[line_items][{i}][description]": line.words,
                f"cart[line_items][{i}][amount]": str(_sent(line.total)),
                f"cart[line_items][{i}][quantity]": "1",
            }
        self._ask("POST", f"/v1/terminal/readers/{reader_id}/set_reader_display", form, tries=1)

    def cancel_action(self, reader_id: str) -> None:
        self._ask("POST", f"/v1/terminal/readers/{reader_id}/cancel_action", tries=1)

    def close(self) -> None:
        self._http.close()

    def _ask(
        self, method: str, path: str, form: Mapping[str, str] | None = None, key: str | None = None, tries: int = _TRIES
    ) -> Any:
        """Asks, and again where that is safe: a read, a write with its key, or one that is the same done twice."""
        headers = {"Idempotency-Key": key} if key else {}
        query, data = (form, None) if method == "GET" else (None, form)
        for left in range(tries - 1, -1, -1):
            try:
                response = self._http.request(method, path, headers=headers, params=query, data=data)
            except httpx.HTTPError as error:
                if not left:
                    raise _unreachable() from error
            else:
                if not _may_pass(response):
                    return _answer(response)
                if not left:
                    raise _unreachable()
            time.sleep(_PAUSE_S * (tries - left) * (0.5 + random.random()))  # noqa: S311  # jitter, no secret
        raise _unreachable()


def _on_statement(metadata: Mapping[str, str]) -> dict[str, str]:
    """Returns by what a cardholder knows the payment again, on the statement and in a dispute."""
    suffix, number = suffix_of(metadata.get("event_id", "")), metadata.get("order_number")
    named = {} if number is None else {"description": f"Order {number}"}
    return named | ({"statement_descriptor_suffix": suffix} if suffix else {})


def _may_pass(response: httpx.Response) -> bool:
    """Returns whether another try may end otherwise; Stripe's own header has the last word."""
    code = _error(response).get("code")
    if response.is_success or verdict_of(response.status_code, code) is not Verdict.OUTAGE:
        return False
    said = response.headers.get("Stripe-Should-Retry")
    if said is not None:
        return bool(said == "true")
    return not str(code).startswith("terminal_")


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        try:
            return response.json()
        except ValueError as error:
            raise _unreachable() from error
    said = _error(response)
    code = str(said.get("code") or "refused")
    is_shut_out = verdict_of(response.status_code, code) is Verdict.SHUT_OUT
    raise StripeRefused(SHUT_OUT if is_shut_out else code, str(said.get("message", "")))


def _error(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _reader(body: Mapping[str, Any]) -> TerminalReader:
    action, seen_ms = body.get("action"), body.get("last_seen_at")
    return TerminalReader(
        id=body["id"],
        label=body.get("label") or body["id"],
        is_online=body.get("status") == "online",
        action=None if action is None else _action(action),
        seen_at=None if seen_ms is None else datetime.fromtimestamp(seen_ms / 1000, UTC),
        software=body.get("device_sw_version") or "",
    )


def _action(action: Mapping[str, Any]) -> ReaderAction:
    payment = action.get("process_payment_intent") or {}
    intent = payment.get("payment_intent") or ""
    return ReaderAction(
        status=ActionStatus(action["status"]),
        intent_id=intent if isinstance(intent, str) else intent["id"],
        failure_code=action.get("failure_code") or "",
        is_cart=action.get("type") == "set_reader_display",
    )


def _intent(body: Mapping[str, Any]) -> Intent:
    last_error = body.get("last_payment_error") or {}
    charge = body.get("latest_charge")
    return Intent(
        id=body["id"],
        status=IntentStatus(body["status"]),
        amount=_amount(body.get("amount_received") or body["amount"], body["currency"]),
        decline_code=last_error.get("decline_code") or last_error.get("code") or "",
        card=_card(charge) if isinstance(charge, dict) else None,
    )


def _sent(amount: Money) -> int:
    try:
        return to_stripe(amount)
    except CantBeCharged as error:
        raise StripeRefused("refused", str(error)) from error


def _amount(sent: int, currency: str) -> Money:
    return Money(from_stripe(sent, currency), Currency(currency.upper()))


def _card(charge: Mapping[str, Any]) -> CardDetails | None:
    card = (charge.get("payment_method_details") or {}).get("card_present")
    if card is None:
        return None
    receipt = card.get("receipt") or {}
    return CardDetails(
        brand=card.get("brand") or "card",
        last4=card.get("last4") or "",
        read_method=card.get("read_method") or "",
        application_name=receipt.get("application_preferred_name") or "",
        aid=receipt.get("dedicated_file_name") or "",
        account_type=receipt.get("account_type") or "",
        authorization_code=receipt.get("authorization_code") or "",
        cryptogram=receipt.get("application_cryptogram") or "",
    )


def _unreachable() -> Unreachable:
    return Unreachable(
        "Stripe can't be reached.", "No new charge was begun.", "Check this computer's network; cash still works."
    )
