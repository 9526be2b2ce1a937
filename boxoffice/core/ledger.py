"""The ledger: what each fact posts. Pure, and the postings of every fact sum to zero in each currency."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads import (
    CashMoved,
    DisputeChanged,
    FeeRecorded,
    Payload,
    PaymentCaptured,
    PayoutRecorded,
    RefundFailed,
    RefundPending,
    RefundSucceeded,
    TicketsIssued,
    read_payload,
)
from boxoffice.core.tenders import tender_account


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the ledger. Positive is debit (we have more), negative is credit (we owe or earned more)."""

    account: str
    amount: Money


def _captured(p: PaymentCaptured) -> list[tuple[str, int]]:
    return [(tender_account(p.tender, p.drawer), p.amount), ("unearned", -p.amount)]


def _earned(p: TicketsIssued) -> list[tuple[str, int]]:
    lines = [("unearned", p.total), ("discounts", p.discount)]
    for part in p.earned:
        lines.append(("donations" if part.kind == "donation" else f"sales:{part.product_id}", -part.net))
        lines += [(account, -amount) for account, amount in part.shares]
    return lines


def _on_the_way(account: str) -> str:
    """Returns where money is that has left an account and has not arrived."""
    return f"transit:{account}"


def _pending(p: RefundPending) -> list[tuple[str, int]]:
    account = tender_account(p.tender, None)
    return [(_on_the_way(account), p.amount), (account, -p.amount)]


def _refunded(p: RefundSucceeded) -> list[tuple[str, int]]:
    account = tender_account(p.tender, p.drawer)
    source = _on_the_way(account) if p.is_out else account
    return [("unearned", p.unearned), ("refunds", p.amount - p.unearned), (source, -p.amount)]


def _not_refunded(p: RefundFailed) -> list[tuple[str, int]]:
    account = tender_account(p.tender, None)
    if p.is_reversal:
        return [("unearned", -p.unearned), ("refunds", p.unearned - p.amount), (account, p.amount)]
    return [(account, p.amount), (_on_the_way(account), -p.amount)] if p.is_out else []


def _disputed(p: DisputeChanged) -> list[tuple[str, int]]:
    account = tender_account(p.tender, None)
    return [("disputes", p.withdrawn - p.lost), ("losses", p.lost), (account, -p.withdrawn)]


def _fee(p: FeeRecorded) -> list[tuple[str, int]]:
    return [(f"fees:{p.provider}", p.amount), (p.provider, -p.amount)]


def _payout(p: PayoutRecorded) -> list[tuple[str, int]]:
    return [("bank", p.amount), (p.provider, -p.amount)]


def _cash_moved(p: CashMoved) -> list[tuple[str, int]]:
    return [(f"cash:{p.drawer}", p.amount), ("bank", -p.amount)]


_RULES: Final[Mapping[FactKind, Callable[[Any], list[tuple[str, int]]]]] = {
    FactKind.PAYMENT_CAPTURED: _captured,
    FactKind.TICKETS_ISSUED: _earned,
    FactKind.REFUND_PENDING: _pending,
    FactKind.REFUND_SUCCEEDED: _refunded,
    FactKind.REFUND_FAILED: _not_refunded,
    FactKind.DISPUTE_CHANGED: _disputed,
    FactKind.FEE_RECORDED: _fee,
    FactKind.PAYOUT_RECORDED: _payout,
    FactKind.CASH_MOVED: _cash_moved,
}


class Unbalanced(ValueError):
    """A fact whose amounts don't add up: it can't be posted."""


def postings(fact: Fact) -> tuple[Posting, ...]:
    """Returns what the fact posts; nothing for most kinds, and no line of zero.

    Raises:
        Unbalanced: if the fact's own amounts don't add up.
    """
    rule = _RULES.get(fact.kind)
    if rule is None:
        return ()
    return postings_of(rule, read_payload(fact), fact.id)


def postings_of(rule: Callable[[Any], list[tuple[str, int]]], payload: Payload, fact_id: str) -> tuple[Posting, ...]:
    lines = rule(payload)
    if sum(minor for _, minor in lines):
        raise Unbalanced(f"the postings of fact {fact_id} don't add up")
    currency = Currency(payload.currency)  # type: ignore[attr-defined]  # every payload with a rule has one
    return tuple(Posting(account, Money(minor, currency)) for account, minor in lines if minor)
