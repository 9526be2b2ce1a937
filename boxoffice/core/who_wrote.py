"""Whether a till's facts are of people who could write them: doubts are put before a person, and refuse nothing.

A till that is offline does not hear that somebody has ended; what was sold in that name is sold.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, text_in
from boxoffice.core.known import Known, KnownStaff
from boxoffice.core.payloads.orders import OrderPlaced, ReductionPart
from boxoffice.core.reductions import RIGHTS as RIGHTS_OF
from boxoffice.core.reductions import alone_needs
from boxoffice.core.rights import RIGHTS, Answer, Right, approvers
from boxoffice.core.staff import StaffRole, StaffStatus
from boxoffice.core.tenders import Need, TenderKind, tender_of

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
    right = right_of(fact)
    if fact.staff_id is None or right is None or (_may(known, fact, right, approver) and _may_reduce(known, fact)):
        return None
    return "not_approved", fact.staff_id


def named_in(fact: Fact) -> list[str]:
    """Returns whom a fact names: who wrote it, and who approved it, or approved something of it."""
    approvers = (text_in(each, "approved_by") for each in (fact.payload, *_reductions(fact)))
    return list(dict.fromkeys(filter(None, (fact.staff_id, *approvers))))


def right_of(fact: Fact) -> Right | None:
    """Returns which right a fact takes, where it takes one that not everybody has."""
    rule = _RIGHTS.get(fact.kind)
    return None if rule is None else next(rule(fact.payload), None)


def _captured(payload: Mapping[str, Any]) -> Iterator[Right]:
    tender = text_in(payload, "tender")
    if tender in {kind.value for kind in TenderKind} and Need.SUPERVISOR in tender_of(tender).needs:
        yield Right.COMP


def _placed(payload: Mapping[str, Any]) -> Iterator[Right]:
    """A swap is approved as it begins, and ends when the difference is paid, by whoever takes that."""
    yield Right.SELL if payload.get("swap") is None else Right.REFUND


def _given_back(payload: Mapping[str, Any]) -> Iterator[Right]:
    if payload.get("into") is None:
        yield Right.REFUND


def _scanned(payload: Mapping[str, Any]) -> Iterator[Right]:
    yield Right.UNDO_SCAN if payload.get("is_undo") is True else Right.SCAN


def _always(right: Right) -> Callable[[Mapping[str, Any]], Iterator[Right]]:
    return lambda _payload: iter((right,))


_RIGHTS: Final[Mapping[FactKind, Callable[[Mapping[str, Any]], Iterator[Right]]]] = {
    FactKind.ORDER_PLACED: _placed,
    FactKind.PAYMENT_CAPTURED: _captured,
    FactKind.REFUND_REQUESTED: _given_back,
    FactKind.TICKET_REISSUED: _always(Right.REFUND),
    FactKind.TICKET_SCANNED: _scanned,
}


def _may(known: Known, fact: Fact, right: Right, approver: str | None) -> bool:
    mine = _role(known.staff_at(fact.staff_id or "", fact.occurred_at))
    answer = Answer.NO if mine is None else RIGHTS[right].of(mine)
    theirs = None if approver is None else _role(known.staff_at(approver, fact.occurred_at))
    return answer in (Answer.YES, Answer.LIMIT) or (answer is Answer.ASK and theirs in approvers(right))


def _may_reduce(known: Known, fact: Fact) -> bool:
    """Returns whether what was taken off an order was theirs to take off, alone or with who approved it."""
    mine = known.staff_at(fact.staff_id or "", fact.occurred_at)
    for right, percent in _alone(known, fact).items():
        answer = Answer.NO if mine is None else RIGHTS[right].of(mine.role)
        limit = 0 if mine is None else mine.discount_limit
        if answer in (Answer.NO, Answer.ASK) or (answer is Answer.LIMIT and percent > limit):
            return False
    return True


def _alone(known: Known, fact: Fact) -> Mapping[Right, int]:
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
