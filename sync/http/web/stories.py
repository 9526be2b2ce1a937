"""The history of an order as one person would tell it to another: facts, mails and decisions, in one line of time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any, Final

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, read_payload, text_in
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.exceptions import ExceptionRaised
from boxoffice.core.payloads.orders import OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketReissued, TicketsIssued, TicketVoided
from boxoffice.documents.languages import Language, later
from sync.exception_kinds import MEANINGS, meaning_of
from sync.operations.exceptions import remedy_words
from sync.operations.ways import Way, way_of
from sync.organizers.organizers import names_of
from sync.provider_states import PROVIDER_NAMES, TENDERS
from sync.store.database import Transaction
from sync.store.exceptions import Raised, resolved_of
from sync.store.mails import KeptMail, MailStatus, mails_of
from sync.store.renewals import Renewal, renewals_of
from sync.store.staff import names_of_staff
from sync.stored_words import told
from sync.tills.tills import till_names

_OUTSIDE: Final = {"made at Stripe": "Stripe", "made at PayPal": "PayPal", "dispute": later("the customer's bank")}
"""Why a refund was written down that nobody asked for here, and who made it."""
_DISPUTES: Final = {
    "inquiry": later("The bank asks about {amount}"),
    "inquiry_closed": later("The bank's question about {amount} is closed"),
    "open": later("Dispute of {amount}"),
    "won": later("Dispute of {amount} won"),
    "lost": later("Dispute of {amount} lost"),
    "prevented": later("Dispute of {amount} prevented"),
}
_MOVES: Final = {"failed": later("Given up"), "pending": later("Taken up again")}
"""Payments, tickets and refunds themselves tell of the other moves."""
_MAILS: Final = {
    MailStatus.QUEUED: later("Mail to {to} waits to be sent"),
    MailStatus.SENT: later("Mail sent to {to}"),
    MailStatus.DELIVERED: later("Mail delivered to {to}"),
    MailStatus.BOUNCED: later("Mail to {to} did not arrive"),
    MailStatus.FAILED: later("Mail to {to} could not be sent"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, and who did it, where that is known."""

    at: datetime
    what: str
    detail: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the tellers look at. `ways` are the payments' words by tender, `people` organizers by number."""

    speaks: Language
    placed: OrderPlaced
    ways: Mapping[str, Way]
    tills: Mapping[str, str]
    people: Mapping[str, str]
    staff: Mapping[str, str]

    def say(self, text: str, **values: str) -> str:
        """Returns the text in the reader's language, with its values in it."""
        return self.speaks.say(text).format(**values)

    def stored(self, text: str) -> str:
        """Returns what was written down at the time; what the product says itself is in the reader's language."""
        return told(text, self.speaks)

    def money(self, minor: int) -> str:
        return str(Money(minor, Currency(self.placed.currency)))

    def way(self, tender_id: str, tender: str) -> Way:
        return self.ways.get(tender_id) or way_of(self.speaks, self.placed.channel, tender)

    def till(self, fact: Fact) -> str:
        """Returns the till that wrote the fact, and who was at it; nobody if it was the hub."""
        till, person = self.tills.get(fact.device_id, ""), self.staff.get(fact.staff_id or "", "")
        approver = self.staff.get(text_in(fact.payload, "approved_by") or "", "")
        if not till or not person:
            return till
        if approver:
            return self.say(
                later("{person} at {till}, approved by {approver}"), person=person, till=till, approver=approver
            )
        return self.say(later("{person} at {till}"), person=person, till=till)

    def buyer(self, fact: Fact) -> str:
        """Returns who paid or tried to: at the till that wrote it, or the customer alone."""
        return self.till(fact) or self.say("the customer")


def story_of(
    connection: Transaction, placed: OrderPlaced, facts: Sequence[Fact], ways: Mapping[str, Way], speaks: Language
) -> list[Moment]:
    """Returns the history of an order, of which these are all facts that fit."""
    mails, decisions = mails_of(connection, placed.order_id), resolved_of(connection, placed.order_id)
    devices = {str(fact.device_id) for fact in facts} | {mail.device_id for mail in mails if mail.device_id}
    renewals = renewals_of(connection, placed.order_id)
    written = [str(fact.payload.get("by", "")) for fact in facts] + [row.resolved_by or "" for row in decisions]
    written += [mail.by or "" for mail in mails] + [row.by for row in renewals]
    staff = names_of_staff(connection, [each for fact in facts for each in _staff_in(fact)])
    scene = Scene(speaks, placed, ways, till_names(connection, devices), names_of(connection, written), staff)
    others = [
        *(_mail(scene, row) for row in mails),
        *(_decision(scene, row) for row in decisions),
        *(_renewal(scene, row) for row in renewals),
    ]
    # Facts stay in the order in which they came: a till's clock may be wrong.
    return list(merge(_told(scene, facts), sorted(others, key=_at), key=_at))


def _staff_in(fact: Fact) -> tuple[str | None, str | None]:
    return fact.staff_id, text_in(fact.payload, "approved_by")


def part_words(placed: OrderPlaced, keys: Iterable[PartKey]) -> str:
    """Returns such as `2 × Saturday Day Pass, 1 × Festival T-Shirt L`."""
    chosen = [line for line, _ in keys]
    return ", ".join(
        f"{chosen.count(i)} × {line.name}{f' {line.option}' if line.option else ''}"
        for i, line in enumerate(placed.lines)
        if i in chosen
    )


def _at(moment: Moment) -> datetime:
    return moment.at


def _told(scene: Scene, facts: Sequence[Fact]) -> Iterator[Moment]:
    """Yields the facts' moments; tickets that were voided together are one."""
    voided: list[Fact] = []
    for fact, after in zip(facts, [*facts[1:], None], strict=True):
        if fact.kind is FactKind.TICKET_VOIDED:
            voided.append(fact)
            if after is None or after.kind is not FactKind.TICKET_VOIDED:
                yield _voided(scene, voided)
                voided = []
            continue
        teller = _TELLERS.get(fact.kind)
        moment = teller(scene, fact, read_payload(fact)) if teller is not None else _unknown(fact)
        if moment is not None:
            yield moment


def _placed(scene: Scene, fact: Fact, p: OrderPlaced) -> Moment:
    if p.channel == "web":
        return Moment(fact.occurred_at, scene.say("Placed on the web"), who=scene.say("the customer"))
    return Moment(fact.occurred_at, scene.say("Placed at the door"), who=scene.till(fact))


def _state_changed(scene: Scene, fact: Fact, p: OrderStateChanged) -> Moment | None:
    what = _MOVES.get(p.to)
    return None if what is None else Moment(fact.occurred_at, scene.say(what), scene.stored(p.why), scene.till(fact))


def _started(scene: Scene, fact: Fact, p: PaymentStarted) -> Moment | None:
    if p.step == "sent":
        return None
    by = way_of(scene.speaks, scene.placed.channel, p.tender).by
    what = scene.say("Payment of {amount} {by} begun", amount=scene.money(p.amount), by=by)
    return Moment(fact.occurred_at, what, who=scene.buyer(fact))


def _captured(scene: Scene, fact: Fact, p: PaymentCaptured) -> Moment:
    what = scene.say("Paid {amount} {by}", amount=scene.money(p.amount), by=scene.way(p.tender_id, p.tender).by)
    return Moment(fact.occurred_at, what, scene.stored(p.reason or ""), scene.buyer(fact))


def _not_paid(scene: Scene, fact: Fact, p: PaymentFailed) -> Moment:
    what = scene.say("{amount} not paid", amount=scene.money(p.amount))
    return Moment(fact.occurred_at, what, scene.stored(p.message), scene.till(fact))


def _not_known(scene: Scene, fact: Fact, p: PaymentUnknown) -> Moment:
    what = scene.say("Not known whether {amount} is paid", amount=scene.money(p.amount))
    return Moment(fact.occurred_at, what, scene.stored(p.reason), scene.till(fact))


def _issued(scene: Scene, fact: Fact, p: TicketsIssued) -> Moment:
    count = len(p.tickets)
    said = scene.speaks.texts.ngettext("{count} ticket issued", "{count} tickets issued", count)
    what = said.format(count=count) if count else scene.say("Finished; there is no ticket in it")
    return Moment(fact.occurred_at, what, who=scene.till(fact))


def _voided(scene: Scene, facts: Sequence[Fact]) -> Moment:
    payloads = [TicketVoided.model_validate(fact.payload) for fact in facts]
    count = len(payloads)
    said = scene.speaks.texts.ngettext("{count} ticket stopped working", "{count} tickets stopped working", count)
    who = scene.people.get(payloads[0].by) or scene.till(facts[0])
    return Moment(facts[-1].occurred_at, said.format(count=count), scene.stored(payloads[0].why), who)


def _reissued(scene: Scene, fact: Fact, p: TicketReissued) -> Moment:
    what = scene.say("A ticket went to another person: its old code stopped working")
    return Moment(fact.occurred_at, what, who=p.by or scene.till(fact))


def _asked(scene: Scene, fact: Fact, p: RefundRequested) -> Moment:
    who = scene.people.get(p.by) or (scene.speaks.say(_OUTSIDE[p.why]) if p.why in _OUTSIDE else "") or scene.till(fact)
    amount = scene.money(p.amount)
    what = (
        scene.say("Refund of {amount} asked for by {who}", amount=amount, who=who)
        if who
        else scene.say("Refund of {amount} asked for", amount=amount)
    )
    why = "" if p.why in _OUTSIDE else scene.speaks.say(MEANINGS[p.why].title) if p.why in MEANINGS else p.why
    return Moment(fact.occurred_at, what, ": ".join(each for each in (part_words(scene.placed, p.parts), why) if each))


def _succeeded(scene: Scene, fact: Fact, p: RefundSucceeded) -> Moment:
    what = scene.say("Refunded {amount} to {to}", amount=scene.money(p.amount), to=scene.way(p.tender_id, p.tender).to)
    return Moment(fact.occurred_at, what, who=_provider(p.tender))


def _failed(scene: Scene, fact: Fact, p: RefundFailed) -> Moment:
    amount = scene.money(p.amount)
    what = (
        scene.say("Refund of {amount} came back", amount=amount)
        if p.is_reversal
        else scene.say("Refund of {amount} failed", amount=amount)
    )
    return Moment(fact.occurred_at, what, scene.stored(p.message), _provider(p.tender))


def _refund_pending(scene: Scene, fact: Fact, p: RefundPending) -> Moment:
    what = scene.say("Refund of {amount} is on its way", amount=scene.money(p.amount))
    return Moment(fact.occurred_at, what, who=_provider(p.tender))


def _disputed(scene: Scene, fact: Fact, p: DisputeChanged) -> Moment:
    what = scene.say(_DISPUTES[p.status], amount=scene.money(p.amount))
    moved = []
    if p.withdrawn > 0:
        moved.append(scene.say("{amount} taken", amount=scene.money(p.withdrawn)))
    elif p.withdrawn < 0:
        moved.append(scene.say("{amount} given back", amount=scene.money(-p.withdrawn)))
    if p.lost > 0:
        moved.append(scene.say("{amount} lost", amount=scene.money(p.lost)))
    return Moment(fact.occurred_at, what, "; ".join([*moved, scene.stored(p.why)]), _provider(p.tender))


def _raised(scene: Scene, fact: Fact, p: ExceptionRaised) -> Moment:
    title = scene.speaks.say(meaning_of(p.exception_kind).title)
    return Moment(fact.occurred_at, scene.say("Problem: {title}", title=title), scene.stored(p.detail))


def _unknown(fact: Fact) -> Moment:
    return Moment(fact.occurred_at, fact.kind.value.replace("_", " ").capitalize())


def _mail(scene: Scene, row: KeptMail) -> Moment:
    is_of_refund = row.refund_id is not None or row.returned_refund_id is not None
    to = scene.say("{email} about the refund", email=row.email) if is_of_refund else row.email
    what = scene.say(_MAILS[row.status], to=to)
    who = scene.tills.get(row.device_id or "", "") or scene.people.get(row.by or "", "")
    return Moment(row.sent_at or row.created_at, what, scene.stored(row.last_error or ""), who)


def _renewal(scene: Scene, row: Renewal) -> Moment:
    what, detail = scene.say("Link to the tickets renewed"), scene.say("The one before opens nothing any more.")
    return Moment(row.at, what, detail, scene.people[row.by])


def _decision(scene: Scene, row: Raised) -> Moment:
    who = scene.people.get(row.resolved_by or "", "")
    label = scene.speaks.say(remedy_words(row.remedy))
    what = (
        scene.say("Decided by {who}: {what}", who=who, what=label) if who else scene.say("Decided: {what}", what=label)
    )
    return Moment(row.resolved_at or row.raised_at, what, scene.speaks.say(meaning_of(row.kind).title))


def _provider(tender: str) -> str:
    return PROVIDER_NAMES[TENDERS[tender]] if tender in TENDERS else ""


_TELLERS: Final[Mapping[FactKind, Callable[[Scene, Fact, Any], Moment | None]]] = {
    FactKind.ORDER_PLACED: _placed,
    FactKind.ORDER_STATE_CHANGED: _state_changed,
    FactKind.PAYMENT_STARTED: _started,
    FactKind.PAYMENT_CAPTURED: _captured,
    FactKind.PAYMENT_FAILED: _not_paid,
    FactKind.PAYMENT_UNKNOWN: _not_known,
    FactKind.TICKETS_ISSUED: _issued,
    FactKind.TICKET_REISSUED: _reissued,
    FactKind.REFUND_REQUESTED: _asked,
    FactKind.REFUND_PENDING: _refund_pending,
    FactKind.REFUND_SUCCEEDED: _succeeded,
    FactKind.REFUND_FAILED: _failed,
    FactKind.DISPUTE_CHANGED: _disputed,
    FactKind.EXCEPTION_RAISED: _raised,
}
