"""Charges, the methods that paid them, and the balance transactions that they bring."""

from dataclasses import dataclass
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.cards import Card, Decline
from boxoffice.sandbox.currencies import step_of
from boxoffice.sandbox.errors import Document

_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_AVAILABLE_AFTER_S: Final = 2 * 86400
_CAPTURE_WITHIN_S: Final = {"card": 7 * 86400, "card_present": 2 * 86400}
# Standard US prices: parts per thousand, and cents.
_FEES: Final = {"card": (29, 30), "card_present": (27, 5), "interac_present": (0, 15)}


@dataclass(frozen=True, slots=True)
class Presented:
    """A card and how it came: on a reader (with its id and place), or typed on a page by someone."""

    card: Card
    kind: str = "card"
    reader: str | None = None
    location: str | None = None
    name: str | None = None
    email: str | None = None
    exp_month: int = 12
    exp_year: int = 2034
    read_method: str = "contactless_emv"


def billing(name: str | None = None, email: str | None = None) -> Document:
    return {"address": dict.fromkeys(_ADDRESS), "email": email, "name": name, "phone": None, "tax_id": None}


def fee_of(amount: int, kind: str, step: int = 1) -> int:
    """Returns what Stripe keeps of a charge, rounded half up to a step."""
    per_thousand, fixed = _FEES[kind]
    exact = (amount * per_thousand + 500) // 1000 + fixed
    return (exact + step // 2) // step * step


def new_payment_method(account: Account, paid_with: Presented) -> Document:
    """Adds the payment method that a charge refers to."""
    return account.add(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billing(paid_with.name, paid_with.email),
            paid_with.kind: _method_details(paid_with),
            "created": account.now(),
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": paid_with.kind,
        }
    )


def new_charge(account: Account, intent: Document, paid_with: Presented, decline: Decline | None) -> Document:
    """Adds the charge of one attempt at an intent, approved or not; money moves only by `settle`."""
    approved = decline is None
    method = new_payment_method(account, paid_with)
    charge_id = new_id("ch")
    refunds = {"object": "list", "data": [], "has_more": False, "url": f"/v1/charges/{charge_id}/refunds"}
    return account.add(
        {
            "id": charge_id,
            "_card": paid_with.card,
            "_refunds": refunds,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": billing(paid_with.name, paid_with.email),
            "calculated_statement_descriptor": "SANDBOX",
            "captured": False,
            "created": account.now(),
            "currency": intent["currency"],
            "customer": None,
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": None if decline is None else decline.code,
            "failure_message": None if decline is None else decline.message,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "outcome": _outcome(decline),
            "paid": approved,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": _charge_details(account, intent, paid_with),
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
            "status": "succeeded" if approved else "failed",
            "transfer_data": None,
            "transfer_group": None,
        }
    )


def settle(account: Account, charge: Document) -> Document:
    """Adds the balance transaction of what a charge captured."""
    kind = charge["payment_method_details"]["type"]
    fee = fee_of(charge["amount_captured"], kind, step_of(charge["currency"]))
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": charge["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    transaction = new_transaction(account, charge, charge["amount_captured"], "charge", fee=fee, fee_details=details)
    charge["balance_transaction"] = transaction["id"]
    return transaction


def new_transaction(
    account: Account, source: Document, amount: int, type: str, fee: int = 0, fee_details: list[Any] | None = None
) -> Document:
    """Adds a balance transaction; `net = amount − fee`."""
    category = {"payment_refund": "refund", "refund_failure": "refund_failure"}.get(type, type)
    return account.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": account.now() + _AVAILABLE_AFTER_S,
            "balance_type": "payments",
            "created": account.now(),
            "currency": source["currency"],
            "description": source.get("description"),
            "exchange_rate": None,
            "fee": fee,
            "fee_details": fee_details or [],
            "net": amount - fee,
            "reporting_category": category,
            "source": source["id"],
            "status": "pending",
            "type": type,
        }
    )


def _outcome(decline: Decline | None) -> Document:
    approved = decline is None
    return {
        "advice_code": None if decline is None else decline.advice,
        "network_advice_code": None,
        "network_decline_code": None if approved else "01",
        "network_status": "approved_by_network" if approved else "declined_by_network",
        "reason": None if decline is None else decline.decline_code or decline.code,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete." if approved else "The bank did not return any further details.",
        "type": "authorized" if approved else "issuer_declined",
    }


def _method_details(paid_with: Presented) -> Document:
    card = paid_with.card
    shared: Document = {
        "brand": card.brand,
        "country": card.country,
        "exp_month": paid_with.exp_month,
        "exp_year": paid_with.exp_year,
        "fingerprint": f"Sbx{card.last4}{card.brand[:9]}",
        "funding": card.funding,
        "last4": card.last4,
    }
    if paid_with.kind == "card":
        checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
        return {**shared, "checks": checks, "display_brand": card.brand, "generated_from": None, "wallet": None}
    return {
        **shared,
        "brand_product": None,
        "cardholder_name": paid_with.name,
        "networks": {"available": [card.brand], "preferred": None},
        "preferred_locales": ["en"],
        "read_method": paid_with.read_method,
    }


def _charge_details(account: Account, intent: Document, paid_with: Presented) -> Document:
    kind = paid_with.kind
    shared = _method_details(paid_with)
    is_held = intent["capture_method"] == "manual"
    shared |= {
        "amount_authorized": intent["amount"],
        "capture_before": account.now() + _CAPTURE_WITHIN_S.get(kind, 0) if is_held else None,
        "network": paid_with.card.brand,
        "network_transaction_id": new_id("ntw", 12)[4:],
    }
    if kind == "card":
        for name in ("display_brand", "generated_from"):
            del shared[name]
        return {"type": "card", "card": shared | _card_only(intent["amount"])}
    del shared["networks"]
    return {"type": kind, kind: shared | _present_only(paid_with)}


def _card_only(amount: int) -> Document:
    return {
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network_token": {"used": False},
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "three_d_secure": None,
    }


def _present_only(paid_with: Presented) -> Document:
    return {
        "emv_auth_data": None,
        "generated_card": None,
        "incremental_authorization_supported": False,
        "location": paid_with.location,
        "offline": None,
        "overcapture_supported": False,
        "reader": paid_with.reader,
        "receipt": {
            "account_type": "credit" if paid_with.card.funding == "credit" else "checking",
            "application_cryptogram": new_id("x", 16)[2:].encode().hex()[:16].upper(),
            "application_preferred_name": "Stripe Credit" if paid_with.card.funding == "credit" else "Stripe Debit",
            "authorization_code": None,
            "authorization_response_code": "3030",
            "cardholder_verification_method": paid_with.card.verification,
            "dedicated_file_name": "A000000003101001",
            "terminal_verification_results": "8000008000",
            "transaction_status_information": "6800",
        },
        "wallet": None,
    }
