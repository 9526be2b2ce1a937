"""What providers keep of payments, so that the books say what a provider's balance says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import OperationFailed
from boxoffice.core.payloads.bank import FeeRecorded
from sync.ledger.hub import Hub
from sync.payments.ours import OurPayment, our_payments, read_payments
from sync.ports import Treasury
from sync.provider_states import PROVIDER_NAMES, TENDERS, Provider, tenders_of
from sync.store import tables as t

_AT_ONCE: Final = 100
_AGAIN: Final = timedelta(minutes=5)
_f: Final = t.provider_fees.c


@dataclass(frozen=True, slots=True)
class Fees:
    """The use cases of fees. `treasuries` are the providers that this hub has keys for."""

    hub: Hub
    treasuries: Mapping[Provider, Treasury]

    def look(self) -> int:
        """Asks for fees that are not in the books, the longest ago first; returns how many came."""
        found = 0
        for payment in self._missing():
            try:
                found += self.take(TENDERS[payment.tender], payment)
            except OperationFailed:  # the next look asks again, after the others
                continue
        return found

    def take(self, provider: Provider, payment: OurPayment) -> bool:
        """Books the fee of a payment, if it is known and not in the books; returns whether it did.

        Raises:
            TryAgainLater: if the provider can't be reached.
            Refused: if it said no.
        """
        treasury = self.treasuries.get(provider)
        if treasury is None or payment.reference is None or not self._claim(provider, payment.reference):
            return False
        fee = treasury.fee(payment.reference)
        return fee is not None and self.hub.database.run(lambda connection: self._book(connection, payment, fee))

    def _missing(self) -> Sequence[OurPayment]:
        p = t.payments.c
        is_theirs = or_(*((_f.provider == its) & p.tender.in_(tenders_of(its)) for its in PROVIDER_NAMES))
        is_same = (_f.reference == p.provider_reference) & is_theirs
        due = (_f.asked_at.is_(None)) | (_f.amount.is_(None) & (_f.asked_at < func.now() - _AGAIN))
        wanted = [tender for tender, its in TENDERS.items() if its in self.treasuries]
        query = (
            our_payments()
            .outerjoin(t.provider_fees, is_same)
            .where(p.status == "captured", p.tender.in_(wanted), p.provider_reference.is_not(None), due)
            .order_by(_f.asked_at.nulls_first())
            .limit(_AT_ONCE)
        )
        with self.hub.database.reading() as connection:
            return read_payments(connection, query)

    def _claim(self, provider: Provider, reference: str) -> bool:
        """Notes that the fee is asked for now; returns whether it is not in the books yet."""
        row = insert(t.provider_fees).values(provider=provider, reference=reference)
        asked = row.on_conflict_do_update(
            index_elements=["provider", "reference"], set_={"asked_at": func.now()}, where=_f.amount.is_(None)
        )
        with self.hub.database.transaction() as connection:
            return connection.execute(asked.returning(literal(1))).first() is not None

    def _book(self, connection: Connection, payment: OurPayment, fee: int) -> bool:
        provider = TENDERS[payment.tender]
        mine = (_f.provider == provider, _f.reference == payment.reference)
        row = connection.execute(select(_f.amount).where(*mine).with_for_update()).one()
        if row.amount is not None:
            return False
        connection.execute(t.provider_fees.update().where(*mine).values(amount=fee))
        if fee:
            told = FeeRecorded(
                provider=provider, amount=fee, currency=payment.currency, provider_reference=str(payment.reference)
            )
            self.hub.write(connection, [told], payment.event_id)
        return True
