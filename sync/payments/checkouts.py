"""Online payment, on the web or by phone at the door: a page behind a short link, from its opening to its end."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from boxoffice.core.errors import BoxofficeError, OperationFailed, TryAgainLater
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.orders import OrderPlaced
from sync.ledger.fact_log import Page
from sync.ledger.hub import Hub
from sync.payments.declined import note_decline
from sync.payments.lost_payments import LOST, is_given_up
from sync.payments.offers import Offers
from sync.payments.settling import settle, settle_unopened
from sync.payments.shut_out import tell_shut_out
from sync.payments.switches import must_be_open
from sync.payments.taking import Taking
from sync.payments.wanted import wanted
from sync.ports import NewSession, Refused, Session, Sessions, ShutOut
from sync.provider_states import PaymentState, Provider, provider_of
from sync.store import checkouts
from sync.store.chain import new_id
from sync.store.checkouts import Checkout, CheckoutStatus
from sync.store.ledger import load_books

MARGIN: Final = timedelta(minutes=2)
_OVER: Final = frozenset({PaymentState.ENDED, PaymentState.REFUSED})
_NOT_TAKEN: Final = (PaymentState.OPEN, PaymentState.REFUSED)
"""How a payment stands that the customer had approved, and that was refused when it was taken."""


class UnknownCheckout(BoxofficeError):
    """There is no such payment, or it is another till's."""


class PaymentRefused(OperationFailed):
    """The provider refused the payment for good: it has failed, and what a web order held is free again."""


@dataclass(frozen=True, slots=True)
class Checkouts:
    """The use cases of online payment."""

    hub: Hub
    sessions: Sessions | None
    others: Mapping[str, Sessions] = field(default_factory=dict)
    """By provider: `stripe_intent`, `paypal`."""

    @property
    def offers(self) -> Offers:
        """Returns what is offered by tills with no network."""
        return Offers(self.hub, self.taking)

    @property
    def taking(self) -> Taking:
        """Returns whom this hub takes money through."""
        stripe = {} if self.sessions is None else {"stripe": self.sessions}
        return Taking(self.hub.settings, {**stripe, **self.others})

    def provider(self, name: str) -> Sessions:
        """Returns a provider of payments; raises as `Taking.provider`."""
        return self.taking.provider(name)

    def close(self, tender_id: str, code: str) -> None:
        """Ends the session at its provider first, then writes down how it ended.

        Where there is none, nobody need be asked: no customer was ever sent to a page, so none can have paid.

        Raises:
            TryAgainLater: if the provider can't be asked, or does not say how it ended; it may be paid.
        """
        while (found := self.of_tender(tender_id)).is_live:
            if found.session_id is None:
                if settle_unopened(self.hub, found, code, CheckoutStatus.EXPIRED):
                    return
            elif found.status is CheckoutStatus.HELD:
                self._look_at_held(found, found.session_id, code)
                return
            else:
                settle(self.hub, found, self._ended_at_provider(found, found.session_id), code)
                return

    def close_if_due(self, tender_id: str) -> None:
        """Ends the payment if its time is over; if it was given more, comes back then."""
        with self.hub.database.transaction() as connection:
            found = must_be(checkouts.of_tender(connection, tender_id))
            if found.is_live and found.closes_at > found.now:
                checkouts.close_at(connection, found)
                return
        self.close(tender_id, "expired")

    def settle_session(
        self, session_id: str, *, is_refused: bool = False, at: Provider | None = None
    ) -> Checkout | None:
        """Settles the payment that this page was made for, as it was read; None if it is none of ours `at` that place.

        Raises as `settle_checkout`.
        """
        with self.hub.database.reading() as connection:
            found = checkouts.of_session(connection, session_id)
        if found is None or (at is not None and provider_of(found.provider) != at):
            return None
        self.settle_checkout(found, is_refused=is_refused)
        return found

    def settle_tender(self, tender_id: str) -> bool:
        """Settles a tender that has a page and is not settled; returns whether it is a tender at all."""
        with self.hub.database.reading() as connection:
            found = checkouts.of_tender(connection, tender_id)
        if found is not None and found.is_live:
            self.settle_checkout(found)
        return found is not None

    def settle_checkout(self, found: Checkout, *, is_refused: bool = False) -> None:
        """Reads a payment's session at its provider and writes down how it ended, if it did; without one, does nothing.

        What the customer has approved is taken, unless its places were given away. `is_refused` says that its provider
        has told of money that did not come.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        if found.session_id is None or found.status is CheckoutStatus.PAID:  # nothing said there changes that any more
            return
        provider = self.provider(found.provider)
        session = provider.retrieve(found.session_id)
        if session.state is PaymentState.APPROVED and found.is_live:
            session = provider.take(found.session_id)
            if session.state in _NOT_TAKEN:
                with self.hub.database.transaction() as connection:
                    note_decline(connection, found.tender_id, new_id(), "INSTRUMENT_DECLINED")
        settle(self.hub, found, session, "expired", is_refused=is_refused)

    def _ended_at_provider(self, found: Checkout, session_id: str) -> Session:
        """Returns the session as it ended. One that its provider does not tell of ends when nobody can pay it any more.

        Should it have been paid all the same, its money is taken when the provider tells of it.

        Raises:
            TryAgainLater: if it may still be paid, or nobody could be asked.
        """
        provider = self.provider(found.provider)
        try:
            return provider.expire(session_id)
        except OperationFailed as error:
            is_outage = isinstance(error, TryAgainLater) and not isinstance(error, ShutOut)
            if is_outage or found.session_expires_at + MARGIN > found.now:
                words = "The provider does not say how the payment ended."
                raise TryAgainLater(words, "It may have been paid.", "It is asked again by itself.") from error
            return _never_paid(session_id)

    def _look_at_held(self, found: Checkout, session_id: str, code: str) -> None:
        """Asks about what the provider holds, since nobody can end it; one that is lost for long enough has ended.

        Should it have been paid all the same, its money is taken when the provider tells of it.

        Raises:
            TryAgainLater: if nobody could be asked, or the provider does not know it just now.
        """
        try:
            settle(self.hub, found, self.provider(found.provider).retrieve(session_id), code)
        except TryAgainLater:
            raise
        except OperationFailed as error:
            if not is_given_up(self.hub, found):
                words = "The provider does not know this payment now."
                raise TryAgainLater(words, "It may have been paid.", "It is asked again by itself.") from error
            settle(self.hub, found, _never_paid(session_id), LOST)

    def of_tender(self, tender_id: str) -> Checkout:
        """Returns a payment that is there; raises as `must_be`."""
        with self.hub.database.reading() as connection:
            return must_be(checkouts.of_tender(connection, tender_id))

    def ensure(self, found: Checkout, placed: OrderPlaced | None = None) -> Checkout:
        """Returns a payment with its session, made at its provider if it is not there yet, or as it has ended without.

        `placed` spares reading its order again.

        Raises:
            PaymentRefused: if the provider refused it for good.
            TryAgainLater: if the provider can't be reached; asking again gives the same session.
        """
        if found.session_id is not None or not found.is_live:
            return found
        if placed is None:
            with self.hub.database.reading() as connection:
                placed = load_books(connection, [found.order_id]).placed[found.order_id]
        return self._opened(found, wanted(self.hub.public_url, self.taking, found, placed), placed)

    def _opened(self, found: Checkout, new: NewSession, placed: OrderPlaced) -> Checkout:
        """Makes the session at its provider, and keeps it if the payment still waits for it there."""
        provider = self.provider(found.provider)
        try:
            session = provider.create(new)
        except Refused as error:
            why = error.what_happened
            if settle_unopened(self.hub, found, "refused", CheckoutStatus.FAILED, is_same=True, message=why):
                raise PaymentRefused(
                    why, "Nothing was charged, and the places are free again.", "Choose again, or pay in another way."
                ) from error
            return self.ensure(self.of_tender(found.tender_id), placed)
        except ShutOut as error:
            tell_shut_out(self.hub, found.provider, error)
            raise
        with self.hub.database.transaction() as connection:
            kept = checkouts.keep_session(connection, found, session.id, session.url)
        if kept is None:  # it was ended meanwhile, or the customer has gone on to another provider
            with suppress(OperationFailed):  # nobody knows its page but we
                provider.expire(session.id)
            return self.ensure(self.of_tender(found.tender_id), placed)
        if self.hub.log is not None:
            page = Page(kept.tender_id, kept.provider, session.id, session.url, kept.code)
            self.hub.log.note_page(page)
        return kept

    def switch(self, code: str, provider: str) -> None:
        """Moves a payment at the door that nobody has made to `provider`: it is ended where it was first of all.

        Whoever paid in the meantime has paid, and nothing is moved.

        Raises:
            UnknownCheckout: for a code that nobody made.
            Stopped: if PayPal is not taken just now.
            CantBeCharged: if the provider does not take such an amount.
            PaymentRefused: if the provider refused it for good.
            TryAgainLater: if a provider can't be reached; the same press may be made again.
        """
        self.provider(provider)
        with self.hub.database.transaction() as connection:
            found = checkouts.of_code(connection, code)
            if found is None or not found.channel.is_at_a_till:
                raise UnknownCheckout("There is no such payment.")
            if provider == "paypal":
                must_be_open(connection, "paypal", found.order_id)
        self.taking.must_take(provider, Money(found.amount, Currency(found.currency)))
        if not found.status.is_unpaid:
            return
        there = found if found.provider == provider else self._leave(found, provider)
        if there is not None:
            self.ensure(there)

    def _leave(self, found: Checkout, provider: str) -> Checkout | None:
        """Ends the payment where it is; returns it as it is free to go on at `provider`, or None if it is not."""
        if found.session_id is not None:
            before = self._ended_at_provider(found, found.session_id)
            if before.state not in _OVER:
                settle(self.hub, found, before, "expired")
                return None
        with self.hub.database.transaction() as connection:
            return checkouts.move_to(connection, found, provider)


def must_be(found: Checkout | None) -> Checkout:
    """Returns a payment that is there.

    Raises:
        UnknownCheckout: if it is not.
    """
    if found is None:
        raise UnknownCheckout("There is no such payment.")
    return found


def _never_paid(session_id: str) -> Session:
    return Session(session_id, None, PaymentState.ENDED, amount=0, currency="", payment=None)
