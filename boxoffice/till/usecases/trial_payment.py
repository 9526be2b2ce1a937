"""A trial of the reader before doors open, which takes no money.

With a test key a small payment goes to the reader, as real ones do, and is cancelled: it only holds what a card would
give, so that not even a card that is faster is charged. A live key starts no payment at all: the reader shows a cart,
and shows nothing again.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from boxoffice.core.charging import Provider, limits_of
from boxoffice.core.errors import OperationFailed
from boxoffice.core.languages import later
from boxoffice.core.money import Money
from boxoffice.core.preflight import Answer, Check, Outcome
from boxoffice.core.terminal import IntentStatus
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.ports import CartLineShown
from boxoffice.till.usecases.proofs import note_proof, proved_at
from boxoffice.till.usecases.status import Readers
from boxoffice.till.usecases.stripe_key import KeyedTerminal

_ANY_MINOR: Final = 100
_CART: Final = "Test: nothing is charged"
_ASK: Final = later("Not tried yet")
_ASK_FIX: Final = later("Press it with the reader in sight: nothing is charged.")
_DONE: Final = later("Tried at {time}, nothing was charged")
_NO_READER: Final = later("There is no reader to try")


class ReaderInUse(OperationFailed):
    """A payment may wait on the reader: nothing is put in its place."""

    def __init__(self) -> None:
        super().__init__(
            "The reader is busy with a payment.", "Nothing was charged.", "Wait until it is over, then try again."
        )


class NotCancelled(OperationFailed):
    """Stripe has not confirmed that the trial is over."""

    def __init__(self) -> None:
        super().__init__(
            "Stripe did not confirm that the test payment was cancelled.",
            "What a card gave is held, not taken: it is let go by itself.",
            "Try again, or cancel it in Stripe.",
        )


@dataclass(frozen=True, slots=True)
class TrialPayment:
    context: TillContext
    terminal: KeyedTerminal
    readers: Readers
    quiet: Callable[[], AbstractContextManager[object]]
    """Keeps carts off the reader meanwhile."""

    def answer(self) -> Answer:
        """Returns whether it was tried tonight."""
        if not self.terminal.key_id or not (self.readers.chosen_id or self._has_one()):
            return Answer(Check.TEST_PAYMENT, Outcome.UNUSED, _NO_READER)
        at = proved_at(self.context, Check.TEST_PAYMENT)
        if at is None:
            return Answer(Check.TEST_PAYMENT, Outcome.TO_DO, _ASK, _ASK_FIX)
        return Answer(Check.TEST_PAYMENT, Outcome.PASS, _DONE, at=at)

    def _has_one(self) -> bool:
        """Returns whether there is one reader, which is this till's as soon as somebody has looked."""
        self.readers.look()
        return self.readers.chosen_id is not None

    def run(self) -> None:
        """Tries the reader.

        Raises:
            ReaderInUse: if a payment may wait there.
            StripeRefused: if the reader, or the key, can't do it.
            NotCancelled: if Stripe does not say that it is over.
            Unreachable: if Stripe does not answer.
        """
        reader_id = self.readers.chosen_id
        if reader_id is None:
            raise OperationFailed("No reader is chosen.", "Nothing was charged.", "Choose one under “This till”.")
        action = self.terminal.reader(reader_id).action
        if action is not None and action.is_busy:
            raise ReaderInUse
        with self.quiet():
            if self.terminal.is_live:
                self._show(reader_id)
            else:
                self._pay(reader_id)
        note_proof(self.context, Check.TEST_PAYMENT)

    def _show(self, reader_id: str) -> None:
        nothing = Money(0, self.context.event.catalogue.currency)
        self.terminal.show_cart(reader_id, [CartLineShown(_CART, nothing)], nothing)
        self.terminal.cancel_action(reader_id)

    def _pay(self, reader_id: str) -> None:
        intent = self.terminal.create_trial(f"trial-{self.context.new_id()}", self._amount())
        try:
            self.terminal.process(reader_id, intent.id)
            self.terminal.cancel_action(reader_id)
        finally:
            ended = self.terminal.cancel_intent(intent.id)
        if ended.status is not IntentStatus.CANCELED:
            raise NotCancelled

    def _amount(self) -> Money:
        """Returns the least that Stripe takes; a currency that it does not take, it refuses in its own words."""
        currency = self.context.event.catalogue.currency
        limits = limits_of(Provider.STRIPE, currency)
        return Money(_ANY_MINOR, currency) if limits is None else limits.least
