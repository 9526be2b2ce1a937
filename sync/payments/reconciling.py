"""A provider's own list of payments and refunds beside the hub's books, cent by cent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.money import Currency, Money
from boxoffice.core.payments import OUT
from sync.ports import ProviderPayment, ProviderRecords
from sync.provider_states import PROVIDER_NAMES, tenders_of
from sync.store.database import Database
from sync.store.payment_events import EventsAbout, payouts_of_nobody

TENDERS: Final[Mapping[str, tuple[str, ...]]] = {name: tenders_of(its) for its, name in PROVIDER_NAMES.items()}
"""What each provider takes money for."""
_NAMED: Final = 10
_OVERLAP_S: Final = 3600
"""The provider is asked for a little more: its clock and ours need not agree."""
_OURS: Final = text(f"""
    SELECT p.provider_reference AS reference, p.amount, p.currency,
           (SELECT coalesce(sum(r.amount), 0)::bigint FROM refunds r WHERE r.payment_id = p.id
            AND r.status IN ({listed(OUT)}) AND r.id !~ '^d[pu]_') AS refunded,
           (SELECT coalesce(sum(d.withdrawn), 0)::bigint FROM disputes d WHERE d.payment_id = p.id) +
           -- as an earlier version of the hub booked them
           (SELECT coalesce(sum(r.amount), 0)::bigint FROM refunds r WHERE r.payment_id = p.id
            AND r.status = 'succeeded' AND r.id ~ '^d[pu]_') AS disputed
    FROM payments p CROSS JOIN LATERAL (
        SELECT extract(epoch FROM min(least(f.occurred_at, f.received_at))) AS at FROM facts f
        WHERE f.payload ->> 'order_id' = p.order_id AND f.kind = 'payment_captured'
          AND f.payload ->> 'tender_id' = p.id
    ) c
    WHERE p.status = 'captured' AND p.tender = ANY(:tenders)
      AND (p.provider_reference = ANY(:theirs) OR c.at BETWEEN :since AND :until)
""").bindparams(bindparam("tenders", type_=ARRAY(Text)), bindparam("theirs", type_=ARRAY(Text)))  # noqa: S608  # of the words of a closed set


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree, in words for a person."""

    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many payments were compared, and every difference."""

    provider: str
    payments: int
    differences: Sequence[Difference]
    others: Sequence[ProviderPayment] = ()
    """What other programs took at the same account: it carries none of our marks, and is in no book of ours."""
    payouts: Sequence[str] = ()
    """Payouts that were told of, and that the account does not have: of another account."""

    def __str__(self) -> str:
        lines = [f"{self.provider} {each.reference}: {each.words}" for each in self.differences]
        if not lines:
            words = f"{self.payments} payments compared; the provider and the books agree to the cent."
            lines = [f"{self.provider}: {words}"]
        if self.others:
            named = _named([f"{each.reference} {_money(each)}" for each in self.others])
            lines.append(f"{self.provider}: {len(self.others)} not ours, by other programs: {named}.")
        if self.payouts:
            named = _named(self.payouts)
            lines.append(
                f"{self.provider}: {len(self.payouts)} payouts told of that this account does not have: {named}."
            )
        return "\n".join(lines)


def reconcile(
    database: Database, provider: str, records: ProviderRecords, since: int, payouts: EventsAbout | None = None
) -> Comparison:
    """Returns how the provider's payments of since then, in epoch seconds, compare with the books.

    `payouts` says how its events name payouts: those of other accounts are told with the rest.
    """
    found = records.payments(since - _OVERLAP_S)
    theirs = {payment.reference: payment for payment in found.payments}
    until = float("inf") if found.until is None else found.until
    with database.transaction() as connection:
        ours = _ours(connection, TENDERS[provider], list(theirs), since, until)
        elsewhere = () if payouts is None else payouts_of_nobody(connection, payouts, since)
    others = {key: each for key, each in theirs.items() if key not in ours and not each.is_ours}
    mine = {key: each for key, each in theirs.items() if key not in others}
    found_here = list(_differences(mine, ours))
    return Comparison(provider, len(mine | ours), found_here, [others[key] for key in sorted(others)], elsewhere)


def _ours(
    connection: Connection, tenders: Sequence[str], theirs: Sequence[str], since: int, until: float
) -> dict[str, ProviderPayment]:
    """Returns what the books have captured in that time, and of all that the provider names."""
    values = {"tenders": list(tenders), "theirs": list(theirs), "since": since, "until": until}
    return {
        row.reference: ProviderPayment(row.reference, row.amount, row.refunded, row.currency, row.disputed)
        for row in connection.execute(_OURS, values)
    }


def _differences(theirs: dict[str, ProviderPayment], ours: dict[str, ProviderPayment]) -> Iterator[Difference]:
    for reference in sorted(theirs.keys() | ours.keys()):
        there, here = theirs.get(reference), ours.get(reference)
        if here is None and there is not None:
            yield Difference(reference, f"{_money(there)} at the provider, and not in the books")
        elif there is None and here is not None:
            yield Difference(reference, f"{_money(here)} in the books, and not at the provider")
        elif there is not None and here is not None:
            if (there.amount, there.currency) != (here.amount, here.currency):
                yield Difference(reference, f"{_money(there)} at the provider, {_money(here)} in the books")
            if there.refunded != here.refunded:
                words = f"refunded {_money(there, there.refunded)} there, {_money(here, here.refunded)} in the books"
                yield Difference(reference, words)
            if there.disputed != here.disputed:
                words = f"disputes took {_money(there, there.disputed)}, {_money(here, here.disputed)} in the books"
                yield Difference(reference, words)


def _named(what: Sequence[str]) -> str:
    more = f" and {len(what) - _NAMED} more" if len(what) > _NAMED else ""
    return ", ".join(what[:_NAMED]) + more


def _money(payment: ProviderPayment, minor: int | None = None) -> str:
    return str(Money(payment.amount if minor is None else minor, Currency(payment.currency)))
