"""What Stripe keeps of payments, and what its payouts are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import stripe

from boxoffice.core.charging import from_stripe
from boxoffice.core.payout_parts import MoveKind
from sync.ports import BalanceMove, ListedPayout, MoveList, NotThere, ProviderCharge, ProviderPayout
from sync.provider_states import payout_state
from sync.providers.stripe_calls import ask, stripe_client
from sync.providers.stripe_cards import card_of

_BACK: Final = ("payout_failure", "payout_cancel")
_MARKS: Final = (("order_id", "tender_id"), ("refund_id",))
"""What the metadata of every payment, and of every refund of ours has."""
_LONGEST: Final = 200
_KINDS: Final[Mapping[str, MoveKind]] = {
    **dict.fromkeys(("charge", "payment"), MoveKind.CHARGE),
    **dict.fromkeys(
        ("refund", "payment_refund", "refund_failure", "payment_failure_refund", "payment_reversal"), MoveKind.REFUND
    ),
    **dict.fromkeys(("stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee"), MoveKind.FEE),
    **dict.fromkeys(("payout", *_BACK), MoveKind.PAYOUT),
}
"""By the type of a balance transaction; whatever else there is, or will be, is an adjustment."""


class StripeTreasury:
    """Stripe's balance transactions (API 2026-10-28.endive). Calls raise as `ask`."""

    def __init__(self, key: str, base_url: str) -> None:
        client = stripe_client(key, base_url).v1
        self._charges, self._payouts, self._moves = client.charges, client.payouts, client.balance_transactions

    def fee(self, payment: str) -> int | None:
        """Returns the fee of a payment; None as long as it is not known, or in another currency."""
        params: Any = {"payment_intent": payment, "limit": 100, "expand": ["data.balance_transaction"]}
        charges = ask(lambda: list(self._charges.list(params).auto_paging_iter()))
        charge = next((each for each in charges if each.paid and each.captured), None)
        move = None if charge is None else charge.balance_transaction
        if charge is None or move is None or isinstance(move, str) or move.currency != charge.currency:
            return None
        return from_stripe(int(move.fee), move.currency)

    def charge(self, payment: str) -> ProviderCharge | None:
        params: Any = {"payment_intent": payment, "limit": 100}
        try:
            charges = ask(lambda: list(self._charges.list(params).auto_paging_iter()))
        except NotThere:
            return None
        found = next((each for each in charges if each.paid and each.captured), None)
        return None if found is None else _charge(payment, found)

    def payout(self, payout_id: str) -> ProviderPayout | None:
        try:
            found = ask(lambda: self._payouts.retrieve(payout_id))
        except NotThere:
            return None
        parts = list(self._parts(payout_id, frozenset())) if found.automatic else []
        return ProviderPayout(
            id=payout_id,
            state=payout_state(found.status),
            amount=from_stripe(int(found.amount), found.currency),
            currency=found.currency.upper(),
            parts=parts,
            is_automatic=bool(found.automatic),
            is_complete=_is_complete(found),
            arrives_at=found.arrival_date,
        )

    def payouts(self, since: int) -> list[ListedPayout]:
        params: Any = {"created": {"gte": since}, "limit": 100}
        found = ask(lambda: list(self._payouts.list(params).auto_paging_iter()))
        return [ListedPayout(each.id, payout_state(each.status), _is_complete(each)) for each in found]

    def moves(self, since: int, until: int | None) -> MoveList:
        """Returns what moved the balance; what only brought a payout back is none, as the next one takes it along."""
        created = {"gte": since} | ({} if until is None else {"lt": until})
        found = self._listed({"created": created})
        return MoveList([_move(each) for each in found if each.type not in (*_BACK, "payout")])

    def _parts(self, payout_id: str, seen: frozenset[str]) -> Iterator[BalanceMove]:
        """Yields what a payout is made of; one that failed comes back in a later one, as one sum."""
        for move in self._listed({"payout": payout_id}):
            before = None if move.source is None or isinstance(move.source, str) else str(move.source.id)
            if move.type in _BACK and before is not None and before not in seen | {payout_id}:
                yield from self._back(move, before, seen | {payout_id})
            elif move.type not in (*_BACK, "payout") or (move.type == "payout" and before not in (None, payout_id)):
                yield _move(move)

    def _back(self, move: stripe.BalanceTransaction, before: str, seen: frozenset[str]) -> Iterator[BalanceMove]:
        """Yields what a payout that came back was made of; one that nobody can take apart is one line."""
        if getattr(move.source, "automatic", True):
            yield from self._parts(before, seen)
        else:
            yield _move(move)

    def _listed(self, params: dict[str, Any]) -> list[stripe.BalanceTransaction]:
        whole: Any = {**params, "limit": 100, "expand": ["data.source"]}
        return ask(lambda: list(self._moves.list(whole).auto_paging_iter()))


def _charge(payment: str, charge: stripe.Charge) -> ProviderCharge:
    details: Any = charge.payment_method_details
    present: Any = getattr(details, "card_present", None)
    marks = charge.metadata.to_dict() if charge.metadata else {}
    card = card_of(charge)
    read = str(getattr(present, "read_method", None) or "")
    return ProviderCharge(
        payment=payment,
        amount=from_stripe(charge.amount_captured, charge.currency),
        refunded=from_stripe(charge.amount_refunded, charge.currency),
        currency=charge.currency.upper(),
        paid_at=int(charge.created),
        card=None if card is None else replace(card, read_method=read),
        reader=str(getattr(present, "reader", None) or ""),
        words=str(charge.description or "")[:_LONGEST],
        is_marked=all(marks.get(name) for name in _MARKS[0]),
    )


def _is_complete(payout: stripe.Payout) -> bool:
    return payout.reconciliation_status != "in_progress"


def _move(move: stripe.BalanceTransaction) -> BalanceMove:
    source: Any = None if isinstance(move.source, str) else move.source
    payment: Any = getattr(source, "payment_intent", None)
    marks: Any = getattr(source, "metadata", None)
    named = marks.to_dict() if marks else {}

    def minor(amount: int) -> int:
        return from_stripe(int(amount), move.currency)

    amount, net = minor(move.amount), minor(move.net)
    return BalanceMove(
        id=move.id,
        kind=_kind(move.type, getattr(source, "object", None)),
        payment=payment if payment is None or isinstance(payment, str) else str(payment.id),
        amount=amount,
        fee=amount - net,
        net=net,
        currency=move.currency.upper(),
        created_at=int(move.created),
        is_marked=any(all(named.get(name) for name in names) for names in _MARKS),
        words=str(move.description or "")[:_LONGEST],
    )


def _kind(type: str, source: str | None) -> MoveKind:
    return MoveKind.DISPUTE if source == "dispute" else _KINDS.get(type, MoveKind.ADJUSTMENT)
