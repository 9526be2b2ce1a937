"""A payment by phone: the hub opens it and ends it, the till shows its code and waits for the hub's word."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import TenderId
from boxoffice.core.payments import Declined, PaymentStatus, plain_words
from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.paying import Progress, Stage
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.offering import Offering
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import OpenTender, Tenders
from boxoffice.till.usecases.wakeups import Wakeups

POLL_S: Final = 1.5
PATIENCE_S: Final = 20.0
"""How long the hub may stay silent, past the code's end or after a wish to cancel, before it is called unknown."""
NO_NETWORK: Final = "network"
"""Why a payment ended whose code nobody could have seen: the hub could not be asked."""

_FINAL: Final = frozenset({"paid", "expired", "failed"})
_STAGES: Final = {"open": Stage.SENT, "opened": Stage.OPENED, "paying": Stage.PRESENTED}


@dataclass(frozen=True, slots=True)
class PhonePayment:
    """Drives one payment; the facts of its end are the hub's."""

    context: TillContext
    link: Link
    sync: Sync
    tenders: Tenders
    wakeups: Wakeups
    offering: Offering
    poll_s: float = POLL_S
    patience_s: float = PATIENCE_S

    def run(self, tender: OpenTender, report: Callable[[Progress], None]) -> bool:
        """Returns whether it is known how the payment ended; that is then on disk."""
        try:
            self.sync.push()
            answer = self._open(tender)
        except Unreachable as error:  # nobody has seen a code, so nobody can have paid
            self.tenders.end(tender, Declined(NO_NETWORK, error.what_happened))
            return True
        except OperationFailed as error:
            self.tenders.end(tender, Declined("refused", error.what_happened))
            return True
        return self._wait(tender, answer, report)

    def resolve(self, tender: OpenTender, *, ends_it: bool = False) -> bool:
        """Asks how a payment ended that was lost sight of; returns whether that is known now.

        Args:
            tender: the payment.
            ends_it: also ends one that can still be paid.

        Raises:
            Unreachable: if the hub can't be asked now.
        """
        if tender.is_offered:
            return self.offering.resolve(tender, ends_it=ends_it)
        answer = self._asked(tender, ends_it=ends_it)
        return answer is None or self._take(tender, answer)

    def wait_again(self, tender: OpenTender, report: Callable[[Progress], None]) -> bool:
        """Shows the code of a payment that was left to itself; returns whether it is known how the payment ended."""
        if tender.is_offered:
            return self.offering.wait(tender, report)
        try:
            answer = self._asked(tender)
        except (Unreachable, HubRefused):
            return False
        return answer is None or self._wait(tender, answer, report)

    def _asked(self, tender: OpenTender, *, ends_it: bool = False) -> CheckoutAnswer | None:
        """Returns how a payment stands at the hub; one that the hub never opened is ended here, and there is no answer.

        Raises:
            Unreachable: if the hub can't be asked now.
        """
        self.sync.push()
        try:
            return self._cancel(tender.id) if ends_it else self._look(tender.id)
        except HubRefused as error:
            if error.status != 404:
                raise
        self.tenders.end(tender, Declined("canceled", plain_words("canceled")))
        return None

    def _open(self, tender: OpenTender) -> CheckoutAnswer:
        request = CheckoutRequest(
            order_id=tender.order_id,
            tender_id=tender.id,
            amount=tender.amount.minor,
            currency=tender.amount.currency.code,
        )
        return self.link.call(lambda hub: hub.open_checkout(request))

    def _look(self, tender_id: TenderId) -> CheckoutAnswer:
        return self.link.call(lambda hub: hub.checkout(tender_id))

    def _cancel(self, tender_id: TenderId) -> CheckoutAnswer:
        return self.link.call(lambda hub: hub.cancel_checkout(tender_id))

    def _wait(self, tender: OpenTender, answer: CheckoutAnswer, report: Callable[[Progress], None]) -> bool:
        cancelled = self.tenders.cancelled(tender.order_id)
        left_alone = self.tenders.left_alone(tender.order_id)
        clock = self.context.clock
        deadline = self._patient_until(answer)
        seen, is_ending = self.wakeups.wait(-1, 0), False
        self._report(answer, report)
        while answer.state not in _FINAL:
            seen = self.wakeups.wait(seen, self.poll_s)
            if left_alone.is_set() and not is_ending:
                return False  # no fact: the hub may be writing down its end at this moment
            if cancelled.is_set() and not is_ending:
                is_ending, deadline = True, clock.monotonic() + self.patience_s
                report(Progress(Stage.CANCELLING, clock.now()))
            try:
                answer = self._cancel(tender.id) if is_ending else self._look(tender.id)
            except (Unreachable, HubRefused) as error:
                if clock.monotonic() > deadline:
                    self.tenders.mark_unknown(tender, error.what_happened)
                    return False
                continue
            if not is_ending:
                deadline = self._patient_until(answer)
                self._report(answer, report)
        return self._take(tender, answer)

    def _patient_until(self, answer: CheckoutAnswer) -> float:
        return self.context.clock.monotonic() + answer.seconds_left + self.patience_s

    def _report(self, answer: CheckoutAnswer, report: Callable[[Progress], None]) -> None:
        stage = _STAGES.get(answer.state)
        if stage is not None:
            report(Progress(stage, self.context.clock.now(), answer.url, answer.seconds_left))

    def _take(self, tender: OpenTender, answer: CheckoutAnswer) -> bool:
        """Takes the hub's facts; returns whether they end the payment."""
        self.sync.take_facts(answer.facts)
        is_ended = self.tenders.tender(tender.id).status in (PaymentStatus.CAPTURED, PaymentStatus.FAILED)
        if is_ended:
            self.tenders.finish_if_paid(tender.order_id)
        return is_ended
