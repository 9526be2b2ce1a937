"""Whether a till's facts are of people who could write them: doubts are put before a person, and refuse nothing.

A till that is offline does not hear that somebody has ended; what was sold in that name is sold.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, read_payload, text_in
from boxoffice.core.known import Known, KnownStaff
from boxoffice.core.limits import NO_EXTENT, NO_LIMITS, Extent
from boxoffice.core.payloads.lines import ReductionPart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import OfTender
from boxoffice.core.reductions import RIGHTS as RIGHTS_OF
from boxoffice.core.reductions import alone_needs
from boxoffice.core.rights import RIGHTS, Answer, Right, alone, approvers
from boxoffice.core.staff import StaffRole, StaffStatus

Doubt = Literal["unknown", "ended", "not_approved"]
"""Nobody of this id was ever told of; they had ended by then; or nobody approved what they may not do alone."""


def doubt_about(fact: Fact, known: Known) -> tuple[Doubt, str] | None:
    """Returns what is doubtful about who wrote a till's fact, and the id of who it is about; None for nothing."""
    approver = text_in(fact.payload, "approved_by")
    for staff_id in named_in(fact):
        standing = known.staff_at(staff_id, fact.occurred_at)
        if standing is None:
            return "unknown", staff_id
        if standing.status is StaffStatus.ENDED:
            return "ended", staff_id
    taken = _taken_by(fact)
    if fact.staff_id is None or taken is None or (_may(known, fact, *taken, approver) and _may_reduce(known, fact)):
        return None
    return "not_approved", fact.staff_id


def named_in(fact: Fact) -> list[str]:
    """Returns whom a fact names: who wrote it, and who approved it, or approved something of it."""
    approvers = (text_in(each, "approved_by") for each in (fact.payload, *_reductions(fact)))
    return list(dict.fromkeys(filter(None, (fact.staff_id, *approvers))))


def _taken_by(fact: Fact) -> tuple[Right, Extent] | None:
    """Returns the right that a fact takes, and up to how much; of most no sum is known, and of a swap none."""
    payload = read_payload(fact)
    right = payload.right
    if right is None:
        return None
    return right, Extent(minor=payload.amount) if isinstance(payload, OfTender) else NO_EXTENT


def _may(known: Known, fact: Fact, right: Right, extent: Extent, approver: str | None) -> bool:
    mine = known.staff_at(fact.staff_id or "", fact.occurred_at)
    if mine is None or RIGHTS[right].of(mine.role) is Answer.NO:
        return False
    theirs = None if approver is None else _role(known.staff_at(approver, fact.occurred_at))
    return theirs in approvers(right) or _may_alone(known, fact, right, extent)


def _may_alone(known: Known, fact: Fact, right: Right, extent: Extent) -> bool:
    """Returns whether whoever wrote a fact might do it alone, by any revision of its event that their till may have."""
    mine = known.staff_at(fact.staff_id or "", fact.occurred_at)
    if mine is None or RIGHTS[right].of(mine.role) is not Answer.LIMIT:
        return mine is not None and RIGHTS[right].of(mine.role) is Answer.YES
    event = known.events.get(fact.event_id or "")
    all_limits = (NO_LIMITS,) if event is None else event.all_limits()
    return any(alone(mine.role, right, extent, each, mine.discount_limit) is Answer.YES for each in all_limits)


def _may_reduce(known: Known, fact: Fact) -> bool:
    """Returns whether what was taken off an order was theirs to take off, alone or with who approved it."""
    return all(_may_alone(known, fact, right, extent) for right, extent in _alone(known, fact).items())


def _alone(known: Known, fact: Fact) -> Mapping[Right, Extent]:
    """Returns what was taken off an order that nobody who may approve it did."""
    if fact.kind is not FactKind.ORDER_PLACED:
        return {}
    lines = OrderPlaced.model_validate(fact.payload).lines
    return alone_needs(
        (line.subtotal, [(each.kind, each.amount) for each in line.reductions if not _approved(known, fact, each)])
        for line in lines
    )


def _approved(known: Known, fact: Fact, part: ReductionPart) -> bool:
    right = RIGHTS_OF.get(part.kind)
    by = None if part.approved_by is None else _role(known.staff_at(part.approved_by, fact.occurred_at))
    return right is not None and by in approvers(right)


def _reductions(fact: Fact) -> Iterator[Mapping[str, Any]]:
    lines = fact.payload.get("lines")
    for line in lines if isinstance(lines, list) else ():
        parts = line.get("reductions") if isinstance(line, dict) else None
        yield from (each for each in (parts if isinstance(parts, list) else ()) if isinstance(each, dict))


def _role(standing: KnownStaff | None) -> StaffRole | None:
    return None if standing is None else standing.role
