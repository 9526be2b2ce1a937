"""A card payment on a reader, from the first call to a known end. The intent at Stripe has the last word.

Never told as failed unless Stripe said so, and never begun a second time: what nobody knows stays unknown.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from boxoffice.core.payments import Approved, Declined, plain_words
from boxoffice.core.statements import till_of
from boxoffice.core.terminal import Decision, Stopped, TerminalReader, Waiting, decide, decide_ended
from boxoffice.till.usecases.gateway.paying import Progress, Stage
from boxoffice.till.usecases.ports import Clock, StripeRefused, Terminal, Unreachable
from boxoffice.till.usecases.tenders import OpenTender, Tenders

POLL_S: Final = 0.5
PATIENCE_S: Final = 15.0
"""How long Stripe may stay silent before the payment is called unknown."""
CARD_WAIT_S: Final = 180.0
"""How long a reader waits for a card before the till ends it."""

_NEVER_BEGAN: Final = frozenset({"terminal_reader_busy", "terminal_reader_offline", "terminal_reader_hardware_fault"})
_SENDS: Final = 3
_NOT_TOLD: Final = "Stripe would not say how it ended."


@dataclass(frozen=True, slots=True)
class ReaderPayment:
    """Drives one payment; `poll_s` is the pause between two looks."""

    terminal: Terminal
    tenders: Tenders
    clock: Clock
    poll_s: float = POLL_S
    patience_s: float = PATIENCE_S

    def run(
        self, tender: OpenTender, reader_id: str, number: str, report: Callable[[Progress], None]
    ) -> Approved | Declined | None:
        """Returns how the payment ended, with that on disk; None if nobody knows."""
        try:
            outcome = self._run(tender, reader_id, number, report)
        except Unreachable as error:
            self.tenders.mark_unknown(tender, error.what_happened)
            return None
        except StripeRefused:  # the intent is with a reader: that nobody may look at it says nothing of the card
            self.tenders.mark_unknown(tender, _NOT_TOLD)
            return None
        self.tenders.end(tender, outcome)
        return outcome

    def resolve(self, tender: OpenTender, reader_id: str | None) -> Approved | Declined | None:
        """Asks how a payment ended that was lost sight of; ends it if its card was never charged.

        Returns how it ended; None if nobody knows, or Stripe refuses to say.

        Raises:
            Unreachable: if Stripe can't be asked now.
        """
        if tender.reference is None:  # it never got as far as a reader: nothing can have been charged
            outcome: Approved | Declined | None = Declined("canceled", plain_words("canceled"))
        else:
            outcome = self._ask(tender.reference, reader_id)
        if outcome is not None:
            self.tenders.end(tender, outcome)
        return outcome

    def _ask(self, intent_id: str, reader_id: str | None) -> Approved | Declined | None:
        try:
            decision = decide(self.terminal.intent(intent_id), None)
            ended = self._end(intent_id, reader_id, "canceled") if isinstance(decision, Stopped) else decision
        except StripeRefused:
            return None
        match ended:
            case Approved() | Declined():
                return ended
            case Stopped() | Waiting():
                return None
            case _:
                assert_never(ended)

    def _run(
        self, tender: OpenTender, reader_id: str, number: str, report: Callable[[Progress], None]
    ) -> Approved | Declined:
        metadata = {
            "order_id": tender.order_id,
            "tender_id": tender.id,
            "order_number": number,
            "event_id": self.tenders.event_id,
            "till": till_of(number),
        }
        try:
            intent = self.terminal.create_intent(f"boxoffice-{tender.id}", tender.amount, metadata)
        except Unreachable:  # without a reader, nobody can pay an intent
            return Declined("network", plain_words("network"))
        except StripeRefused as error:
            return Declined(error.code, error.what_happened)
        tender = self.tenders.sent(tender, intent.id)
        refused = self._send(reader_id, intent.id)
        if refused is not None:
            ended = self._end(intent.id, None, refused)
            if isinstance(ended, Approved | Declined):
                return ended
        report(Progress(Stage.SENT, self.clock.now()))
        return self._watch(tender, intent.id, reader_id, report)

    def _send(self, reader_id: str, intent_id: str) -> str | None:
        """Hands the payment to the reader; returns why it did not take it, or None if it did or may have."""
        for _ in range(_SENDS):
            try:
                self.terminal.process(reader_id, intent_id)
            except Unreachable:
                return None  # it may have it: watching shows
            except StripeRefused as error:
                if error.code in _NEVER_BEGAN:
                    return error.code
                if error.code != "terminal_reader_timeout":
                    return None if error.code == "intent_invalid_state" else error.code
                # A timeout may be false: the same call with the same intent is the one safe thing to try.
            else:
                return None
        return None

    def _watch(
        self, tender: OpenTender, intent_id: str, reader_id: str, report: Callable[[Progress], None]
    ) -> Approved | Declined:
        cancelled = self.tenders.cancelled(tender.order_id)
        watch = _Watch(self.clock, self.patience_s, report)
        while True:
            code = watch.reason_to_end(cancelled)
            try:
                if code:
                    report(Progress(Stage.CANCELLING, self.clock.now()))
                    decision = self._end(intent_id, reader_id, code)
                else:
                    decision = self._look(intent_id, reader_id)
                watch.heard(decision)
            except Unreachable:
                if watch.is_out_of_patience():
                    raise
                decision = Waiting(is_presented=False)
            if isinstance(decision, Approved | Declined):
                return decision
            if code:
                threading.Event().wait(self.poll_s)
            else:
                cancelled.wait(self.poll_s)

    def _look(self, intent_id: str, reader_id: str) -> Decision:
        """Reads the reader first and the intent after it, so that the intent's word is the newer."""
        reader: TerminalReader = self.terminal.reader(reader_id)
        decision = decide(self.terminal.intent(intent_id), reader.action)
        match decision:
            case Stopped():
                return self._end(intent_id, None, decision.code)
            case Declined():
                # The bank said no; ending the intent makes sure that no late card can still be charged on it.
                ended = self._end(intent_id, None, decision.code)
                return ended if isinstance(ended, Approved) else decision
            case Approved() | Waiting():
                return decision
            case _:
                assert_never(decision)

    def _end(self, intent_id: str, reader_id: str | None, code: str) -> Decision:
        """Ends the payment at the reader and at Stripe; what Stripe then says is what happened."""
        if reader_id is not None:
            try:
                if _is_ours(self.terminal.reader(reader_id), intent_id):
                    self.terminal.cancel_action(reader_id)
            except StripeRefused as error:
                if error.code == "terminal_reader_busy":  # a card is being charged right now
                    return Waiting(is_presented=True)
        return decide_ended(self.terminal.cancel_intent(intent_id), code)


class _Watch:
    """Keeps the times of one payment: how long it was quiet, and how long nobody presented a card."""

    def __init__(self, clock: Clock, patience_s: float, report: Callable[[Progress], None]) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._report = report
        self._began = self._heard_at = clock.monotonic()
        self._is_presented = False

    def heard(self, decision: Decision) -> None:
        self._heard_at = self._clock.monotonic()
        if isinstance(decision, Waiting) and decision.is_presented and not self._is_presented:
            self._is_presented = True
            self._report(Progress(Stage.PRESENTED, self._clock.now()))

    def is_out_of_patience(self) -> bool:
        return self._clock.monotonic() - self._heard_at > self._patience_s

    def reason_to_end(self, cancelled: threading.Event) -> str:
        if cancelled.is_set():
            return "canceled"
        waited = self._clock.monotonic() - self._began
        return "terminal_reader_timeout" if waited > CARD_WAIT_S and not self._is_presented else ""


def _is_ours(reader: TerminalReader, intent_id: str) -> bool:
    return reader.action is not None and reader.action.intent_id == intent_id
