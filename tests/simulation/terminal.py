"""A till's card reader as the simulated provider answers for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from boxoffice.core.money import Money
from boxoffice.core.terminal import Intent, IntentStatus, TerminalReader
from boxoffice.till.usecases.ports import CartLineShown, StripeRefused, Unreachable
from tests.fakes.terminal import FakeTerminal
from tests.simulation.options import Fault
from tests.simulation.provider import Provider, SimStripe, T


@dataclass(frozen=True, slots=True)
class _OwnIntents(FakeTerminal):
    """Names its payments after its till, so that no two have one name."""

    def create_intent(self, key: str, amount: Money, metadata: Mapping[str, str]) -> Intent:
        stripe = self._reach()
        assert isinstance(stripe, SimStripe)
        new = Intent(f"pi_{stripe.name}_{len(stripe.intents) + 1}", IntentStatus.REQUIRES_PAYMENT_METHOD, amount)
        intent = stripe.first_answer(key, (amount, dict(metadata)), new)
        stripe.metadata[intent.id] = metadata
        return intent


class SimTerminal:
    """Implements `till.usecases.ports.Terminal`: `point` is where its till may die."""

    def __init__(self, provider: Provider, name: str, point: Callable[[str], None]) -> None:
        self._provider, self._name, self._point = provider, name, point
        stripe = provider.readers.setdefault(name, SimStripe(name=name))
        self._stripe = stripe
        self._fake = _OwnIntents(stripe)

    def readers(self) -> Sequence[TerminalReader]:
        return self._call(self._fake.readers)

    def reader(self, reader_id: str) -> TerminalReader:
        return self._call(lambda: self._fake.reader(reader_id))

    def create_intent(self, key: str, amount: Money, metadata: Mapping[str, str]) -> Intent:
        if self._provider.chaos.strikes(Fault.PROVIDER_REFUSES, self._name):
            raise StripeRefused("amount_too_small", "Amount must be more")
        return self._call(lambda: self._fake.create_intent(key, amount, metadata))

    def create_trial(self, key: str, amount: Money) -> Intent:
        return self._call(lambda: self._fake.create_trial(key, amount))

    def missing_rights(self) -> Sequence[str]:
        return self._call(self._fake.missing_rights)

    def intent(self, intent_id: str) -> Intent:
        return self._call(lambda: self._fake.intent(intent_id))

    def paid_since(self, since: datetime) -> Mapping[str, Money]:
        return self._call(lambda: self._fake.paid_since(since))

    def cancel_intent(self, intent_id: str) -> Intent:
        return self._call(lambda: self._fake.cancel_intent(intent_id))

    def process(self, reader_id: str, intent_id: str) -> TerminalReader:
        return self._call(lambda: self._fake.process(reader_id, intent_id))

    def show_cart(self, reader_id: str, lines: Sequence[CartLineShown], total: Money) -> None:
        self._call(lambda: self._fake.show_cart(reader_id, lines, total))

    def cancel_action(self, reader_id: str) -> None:
        self._call(lambda: self._fake.cancel_action(reader_id))

    def close(self) -> None:
        """Nothing is open."""

    def _call(self, do: Callable[[], T]) -> T:
        self._point("stripe: before")
        answer = self._provider.call(self._name, do, Unreachable)
        self._point("stripe: after")
        return answer
