"""Stripe Terminal in memory: an account with one reader, and the person with a card in front of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from boxoffice.core.money import Money
from boxoffice.core.payments import CardDetails
from boxoffice.core.terminal import ActionStatus, Intent, IntentStatus, ReaderAction, TerminalReader
from boxoffice.till.usecases.ports import CartLineShown, StripeRefused, Unreachable

CARD = CardDetails("visa", "4242", "contactless_emv", aid="A000000003101001")


@dataclass
class FakeStripe:
    """What Stripe knows, and what befalls its reader; whoever has a `FakeTerminal` of it may ask."""

    intents: dict[str, Intent] = field(default_factory=dict)
    reader: TerminalReader = field(default_factory=lambda: TerminalReader("tmr_1", "Door", is_online=True))
    carts: list[tuple[tuple[CartLineShown, ...], Money]] = field(default_factory=list)
    refuses_keys: bool = False
    is_down: bool = False
    missing: tuple[str, ...] = ()
    """What a till's key is not allowed."""
    _asked: dict[str, tuple[object, Intent]] = field(default_factory=dict)
    _is_busy: bool = False
    _is_charging: bool = False
    _next_timeout: str | None = None

    @contextmanager
    def down(self) -> Iterator[None]:
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    def present(self) -> None:
        """A card is read and charged."""
        self._charge(self._awaited())
        self._finish(ActionStatus.SUCCEEDED)

    def present_slowly(self) -> None:
        """A card is read, and its bank has not answered yet."""
        self._awaited()
        self._is_charging = True

    def decline(self, code: str) -> None:
        intent = self._awaited()
        self.intents[intent.id] = replace(intent, decline_code=code)
        self._finish(ActionStatus.FAILED, "card_declined")

    def cancel_on_reader(self) -> None:
        self._awaited()
        self._finish(ActionStatus.FAILED, "customer_canceled")

    def lose_connection(self) -> None:
        """The reader loses its line after the charge."""
        self._charge(self._awaited())
        self._finish(ActionStatus.FAILED, "connection_error")

    def die(self) -> None:
        """The reader dies after the charge."""
        self._charge(self._awaited())
        self.go_offline()

    def be_busy(self) -> None:
        self._is_busy = True

    def go_offline(self) -> None:
        self.reader = replace(self.reader, is_online=False)

    def time_out(self, *, is_received: bool) -> None:
        """The next command gets no answer of the reader, which may have heard it."""
        self._next_timeout = "received" if is_received else "lost"

    def reach_reader(self, reader_id: str) -> str | None:
        """Returns None if a command reaches the reader, or how it times out."""
        if reader_id != self.reader.id:
            raise StripeRefused("resource_missing", "No such reader")
        if not self.reader.is_online:
            raise StripeRefused("terminal_reader_offline", "Reader is currently offline")
        if self._is_busy or self._is_charging:
            raise StripeRefused("terminal_reader_busy", "Reader is currently busy")
        timeout, self._next_timeout = self._next_timeout, None
        return timeout

    def first_answer(self, key: str, asked: object, intent: Intent) -> Intent:
        """Returns what the key was answered first, which is the given intent for a new key."""
        before, answer = self._asked.setdefault(key, (asked, intent))
        if before != asked:
            raise StripeRefused("idempotency_error", "Keys for idempotent requests can only be used as they were first")
        self.intents.setdefault(answer.id, answer)
        return answer

    def _awaited(self) -> Intent:
        action = self.reader.action
        assert action is not None, "the reader waits for no card"
        assert action.status is ActionStatus.IN_PROGRESS, "the reader waits for no card"
        return self.intents[action.intent_id]

    def _charge(self, intent: Intent) -> None:
        self.intents[intent.id] = replace(intent, status=IntentStatus.SUCCEEDED, decline_code="", card=CARD)

    def _finish(self, status: ActionStatus, code: str = "") -> None:
        assert self.reader.action is not None
        self.reader = replace(self.reader, action=replace(self.reader.action, status=status, failure_code=code))


@dataclass(frozen=True, slots=True)
class FakeTerminal:
    """One till's way to a `FakeStripe`, as `services.ports.Terminal` asks for it."""

    stripe: FakeStripe = field(default_factory=FakeStripe)
    key: str = "rk_test_till_1"

    def readers(self) -> Sequence[TerminalReader]:
        return [self._reach().reader]

    def reader(self, reader_id: str) -> TerminalReader:
        stripe = self._reach()
        if reader_id != stripe.reader.id:
            raise StripeRefused("resource_missing", "No such reader")
        return stripe.reader

    def create_intent(self, key: str, amount: Money, metadata: Mapping[str, str]) -> Intent:
        stripe = self._reach()
        new = Intent(f"pi_{len(stripe.intents) + 1}", IntentStatus.REQUIRES_PAYMENT_METHOD, amount)
        return stripe.first_answer(key, (amount, dict(metadata)), new)

    def create_trial(self, key: str, amount: Money) -> Intent:
        stripe = self._reach()
        return stripe.first_answer(key, amount, Intent(f"pi_{key}", IntentStatus.REQUIRES_PAYMENT_METHOD, amount))

    def missing_rights(self) -> Sequence[str]:
        return self._reach().missing

    def intent(self, intent_id: str) -> Intent:
        found = self._reach().intents.get(intent_id)
        if found is None:
            raise StripeRefused("resource_missing", "No such payment_intent")
        return found

    def paid_since(self, since: datetime) -> Mapping[str, Money]:
        intents = self._reach().intents.values()
        return {each.id: each.amount for each in intents if each.status is IntentStatus.SUCCEEDED}

    def cancel_intent(self, intent_id: str) -> Intent:
        intent = self.intent(intent_id)
        if intent.status is IntentStatus.REQUIRES_PAYMENT_METHOD:
            self.stripe.intents[intent_id] = replace(intent, status=IntentStatus.CANCELED)
        return self.stripe.intents[intent_id]

    def process(self, reader_id: str, intent_id: str) -> TerminalReader:
        intent = self.intent(intent_id)
        timeout = self.stripe.reach_reader(reader_id)
        if intent.status is not IntentStatus.REQUIRES_PAYMENT_METHOD:
            raise StripeRefused("intent_invalid_state", "Payment intent must be in the requires_payment_method state")
        if timeout != "lost":
            action = ReaderAction(ActionStatus.IN_PROGRESS, intent_id)
            self.stripe.reader = replace(self.stripe.reader, action=action)
        if timeout is not None:
            raise StripeRefused("terminal_reader_timeout", "There was a timeout when sending this command")
        return self.stripe.reader

    def show_cart(self, reader_id: str, lines: Sequence[CartLineShown], total: Money) -> None:
        stripe = self._reach()
        stripe.reach_reader(reader_id)
        stripe.carts.append((tuple(lines), total))
        stripe.reader = replace(stripe.reader, action=ReaderAction(ActionStatus.IN_PROGRESS, is_cart=True))

    def cancel_action(self, reader_id: str) -> None:
        stripe = self._reach()
        if stripe.reach_reader(reader_id) is not None:
            raise StripeRefused("terminal_reader_timeout", "There was a timeout when sending this command")
        stripe.reader = replace(stripe.reader, action=None)

    def close(self) -> None:
        """Nothing is open."""

    def _reach(self) -> FakeStripe:
        if self.stripe.is_down:
            raise Unreachable("Stripe can't be reached.", "No new charge was begun.", "Cash still works.")
        if self.stripe.refuses_keys or not self.key.startswith("rk_test_till"):
            raise StripeRefused("invalid_request_error", "Invalid API Key provided")
        return self.stripe
