"""The history of an order as one person would tell it to another: facts, mails and decisions, in one line of time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads import (
    DisputeChanged,
    ExceptionRaised,
    OrderPlaced,
    OrderStateChanged,
    PartKey,
    PaymentCaptured,
    PaymentFailed,
    PaymentStarted,
    PaymentUnknown,
    RefundFailed,
    RefundPending,
    RefundRequested,
    RefundSucceeded,
    TicketsIssued,
    TicketVoided,
    read_payload,
)
from sync.services.exceptions import REMEDIES
from sync.services.organizers import names_of
from sync.services.problems import MEANINGS, meaning_of
from sync.services.provider_states import PROVIDER_NAMES, TENDERS
from sync.store import tables as t
from sync.web.ways import Way, way_of

_OUTSIDE: Final = {"made at Stripe": "Stripe", "dispute": "the customer's bank"}
"""Why a refund was written down that nobody asked for here, and who made it."""
_DISPUTES: Final = {
    "inquiry": "The bank asks about {amount}",
    "inquiry_closed": "The bank's question about {amount} is closed",
    "open": "Dispute of {amount}",
    "won": "Dispute of {amount} won",
    "lost": "Dispute of {amount} lost",
    "prevented": "Dispute of {amount} prevented",
}
_MOVES: Final = {"failed": "Given up", "pending": "Taken up again"}
"""Payments, tickets and refunds themselves tell of the other moves."""
_MAILS: Final = {
    "queued": "Mail to {to} waits to be sent",
    "sent": "Mail sent to {to}",
    "delivered": "Mail delivered to {to}",
    "bounced": "Mail to {to} did not arrive",
    "failed": "Mail to {to} could not be sent",
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

    placed: OrderPlaced
    ways: Mapping[str, Way]
    tills: Mapping[str, str]
    people: Mapping[str, str]

    def money(self, minor: int) -> str:
        return str(Money(minor, Currency(self.placed.currency)))

    def way(self, tender_id: str, tender: str) -> Way:
        return self.ways.get(tender_id) or way_of(self.placed.channel, tender)

    def till(self, fact: Fact) -> str:
        """Returns the till that wrote the fact; nobody if it was the hub."""
        return self.tills.get(fact.device_id, "")

    def buyer(self, fact: Fact) -> str:
        """Returns who paid or tried to: at the till that wrote it, or the customer alone."""
        return self.till(fact) or "the customer"


def story_of(
    connection: Connection, placed: OrderPlaced, facts: Sequence[Fact], ways: Mapping[str, Way]
) -> list[Moment]:
    """Returns the history of an order, of which these are all facts that fit."""
    m, x, d = t.mails.c, t.exceptions.c, t.devices.c
    mails = connection.execute(select(t.mails).where(m.order_id == placed.order_id)).all()
    ended = select(t.exceptions).where(x.order_id == placed.order_id, x.status == "resolved")
    decisions = connection.execute(ended).all()
    devices = {str(fact.device_id) for fact in facts} | {mail.device_id for mail in mails if mail.device_id}
    tills = connection.execute(select(d.id, d.name).where(d.id.in_(devices), d.kind == "till"))
    renewals = connection.execute(select(t.link_renewals).where(t.link_renewals.c.order_id == placed.order_id)).all()
    written = [str(fact.payload.get("by", "")) for fact in facts] + [row.resolved_by or "" for row in decisions]
    written += [mail.by or "" for mail in mails] + [row.by for row in renewals]
    scene = Scene(placed, ways, {row.id: row.name for row in tills}, names_of(connection, written))
    others = [
        *(_mail(scene, row) for row in mails),
        *(_decision(scene, row) for row in decisions),
        *(_renewal(scene, row) for row in renewals),
    ]
    # Facts stay in the order in which they came: a till's clock may be wrong.
    return list(merge(_told(scene, facts), sorted(others, key=_at), key=_at))


def part_words(placed: OrderPlaced, keys: Iterable[PartKey]) -> str:
    """Returns such as `2 × Saturday Day Pass, 1 × Festival T-Shirt L`."""
    chosen = [line for line, _ in keys]
    return ", ".join(
        f"{chosen.count(i)} × {line.name}{f' {line.option}' if line.option else ''}"
        for i, line in enumerate(placed.lines)
        if i in chosen
    )


def ticket_words(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count} tickets"


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
        return Moment(fact.occurred_at, "Placed on the web", who="the customer")
    return Moment(fact.occurred_at, "Placed at the door", who=scene.till(fact))


def _state_changed(scene: Scene, fact: Fact, p: OrderStateChanged) -> Moment | None:
    what = _MOVES.get(p.to)
    return None if what is None else Moment(fact.occurred_at, what, p.why, scene.till(fact))


def _started(scene: Scene, fact: Fact, p: PaymentStarted) -> Moment | None:
    if p.step == "sent":
        return None
    what = f"Payment of {scene.money(p.amount)} {way_of(scene.placed.channel, p.tender).by} begun"
    return Moment(fact.occurred_at, what, who=scene.buyer(fact))


def _captured(scene: Scene, fact: Fact, p: PaymentCaptured) -> Moment:
    what = f"Paid {scene.money(p.amount)} {scene.way(p.tender_id, p.tender).by}"
    return Moment(fact.occurred_at, what, p.reason or "", who=scene.buyer(fact))


def _not_paid(scene: Scene, fact: Fact, p: PaymentFailed) -> Moment:
    return Moment(fact.occurred_at, f"{scene.money(p.amount)} not paid", p.message, scene.till(fact))


def _not_known(scene: Scene, fact: Fact, p: PaymentUnknown) -> Moment:
    return Moment(fact.occurred_at, f"Not known whether {scene.money(p.amount)} is paid", p.reason, scene.till(fact))


def _issued(scene: Scene, fact: Fact, p: TicketsIssued) -> Moment:
    what = f"{ticket_words(len(p.tickets))} issued" if p.tickets else "Finished; there is no ticket in it"
    return Moment(fact.occurred_at, what, who=scene.till(fact))


def _voided(scene: Scene, facts: Sequence[Fact]) -> Moment:
    payloads = [TicketVoided.model_validate(fact.payload) for fact in facts]
    words = f"{ticket_words(len(payloads))} stopped working"
    who = scene.people.get(payloads[0].by) or scene.till(facts[0])
    return Moment(facts[-1].occurred_at, words, payloads[0].why, who)


def _asked(scene: Scene, fact: Fact, p: RefundRequested) -> Moment:
    who = scene.people.get(p.by) or _OUTSIDE.get(p.why) or scene.till(fact)
    what = f"Refund of {scene.money(p.amount)} asked for{f' by {who}' if who else ''}"
    why = "" if p.why in _OUTSIDE else MEANINGS[p.why].title if p.why in MEANINGS else p.why
    return Moment(fact.occurred_at, what, ": ".join(each for each in (part_words(scene.placed, p.parts), why) if each))


def _succeeded(scene: Scene, fact: Fact, p: RefundSucceeded) -> Moment:
    what = f"Refunded {scene.money(p.amount)} to {scene.way(p.tender_id, p.tender).to}"
    return Moment(fact.occurred_at, what, who=_provider(p.tender))


def _failed(scene: Scene, fact: Fact, p: RefundFailed) -> Moment:
    how = "came back" if p.is_reversal else "failed"
    return Moment(fact.occurred_at, f"Refund of {scene.money(p.amount)} {how}", p.message, _provider(p.tender))


def _refund_pending(scene: Scene, fact: Fact, p: RefundPending) -> Moment:
    return Moment(fact.occurred_at, f"Refund of {scene.money(p.amount)} is on its way", who=_provider(p.tender))


def _disputed(scene: Scene, fact: Fact, p: DisputeChanged) -> Moment:
    what = _DISPUTES[p.status].format(amount=scene.money(p.amount))
    moved = []
    if p.withdrawn > 0:
        moved.append(f"{scene.money(p.withdrawn)} taken")
    elif p.withdrawn < 0:
        moved.append(f"{scene.money(-p.withdrawn)} given back")
    if p.lost > 0:
        moved.append(f"{scene.money(p.lost)} lost")
    return Moment(fact.occurred_at, what, "; ".join([*moved, p.why]), _provider(p.tender))


def _raised(_scene: Scene, fact: Fact, p: ExceptionRaised) -> Moment:
    return Moment(fact.occurred_at, f"Problem: {meaning_of(p.exception_kind).title}", p.detail)


def _unknown(fact: Fact) -> Moment:
    return Moment(fact.occurred_at, fact.kind.value.replace("_", " ").capitalize())


def _mail(scene: Scene, row: Row[Any]) -> Moment:
    about = " about the refund" if row.refund_id is not None else ""
    what = _MAILS[row.status].format(to=f"{row.email}{about}")
    who = scene.tills.get(row.device_id, "") or scene.people.get(row.by or "", "")
    return Moment(row.sent_at or row.created_at, what, row.last_error or "", who)


def _renewal(scene: Scene, row: Row[Any]) -> Moment:
    return Moment(row.at, "Link to the tickets renewed", "The one before opens nothing any more.", scene.people[row.by])


def _decision(scene: Scene, row: Row[Any]) -> Moment:
    who = scene.people.get(row.resolved_by or "", "")
    label = REMEDIES[row.remedy].label if row.remedy in REMEDIES else row.remedy
    return Moment(row.resolved_at, f"Decided{f' by {who}' if who else ''}: {label}", meaning_of(row.kind).title)


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
    FactKind.REFUND_REQUESTED: _asked,
    FactKind.REFUND_PENDING: _refund_pending,
    FactKind.REFUND_SUCCEEDED: _succeeded,
    FactKind.REFUND_FAILED: _failed,
    FactKind.DISPUTE_CHANGED: _disputed,
    FactKind.EXCEPTION_RAISED: _raised,
}
