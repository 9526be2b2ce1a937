"""PaymentIntents, charges, balance transactions and refunds."""

from typing import Any, Final

from boxoffice.standin.account import Account, Json
from boxoffice.standin.cards import REFUND_FAILS, Card, message_of
from boxoffice.standin.errors import StripeError, missing

CANCELABLE: Final = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
_MIN_AMOUNT: Final = 50
_FEES: Final = {"card": (29, 30), "card_present": (27, 5)}
"""Per mille and fixed cents: Stripe's US list prices."""


def create_intent(account: Account, p: Json) -> Json:
    """Makes a PaymentIntent from read parameters."""
    if p["amount"] <= 0:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    types = p.get("allowed_payment_method_types") or ["card"]
    if p["amount"] < _MIN_AMOUNT and "card_present" not in types:
        raise StripeError("Amount must convert to at least 50 cents.", code="amount_too_small", param="amount")
    intent = account.add(
        {
            "id": account.new_id("pi_3"),
            "object": "payment_intent",
            "amount": p["amount"],
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": p.get("capture_method", "automatic_async"),
            "client_secret": None,
            "confirmation_method": "automatic",
            "created": account.now(),
            "currency": p["currency"].lower(),
            "customer": None,
            "description": p.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": p.get("metadata") or {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {},
            "payment_method_types": types,
            "processing": None,
            "receipt_email": p.get("receipt_email"),
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": p.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        }
    )
    intent["client_secret"] = f"{intent['id']}_secret_{account.new_id('')}"
    account.emit("payment_intent.created", intent)
    return intent


def cancel_intent(account: Account, intent: Json, reason: str | None) -> Json:
    if intent["status"] not in CANCELABLE:
        raise StripeError(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    intent.update(status="canceled", canceled_at=account.now(), cancellation_reason=reason, amount_capturable=0)
    account.emit("payment_intent.canceled", intent)
    return intent


def pay_intent(account: Account, intent: Json, card: Card, method: str, **more: Any) -> bool:
    """Tries a card on an intent; returns whether it was charged. `method` is card or card_present."""
    charge = account.add(_charge(account, intent, card, method, more))
    intent["latest_charge"] = charge["id"]
    if not card.is_approved:
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {
            "type": "card_error",
            "code": card.code,
            "decline_code": card.decline_code,
            "message": message_of(card),
            "charge": charge["id"],
        }
        account.emit("charge.failed", charge)
        account.emit("payment_intent.payment_failed", intent)
        return False
    intent["last_payment_error"] = None
    if intent["capture_method"] == "manual":
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
    else:
        _capture(account, intent, charge, intent["amount"])
        account.emit("payment_intent.succeeded", intent)
    return True


def capture_intent(account: Account, intent: Json, amount: int | None) -> Json:
    if intent["status"] != "requires_capture":
        raise StripeError(
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be captured: requires_capture.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    charge = account.get("charge", intent["latest_charge"])
    taken = intent["amount_capturable"] if amount is None else amount
    if not 0 < taken <= intent["amount_capturable"]:
        raise StripeError("The amount to capture is not available.", code="amount_too_large", param="amount_to_capture")
    _capture(account, intent, charge, taken)
    account.emit("charge.captured", charge)
    account.emit("payment_intent.succeeded", intent)
    return intent


def refund(account: Account, p: Json) -> Json:
    """Refunds part of a charge, or what is left of it."""
    charge = _charge_to_refund(account, p)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = p.get("amount", left)
    if amount > left:
        raise StripeError(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge (${left / 100:.2f})",
            param="amount",
        )
    if amount <= 0:
        raise StripeError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    made = account.add(
        {
            "id": account.new_id("re_3"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": account.now(),
            "currency": charge["currency"],
            "destination_details": {"card": {"type": "refund"}, "type": "card"},
            "metadata": p.get("metadata") or {},
            "payment_intent": charge["payment_intent"],
            "reason": p.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        }
    )
    transaction = _transaction(account, made, "refund", -amount, 0)
    made["balance_transaction"] = transaction["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    account.emit("refund.created", made)
    account.emit("charge.refunded", charge)
    if charge["metadata"].get("sandbox_card") == REFUND_FAILS:
        made.update(status="failed", failure_reason="expired_or_canceled_card")
        charge["amount_refunded"] -= amount
        charge["refunded"] = False
        account.emit("refund.failed", made)
    return made


def _charge_to_refund(account: Account, p: Json) -> Json:
    if "charge" in p:
        return account.get("charge", p["charge"], "charge")
    if "payment_intent" not in p:
        raise missing("payment_intent")
    intent = account.get("payment_intent", p["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise StripeError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent"
        )
    return account.get("charge", intent["latest_charge"])


def _capture(account: Account, intent: Json, charge: Json, amount: int) -> None:
    was_captured = charge["captured"]
    charge.update(captured=True, amount_captured=amount)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    per_mille, fixed = _FEES[charge["payment_method_details"]["type"]]
    fee = (amount * per_mille + 500) // 1000 + fixed
    is_late = intent["capture_method"] == "automatic_async"
    if not is_late:
        charge["balance_transaction"] = _transaction(account, charge, "charge", amount, fee)["id"]
    if not was_captured and intent["capture_method"] != "manual":
        account.emit("charge.succeeded", charge)
    if is_late:  # the balance transaction comes after the charge, with an event of its own
        charge["balance_transaction"] = _transaction(account, charge, "charge", amount, fee)["id"]
        account.emit("charge.updated", charge)


def _transaction(account: Account, source: Json, kind: str, amount: int, fee: int) -> Json:
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return account.add(
        {
            "id": account.new_id("txn_3"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": account.now() + 2 * 86_400,
            "balance_type": "payments",
            "created": account.now(),
            "currency": source["currency"],
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "reporting_category": kind,
            "source": source["id"],
            "status": "pending",
            "type": kind,
        }
    )


def _charge(account: Account, intent: Json, card: Card, method: str, more: Json) -> Json:
    failed = not card.is_approved
    return {
        "id": account.new_id("ch_3"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": None,
            "email": more.get("email"),
            "name": more.get("name"),
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "BOXOFFICE SANDBOX",
        "captured": False,
        "created": account.now(),
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_code": card.code or None,
        "failure_message": message_of(card) if failed else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {**intent["metadata"], **({"sandbox_card": card.number} if card.number == REFUND_FAILS else {})},
        "on_behalf_of": None,
        "outcome": None,
        "paid": not failed,
        "payment_intent": intent["id"],
        "payment_method": account.new_id("pm_1"),
        "payment_method_details": {"type": method, method: _details(account, intent, card, method, more)},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if failed else "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def _details(account: Account, intent: Json, card: Card, method: str, more: Json) -> Json:
    shared: Json = {
        "brand": card.brand,
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": account.new_id("", 16),
        "funding": "credit",
        "last4": card.last4,
        "network": card.brand,
    }
    if method == "card":
        checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
        return {
            **shared,
            "checks": checks,
            "installments": None,
            "mandate": None,
            "three_d_secure": None,
            "wallet": None,
        }
    return {
        **shared,
        "amount_authorized": intent["amount"],
        "brand_product": None,
        "cardholder_name": None,
        "emv_auth_data": None,
        "generated_card": None,
        "incremental_authorization_supported": False,
        "network_transaction_id": None,
        "offline": None,
        "overcapture_supported": False,
        "preferred_locales": ["en"],
        "read_method": more.get("read_method", "contactless_emv"),
        "receipt": {
            "account_type": "credit",
            "application_cryptogram": account.new_id("", 8).encode().hex().upper(),
            "application_preferred_name": f"{card.brand.title()} Credit",
            "authorization_code": account.new_id("", 6).upper(),
            "authorization_response_code": "3030",
            "cardholder_verification_method": card.verification,
            "dedicated_file_name": "A000000003101001",
            "terminal_verification_results": "8000008000",
            "transaction_status_information": "6800",
        },
    }
