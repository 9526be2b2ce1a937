"""Deliberate bugs beyond the sale itself: holds, codes, mails, disputes, other programs, clocks, and older files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Connection, select, text, update

from boxoffice.core import books, order_effects
from boxoffice.core.catalogue import Promo, code_of
from boxoffice.core.effect_kinds import Task
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.inventory import PoolMove
from boxoffice.till.store import database as till_database
from boxoffice.till.store import journal
from sync.config import Settings
from sync.ledger import intake
from sync.ledger.till_facts import apply_till_facts
from sync.mail.mails import Mailer
from sync.payments import checkouts, disputes, giving_back, settling
from sync.payments.checkouts import Checkouts
from sync.payments.ours import our_payments, payment_by, read_payments
from sync.payments.wanted import wanted
from sync.store import tables, tasks
from sync.store.checkouts import Checkout, CheckoutStatus
from tests.simulation.mutation import Mutation
from tests.simulation.mutations import _untold
from tests.simulation.options import Fault, Rule
from tests.simulation.runs import Tier


def _holds_end_early(patch: pytest.MonkeyPatch) -> None:
    shorter = property(lambda self: timedelta(minutes=self.checkout_minutes - 1))
    patch.setattr(Settings, "checkout_lasts", shorter)


def _codes_without_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Promo, "pool_id", None)


def _codes_not_given_back(patch: pytest.MonkeyPatch) -> None:
    true: Any = order_effects._units

    def units(*about: Any) -> Iterator[Any]:
        return (each for each in true(*about) if each.move is not PoolMove.RELEASE or code_of(each.pool_id) is None)

    patch.setattr(order_effects, "_units", units)


def _mails_never_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tasks, "_BEGIN", {**tasks._BEGIN, Task.MAIL_TICKETS: lambda *_: None})


def _mails_not_noted(patch: pytest.MonkeyPatch) -> None:
    """A mail that was sent is not noted, and every try sends it."""
    true = Mailer.send

    def send(self: Mailer, mail_id: str) -> None:
        true(self, mail_id)
        with self.hub.database.transaction() as connection:
            again = update(tables.mails).where(tables.mails.c.id == mail_id).values(status="queued")
            connection.execute(again)
        true(self, mail_id)

    patch.setattr(Mailer, "send", send)


def _fee_each_time(patch: pytest.MonkeyPatch) -> None:
    """What the provider keeps for a dispute is booked with each of its events."""
    true = disputes._fee

    def fee(connection: Connection, *about: Any) -> list[Any]:
        connection.execute(text("DELETE FROM provider_fees"))
        return true(connection, *about)

    patch.setattr(disputes, "_fee", fee)


def _last_is_newest(patch: pytest.MonkeyPatch) -> None:
    """Of a dispute's events the one that comes last is believed."""
    patch.setattr(disputes, "newest", lambda *_: None)


def _losses_not_booked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(disputes, "_LOST", frozenset())


def _lost_twice(patch: pytest.MonkeyPatch) -> None:
    """A dispute that is lost is taken of the balance once more."""
    true = disputes.dispute_of

    def dispute_of(*about: Any) -> disputes.Dispute:
        found = true(*about)
        is_lost = found.state in disputes._LOST and found.withdrawn is not None
        return replace(found, withdrawn=2 * (found.withdrawn or 0)) if is_lost else found

    patch.setattr(disputes, "dispute_of", dispute_of)


def _others_disputes_are_ours(patch: pytest.MonkeyPatch) -> None:
    """What names no payment of ours is taken for the newest one's."""

    def found(connection: Connection, provider: Any, reference: Any) -> Any:
        mine = payment_by(connection, provider, reference)
        paid = our_payments().where(
            tables.payments.c.status == "captured", tables.payments.c.provider_reference.is_not(None)
        )
        return mine or next(iter(read_payments(connection, paid.order_by(tables.payments.c.id.desc()).limit(1))), None)

    patch.setattr(disputes, "payment_by", found)


def _by_the_tills_clock(patch: pytest.MonkeyPatch) -> None:
    """A till's facts are carried out in the order that its clock gives them."""

    def apply(connection: Connection, writer: Any, facts: Sequence[Fact], *more: Any) -> Any:
        return apply_till_facts(connection, writer, sorted(facts, key=lambda fact: fact.occurred_at), *more)

    patch.setattr(intake, "apply_till_facts", apply)


def _a_page_for_each_try(patch: pytest.MonkeyPatch) -> None:
    """A payment's page that may be there is asked for with another key."""
    count = iter(range(1_000_000))

    def asked(*about: Any) -> Any:
        return replace(wanted(*about), key=f"checkout-{next(count)}")

    patch.setattr(checkouts, "wanted", asked)


def _refunds_without_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(books.Books, "refunded", lambda *_: 0)
    patch.setattr(books.Books, "refundable", lambda self, order_id: 2 * self.placed[order_id].total)
    patch.setattr(giving_back, "refundable", lambda _books, payment: payment.amount)


def _settled_again(patch: pytest.MonkeyPatch) -> None:
    """A payment that is told of twice is settled twice."""
    settle, paid = Checkouts.settle_checkout, settling._paid

    def reopened(found: Checkout) -> Checkout:
        return replace(found, status=CheckoutStatus.OPEN) if found.status is CheckoutStatus.PAID else found

    def settle_again(self: Checkouts, found: Checkout, **more: Any) -> None:
        settle(self, reopened(found), **more)

    patch.setattr(Checkouts, "settle_checkout", settle_again)
    patch.setattr(
        settling, "_paid", lambda hub, connection, row, session: paid(hub, connection, reopened(row), session)
    )
    patch.setattr(settling, "_was_captured", lambda *_: False)


def _generation_not_told(patch: pytest.MonkeyPatch) -> None:
    """A till does not say of which lease it sold, or gave back."""
    patch.setattr(journal, "takes_from_lease", lambda _: False)


def _older_files_are_believed(patch: pytest.MonkeyPatch) -> None:
    """A till does not look at its witness, and sells on from whatever file it finds."""
    patch.setattr(till_database, "_gap", lambda *_: None)


def _epochs_mixed_up(patch: pytest.MonkeyPatch) -> None:
    """The hub knows a till's facts by their numbers alone, whatever part of its chain they are of."""

    def known(connection: Connection, device: str, messages: Sequence[Any]) -> dict[tuple[int, int], str]:
        f = tables.facts.c
        numbers = [message.seq for message in messages]
        found = connection.execute(select(f.seq, f.hash).where(f.device_id == device, f.seq.in_(numbers)))
        by_number = {row.seq: row.hash for row in found}
        return {(each.epoch, each.seq): by_number[each.seq] for each in messages if each.seq in by_number}

    patch.setattr(intake, "_known_hashes", known)


_BUYERS: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.WEB, Rule.PROMO, Rule.MAIL}),
    "faults": frozenset({Fault.WEBHOOK_TWICE, Fault.SLOW}),
    "rate": 0.2,
    "tills": 1,
    "capacity": 30,
}
_BANKS: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.WEB, Rule.DISPUTE, Rule.REFUND}),
    "faults": frozenset({Fault.WEBHOOK_LATE, Fault.WEBHOOK_TWICE, Fault.FOREIGN_EVENT}),
    "rate": 0.15,
    "tills": 1,
    "capacity": 40,
}
_CLOCKS: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.CASH, Rule.PARK, Rule.GIVE_BACK}),
    "faults": frozenset({Fault.CLOCK_JUMPS, Fault.PARTITION}),
    "rate": 0.5,
    "tills": 1,
    "capacity": 40,
}
_RETRIES: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.PHONE, Rule.WEB}),
    "faults": frozenset({Fault.HUB_DIES, Fault.PROVIDER_ANSWER_LOST}),
    "rate": 0.3,
    "tills": 1,
    "capacity": 40,
}
_RECLAIMS: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.CASH, Rule.CLOSE, Rule.RECLAIM, Rule.RECALL}),
    "faults": frozenset({Fault.PARTITION, Fault.TILL_DIES, Fault.REPLY_LOST}),
    "rate": 0.3,
    "tills": 2,
    "capacity": 12,
}
_FILES: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.CASH, Rule.WEB}),
    "faults": frozenset({Fault.TILL_DIES, Fault.FILE_SET_BACK}),
    "rate": 0.3,
    "tills": 2,
    "capacity": 30,
}


def _full(name: str, breaks: str, put_in: Any, focus: Mapping[str, Any]) -> Mutation:
    return Mutation(name, breaks, put_in, Tier.FULL, 12, 30, focus)


OFFICE: Final[Sequence[Mutation]] = (
    _full(
        "hub: holds end early",
        "places are given away a minute before the time that was told",
        _holds_end_early,
        _BUYERS,
    ),
    _full("hub: codes without limit", "a code is good for more orders than it says", _codes_without_limit, _BUYERS),
    _full("hub: codes not given back", "orders that came to nothing use a code up", _codes_not_given_back, _BUYERS),
    _full("hub: mails never sent", "a buyer never gets the tickets", _mails_never_sent, _BUYERS),
    _full("hub: mails not noted", "a buyer gets the same mail again and again", _mails_not_noted, _BUYERS),
    _full("hub: fee each time", "the fee of a dispute is booked with each event", _fee_each_time, _BANKS),
    _full("hub: last is newest", "an old report of a dispute undoes a newer one", _last_is_newest, _BANKS),
    _full("hub: losses not booked", "what a bank has taken for good is not in the books", _losses_not_booked, _BANKS),
    _full("hub: lost twice", "a dispute that is lost is booked twice", _lost_twice, _BANKS),
    _full("hub: others' disputes", "another shop's dispute takes our money", _others_disputes_are_ours, _BANKS),
    _full("hub: by the till's clock", "a clock that jumps turns a till's facts around", _by_the_tills_clock, _CLOCKS),
    _full("hub: a page for each try", "a payment has two pages, and both can be paid", _a_page_for_each_try, _RETRIES),
    _full("hub: refunds without limit", "more goes back than was paid", _refunds_without_limit, _BANKS),
    _full("hub: settled again", "a payment that is told of twice is booked twice", _settled_again, _BUYERS),
    _full("till: generation not told", "a reclaim takes other units at the hub", _generation_not_told, _RECLAIMS),
    _full(
        "hub: reclaim not handed on",
        "a till sells what was taken back from it, though it could know",
        _untold(FactKind.LEASE_RECLAIMED),
        _RECLAIMS,
    ),
    _full("hub: epochs mixed up", "a till that has begun anew is taken for a copy", _epochs_mixed_up, _FILES),
    _full("till: older files are believed", "a till sells again what it had sold", _older_files_are_believed, _FILES),
)
