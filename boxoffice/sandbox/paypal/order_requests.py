"""What PayPal takes as an order, and what it refuses with which issue at which field."""

import re
from typing import Any, Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.amounts import Amount, read_amount
from boxoffice.sandbox.paypal.errors import malformed, refused

UNIT: Final = "/purchase_units/0"
_UNIT_TEXTS: Final = {
    "reference_id": 256,
    "description": 127,
    "custom_id": 127,
    "invoice_id": 127,
    "soft_descriptor": 22,
}
_ITEM_TEXTS: Final = {"name": 127, "quantity": 10, "description": 127, "sku": 127, "category": 20}
_CATEGORIES: Final = ("DIGITAL_GOODS", "PHYSICAL_GOODS", "DONATION")
_ADDED: Final = ("item_total", "tax_total", "shipping", "handling", "insurance")
_TAKEN_OFF: Final = ("shipping_discount", "discount")
# What the items come to, where the breakdown says so, and the issue of a breakdown that does not, or says otherwise.
_SUMS: Final = (
    ("unit_amount", "item_total", "ITEM_TOTAL_REQUIRED", "ITEM_TOTAL_MISMATCH"),
    ("tax", "tax_total", "TAX_TOTAL_REQUIRED", "TAX_TOTAL_MISMATCH"),
)


def read_unit(body: Document) -> Document:
    """Returns the one purchase unit of an order, with its amounts as PayPal writes them back.

    Raises:
        PayPalError: 400 or 422, for the first thing that PayPal would refuse.
    """
    _check_intent(body.get("intent"))
    units = body.get("purchase_units")
    if units is None:
        raise malformed("MISSING_REQUIRED_PARAMETER", "/purchase_units")
    if not isinstance(units, list) or not units:
        raise malformed("INVALID_ARRAY_MIN_ITEMS", "/purchase_units")
    if len(units) > 10:
        raise malformed("INVALID_ARRAY_MAX_ITEMS", "/purchase_units")
    if len(units) > 1:  # PayPal takes ten; nothing here sells for others
        raise malformed("NOT_SUPPORTED", "/purchase_units/1")
    unit = units[0] if isinstance(units[0], dict) else {}
    total = read_amount(unit.get("amount"), f"{UNIT}/amount", least=1)
    items = _items(unit.get("items") or [], total)
    breakdown = _breakdown(unit["amount"].get("breakdown"), items, total)
    read: Document = {"reference_id": "default", **_texts(unit, _UNIT_TEXTS, UNIT), "amount": total.document()}
    if breakdown:
        read["amount"]["breakdown"] = {name: amount.document() for name, amount in breakdown.items()}
    if items:
        read["items"] = items
    return read


def read_context(body: Document) -> Document:
    """Returns where the payer comes back to, and what the page says, from either place that PayPal takes it at.

    Raises:
        PayPalError: 400, for an address that is none.
    """
    source = body.get("payment_source") or {}
    context = (source.get("paypal") or {}).get("experience_context") or body.get("application_context") or {}
    for name in ("return_url", "cancel_url"):
        if not str(context.get(name) or "https://").startswith(("https://", "http://")):
            field = f"/payment_source/paypal/experience_context/{name}"
            raise malformed("INVALID_PARAMETER_SYNTAX", field, context[name])
    return {name: context.get(name) for name in ("return_url", "cancel_url", "brand_name", "user_action")}


def _check_intent(intent: Any) -> None:
    if intent is None:
        raise malformed("MISSING_REQUIRED_PARAMETER", "/intent")
    if intent == "AUTHORIZE":
        raise malformed("NOT_SUPPORTED", "/intent", intent)
    if intent != "CAPTURE":
        raise malformed("INVALID_PARAMETER_VALUE", "/intent", intent)


def _items(raw: list[Any], total: Amount) -> list[Document]:
    return [_item(each, f"{UNIT}/items/{place}", total) for place, each in enumerate(raw)]


def _item(raw: Any, at: str, total: Amount) -> Document:
    if not isinstance(raw, dict):
        raise malformed("INVALID_PARAMETER_SYNTAX", at)
    item = _texts(raw, _ITEM_TEXTS, at)
    for name in ("name", "quantity"):
        if not item.get(name):
            raise malformed("MISSING_REQUIRED_PARAMETER", f"{at}/{name}")
    if not re.fullmatch(r"[1-9]\d*", item["quantity"]):
        raise malformed("INVALID_PARAMETER_SYNTAX", f"{at}/quantity", item["quantity"])
    if item.get("category", "DIGITAL_GOODS") not in _CATEGORIES:
        raise malformed("INVALID_PARAMETER_VALUE", f"{at}/category", item["category"])
    item["unit_amount"] = _same(raw.get("unit_amount"), f"{at}/unit_amount", total).document()
    if "tax" in raw:
        item["tax"] = _same(raw["tax"], f"{at}/tax", total).document()
    return item


def _breakdown(raw: Any, items: list[Document], total: Amount) -> dict[str, Amount]:
    at = f"{UNIT}/amount/breakdown"
    given = raw or {}
    found = {name: _same(given[name], f"{at}/{name}", total) for name in (*_ADDED, *_TAKEN_OFF) if name in given}
    for field, name, required, mismatch in _SUMS:
        taxed = [each for each in items if field in each]
        come_to = sum(_same(each[field], at, total).minor * int(each["quantity"]) for each in taxed)
        if taxed and name not in found:
            raise refused(required, f"{at}/{name}")
        if taxed and found[name].minor != come_to:
            raise refused(mismatch, f"{at}/{name}", found[name].value)
    signed = [found[name].minor for name in _ADDED if name in found]
    signed += [-found[name].minor for name in _TAKEN_OFF if name in found]
    if found and sum(signed) != total.minor:
        raise refused("AMOUNT_MISMATCH", f"{UNIT}/amount/value", total.value)
    return found


def _same(raw: Any, field: str, total: Amount) -> Amount:
    amount = read_amount(raw, field)
    if amount.currency != total.currency:
        raise refused("MULTI_CURRENCY_ORDER", f"{field}/currency_code", amount.currency)
    return amount


def _texts(raw: Document, longest: dict[str, int], at: str) -> Document:
    found: Document = {}
    for name, most in longest.items():
        value = raw.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise malformed("INVALID_PARAMETER_SYNTAX", f"{at}/{name}", value)
        if not 1 <= len(value) <= most:
            raise malformed("INVALID_STRING_LENGTH", f"{at}/{name}", value)
        found[name] = value
    return found
