"""What is said at Stripe against disputes: kept as a draft first, then sent once."""

from collections.abc import Mapping
from typing import Any

import stripe

from boxoffice.core.charging import from_stripe
from boxoffice.core.evidence import FIELDS
from sync.ports import ProviderDispute
from sync.providers.stripe_calls import ask, stripe_client


class StripeDisputes:
    """Stripe's disputes (API 2026-10-28.endive). Calls raise as `ask`.

    Evidence goes to the bank at once unless `submit` is false; what `submit` does stands in every call.
    """

    def __init__(self, key: str, base_url: str) -> None:
        self._disputes = stripe_client(key, base_url).v1.disputes

    def look(self, dispute: str) -> ProviderDispute:
        return _read(ask(lambda: self._disputes.retrieve(dispute)))

    def stage(self, dispute: str, evidence: Mapping[str, str]) -> ProviderDispute:
        params: Any = {"evidence": _whole(evidence), "submit": False}
        return _read(ask(lambda: self._disputes.update(dispute, params)))

    def send(self, dispute: str, evidence: Mapping[str, str], key: str) -> ProviderDispute:
        params: Any = {"evidence": _whole(evidence), "submit": True}
        return _read(ask(lambda: self._disputes.update(dispute, params, {"idempotency_key": key})))

    def give_up(self, dispute: str, key: str) -> ProviderDispute:
        return _read(ask(lambda: self._disputes.close(dispute, options={"idempotency_key": key})))


def _whole(evidence: Mapping[str, str]) -> dict[str, str]:
    """Returns what is said in every field of ours: an earlier draft's is taken back."""
    return {name: evidence.get(name, "") for name in FIELDS}


def _read(dispute: stripe.Dispute) -> ProviderDispute:
    details = dispute.evidence_details
    own = [each for each in dispute.balance_transactions if each.currency == dispute.currency]
    card: Any = getattr(dispute.payment_method_details, "card", None)
    network = getattr(card, "network_reason_code", None) or getattr(dispute, "network_reason_code", None)
    return ProviderDispute(
        id=dispute.id,
        status=str(dispute.status),
        reason=str(dispute.reason or ""),
        network_reason=str(network or ""),
        fee=from_stripe(sum(int(each.fee) for each in own), dispute.currency),
        submissions=int(details.submission_count),
        opened_at=int(dispute.created),
        due_at=int(details.due_by) if details.due_by else None,
    )
