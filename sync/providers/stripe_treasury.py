"""What Stripe keeps of payments, and what its payouts are made of."""

from collections.abc import Iterator
from typing import Any, Final

import stripe

from boxoffice.core.charging import from_stripe
from sync.ports import NotThere, PayoutPart, ProviderPayout
from sync.provider_states import payout_state
from sync.providers.stripe_calls import ask, stripe_client

_BACK: Final = ("payout_failure", "payout_cancel")


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

    def payout(self, payout_id: str) -> ProviderPayout | None:
        try:
            found = ask(lambda: self._payouts.retrieve(payout_id))
        except NotThere:
            return None
        parts = list(self._parts(payout_id, frozenset()))
        amount = from_stripe(int(found.amount), found.currency)
        return ProviderPayout(payout_id, payout_state(found.status), amount, found.currency.upper(), parts)

    def _parts(self, payout_id: str, seen: frozenset[str]) -> Iterator[PayoutPart]:
        """Yields what a payout is made of; one that failed comes back in a later one, as one sum."""
        params: Any = {"payout": payout_id, "limit": 100, "expand": ["data.source"]}
        for move in ask(lambda: list(self._moves.list(params).auto_paging_iter())):
            before = None if move.source is None or isinstance(move.source, str) else str(move.source.id)
            if move.type in _BACK and before is not None and before not in seen | {payout_id}:
                yield from self._parts(before, seen | {payout_id})
            elif move.type not in (*_BACK, "payout"):
                yield _part(move)


def _part(move: stripe.BalanceTransaction) -> PayoutPart:
    source: Any = move.source
    payment: Any = None if source is None or isinstance(source, str) else getattr(source, "payment_intent", None)
    net = from_stripe(int(move.net), move.currency)
    return PayoutPart(payment if payment is None or isinstance(payment, str) else payment.id, net)
