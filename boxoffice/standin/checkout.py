"""Checkout Sessions: made by the API, paid on the hosted page, ended by time or by request."""

from boxoffice.standin.account import Account, Json
from boxoffice.standin.cards import Card
from boxoffice.standin.errors import StripeError, missing
from boxoffice.standin.payments import create_intent, pay_intent

_DAY_S = 86_400
_LEAST_S = 30 * 60


def create_session(account: Account, p: Json, base_url: str) -> Json:
    """Makes a session from read parameters."""
    lines = [_line(account, each) for each in p.get("line_items") or []]
    if not lines:
        raise missing("line_items")
    if p.get("ui_mode", "hosted_page") == "hosted_page" and not p.get("success_url"):
        raise missing("success_url")
    now = account.now()
    expires_at = p.get("expires_at", now + _DAY_S)
    if not now + _LEAST_S - 60 <= expires_at <= now + _DAY_S:
        raise StripeError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    total = sum(line["amount_total"] for line in lines)
    id_ = account.new_id("cs_test_a1", 48)
    session = account.add(
        {
            "id": id_,
            "object": "checkout.session",
            "adaptive_pricing": {"enabled": False},
            "after_expiration": None,
            "allow_promotion_codes": None,
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "billing_address_collection": None,
            "cancel_url": p.get("cancel_url"),
            "client_reference_id": p.get("client_reference_id"),
            "consent": None,
            "consent_collection": None,
            "created": now,
            "currency": lines[0]["currency"],
            "currency_conversion": None,
            "custom_fields": [],
            "custom_text": {
                "after_submit": None,
                "shipping_address": None,
                "submit": None,
                "terms_of_service_acceptance": None,
            },
            "customer": None,
            "customer_creation": "if_required",
            "customer_details": None,
            "customer_email": p.get("customer_email"),
            "discounts": [],
            "expires_at": expires_at,
            "invoice": None,
            "invoice_creation": None,
            "livemode": False,
            "locale": p.get("locale"),
            "metadata": p.get("metadata") or {},
            "mode": p["mode"],
            "payment_intent": None,
            "payment_link": None,
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": p.get("allowed_payment_method_types") or ["card"],
            "payment_status": "unpaid" if total else "no_payment_required",
            "recovered_from": None,
            "setup_intent": None,
            "shipping_address_collection": None,
            "shipping_cost": None,
            "shipping_options": [],
            "status": "open",
            "submit_type": p.get("submit_type"),
            "subscription": None,
            "success_url": p.get("success_url"),
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": p.get("ui_mode", "hosted_page"),
            "url": f"{base_url}/c/pay/{id_}",
        }
    )
    account.objects.setdefault("line_items", {})[id_] = {"data": lines}
    account.objects.setdefault("intent_data", {})[id_] = p.get("payment_intent_data") or {}
    return session


def line_items(account: Account, session_id: str) -> list[Json]:
    lines: list[Json] = account.objects["line_items"][session_id]["data"]
    return lines


def expire_session(account: Account, session: Json) -> Json:
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
    _end(account, session)
    return session


def expire_due(account: Account) -> None:
    """Ends the sessions whose time is over."""
    with account.lock:
        for session in account.all("checkout.session"):
            if session["status"] == "open" and session["expires_at"] <= account.now():
                _end(account, session)


def pay_session(account: Account, session: Json, card: Card, email: str, name: str) -> bool:
    """Pays what the session asks for; returns whether the card was charged.

    Raises:
        StripeError: if the session has ended.
    """
    if session["status"] == "open" and session["expires_at"] <= account.now():
        _end(account, session)
    if session["status"] != "open":
        raise StripeError("This Checkout Session is no longer active.", code="checkout_session_expired")
    intent = account.find("payment_intent", session["payment_intent"] or "")
    if intent is None:
        data = account.objects["intent_data"][session["id"]]
        wanted = {**data, "amount": session["amount_total"], "currency": session["currency"]}
        intent = create_intent(account, {**wanted, "allowed_payment_method_types": ["card"]})
        session["payment_intent"] = intent["id"]
    if not pay_intent(account, intent, card, "card", email=email or None, name=name or None):
        return False
    details = {"address": None, "email": email or None, "name": name or None, "phone": None}
    session.update(
        status="complete",
        payment_status="paid",
        url=None,
        customer_details={**details, "tax_exempt": "none", "tax_ids": []},
    )
    account.emit("checkout.session.completed", session)
    return True


def _end(account: Account, session: Json) -> None:
    session.update(status="expired", url=None)
    account.emit("checkout.session.expired", session)


def _line(account: Account, p: Json) -> Json:
    price = p.get("price_data")
    if price is None:
        raise missing("line_items[0][price_data]")
    amount, quantity = price["unit_amount"], p.get("quantity", 1)
    if amount < 0 or quantity < 1:
        raise StripeError("Invalid amount or quantity.", param="line_items")
    name = price["product_data"]["name"]
    currency = price["currency"].lower()
    return {
        "id": account.new_id("li_1"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount * quantity,
        "amount_tax": 0,
        "amount_total": amount * quantity,
        "currency": currency,
        "description": name,
        "price": {
            "id": account.new_id("price_1"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": account.now(),
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": account.new_id("prod_"),
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        },
        "quantity": quantity,
    }
