"""Whether a till's facts are of people who could write them: doubts are put before a person, and refuse nothing.

A till that is offline does not hear that somebody has ended; what was sold in that name is sold.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, text_in
from boxoffice.core.known import Known, KnownStaff
from boxoffice.core.rights import RIGHTS, Answer, Right, approvers
from boxoffice.core.staff import StaffRole, StaffStatus
from boxoffice.core.tenders import Need, TenderKind, tender_of

Doubt = Literal["unknown", "ended", "not_approved"]
"""Nobody of this id was ever told of; they had ended by then; or nobody approved what they may not do alone."""


def doubt_about(fact: Fact, known: Known) -> tuple[Doubt, str] | None:
    """Returns what is doubtful about who wrote a till's fact, and the id of who it is about; None for nothing."""
    approver = text_in(fact.payload, "approved_by")
    for staff_id in filter(None, (fact.staff_id, approver)):
        standing = known.staff_at(staff_id, fact.occurred_at)
        if standing is None:
            return "unknown", staff_id
        if standing.status is StaffStatus.ENDED:
            return "ended", staff_id
    right = right_of(fact)
    if fact.staff_id is None or right is None or _may(known, fact, right, approver):
        return None
    return "not_approved", fact.staff_id


def right_of(fact: Fact) -> Right | None:
    """Returns which right a fact takes, where it takes one that not everybody has."""
    rule = _RIGHTS.get(fact.kind)
    return None if rule is None else next(rule(fact.payload), None)


def _captured(payload: Mapping[str, Any]) -> Iterator[Right]:
    tender = text_in(payload, "tender")
    if tender in {kind.value for kind in TenderKind} and Need.SUPERVISOR in tender_of(tender).needs:
        yield Right.COMP


def _scanned(payload: Mapping[str, Any]) -> Iterator[Right]:
    yield Right.UNDO_SCAN if payload.get("is_undo") is True else Right.SCAN


def _always(right: Right) -> Callable[[Mapping[str, Any]], Iterator[Right]]:
    return lambda _payload: iter((right,))


_RIGHTS: Final[Mapping[FactKind, Callable[[Mapping[str, Any]], Iterator[Right]]]] = {
    FactKind.ORDER_PLACED: _always(Right.SELL),
    FactKind.PAYMENT_CAPTURED: _captured,
    FactKind.REFUND_REQUESTED: _always(Right.REFUND),
    FactKind.TICKET_SCANNED: _scanned,
}


def _may(known: Known, fact: Fact, right: Right, approver: str | None) -> bool:
    mine = _role(known.staff_at(fact.staff_id or "", fact.occurred_at))
    answer = Answer.NO if mine is None else RIGHTS[right].of(mine)
    theirs = None if approver is None else _role(known.staff_at(approver, fact.occurred_at))
    return answer in (Answer.YES, Answer.LIMIT) or (answer is Answer.ASK and theirs in approvers(right))


def _role(standing: KnownStaff | None) -> StaffRole | None:
    return None if standing is None else standing.role
