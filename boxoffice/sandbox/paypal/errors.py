"""PayPal's error answers: a status, a name, what is wrong in `details`, and an id to quote to its support."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from boxoffice.sandbox.errors import Document

_DOCS: Final = "https://developer.paypal.com/api/rest/reference/orders/v2/errors/#"
_INVALID: Final = "Request is not well-formed, syntactically incorrect, or violates schema."
_UNPROCESSABLE: Final = (
    "The requested action could not be performed, semantically incorrect, or failed business validation."
)

MALFORMED: Final = {
    "INVALID_ARRAY_MAX_ITEMS": "The number of items in an array parameter is too large.",
    "INVALID_ARRAY_MIN_ITEMS": "The number of items in an array parameter is too small.",
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "The value of a field is invalid.",
    "INVALID_STRING_LENGTH": "The value of a field is either too short or too long.",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
    "MISSING_REQUIRED_PARAMETER": "A required field / parameter is missing.",
    "NOT_SUPPORTED": "A field used is not currently supported.",
    "PAYPAL_REQUEST_ID_REQUIRED": (
        "A PayPal-Request-Id is required if you are trying to process payment for an Order. Please specify a "
        "PayPal-Request-Id or Create the Order without a 'payment_source' specified."
    ),
}
"""What is wrong with the form of a request (400)."""

REFUSALS: Final = {
    "AMOUNT_MISMATCH": (
        "Should equal item_total + tax_total + shipping + handling + insurance - shipping_discount - discount."
    ),
    "CANNOT_BE_NEGATIVE": "Must be greater than or equal to zero.",
    "CANNOT_BE_ZERO_OR_NEGATIVE": "Must be greater than zero.",
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded.",
    "COMPLIANCE_VIOLATION": "Transaction cannot be processed due to a possible compliance violation.",
    "CURRENCY_NOT_SUPPORTED": "Currency code is not supported.",
    "DECIMALS_NOT_SUPPORTED": "Currency does not support decimals.",
    "DECIMAL_PRECISION": "The value of the field should not be more than two decimal places.",
    "DUPLICATE_INVOICE_ID": (
        "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that "
        "Invoice Id be unique for each transaction."
    ),
    "INSTRUMENT_DECLINED": (
        "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment."
    ),
    "ITEM_TOTAL_MISMATCH": ("Should equal sum of (unit_amount * quantity) across all items for a given purchase_unit."),
    "ITEM_TOTAL_REQUIRED": (
        "If item details are specified (items.unit_amount and items.quantity) corresponding "
        "amount.breakdown.item_total is required."
    ),
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": (
        "You have exceeded the maximum number of payment attempts for this order."
    ),
    "MULTI_CURRENCY_ORDER": "Multiple differing values of currency_code are not supported.",
    "ORDER_ALREADY_CAPTURED": ("Order already captured.If 'intent=CAPTURE' only one capture per order is allowed."),
    "ORDER_NOT_APPROVED": (
        "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url "
        "returned as part of the HATEOAS links within the Create Order call or provide a valid payment_source in the "
        "request."
    ),
    "PAYEE_ACCOUNT_INVALID": "Payee account specified is invalid.",
    "PAYEE_ACCOUNT_LOCKED_OR_CLOSED": "The merchant account is locked or closed.",
    "PAYEE_ACCOUNT_RESTRICTED": "The merchant account is restricted.",
    "PARTIAL_REFUND_NOT_ALLOWED": "You cannot do a refund for an amount less than the original capture amount.",
    "PAYER_ACTION_REQUIRED": (
        "Payer needs to perform the following action before proceeding with payment: see the links."
    ),
    "PAYER_CANNOT_PAY": "Combination of payer and payee settings mean that this buyer can't pay this seller.",
    "PENDING_CAPTURE": "Cannot initiate a refund as the capture is pending.",
    "REFUND_AMOUNT_EXCEEDED": (
        "The refund amount must be less than or equal to the capture amount that has not yet been refunded."
    ),
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture.",
    "REFUND_FAILED_INSUFFICIENT_FUNDS": (
        "Capture could not be refunded due to insufficient funds. Please check to see if you have sufficient funds in "
        "your PayPal account or if the bank account linked to your PayPal account is verified and has sufficient funds."
    ),
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": (
        "Refunds not allowed on this capture due to a chargeback on the card or bank. Please contact the payee to "
        "resolve the chargeback."
    ),
    "REFUND_TIME_LIMIT_EXCEEDED": "You are over the time limit to perform a refund on this capture.",
    "TAX_TOTAL_MISMATCH": "Should equal sum of (tax * quantity) across all items for a given purchase_unit.",
    "TAX_TOTAL_REQUIRED": (
        "If item details are specified (items.tax_total and items.quantity) corresponding amount.breakdown.tax_total "
        "is required."
    ),
    "TRANSACTION_DISPUTED": (
        "Partial refunds cannot be offered at this time because there is an open case on this transaction. Visit the "
        "PayPal Resolution Center to review this case."
    ),
    "TRANSACTION_REFUSED": "The request was refused.",
}
"""What stands against a request that is well formed (422)."""


_OTHERS: Final = ("AUTHENTICATION_FAILURE", "NOT_AUTHORIZED", "RESOURCE_NOT_FOUND", "PREVIOUS_REQUEST_IN_PROGRESS")
_BROKEN: Final = {"INTERNAL_SERVER_ERROR": 500, "SERVICE_UNAVAILABLE": 503, "RATE_LIMIT_REACHED": 429}
CODES: Final = (*MALFORMED, *REFUSALS, *_OTHERS, *_BROKEN)
"""Every error that a rule can ask for, by PayPal's name for it."""


class PayPalError(Exception):
    """An answer that is an error."""

    def __init__(
        self, status: int, name: str, message: str, details: Sequence[Document] = (), links: Sequence[Document] = ()
    ) -> None:
        super().__init__(details[0]["description"] if details else message)
        self.status = status
        self._said: Document = {"name": name, "message": message, "details": list(details), "links": list(links)}

    def body(self, debug_id: str) -> Document:
        """Returns the JSON body; what is empty is left out."""
        return {**{name: value for name, value in self._said.items() if value}, "debug_id": debug_id}


def new_debug_id() -> str:
    return secrets.token_hex(7)[:13]


def malformed(issue: str, field: str | None = None, value: Any = None) -> PayPalError:
    """Returns the 400 for a request that is not formed as PayPal wants it; `field` is a JSON pointer."""
    return PayPalError(
        400, "INVALID_REQUEST", _INVALID, [_detail(issue, MALFORMED[issue], field, value)], [_doc(issue)]
    )


def refused(issue: str, field: str | None = None, value: Any = None, links: Sequence[Document] = ()) -> PayPalError:
    """Returns the 422 for what can't be done with this order, capture or amount."""
    details = [_detail(issue, REFUSALS[issue], field, value)]
    return PayPalError(422, "UNPROCESSABLE_ENTITY", _UNPROCESSABLE, details, [_doc(issue), *links])


def no_such(field: str | None = None, value: str | None = None) -> PayPalError:
    words = "Specified resource ID does not exist. Please check the resource ID and try again."
    details = [_detail("INVALID_RESOURCE_ID", words, field, value, "path")]
    message = "The specified resource does not exist."
    return PayPalError(404, "RESOURCE_NOT_FOUND", message, details, [_doc("INVALID_RESOURCE_ID")])


def unauthenticated() -> PayPalError:
    message = "Authentication failed due to invalid authentication credentials or a missing Authorization header."
    return PayPalError(401, "AUTHENTICATION_FAILURE", message, (), [_doc("AUTHENTICATION_FAILURE")])


def in_progress() -> PayPalError:
    words = "A previous request on this resource is currently in progress. Please wait for sometime and try again."
    details = [_detail("PREVIOUS_REQUEST_IN_PROGRESS", words, None, None)]
    message = "The server has detected a conflict while processing this request."
    return PayPalError(409, "RESOURCE_CONFLICT", message, details, [_doc("PREVIOUS_REQUEST_IN_PROGRESS")])


def named(code: str) -> PayPalError:
    """Returns the error of a name in `CODES`."""
    if code in MALFORMED:
        return malformed(code)
    if code in REFUSALS:
        return refused(code)
    if code in _BROKEN:
        return PayPalError(_BROKEN[code], code, "The request can't be worked on just now.")
    others = {
        "AUTHENTICATION_FAILURE": unauthenticated,
        "NOT_AUTHORIZED": _not_authorized,
        "RESOURCE_NOT_FOUND": no_such,
        "PREVIOUS_REQUEST_IN_PROGRESS": in_progress,
    }
    return others[code]()


def _not_authorized() -> PayPalError:
    words = "You do not have permission to access or perform operations on this resource."
    message = "Authorization failed due to insufficient permissions."
    details = [_detail("PERMISSION_DENIED", words, None, None)]
    return PayPalError(403, "NOT_AUTHORIZED", message, details, [_doc("PERMISSION_DENIED")])


def _detail(issue: str, description: str, field: str | None, value: Any, location: str = "body") -> Document:
    where = {} if field is None else {"field": field, "location": location}
    what = {} if value is None else {"value": str(value)}
    return {**where, **what, "issue": issue, "description": description}


def _doc(issue: str) -> Document:
    return {"href": _DOCS + issue, "rel": "information_link", "method": "GET"}
