"""Every state that a provider's documents name, what it is to us, and what follows from it: one table for each thing.

Sources: docs.stripe.com/api (checkout/sessions, payment_intents, refunds, disputes, payouts), and PayPal's OpenAPI
documents (checkout_orders_v2, payments_payment_v2, customer_disputes_v1). A state that they add later is told by the
`unknown` function of its thing: never as money that is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from boxoffice.core import charging, findings, tenders
from boxoffice.core.languages import later
from boxoffice.core.payments import DisputeState
from boxoffice.core.tenders import Taken, tender_of
from sync.exception_kinds import ExceptionKind

Provider = Literal["stripe", "paypal"]
PROVIDER_NAMES: Final[Mapping[Provider, str]] = {"stripe": "Stripe", "paypal": "PayPal"}
PROVIDER_BY_WAY: Final[Mapping[str, Provider]] = {"stripe": "stripe", "stripe_intent": "stripe", "paypal": "paypal"}
"""The provider by each of its ways to pay: Stripe has two, its own page and fields within the shop's."""
CHARGING: Final[Mapping[Provider, charging.Provider]] = {
    "stripe": charging.Provider.STRIPE,
    "paypal": charging.Provider.PAYPAL,
}
_CHARGING: Final = {its: name for name, its in CHARGING.items()}
TENDERS: Final[Mapping[str, Provider]] = {
    kind.value: _CHARGING[row.provider] for kind, row in tenders.TENDERS.items() if row.provider is not None
}
"""Who takes the money of a tender, and gives it back. Cash goes out of the drawer that took it, at the till."""
PAGE_TENDERS: Final[Mapping[Provider, str]] = {
    its: name for name, its in TENDERS.items() if tender_of(name).taken is Taken.PAGE
}
"""What a payment at a provider's own page is in the books."""


def tenders_of(provider: Provider) -> tuple[str, ...]:
    return tuple(tender for tender, its in TENDERS.items() if its == provider)


def provider_of(name: str) -> Provider:
    """Returns the provider behind one of its ways to pay, as the books of payment pages have them."""
    return PROVIDER_BY_WAY[name]


def charging_of(name: str) -> charging.Provider:
    """Returns who charges for one of those ways, with the limits of what can be charged."""
    return CHARGING[PROVIDER_BY_WAY[name]]


class PaymentState(Enum):
    """What a payment is to us: the words of a `Session`."""

    OPEN = "open"
    APPROVED = "approved"
    HELD = "held"
    PAID = "paid"
    REFUSED = "refused"
    ENDED = "ended"


class RefundState(Enum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PayoutState(Enum):
    ON_ITS_WAY = "on_its_way"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from a state. `money` is what the ledger posts, `page` what the buyer reads.

    `mail` is the kind of mail that the buyer gets when it begins; `inbox` what is put before organizers then, and
    `ends` what of theirs is over by itself.
    """

    money: str
    places: Literal["kept", "sold", "free", "as they are"]
    page: str
    mail: Literal["tickets", "payment_held", "payment_refused"] | None = None
    inbox: ExceptionKind | None = None
    ends: tuple[ExceptionKind, ...] = ()


PAYMENTS: Final[Mapping[PaymentState, Follows]] = {
    PaymentState.OPEN: Follows("nothing", "kept", "pay"),
    PaymentState.APPROVED: Follows("nothing: the hub takes it now", "kept", "waiting"),
    PaymentState.HELD: Follows("nothing yet", "kept", "held", "payment_held", "payment_held", ends=("payment_lost",)),
    PaymentState.PAID: Follows(
        "provider / unearned", "sold", "success", "tickets", ends=("payment_held", "payment_lost")
    ),
    PaymentState.REFUSED: Follows(
        "nothing", "free", "refused", "payment_refused", ends=("payment_held", "payment_lost")
    ),
    PaymentState.ENDED: Follows("nothing", "free", "not-paid", ends=("payment_held", "payment_lost")),
}

REFUNDS: Final[Mapping[RefundState, Follows]] = {
    RefundState.PENDING: Follows("transit / provider, once it has left the balance", "as they are", "order"),
    RefundState.SUCCEEDED: Follows(
        "refunds / provider (or transit)",
        "as they are",
        "order",
        ends=findings.OVER_WITH_SUCCESS,
    ),
    RefundState.FAILED: Follows(
        "what was posted, back",
        "as they are",
        "order",
        inbox="refund_failed",
        ends=findings.OVER_WITH_FAILURE,
    ),
}

_MONEY_OF_DISPUTES: Final[Mapping[DisputeState, str]] = {
    DisputeState.INQUIRY: "nothing",
    DisputeState.INQUIRY_CLOSED: "nothing",
    DisputeState.OPEN: "disputes / provider, as it is withdrawn",
    DisputeState.WON: "provider / disputes, as it is given back",
    DisputeState.LOST: "losses / disputes",
    DisputeState.PREVENTED: "losses / provider, if it was withdrawn",
}
DISPUTES: Final[Mapping[DisputeState, Follows]] = {
    state: Follows(_MONEY_OF_DISPUTES[state], "as they are", "order", inbox=inbox, ends=ends)
    for state, (inbox, ends) in findings.DISPUTES.items()
}
"""What organizers are told of each follows from its fact (`core/findings.py`)."""

PAYOUTS: Final[Mapping[PayoutState, Follows]] = {
    PayoutState.ON_ITS_WAY: Follows("bank / provider: our part of it has left the balance", "as they are", ""),
    PayoutState.PAID: Follows("bank / provider", "as they are", ""),
    PayoutState.FAILED: Follows(
        "provider / bank: it is in the balance again", "as they are", "", inbox="payout_failed"
    ),
}

SESSIONS: Final[Mapping[tuple[str, str], PaymentState]] = {
    ("open", "unpaid"): PaymentState.OPEN,
    ("open", "paid"): PaymentState.PAID,
    ("open", "no_payment_required"): PaymentState.OPEN,
    ("complete", "unpaid"): PaymentState.HELD,
    ("complete", "paid"): PaymentState.PAID,
    ("complete", "no_payment_required"): PaymentState.PAID,
    ("expired", "unpaid"): PaymentState.ENDED,
    ("expired", "paid"): PaymentState.PAID,
    ("expired", "no_payment_required"): PaymentState.ENDED,
}
"""Stripe's Checkout Sessions by `status` and `payment_status`."""

INTENTS: Final[Mapping[str, PaymentState]] = {
    "requires_payment_method": PaymentState.OPEN,
    "requires_confirmation": PaymentState.OPEN,
    "requires_action": PaymentState.OPEN,
    "requires_capture": PaymentState.OPEN,
    "processing": PaymentState.HELD,
    "succeeded": PaymentState.PAID,
    "canceled": PaymentState.ENDED,
}

PAYPAL_ORDERS: Final[Mapping[str, PaymentState]] = {
    "CREATED": PaymentState.OPEN,
    "SAVED": PaymentState.OPEN,
    "PAYER_ACTION_REQUIRED": PaymentState.OPEN,
    "APPROVED": PaymentState.APPROVED,
    "VOIDED": PaymentState.ENDED,
    "COMPLETED": PaymentState.HELD,
}
"""As long as an order has no capture: its capture has the last word."""

CAPTURES: Final[Mapping[str, PaymentState]] = {
    "PENDING": PaymentState.HELD,
    "COMPLETED": PaymentState.PAID,
    "PARTIALLY_REFUNDED": PaymentState.PAID,
    "REFUNDED": PaymentState.PAID,
    "DECLINED": PaymentState.REFUSED,
    "FAILED": PaymentState.REFUSED,
}

REFUND_STATES: Final[Mapping[tuple[Provider, str], RefundState]] = {
    ("stripe", "pending"): RefundState.PENDING,
    ("stripe", "requires_action"): RefundState.PENDING,
    ("stripe", "succeeded"): RefundState.SUCCEEDED,
    ("stripe", "failed"): RefundState.FAILED,
    ("stripe", "canceled"): RefundState.FAILED,
    ("paypal", "PENDING"): RefundState.PENDING,
    ("paypal", "COMPLETED"): RefundState.SUCCEEDED,
    ("paypal", "FAILED"): RefundState.FAILED,
    ("paypal", "CANCELLED"): RefundState.FAILED,
}

STRIPE_DISPUTES: Final[Mapping[str, DisputeState]] = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.INQUIRY_CLOSED,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "appeal_needs_response": DisputeState.OPEN,
    "appeal_under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "prevented": DisputeState.PREVENTED,
}


@dataclass(frozen=True, slots=True)
class Stands:
    """How a dispute stands in words for organizers; `is_awaited` says that the bank waits for an answer."""

    words: str
    more: str
    tone: Literal["ok", "warn", "danger", "info"]
    is_awaited: bool = False
    is_over: bool = False


STRIPE_DISPUTE_WORDS: Final[Mapping[str, Stands]] = {
    "needs_response": Stands(
        later("Answer needed"), later("The bank has taken the money and waits for an answer."), "warn", is_awaited=True
    ),
    "under_review": Stands(
        later("The bank looks at it"),
        later("The answer was sent. The bank decides, often after 60 to 75 days."),
        "info",
    ),
    "warning_needs_response": Stands(
        later("A question: answer needed"),
        later("The bank asks. Nothing is taken so far; with a good answer nothing will be."),
        "warn",
        is_awaited=True,
    ),
    "warning_under_review": Stands(
        later("The bank looks at the answer"), later("The question was answered. Nothing is taken so far."), "info"
    ),
    "warning_closed": Stands(
        later("The question is closed"), later("It became no dispute. Nothing was taken."), "ok", is_over=True
    ),
    "appeal_needs_response": Stands(
        later("Appeal: answer needed"),
        later("The dispute was taken up again, and the bank waits for an answer."),
        "warn",
        is_awaited=True,
    ),
    "appeal_under_review": Stands(
        later("The bank looks at the appeal"), later("What was answered is looked at once more."), "info"
    ),
    "won": Stands(later("Won"), later("The money is here again. The fee of the bank stays."), "ok", is_over=True),
    "lost": Stands(later("Lost"), later("The money went to the customer for good."), "danger", is_over=True),
    "prevented": Stands(later("Prevented"), later("It ended before it became a dispute."), "ok", is_over=True),
}
"""Stripe's `status` of a dispute, each told as what it is."""

PAYPAL_DISPUTES: Final[Mapping[str, DisputeState]] = {
    "OPEN": DisputeState.OPEN,
    "WAITING_FOR_BUYER_RESPONSE": DisputeState.OPEN,
    "WAITING_FOR_SELLER_RESPONSE": DisputeState.OPEN,
    "UNDER_REVIEW": DisputeState.OPEN,
    "OTHER": DisputeState.OPEN,
}
"""By `status`, as long as it is not RESOLVED."""

PAYPAL_OUTCOMES: Final[Mapping[str, DisputeState]] = {
    "RESOLVED_BUYER_FAVOUR": DisputeState.LOST,
    "ACCEPTED": DisputeState.LOST,
    "RESOLVED_SELLER_FAVOUR": DisputeState.WON,
    "RESOLVED_WITH_PAYOUT": DisputeState.WON,
    "CANCELED_BY_BUYER": DisputeState.WON,
    "DENIED": DisputeState.WON,
    "NONE": DisputeState.WON,
}
"""How a dispute ended at PayPal. With a payout, PayPal itself pays the buyer; with none, nobody was right."""

PAYOUT_STATES: Final[Mapping[str, PayoutState]] = {
    "pending": PayoutState.ON_ITS_WAY,
    "in_transit": PayoutState.ON_ITS_WAY,
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.FAILED,
}

HELD_REASONS: Final[Mapping[str, str]] = {
    "BUYER_COMPLAINT": later("the payer has complained about it"),
    "CHARGEBACK": later("the payer's bank asks for it back"),
    "ECHECK": later("it is an eCheck, which takes some days to clear"),
    "INTERNATIONAL_WITHDRAWAL": later("your PayPal account must accept payments from abroad: accept it there"),
    "OTHER": later("PayPal gave no reason"),
    "PENDING_REVIEW": later("PayPal reviews it"),
    "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION": later("your PayPal account wants you to accept it: accept it there"),
    "REFUNDED": later("it was refunded while it was held"),
    "TRANSACTION_APPROVED_AWAITING_FUNDING": later("the payer's money has not arrived at PayPal yet"),
    "UNILATERAL": later("your PayPal account does not exist yet, or its address is not confirmed: confirm it there"),
    "VERIFICATION_REQUIRED": later("your PayPal account must be verified: verify it there"),
    "DECLINED_BY_RISK_FRAUD_FILTERS": later("PayPal's filters hold it: accept or deny it there"),
    "processing": later("the customer's bank has not confirmed it yet"),
}
"""PayPal's `status_details.reason` of a capture that is pending, and our word for Stripe's, in words for organizers."""


REFUND_FAILURES: Final[Mapping[str, str]] = {
    "charge_for_pending_refund_disputed": later("The customer disputes this payment at the bank."),
    "declined": later("The bank did not take it."),
    "expired_or_canceled_card": later("The card has expired, or its account is closed."),
    "insufficient_funds": later("There is too little money in the account at the provider."),
    "lost_or_stolen_card": later("The card was lost or stolen."),
    "merchant_request": later("It was cancelled at the provider."),
    "unknown": later("The provider gave no reason."),
}
"""Stripe's reasons (docs.stripe.com/refunds, "Failed refunds") in words for people."""


def session_state(status: str | None, payment_status: str | None) -> PaymentState:
    """Returns what a Checkout Session is to us; one in a state that nobody knows is asked about again."""
    return SESSIONS.get((status or "", payment_status or ""), PaymentState.OPEN)


def intent_state(status: str | None) -> PaymentState:
    return INTENTS.get(status or "", PaymentState.OPEN)


def order_state(status: str, capture: str | None) -> PaymentState:
    """Returns what an order at PayPal is to us, by its newest capture if it has one."""
    if capture is not None:
        return CAPTURES.get(capture, PaymentState.HELD)
    return PAYPAL_ORDERS.get(status, PaymentState.OPEN)


def refund_state(provider: Provider, status: str | None) -> RefundState:
    return REFUND_STATES.get((provider, status or ""), RefundState.PENDING)


def stripe_dispute_state(status: str | None) -> DisputeState:
    return STRIPE_DISPUTES.get(status or "", DisputeState.OPEN)


def stripe_dispute_stands(status: str) -> Stands:
    """Returns how a dispute stands at Stripe; one in a state that nobody knows is told by its name."""
    return STRIPE_DISPUTE_WORDS.get(status, Stands(status.replace("_", " ") or later("Not read yet"), "", "info"))


def paypal_dispute_state(status: str | None, outcome: str | None) -> DisputeState:
    if status == "RESOLVED" and outcome is not None:
        return PAYPAL_OUTCOMES.get(outcome, DisputeState.OPEN)
    return PAYPAL_DISPUTES.get(status or "", DisputeState.OPEN)


def payout_state(status: str | None) -> PayoutState:
    return PAYOUT_STATES.get(status or "", PayoutState.ON_ITS_WAY)


def why_held(reason: str | None) -> str:
    """Returns why a provider holds a payment, in words for organizers."""
    return HELD_REASONS.get(reason or "", HELD_REASONS["OTHER"])


def why_refund_failed(reason: str | None) -> str:
    """Returns why a refund failed, in words for people; the provider's own words as they are."""
    told = reason or "unknown"
    return REFUND_FAILURES.get(told, told)[:300]
