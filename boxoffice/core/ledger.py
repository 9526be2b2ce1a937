"""The ledger: what each fact posts. Pure, and the postings of every fact sum to zero in each currency."""

from dataclasses import dataclass

from boxoffice.core.fact_kinds import PAYLOADS
from boxoffice.core.facts import Fact, read_payload
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import Payload


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the ledger. Positive is debit (we have more), negative is credit (we owe or earned more)."""

    account: str
    amount: Money


class Unbalanced(ValueError):
    """A fact whose amounts don't add up: it can't be posted."""


def postings(fact: Fact) -> tuple[Posting, ...]:
    """Returns what the fact posts; nothing for most kinds, and no line of zero.

    Raises:
        Unbalanced: if the fact's own amounts don't add up.
    """
    if PAYLOADS[fact.kind].postings is Payload.postings:  # whatever else it may say: it is not read
        return ()
    return postings_of(read_payload(fact), fact.id)


def postings_of(payload: Payload, fact_id: str) -> tuple[Posting, ...]:
    """Returns the same of a fact whose payload was read already. Raises as `postings`."""
    lines = payload.postings()
    if sum(minor for _, minor in lines):
        raise Unbalanced(f"the postings of fact {fact_id} don't add up")
    if not lines:
        return ()
    currency = Currency(payload.currency)  # type: ignore[attr-defined]  # every payload that posts has one
    return tuple(Posting(account, Money(minor, currency)) for account, minor in lines if minor)
