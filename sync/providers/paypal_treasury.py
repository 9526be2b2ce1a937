"""PayPal's own list of transactions, as lines of its balance: each with its payment, its fee and what is left of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from boxoffice.core.charging import from_paypal
from boxoffice.core.payout_parts import MoveKind
from sync.ports import BalanceMove, ListedPayout, MoveList, ProviderCharge, ProviderPayout
from sync.providers.paypal import PayPal
from sync.providers.paypal_records import LONGEST, OUR_MARK, TAKEN, instant_of, minor_of, pages_of

_KINDS: Final[Mapping[str, MoveKind]] = {
    "T00": MoveKind.CHARGE,
    "T01": MoveKind.FEE,
    "T04": MoveKind.PAYOUT,
    "T11": MoveKind.REFUND,
    "T1106": MoveKind.DISPUTE,
    "T1108": MoveKind.FEE,
    "T12": MoveKind.ADJUSTMENT,
}
"""By how PayPal's event codes begin (its table of transaction event codes); the longest that fits says it."""
_LONGEST_WORDS: Final = 200


class PayPalTreasury:
    """What PayPal keeps of payments. It pays out when the seller asks for it there, and takes no payout apart."""

    def __init__(self, paypal: PayPal) -> None:
        self.paypal = paypal

    def fee(self, payment: str) -> int | None:
        return self.paypal.fee(payment)

    def charge(self, payment: str) -> ProviderCharge | None:  # noqa: ARG002  # what is not ours there has no till
        return None

    def payout(self, payout_id: str) -> ProviderPayout | None:  # noqa: ARG002  # none of its ids is one
        return None

    def payouts(self, since: int) -> Sequence[ListedPayout]:  # noqa: ARG002  # likewise
        return ()

    def moves(self, since: int, until: int | None) -> MoveList:
        """Returns what moved the balance since then; what is not done yet is left out.

        Raises:
            TryAgainLater: if PayPal can't be reached.
            OperationFailed: if the hub's key may not read the list.
        """
        start = datetime.fromtimestamp(since, UTC)
        end = datetime.now(UTC) if until is None else datetime.fromtimestamp(until, UTC)
        found: list[BalanceMove] = []
        known = end.timestamp()
        while start < end:
            stop = min(start + LONGEST, end)
            for page in pages_of(self.paypal, start, stop):
                known = min(known, instant_of(page["last_refreshed_datetime"]))
                told = (each["transaction_info"] for each in page["transaction_details"])
                found += [_move(info) for info in told if info["transaction_status"] in TAKEN]
            start = stop
        return MoveList(found, known)


def _move(info: Mapping[str, Any]) -> BalanceMove:
    amount, code = minor_of(info), str(info["transaction_event_code"])
    currency = str(info["transaction_amount"]["currency_code"])
    fee = info.get("fee_amount")
    taken = 0 if fee is None else -from_paypal(str(fee["value"]), str(fee["currency_code"]))
    kind = _KINDS.get(code) or _KINDS.get(code[:3], MoveKind.ADJUSTMENT)
    own = str(info["transaction_id"])
    payment = own if kind is MoveKind.CHARGE else info.get("paypal_reference_id")
    return BalanceMove(
        id=own,
        kind=kind,
        payment=None if payment is None else str(payment),
        amount=amount,
        fee=taken,
        net=amount - taken,
        currency=currency,
        created_at=int(instant_of(info["transaction_initiation_date"])),
        is_marked=OUR_MARK.fullmatch(str(info.get("custom_field", ""))) is not None,
        words=str(info.get("transaction_subject", ""))[:_LONGEST_WORDS],
    )
