"""Why a cardholder disputes, in words for organizers: Stripe's reasons (docs.stripe.com/disputes/categories)."""

from collections.abc import Mapping
from typing import Final

from boxoffice.core.languages import later

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "bank_cannot_process": (later("Bank could not book it"), later("The bank can't book this payment.")),
    "check_returned": (later("Cheque came back"), later("The cheque came back unpaid.")),
    "credit_not_processed": (
        later("Refund missing"),
        later("The cardholder was promised a refund, or gave something back, and got no money."),
    ),
    "customer_initiated": (later("Disputed by the customer"), later("The customer asks for the money back.")),
    "debit_not_authorized": (later("Not authorised"), later("The account holder did not allow this payment.")),
    "duplicate": (later("Paid twice"), later("The cardholder paid for the same thing twice.")),
    "fraudulent": (later("Not authorised"), later("The cardholder did not make or allow this payment.")),
    "general": (later("No reason"), later("The bank gave no reason. Ask the customer.")),
    "incorrect_account_details": (later("Wrong account"), later("The account that was named is wrong.")),
    "insufficient_funds": (later("No money there"), later("There was too little money in the account.")),
    "noncompliant": (later("Against the rules"), later("The card network says that its rules were broken.")),
    "product_not_received": (
        later("Not received"),
        later("The cardholder says that the tickets never came, or that the event was not held."),
    ),
    "product_unacceptable": (
        later("Not as described"),
        later("The cardholder says that the event was not what was promised."),
    ),
    "subscription_canceled": (later("Cancelled"), later("The cardholder says that it had been cancelled.")),
    "unrecognized": (later("Not recognised"), later("The cardholder does not know this line of the statement.")),
}
_UNTOLD: Final = (later("No reason told"), later("The provider has not told the reason here."))


def reason_words(reason: str) -> tuple[str, str]:
    """Returns the reason in a word, and in a sentence; one that nobody knows by the provider's own word."""
    return REASONS.get(reason, (reason.replace("_", " "), "") if reason else _UNTOLD)
