"""What Stripe remembers: its events of the last 30 days, and every payment with what went back of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import stripe

from boxoffice.core.charging import from_stripe
from sync.ports import ProviderEvent, ProviderList, ProviderPayment
from sync.providers.stripe_calls import ask, stripe_client
from sync.providers.stripe_cards import card_of
from sync.store.payment_events import Document

_PAGE: Final = 100
_MARKS: Final = ("order_id", "tender_id")
"""What the metadata of every payment of ours has."""
_TYPES: Final = 20
"""Stripe takes at most so many types in one question."""


class StripeRecords:
    """Stripe's lists, read to their end."""

    def __init__(self, key: str, base_url: str) -> None:
        client = stripe_client(key, base_url).v1
        self._events, self._charges, self._disputes = client.events, client.charges, client.disputes

    def since(self, at: int, types: Sequence[str]) -> list[ProviderEvent]:
        """Returns the events of these types since then, in epoch seconds. Raises as `ask`."""
        found: list[ProviderEvent] = []
        for start in range(0, len(types), _TYPES):
            params: Any = {"limit": _PAGE, "types": list(types[start : start + _TYPES]), "created": {"gte": at}}
            found += ask(lambda params=params: [_event(e) for e in self._events.list(params).auto_paging_iter()])  # type: ignore[misc]  # bound in the loop on purpose
        return found

    def payments(self, at: int) -> ProviderList:
        """Returns what was paid since then. Raises as `ask`."""
        params: Any = {"limit": _PAGE, "created": {"gte": at}}
        charges = ask(lambda: list(self._charges.list(params).auto_paging_iter()))
        taken: defaultdict[str, int] = defaultdict(int)
        if any(charge.disputed for charge in charges):  # a dispute is never older than its charge
            for dispute in ask(lambda: list(self._disputes.list(params).auto_paging_iter())):
                taken[_id_of(dispute.charge)] -= sum(
                    from_stripe(move.amount, move.currency) for move in dispute.balance_transactions
                )
        return ProviderList([_payment(each, taken[each.id]) for each in charges if each.paid and each.captured])


def _event(event: stripe.Event) -> ProviderEvent:
    return ProviderEvent(event.id, event.type, Document(event.to_dict()))


def _payment(charge: stripe.Charge, disputed: int) -> ProviderPayment:
    reference = charge.id if charge.payment_intent is None else _id_of(charge.payment_intent)
    marks = charge.metadata.to_dict() if charge.metadata else {}
    refunded = charge.amount_refunded - (charge.amount - charge.amount_captured)
    return ProviderPayment(
        reference,
        from_stripe(charge.amount_captured, charge.currency),
        from_stripe(refunded, charge.currency),
        charge.currency.upper(),
        disputed,
        is_ours=all(marks.get(name) for name in _MARKS),
        marks=marks,
        card=card_of(charge),
        email=charge.billing_details.email or charge.receipt_email,
        name=charge.billing_details.name,
    )


def _id_of(thing: Any) -> str:
    return thing if isinstance(thing, str) else str(thing.id)
