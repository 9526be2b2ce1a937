"""What a provider's balance is made of, line by line, and the payouts that take its lines to the bank.

A line is in one payout at most; one that is in none is under way. Reading again what was read writes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import OperationFailed
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.bank import PayoutRecorded
from boxoffice.core.payout_parts import Line, ours_of, parts_of
from sync.ledger.hub import Hub
from sync.payments.ours import Reference
from sync.ports import BalanceMove, ProviderPayout, Treasury
from sync.provider_states import PAYOUTS, PROVIDER_NAMES, PayoutState, Provider, tenders_of
from sync.store import tables as t
from sync.store.chain import new_id, utc_now

V = TypeVar("V")

_OVERLAP: Final = timedelta(hours=1)
_WINDOW: Final[Mapping[Provider, timedelta]] = {"stripe": timedelta(days=1), "paypal": timedelta(days=31)}
"""What is read at once: whoever is interrupted goes on with the day at which they were."""
_AGAIN: Final[Mapping[Provider, timedelta]] = {"stripe": timedelta(), "paypal": timedelta(days=30)}
"""How far back a list is read again: PayPal lists what was begun, and a refund of an eCheck is done many days later."""
_WINDOWS_AT_ONCE: Final = 60
_PAYOUTS_AT_ONCE: Final = 50
"""A look asks for no more, one after the other: the shop needs the provider's patience too."""
_CHANGES_FOR: Final = timedelta(days=45)
"""A payout may fail days after it was paid; older ones stay as they are."""
_ROWS: Final = 500
_m: Final = t.provider_moves.c
_o: Final = t.payouts.c


@dataclass(frozen=True, slots=True)
class Payouts:
    """The use cases of payouts. `treasuries` are the providers that this hub has keys for."""

    hub: Hub
    treasuries: Mapping[Provider, Treasury]

    def take(self, provider: Provider, payout_id: Reference) -> None:
        """Takes a payout apart as it stands, and books our part of it.

        One that the account does not have is none of ours.

        Raises:
            TryAgainLater: if the provider can't be reached.
            Refused: if it said no.
        """
        treasury = self.treasuries.get(provider)
        payout = None if treasury is None else treasury.payout(payout_id)
        if payout is not None:
            self.hub.database.run(lambda connection: self._keep(connection, provider, payout))

    def look(self) -> int:
        """Reads on in every provider's lists, from where they were read to; returns how many payouts were read."""
        read = 0
        for provider, treasury in self.treasuries.items():
            try:
                self._read_moves(provider, treasury)
                read += self._read_payouts(provider, treasury)
            except OperationFailed:  # the next look goes on from here
                continue
        return read

    def _read_moves(self, provider: Provider, treasury: Treasury) -> None:
        since = self._read_until(provider)
        since = None if since is None else since - _AGAIN[provider]
        for _ in range(_WINDOWS_AT_ONCE):
            if since is None:
                return
            now = utc_now()
            end = since + _WINDOW[provider]
            until = end if end < now else None
            found = treasury.moves(int(since.timestamp()), None if until is None else int(until.timestamp()))
            with self.hub.database.transaction() as connection:
                _keep_moves(connection, provider, found.moves)
                read = until or now - _OVERLAP
                if found.until is not None:
                    read = min(read, datetime.fromtimestamp(found.until, UTC))
                row = insert(t.provider_reads).values(provider=provider, read_until=read)
                kept = row.on_conflict_do_update(
                    index_elements=["provider"], set_={"read_until": row.excluded.read_until}
                )
                connection.execute(kept)
            since = until

    def _read_until(self, provider: Provider) -> datetime | None:
        """Returns up to when the list was read: else shortly before our first payment; None if there is none yet."""
        p, f, r = t.payments.c, t.facts.c, t.provider_reads.c
        first = (
            select(func.min(func.least(f.occurred_at, f.received_at)))
            .select_from(t.payments.join(t.facts, f.payload["order_id"].astext == p.order_id))
            .where(p.tender.in_(tenders_of(provider)), p.status == "captured", f.kind == "payment_captured")
        )
        with self.hub.database.reading() as connection:
            read: datetime | None = connection.scalar(select(r.read_until).where(r.provider == provider))
            began: datetime | None = None if read is not None else connection.scalar(first)
        return read if began is None else began - _OVERLAP

    def _read_payouts(self, provider: Provider, treasury: Treasury) -> int:
        """Takes apart the payouts that are new, or stand otherwise than here, and those of before lines were read."""
        listed = treasury.payouts(int((utc_now() - _CHANGES_FOR).timestamp()))
        with self.hub.database.reading() as connection:
            rows = connection.execute(
                select(_o.reference, _o.status, _o.is_complete, _o.read_at).where(_o.provider == provider)
            )
            known = {row.reference: row for row in rows}
        new = [each.id for each in listed if each.id not in known or known[each.id].read_at is None]
        moved = [
            each.id
            for each in listed
            if each.id not in new
            and (known[each.id].status, known[each.id].is_complete) != (each.state.value, each.is_complete)
        ]
        old = [reference for reference, row in known.items() if row.read_at is None and reference not in new]
        chosen = [*reversed(new), *reversed(moved), *old][:_PAYOUTS_AT_ONCE]
        for payout_id in chosen:
            self.take(provider, Reference(payout_id))
        return len(chosen)

    def _keep(self, connection: Connection, provider: Provider, payout: ProviderPayout) -> None:
        row = {"id": new_id(), "provider": provider, "reference": payout.id, "currency": payout.currency}
        connection.execute(insert(t.payouts).values(**row, amount=0, status="").on_conflict_do_nothing())
        mine = (_o.provider == provider, _o.reference == payout.id)
        columns = (_o.amount, _o.status, _o.total, _o.is_provable, _o.parts)
        before = connection.execute(select(*columns).where(*mine).with_for_update()).one()
        parts = () if payout.state is PayoutState.FAILED else payout.parts
        _keep_moves(connection, provider, payout.parts)
        _assign(connection, provider, payout.id, parts)
        lines = _lines(connection, provider, parts)
        amount, sums = ours_of(lines), parts_of(lines)
        now = {
            "amount": amount,
            "status": payout.state.value,
            "total": payout.amount,
            "is_provable": payout.is_automatic,
            "parts": [list(each) for each in sums],
        }
        arrives = None if payout.arrives_at is None else datetime.fromtimestamp(payout.arrives_at, UTC)
        more = {"is_complete": payout.is_complete, "arrives_at": arrives, "read_at": utc_now()}
        connection.execute(t.payouts.update().where(*mine).values(**now, **more))
        if _is_news(before, now):
            told = PayoutRecorded(
                provider=provider,
                amount=amount - before.amount,
                currency=payout.currency,
                provider_reference=payout.id,
                total=payout.amount,
                is_provable=payout.is_automatic,
                parts=sums,
            )
            self.hub.write(connection, [told], None)
        kind = PAYOUTS[payout.state].inbox
        if kind is not None and before.status != payout.state.value:
            words = f"{Money(payout.amount, Currency(payout.currency))} ({payout.id}) did not reach the bank."
            told_where = f"{words} Look at the account's details at {PROVIDER_NAMES[provider]}."
            self.hub.raise_exception(connection, kind, told_where, subject_id=payout.id, remedies=("seen",))


def _is_news(before: Any, now: Mapping[str, object]) -> bool:
    """Returns whether the books have to hear of it: our part is another, or what can't be proved was not told."""
    was = {name: getattr(before, name) for name in ("amount", "is_provable", "parts")}
    is_ours = bool(was["amount"] or now["amount"] or not now["is_provable"])
    # One that an earlier version has booked has no parts here: they are filled in without a word.
    is_filled = before.total is None and was["amount"] == now["amount"] != 0
    return is_ours and not is_filled and any(was[name] != now[name] for name in was)


def _keep_moves(connection: Connection, provider: Provider, moves: Sequence[BalanceMove]) -> None:
    """Writes lines that are not known; what a provider has listed once it never changes."""
    for some in _batches(list({each.id: each for each in moves}.values())):
        rows = [
            {
                "provider": provider,
                "reference": each.id,
                "kind": each.kind.value,
                "payment": each.payment,
                "is_marked": each.is_marked,
                "amount": each.amount,
                "fee": each.fee,
                "net": each.net,
                "currency": each.currency,
                "words": each.words,
                "created_at": datetime.fromtimestamp(each.created_at, UTC),
            }
            for each in some
        ]
        connection.execute(insert(t.provider_moves).values(rows).on_conflict_do_nothing())


def _assign(connection: Connection, provider: Provider, payout_id: str, parts: Iterable[BalanceMove]) -> None:
    """Says which lines the payout takes along: those that it does not are under way again."""
    ids = [each.id for each in parts]
    own = (_m.provider == provider, or_(_m.payout.is_(None), _m.payout != payout_id))
    gone = (_m.provider == provider, _m.payout == payout_id, _m.reference.not_in(ids))
    connection.execute(update(t.provider_moves).where(*gone).values(payout=None))
    for some in _batches(ids):
        connection.execute(update(t.provider_moves).where(*own, _m.reference.in_(some)).values(payout=payout_id))


def _lines(connection: Connection, provider: Provider, parts: Sequence[BalanceMove]) -> list[Line]:
    p = t.payments.c
    named = sorted({each.payment for each in parts if each.payment})
    ours: set[str] = set()
    for some in _batches(named):
        mine = (p.provider_reference.in_(some), p.tender.in_(tenders_of(provider)), p.status == "captured")
        ours |= set(connection.scalars(select(p.provider_reference).where(*mine)))
    return [Line(each.kind, each.payment in ours, each.is_marked, each.amount, each.fee, each.net) for each in parts]


def _batches(all_of: Sequence[V]) -> Iterator[Sequence[V]]:
    for start in range(0, len(all_of), _ROWS):
        yield all_of[start : start + _ROWS]
