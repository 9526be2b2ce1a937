"""What a till may say of payments: those of its own orders, with proof where somebody else has taken the money."""

from collections.abc import Iterator
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.cash_rounding import STEPS
from boxoffice.core.facts import Fact
from boxoffice.core.gift_card_authority import own_grant
from boxoffice.core.ids import EventId
from boxoffice.core.known import Known
from boxoffice.core.offers import BadPaidCode, decode_paid
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.tenders import Taken, names_where, tender_of
from boxoffice.core.typed_codes import is_typed_code
from boxoffice.core.writers import Writer, names_too_long, own_drawer, own_order

_BY_PHONE: Final = frozenset(names_where(lambda row: row.taken is Taken.PAGE))
"""One payment to the till, and the hub's to end: its customer may go on from the one to the other at the hub."""


def own_attempt(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    if not tender_of(p.tender).is_begun_at_till:
        yield f"a till begins no payment by {p.tender}"
    yield from own_tender(p, known)


def own_capture(writer: Writer, fact: Fact, p: PaymentCaptured, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    if p.amount < 0:
        yield "a payment takes nothing away"
    tender = tender_of(p.tender)
    if tender.taken is Taken.PAGE:
        yield from _proved(fact, p, known)
    if tender.taken is Taken.MOVED or p.refund_id is not None:
        yield from _moved(p, known, is_swap=tender.taken is Taken.MOVED)
    if tender.is_cash:
        yield from own_drawer(writer, fact, p, known)
    yield from _off_a_card(writer, fact, p, known)
    yield from _rounded(p, is_cash=tender.is_cash)
    if tender.reasons and not (p.reason or "").strip():
        yield f"{p.tender} is given for a reason"
    yield from own_tender(p, known)


def _proved(fact: Fact, p: PaymentCaptured, known: Known) -> Iterator[str]:
    """Only the hub says that a page was paid; a till with no network holds its word, from the customer's phone."""
    if p.paid_code is not None and is_typed_code(p.paid_code):
        yield from _paid_here(p, known)
        return
    key = known.keys.get(fact.event_id or "")
    if p.paid_code is None or key is None:
        yield "only the hub says that a payment by phone is paid"
        return
    try:
        paid = decode_paid(p.paid_code, EventId(fact.event_id or ""), Ed25519PublicKey.from_public_bytes(key))
    except BadPaidCode:
        yield "the code that says it was paid is not the hub's"
        return
    if (paid.order_id, paid.tender_id, paid.tender.value) != (p.order_id, p.tender_id, p.tender):
        yield "the code that says it was paid is about another payment"
    elif (paid.amount.minor, paid.amount.currency.code, paid.reference) != (p.amount, p.currency, p.provider_reference):
        yield "the code that says it was paid speaks of other money"


def _paid_here(p: PaymentCaptured, known: Known) -> Iterator[str]:
    """A typed code could be the till's own making: the hub goes by what it has in its books for the offer."""
    offer = known.offers.get(p.tender_id)
    if offer is None:
        yield "nothing was paid for the offer that a code was typed for"
    elif (offer.order_id, offer.amount, offer.currency) != (p.order_id, p.amount, p.currency):
        yield "the offer that a code was typed for was paid with other money"
    elif p.provider_reference not in (None, offer.reference):
        yield "the offer that a code was typed for has another reference"


def _off_a_card(writer: Writer, fact: Fact, p: PaymentCaptured, known: Known) -> Iterator[str]:
    if tender_of(p.tender).taken is Taken.CARD_ON_HAND:
        yield from own_grant(writer, fact, p, known)


def _moved(p: PaymentCaptured, known: Known, *, is_swap: bool) -> Iterator[str]:
    """What one order gave back into another pays there once, and no more than that."""
    moved = known.refunds.get(p.tender_id)
    if not is_swap or p.refund_id != p.tender_id or moved is None:
        yield "no refund has brought it"
    elif (moved.amount, moved.into, moved.has_ended) != (p.amount, p.order_id, True):
        yield "it is not what the other order gave back into this one"


def _rounded(p: PaymentCaptured, *, is_cash: bool) -> Iterator[str]:
    if (p.rounding or p.rounded_to) and not is_cash:
        yield "only cash is rounded"
    elif p.rounded_to not in (0, *STEPS) or not -p.amount <= p.rounding or abs(p.rounding) >= max(p.rounded_to, 1):
        yield "no rule rounds cash so"


def own_tender(p: Any, known: Known) -> Iterator[str]:
    before = known.tenders.get(p.tender_id)
    if before is not None and before.order_id != p.order_id:
        yield "the payment is another order's"
    elif before is not None and p.tender != before.tender and not {p.tender, before.tender} <= _BY_PHONE:
        yield f"the payment was begun as {before.tender}"
    reference = p.provider_reference
    is_on_reader = tender_of(p.tender).taken is Taken.READER and isinstance(p, PaymentCaptured)
    if is_on_reader and before is not None and before.is_paid and reference == before.reference:
        yield "the payment is in the books already"  # by the hub, or before this till lost its newest records
    if reference is not None and known.references.get(reference, p.tender_id) != p.tender_id:
        yield "the provider's reference is another payment's"
    yield from names_too_long(p.tender_id, reference or "")
