"""PayPal's Transaction Search: every payment and refund of a time, in pages.

Real lists are up to three hours behind; `last_refreshed_datetime` says how far they go. This one is never behind.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.amounts import Amount, amount_of
from boxoffice.sandbox.paypal.errors import malformed
from boxoffice.sandbox.paypal.merchant import Merchant

_LONGEST: Final = timedelta(days=31)
_MOST: Final = 500
_STATUSES: Final = {"PENDING": "P", "DECLINED": "D", "FAILED": "D"}
_REFUND_STATUSES: Final = {"PENDING": "P", "COMPLETED": "S"}
_PAYMENT, _REFUND, _REVERSAL = "T0006", "T1107", "T1106"


def transactions(merchant: Merchant, query: Mapping[str, str]) -> Document:
    """Returns a page of what moved between `start_date` and `end_date`.

    Raises:
        PayPalError: 400, without two such times, for more than 31 days, or for a page that can't be.
    """
    start, end = _moment(query, "start_date"), _moment(query, "end_date")
    if not start <= end <= start + _LONGEST:
        raise malformed("INVALID_PARAMETER_VALUE", "/end_date", query["end_date"])
    size, page = _number(query, "page_size", 100, _MOST), _number(query, "page", 1, 10_000)
    found = [
        each for each in _all(merchant) if start <= datetime.fromisoformat(each["transaction_updated_date"]) <= end
    ]
    found.sort(key=lambda each: str(each["transaction_updated_date"]))
    return {
        "transaction_details": [{"transaction_info": each} for each in found[(page - 1) * size : page * size]],
        "account_number": "SBXBOXOFFICE1",
        "start_date": query["start_date"],
        "end_date": query["end_date"],
        "last_refreshed_datetime": merchant.now(),
        "page": page,
        "total_items": len(found),
        "total_pages": -(-len(found) // size),
    }


def _all(merchant: Merchant) -> Iterator[Document]:
    for capture in merchant.captures.values():
        info = _info(capture, _PAYMENT, amount_of(capture), _STATUSES.get(capture["status"], "S"))
        fee = capture.get("seller_receivable_breakdown", {}).get("paypal_fee")
        yield info if fee is None else info | {"fee_amount": {**fee, "value": f"-{fee['value']}"}}
    for refund in merchant.refunds.values():
        amount = amount_of(refund)
        code = _REVERSAL if refund.get("_is_reversal") else _REFUND
        about = {"paypal_reference_id": refund["_capture"], "paypal_reference_id_type": "TXN"}
        if refund["status"] in _REFUND_STATUSES:
            status = _REFUND_STATUSES[refund["status"]]
            yield _info(refund, code, Amount(-amount.minor, amount.currency), status) | about


def _info(document: Document, code: str, amount: Amount, status: str) -> Document:
    at = document["create_time"].replace("Z", "+0000")
    return {
        "transaction_id": document["id"],
        "transaction_event_code": code,
        "transaction_initiation_date": at,
        "transaction_updated_date": at,
        "transaction_amount": amount.document(),
        "transaction_status": status,
        **({"custom_field": document["custom_id"]} if "custom_id" in document else {}),
    }


def _moment(query: Mapping[str, str], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(query[name])
    except (KeyError, ValueError) as error:
        issue = "INVALID_PARAMETER_SYNTAX" if name in query else "MISSING_REQUIRED_PARAMETER"
        raise malformed(issue, f"/{name}", query.get(name)) from error
    if found.tzinfo is None:
        raise malformed("INVALID_PARAMETER_SYNTAX", f"/{name}", query[name])
    return found


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise malformed("INVALID_PARAMETER_VALUE", f"/{name}", text)
    return int(text)
