"""Answers to disputes: a packet of what is signed, kept at the provider as a draft, and sent by a person, once.

What somebody pressed is written down before the provider is called, with the digest of what was shown: a call that
breaks off is found out about, and nothing else than what was looked at is ever sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.evidence import Case, digest_of, evidence_of
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.disputes import DisputeAnswered
from sync.ledger.hub import Hub
from sync.payments.proofs import case_for
from sync.ports import DisputeDesk, ProviderDispute, Refused
from sync.provider_states import STRIPE_DISPUTE_WORDS, TENDERS, Provider, stripe_dispute_stands, tenders_of
from sync.store import dispute_cases
from sync.store.chain import utc_now
from sync.store.dispute_cases import DisputeCase, KnownDispute, Told, change_case, keep_case
from sync.store.exceptions import open_about
from sync.store.queue import defer

Answer = Literal["sent", "given_up"]
MOST_WORDS: Final = 20_000
ANSWERED_HERE: Final = frozenset({"needs_response", "warning_needs_response"})
"""The states in which an answer is taken from here. An appeal is a form of its own, at the provider."""
_WARNED_BEFORE: Final = timedelta(days=3)
_AT_ONCE: Final = 50


class NotAnswered(OperationFailed):
    """An answer could not be given; the draft stays as it is."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What is known of a dispute, what speaks for the sale, and what the bank will read.

    `case` is what its provider says, None where it was not asked: before that, or where it takes no answers from here.
    """

    dispute: KnownDispute
    case: DisputeCase | None
    story: Case
    evidence: Mapping[str, str]

    @property
    def digest(self) -> str:
        return digest_of(self.evidence)

    @property
    def is_awaited(self) -> bool:
        """Returns whether an answer can be given from here now."""
        return self.case is not None and self.case.answer is None and self.case.status in ANSWERED_HERE


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What somebody has pressed, as it is written down."""

    packet: Packet
    case: DisputeCase

    @property
    def key(self) -> str:
        """The same for the same answer to the same question, however often it is asked for."""
        return f"answer-{self.case.reference}-{self.case.asked_after}-{self.packet.digest[:32]}"


Call = Callable[[DisputeDesk, _Claimed], ProviderDispute]


@dataclass(frozen=True, slots=True)
class DisputeAnswers:
    """The use cases of answers. `desks` are the providers that take them from here."""

    hub: Hub
    desks: Mapping[Provider, DisputeDesk]

    def packet(self, dispute_id: str) -> Packet | None:
        with self.hub.database.reading() as connection:
            dispute = dispute_cases.known_dispute(connection, dispute_id)
            case = dispute_cases.case_of(connection, dispute_id)
            return None if dispute is None else _packet(connection, dispute, case)

    def look(self) -> int:
        """Looks again at disputes that are not over; returns how many could be."""
        tenders = [tender for provider in self.desks for tender in tenders_of(provider)]
        over = [status for status, stands in STRIPE_DISPUTE_WORDS.items() if stands.is_over]
        with self.hub.database.reading() as connection:
            due = dispute_cases.awaited(connection, tenders, over, _AT_ONCE)
        done = 0
        for dispute_id in due:
            try:
                self.prepare(dispute_id)
                done += 1
            except OperationFailed:  # the next look tries again
                continue
        return done

    def prepare(self, dispute_id: str) -> None:
        """Reads how a dispute stands, and keeps the packet as a draft at its provider; again, it changes nothing.

        Raises:
            TryAgainLater: if the provider can't be reached.
            Refused: if it said no.
        """
        with self.hub.database.reading() as connection:
            dispute = dispute_cases.known_dispute(connection, dispute_id)
        desk = None if dispute is None else self.desks.get(TENDERS[dispute.tender])
        if dispute is None or desk is None:
            return
        packet, case = self._keep(dispute, desk.look(dispute.id))
        if packet.is_awaited and packet.digest != case.staged:
            self._stage(desk, packet, case)

    def change_words(self, dispute_id: str, words: str, by: str) -> None:
        """Keeps a person's own words for the bank; none brings back those that are made of the records.

        Raises:
            NotAnswered: if it is too late for that.
        """
        with self.hub.database.transaction() as connection:
            case = dispute_cases.locked_case(connection, dispute_id)
            if case is None or case.asked is not None or case.status not in ANSWERED_HERE:
                raise _not(later("This dispute takes no other words now."))
            change_case(connection, dispute_id, words=words or None, words_by=by)
            defer(connection, "prepare_dispute", {"dispute_id": dispute_id})

    def send(self, dispute_id: str, digest: str, by: str) -> None:
        """Hands to the bank what was looked at; `digest` says what that was.

        Raises:
            NotAnswered: saying why nothing was sent.
        """
        claimed = self._claim(dispute_id, "sent", digest, by)
        self._ask(claimed, lambda desk, mine: desk.send(mine.case.reference, mine.packet.evidence, mine.key))

    def give_up(self, dispute_id: str, by: str) -> None:
        """Accepts a dispute.

        Raises:
            NotAnswered: saying why it could not be.
        """
        claimed = self._claim(dispute_id, "given_up", None, by)
        self._ask(claimed, lambda desk, mine: desk.give_up(mine.case.reference, mine.key))

    def _claim(self, dispute_id: str, answer: Answer, digest: str | None, by: str) -> _Claimed:
        """Writes down what somebody has pressed, before anything leaves."""
        with self.hub.database.transaction() as connection:
            case = dispute_cases.locked_case(connection, dispute_id)
            dispute = dispute_cases.known_dispute(connection, dispute_id)
            if dispute is None or case is None:
                raise _not(later("There is no such dispute."))
            packet = _packet(connection, dispute, case)
            if not packet.is_awaited:
                raise _not(later("This dispute waits for no answer any more."))
            if case.due_at is not None and case.due_at <= utc_now():
                raise _not(later("The last day has passed: the bank takes no answer any more."))
            if answer == "sent" and digest != packet.digest:
                raise _not(later("What the bank would read has changed since you looked. Read it again."))
            if case.asked is None:
                pressed = {"asked": answer, "asked_for": digest, "asked_by": by, "asked_after": case.submissions}
                case = change_case(connection, dispute_id, **pressed)
            elif (case.asked, case.asked_for) != (answer, digest):
                raise _not(later("Somebody has answered in another way meanwhile."))
        return _Claimed(packet, case)

    def _ask(self, claimed: _Claimed, call: Call) -> None:
        desk = self.desks.get(claimed.case.provider)
        if desk is None:
            self._unask(claimed, None)
            raise _not(later("This hub has no key for it: set STRIPE_SECRET_KEY."))
        try:
            told = call(desk, claimed)
        except TryAgainLater as error:  # it may have arrived: the next look finds out
            words = later("Stripe did not say whether it has the answer. It is taken once, however often you press.")
            raise NotAnswered(words, "", later("Try again in a moment.")) from error
        except Refused as error:
            self._unask(claimed, error.what_happened)
            raise NotAnswered(error.what_happened, later("Nothing was sent."), "") from error
        self._keep(claimed.packet.dispute, told)

    def _unask(self, claimed: _Claimed, why: str | None) -> None:
        with self.hub.database.transaction() as connection:
            nothing = {"asked": None, "asked_for": None, "asked_by": ""}
            change_case(connection, claimed.case.dispute_id, last_error=why, **nothing)

    def _stage(self, desk: DisputeDesk, packet: Packet, case: DisputeCase) -> None:
        try:
            desk.stage(case.reference, packet.evidence)
        except Refused as error:
            with self.hub.database.transaction() as connection:
                change_case(connection, case.dispute_id, last_error=error.what_happened)
            raise
        with self.hub.database.transaction() as connection:
            kept = {"staged": packet.digest, "staged_at": utc_now(), "last_error": None}
            change_case(connection, case.dispute_id, **kept)

    def _keep(self, dispute: KnownDispute, told: ProviderDispute) -> tuple[Packet, DisputeCase]:
        """Writes down how its provider has a dispute, and our answer once it is there; returns all as it is now."""

        def keep(connection: Connection) -> tuple[Packet, DisputeCase]:
            before = dispute_cases.locked_case(connection, dispute.id)
            case = keep_case(connection, dispute.id, TENDERS[dispute.tender], _told(told))
            if before is not None and before.status.startswith("warning_") and told.status == "needs_response":
                # A question has become a dispute, which wants an answer of its own.
                nothing = dict.fromkeys(("asked", "asked_for", "answer", "answered_at", "staged"))
                case = change_case(connection, dispute.id, asked_by="", **nothing)
            case = self._note_answer(connection, dispute, case)
            self._warn(connection, dispute, case)
            return _packet(connection, dispute, case), case

        return self.hub.database.run(keep)

    def _note_answer(self, connection: Connection, dispute: KnownDispute, case: DisputeCase) -> DisputeCase:
        """Writes the fact of an answer once the provider has it, whether it said so at once or is found to."""
        is_there = case.submissions > case.asked_after if case.asked == "sent" else case.status == "lost"
        if case.asked is None or case.answer is not None or not is_there:
            return case
        fact = DisputeAnswered(
            dispute_id=case.dispute_id,
            provider=case.provider,
            provider_reference=case.reference,
            answer=case.asked,
            evidence=case.asked_for or "",
            by=case.asked_by,
        )
        self.hub.write(connection, [fact], dispute.event_id)
        return change_case(connection, dispute.id, answer=case.asked, answered_at=utc_now(), last_error=None)

    def _warn(self, connection: Connection, dispute: KnownDispute, case: DisputeCase) -> None:
        """Puts a dispute before a person again shortly before its day, and takes that back once it is answered."""
        if not stripe_dispute_stands(case.status).is_awaited or case.due_at is None:
            self.hub.settle_exceptions(connection, ("dispute_due",), dispute.id, dispute.event_id)
            return
        is_near = case.due_at - utc_now() < _WARNED_BEFORE
        if is_near and not open_about(connection, ("dispute_due",), dispute.id):
            amount = Money(dispute.amount, Currency(dispute.currency))
            words = f"The dispute of {amount} for order {dispute.order_number} is not answered. Its last day is near."
            self.hub.raise_exception(
                connection,
                "dispute_due",
                words,
                event_id=dispute.event_id,
                order_id=dispute.order_id,
                subject_id=dispute.id,
                remedies=("seen",),
            )


def _packet(connection: Connection, dispute: KnownDispute, case: DisputeCase | None) -> Packet:
    story = case_for(connection, dispute)
    return Packet(dispute, case, story, evidence_of(story, None if case is None else case.words))


def _told(dispute: ProviderDispute) -> Told:
    return Told(
        reference=dispute.id,
        status=dispute.status,
        reason=dispute.reason,
        network_reason=dispute.network_reason,
        fee=dispute.fee,
        submissions=dispute.submissions,
        opened_at=datetime.fromtimestamp(dispute.opened_at, UTC),
        due_at=None if dispute.due_at is None else datetime.fromtimestamp(dispute.due_at, UTC),
    )


def _not(why: str) -> NotAnswered:
    return NotAnswered(why, later("Nothing was sent."), "")
