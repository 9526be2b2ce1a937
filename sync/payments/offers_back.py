"""Money of an offer whose order was never heard of, given back to who paid; from then on the hub shows no code for it.

A till with no network may have taken the code before: its order stands then, and is found to be given back.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.languages import later
from boxoffice.core.payloads.offers import OfferReturned
from boxoffice.core.tenders import TenderKind
from sync.ledger.hub import Hub
from sync.payments.offers import settle_offer
from sync.payments.ours import our_payments, read_payments, reference_of
from sync.payments.outside_refunds import OutsideRefunds
from sync.payments.refunds import Refunds
from sync.ports import NewRefund, RefundResult, Refused
from sync.provider_states import RefundState
from sync.store import offers
from sync.store import tables as t
from sync.store.offers import KeptOffer, OfferStatus

GIVE_BACK: Final = "give_offer_back"
"""The remedy by this name."""


class OfferNotReturned(OperationFailed):
    """The money of an offer can't be given back now; nobody has it."""

    def __init__(self, why: str) -> None:
        super().__init__(why, "Nothing was changed.", "Look again in some minutes.")


@dataclass(frozen=True, slots=True)
class OffersBack:
    """The use cases of giving such money back."""

    hub: Hub
    refunds: Refunds

    def give_back(self, tender_id: str) -> RefundResult:
        """Has the provider give the money back; asked again, it is the same refund.

        Raises:
            OfferNotReturned: if its order is known by now, or the provider refused; nothing was given back.
            TryAgainLater: if the provider can't be reached: it may have been given back, and no code is shown any more.
        """
        kept = self.hub.database.run(lambda connection: _shut(connection, tender_id))
        provider, payment = self.refunds.provider(TenderKind.CHECKOUT.value), kept.reference or ""
        marks = {"tender_id": kept.tender_id, "order_number": kept.order_number, "event_id": kept.event_id}
        new = NewRefund(f"offer-back-{tender_id}", payment, kept.paid_amount or 0, kept.currency, marks)
        try:
            result = provider.refund(new)
        except Refused as error:
            made = provider.made(payment)
            if not made:
                self._open_again(tender_id)
                raise OfferNotReturned(later("The provider refused to give this back.")) from error
            result = made[-1].result
        if result.state is RefundState.FAILED:
            self._open_again(tender_id)
            raise OfferNotReturned(later("The provider refused to give this back."))
        return result

    def write_in(self, connection: Connection, tender_id: str, refund: RefundResult, by: str) -> None:
        """Writes down that it was given back, within a transaction of the caller's."""
        row = offers.locked(connection, tender_id)
        returned = OfferReturned(
            order_id=row.order_id,
            tender_id=row.tender_id,
            tender=TenderKind.CHECKOUT.value,
            amount=row.paid_amount or 0,
            currency=row.currency,
            provider_reference=row.reference or "",
            refund=refund.id,
            by=by,
        )
        self.hub.write(connection, [returned], row.event_id)

    def find(self, tender_id: str) -> None:
        """Takes into the books that the payment of an order, whose code a till took, had been given back before.

        Raises:
            TryAgainLater: if it is not known yet whether it was.
        """
        with self.hub.database.reading() as connection:
            kept = offers.of_tender(connection, tender_id)
            found = read_payments(connection, our_payments().where(t.payments.c.id == tender_id))
        if kept is None or kept.status is not OfferStatus.RETURNED or not found:
            return
        payment = replace(found[0], reference=found[0].reference or reference_of(kept.reference))
        made = self.refunds.provider(payment.tender).made(kept.reference or "")
        if not made:
            raise TryAgainLater("A payment is about to be given back.", "Nothing was changed.", "It will be looked at.")
        OutsideRefunds(self.refunds).take(payment, made)

    def _open_again(self, tender_id: str) -> None:
        """Lets an offer be settled as if nobody had wanted it back."""

        def again(connection: Connection) -> None:
            row = offers.locked(connection, tender_id)
            offers.set_status(connection, tender_id, OfferStatus.PAID)
            p = t.payments.c
            mine = select(p.id).where(p.id == tender_id, p.status == "captured")
            if connection.execute(mine).first() is not None:
                settle_offer(self.hub, connection, replace(row, status=OfferStatus.PAID))

        self.hub.database.run(again)


def _shut(connection: Connection, tender_id: str) -> KeptOffer:
    """Shows no code for an offer any more, and returns it; its order must not be known."""
    row = offers.locked(connection, tender_id)
    if row.status not in (OfferStatus.PAID, OfferStatus.RETURNED):
        raise OfferNotReturned(later("Nothing of this offer waits for its order any more."))
    is_known = connection.execute(select(t.payments.c.id).where(t.payments.c.id == tender_id)).first() is not None
    if is_known:
        raise OfferNotReturned(later("Its till has been heard of, and ends this payment itself."))
    offers.set_status(connection, tender_id, OfferStatus.RETURNED)
    return row
