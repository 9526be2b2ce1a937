"""The shape of a Checkout Session and of its lines."""

from collections.abc import Mapping
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.errors import Document

MOST_LIFE_S: Final = 24 * 3600
_CUSTOMER_NAMES: Final = ("business_name", "individual_name", "phone", "tax_ids")
_CUSTOM_TEXTS: Final = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
_GIVEN: Final = (
    *("allowed_payment_method_types", "excluded_payment_method_types", "client_reference_id", "customer_creation"),
    *("customer_email", "cancel_url", "success_url", "integration_identifier", "locale", "origin_context"),
    "submit_type",
)
_NULL: Final = (
    *("after_expiration", "allow_promotion_codes", "billing_address_collection", "client_secret", "consent"),
    *("collected_information", "consent_collection", "currency_conversion", "customer", "customer_account"),
    *("discounts", "invoice", "payment_link", "payment_method_configuration_details", "permissions"),
    *("recovered_from", "saved_payment_method_options", "setup_intent", "shipping_address_collection"),
    *("shipping_cost", "subscription"),
)


def new_line(account: Account, line: Mapping[str, Any]) -> Document:
    """Returns a line item from checked parameters."""
    data = line["price_data"]
    amount, quantity = data["unit_amount"], line.get("quantity", 1)
    product = new_id("prod", 14)
    price = {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": account.now(),
        "currency": data["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount * quantity,
        "amount_tax": 0,
        "amount_total": amount * quantity,
        "currency": price["currency"],
        "description": data["product_data"]["name"],
        "metadata": line.get("metadata", {}),
        "price": price,
        "quantity": quantity,
    }


def customer_details(email: str | None, name: str | None) -> Document:
    """Returns what is known of who pays."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details: Document = {"address": address, "email": email, "name": name, "tax_exempt": "none"}
    return details | dict.fromkeys(_CUSTOMER_NAMES)


def new_session(
    account: Account, params: Mapping[str, Any], session_id: str, types: list[str], total: int, currency: str
) -> Document:
    """Returns an open session from checked parameters."""
    email = params.get("customer_email")
    return {
        "id": session_id,
        "object": "checkout.session",
        **dict.fromkeys(_NULL),
        **{name: params.get(name) for name in _GIVEN},
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled", True)},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": account.now(),
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(_CUSTOM_TEXTS) | {"submit": params.get("custom_text", {}).get("submit")},
        "customer_details": customer_details(email, None) if email else None,
        "expires_at": params.get("expires_at", account.now() + MOST_LIFE_S),
        "invoice_creation": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "_payment_intent_data": params.get("payment_intent_data", {}),
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": types,
        "payment_status": "unpaid" if total else "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{account.base_url}/c/pay/{session_id}",
        "wallet_options": None,
    }
