"""The provider's own list of payments and refunds beside the hub's books, cent by cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from boxoffice.core.money import Currency, Money
from sync.services.ports import ProviderPayment, ProviderRecords
from sync.store import tables as t
from sync.store.database import Database


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree, in words for a person."""

    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many payments were compared, and every difference."""

    payments: int
    differences: Sequence[Difference]

    def __str__(self) -> str:
        if not self.differences:
            return f"{self.payments} payments compared: the provider and the books agree to the cent."
        return "\n".join(f"{each.reference}: {each.words}" for each in self.differences)


def reconcile(database: Database, records: ProviderRecords, since: int) -> Comparison:
    """Returns how the provider's payments of since then compare with the books."""
    theirs = {payment.reference: payment for payment in records.payments(since)}
    with database.transaction() as connection:
        ours = _ours(connection, since)
    return Comparison(len(theirs | ours), list(_differences(theirs, ours)))


def _ours(connection: Connection, since: int) -> dict[str, ProviderPayment]:
    """Returns what the books have captured by card since then, by the provider's reference."""
    p, r, o = t.payments.c, t.refunds.c, t.orders.c
    refunded = select(func.coalesce(func.sum(r.amount), 0)).where(r.payment_id == p.id, r.status == "succeeded")
    query = (
        select(p.provider_reference, p.amount, p.currency, refunded.scalar_subquery().label("refunded"))
        .join(t.orders, o.id == p.order_id)
        .where(
            p.status == "captured",
            p.tender.in_(["checkout", "terminal"]),
            o.created_at >= func.to_timestamp(since),
        )
    )
    return {
        row.provider_reference: ProviderPayment(row.provider_reference, row.amount, row.refunded, row.currency)
        for row in connection.execute(query)
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


def _money(payment: ProviderPayment, minor: int | None = None) -> str:
    return str(Money(payment.amount if minor is None else minor, Currency(payment.currency)))
