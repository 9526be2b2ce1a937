"""Money that went round the tills: payments of our account that nobody here has asked for, and what each of them was.

When a till is dead, people take cards with the provider's own app, or with a reader by itself. Whether such a payment
is ours, nothing in it says: it is, if the account is ours alone, or its reader has taken money for us before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select, text

from boxoffice.core.adding_up import cart_of, choices_at, priced_at
from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import EventId, OrderId, TicketId, order_number
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.bank import StrayDecided
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.sales import changed, finish, place, ticket_count
from boxoffice.core.tenders import TenderKind
from sync.ledger.hub import Hub
from sync.payments.ours import Reference, payment_by
from sync.ports import NewRefund, ProviderCharge, Refunder, Refused, Treasury
from sync.provider_states import PROVIDER_NAMES, Provider, RefundState
from sync.store import strays
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.contacts import EMAIL, set_contact
from sync.store.mails import queue_mail
from sync.store.queue import defer
from sync.store.strays import Decision, Seen, Stray

KIND: Final = "money_round_the_tills"
_NUMBER: Final = text("SELECT nextval('web_orders')")
_AT_ONCE: Final = 50
_CODE: Final = "WB"
"""As all that the hub itself places: their numbers are of one series."""


class NotDecided(OperationFailed):
    """What a payment was could not be written down; nothing was changed."""

    def __init__(self, why: str) -> None:
        super().__init__(why, later("Nothing was changed."), "")


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold for it: so many of each choice, by `adding_up.Choice.key`; an address, if tickets are to be sent.

    Without one, whoever paid was let in, and the tickets let in nobody more.
    """

    event_id: str
    quantities: Mapping[str, int]
    email: str | None


@dataclass(frozen=True, slots=True)
class Strays:
    """The use cases of such payments."""

    hub: Hub
    treasuries: Mapping[Provider, Treasury]
    refunders: Mapping[str, Refunder]

    def see(self, provider: Provider, payment: Reference, reader: str, *, is_marked: bool) -> None:
        """Takes note of a payment: it shows a reader of ours, or may be one that nobody has asked for.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        with self.hub.database.transaction() as connection:
            if is_marked:
                if reader:
                    strays.note_reader(connection, reader)
                return
            is_known = strays.stray(connection, payment) or payment_by(connection, provider, payment)
            is_ours = self.hub.settings.stripe_account_is_ours or strays.is_our_reader(connection, reader)
        if is_ours and not is_known:
            self._take(provider, payment)

    def look(self) -> int:
        """Finds in what was read of the lists what no event has told, and what was refunded there meanwhile."""
        found = 0
        for provider in self.treasuries:
            with self.hub.database.reading() as connection:
                is_ours = self.hub.settings.stripe_account_is_ours
                new = strays.unseen(connection, provider, _AT_ONCE) if is_ours else ()
                waiting = [each for each in strays.undecided(connection) if each.provider == provider]
            for reference in new:
                found += self._try(lambda: self._take(provider, Reference(reference)))  # noqa: B023  # called at once
            for each in waiting[:_AT_ONCE]:
                self._try(lambda: self._look_again(each))  # noqa: B023  # likewise
        return found

    def make_sale(self, reference: str, sold: Sold, by: str) -> str:
        """Makes the order that was paid for; returns its id. What it comes to must be what was paid, to the cent.

        Raises:
            NotDecided: saying why not.
        """
        return self.hub.database.run(lambda connection: self._make_sale(connection, reference, sold, by))

    def give_back(self, reference: str, by: str) -> None:
        """Gives all of it back, by a job that tries until it is done.

        Raises:
            NotDecided: if somebody has decided it.
        """
        with self.hub.database.transaction() as connection:
            found = _undecided(connection, reference)
            self._decide(connection, found, "refund", by, is_settled=False)
            defer(connection, "refund_stray", {"reference": reference})

    def not_ours(self, reference: str, by: str) -> None:
        """Says that another business has taken it.

        Raises:
            NotDecided: if somebody has decided it.
        """
        with self.hub.database.transaction() as connection:
            self._decide(connection, _undecided(connection, reference), "not_ours", by)

    def refund(self, reference: str) -> None:
        """Asks for a refund that was decided; asked again, it is the same one.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        with self.hub.database.reading() as connection:
            found = strays.stray(connection, reference)
        refunder = None if found is None else self.refunders.get(found.provider)
        if found is None or refunder is None or found.decision != "refund" or found.settled_at is not None:
            return
        # One key for each decision: a refusal is kept with its key, and may be over when somebody decides again.
        at = 0 if found.decided_at is None else int(found.decided_at.timestamp())
        marks = {"decided_by": found.decided_by}
        new = NewRefund(f"stray-{reference}-{at}", reference, found.amount, found.currency, marks)
        try:
            result = refunder.refund(new)
        except Refused as error:
            self._not_refunded(found, error.what_happened)
            return
        if result.state is RefundState.FAILED:
            self._not_refunded(found, result.failure or "")
            return
        with self.hub.database.transaction() as connection:
            strays.change(connection, reference, settled_at=utc_now(), last_error=None)

    def _try(self, act: Callable[[], bool | None]) -> int:
        try:
            return int(bool(act()))
        except OperationFailed:  # the next look tries again
            return 0

    def _take(self, provider: Provider, payment: Reference) -> bool:
        treasury = self.treasuries.get(provider)
        charge = None if treasury is None else treasury.charge(payment)
        if charge is None or charge.is_marked or charge.refunded >= charge.amount:
            return False
        return self.hub.database.run(lambda connection: self._keep(connection, provider, charge))

    def _keep(self, connection: Connection, provider: Provider, charge: ProviderCharge) -> bool:
        if not strays.keep(connection, provider, _seen(charge)):
            return False
        amount = Money(charge.amount - charge.refunded, Currency(charge.currency))
        words = f"{amount} was paid at {PROVIDER_NAMES[provider]}, and no till and no page of ours had asked for it."
        self.hub.raise_exception(connection, KIND, words, subject_id=charge.payment)
        return True

    def _look_again(self, found: Stray) -> None:
        """Settles what somebody has refunded at the provider itself."""
        charge = self.treasuries[found.provider].charge(found.reference)
        if charge is not None and charge.refunded >= charge.amount:
            with self.hub.database.transaction() as connection:
                if (now := strays.stray(connection, found.reference, is_locked=True)) and now.decision is None:
                    self._decide(connection, now, "refunded_there", "")

    def _make_sale(self, connection: Connection, reference: str, sold: Sold, by: str) -> str:
        found = _undecided(connection, reference)
        amount = Money(found.amount, Currency(found.currency))
        catalogue = catalogue_of(connection, sold.event_id)
        if catalogue is None:
            raise NotDecided(later("There is no such event."))
        cart = cart_of(choices_at(catalogue, found.paid_at), sold.quantities)
        try:
            priced = priced_at(catalogue, cart, found.paid_at)
        except BadInput as error:
            raise NotDecided(str(error)) from error
        if priced.total != amount:
            raise NotDecided(f"What you chose comes to {priced.total}, and {amount} was paid.")
        number = order_number(_CODE, int(connection.execute(_NUMBER).scalar_one()))
        order_id = OrderId(new_id())
        placed = place(priced, order_id=order_id, order_number=number, channel=Channel.DOOR, source="pool")
        try:
            self.hub.write(connection, [placed], catalogue.id, Books())
        except NotEnoughLeft as error:
            raise NotDecided(f"Its places are gone: {error}") from error
        if sold.email is not None:
            set_contact(connection, {EMAIL: sold.email}, t.orders.c.id == order_id)
        tickets = [TicketId(new_id()) for _ in range(ticket_count(placed))]
        issuer = self.hub.issuer(connection, catalogue.id)
        written: list[Payload] = [
            changed(order_id, OrderState.PENDING, OrderState.PROCESSING),
            _captured(found, order_id, by),
            changed(order_id, OrderState.PROCESSING, OrderState.COMPLETED, "made later, for money round the tills"),
            finish(placed, EventId(catalogue.id), issuer, tickets),
        ]
        if sold.email is None:
            why = "let in before the sale was made"
            written += [TicketVoided(ticket_id=each, order_id=order_id, why=why, by=by) for each in tickets]
        self.hub.write(connection, written, catalogue.id)
        if sold.email is not None:
            queue_mail(connection, order_id, sold.email, by)
        self._decide(connection, found, "sale", by, number=number)
        strays.change(connection, reference, order_id=order_id)
        return order_id

    def _decide(
        self,
        connection: Connection,
        found: Stray,
        decision: Decision,
        by: str,
        *,
        number: str = "",
        is_settled: bool = True,
    ) -> None:
        now = utc_now()
        settled = {"settled_at": now} if is_settled else {}
        strays.change(connection, found.reference, decision=decision, decided_by=by, decided_at=now, **settled)
        fact = StrayDecided(
            provider=found.provider,
            provider_reference=found.reference,
            amount=found.amount,
            currency=found.currency,
            decision=decision,
            order_number=number,
            by=by,
        )
        self.hub.write(connection, [fact], None)
        self.hub.settle_exceptions(connection, (KIND,), found.reference, None)

    def _not_refunded(self, found: Stray, why: str) -> None:
        """Puts a payment before a person again whose refund was refused."""
        with self.hub.database.transaction() as connection:
            nothing = {"decision": None, "decided_by": "", "decided_at": None}
            strays.change(connection, found.reference, last_error=why or "The provider gave no reason.", **nothing)
            amount = Money(found.amount, Currency(found.currency))
            words = f"The refund of {amount} that went round the tills was refused. {why}".strip()
            self.hub.raise_exception(connection, KIND, words, subject_id=found.reference)


def _seen(charge: ProviderCharge) -> Seen:
    card = charge.card
    return Seen(
        reference=charge.payment,
        amount=charge.amount - charge.refunded,
        currency=charge.currency,
        paid_at=datetime.fromtimestamp(charge.paid_at, UTC),
        card="" if card is None else f"{card.brand.title()} •••• {card.last4}",
        read_method="" if card is None else card.read_method,
        reader=charge.reader,
        words=charge.words,
    )


def catalogue_of(connection: Connection, event_id: str) -> Catalogue | None:
    """Returns an event as it is sold at its doors."""
    e = t.events.c
    row = connection.execute(select(e.file, e.revision).where(e.id == event_id)).one_or_none()
    return None if row is None else catalogue_from(row.file, row.revision)


def _undecided(connection: Connection, reference: str) -> Stray:
    found = strays.stray(connection, reference, is_locked=True)
    if found is None:
        raise NotDecided(later("There is no such payment."))
    if found.decision is not None:
        raise NotDecided(later("Somebody has decided this meanwhile."))
    return found


def _captured(found: Stray, order_id: str, by: str) -> PaymentCaptured:
    """Returns that the order was paid by it: on a reader, if one has read the card."""
    brand, _, last4 = found.card.rpartition(" •••• ")
    card = None if not last4 else CardPart(brand=brand.lower(), last4=last4[-4:], read_method=found.read_method)
    return PaymentCaptured(
        order_id=order_id,
        tender_id=new_id(),
        tender=(TenderKind.TERMINAL if found.read_method else TenderKind.CHECKOUT).value,
        amount=found.amount,
        currency=found.currency,
        provider_reference=found.reference,
        card=card,
        by=by,
    )
