"""Who may do what: one table by right and role, and the one way to ask it. Nothing else in the product decides this."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.core.errors import OperationFailed
from boxoffice.core.languages import later
from boxoffice.core.limits import NO_EXTENT, Extent, Limits
from boxoffice.core.staff import Acting, Person, StaffRole


class Right(Enum):
    """What somebody may have to be allowed."""

    SCAN = "scan"
    UNDO_SCAN = "undo_scan"
    SELL = "sell"
    TAKE_CASH = "take_cash"
    """Also gift cards, and whatever a word is enough for."""
    DISCOUNT = "discount"
    COMP = "comp"
    OVER_BUDGET = "over_budget"
    """More comps than the event gives away."""
    REFUND = "refund"
    """Also to exchange, and to give back what was paid of a sale that comes to nothing."""
    VOID = "void"
    DECIDE = "decide"
    """What is open among the problems, by a remedy that a till may do."""
    OPEN_DRAWER = "open_drawer"
    MOVE_CASH = "move_cash"
    OPEN_SHIFT = "open_shift"
    CLOSE_SHIFT = "close_shift"
    """One's own, and blind."""
    CLOSE_ANY_SHIFT = "close_any_shift"
    SEE_EXPECTED = "see_expected"
    """What should be in a drawer, before its count is signed."""
    DRILL = "drill"
    SETTINGS = "settings"


class Answer(Enum):
    """What the table says. Up to a `LIMIT` of their own people are free; above it they `ASK`."""

    YES = "yes"
    LIMIT = "limit"
    ASK = "ask"
    """With the approval of somebody who may."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class Row:
    """What a right is, in words, and who has it."""

    words: str
    steward: Answer
    seller: Answer
    supervisor: Answer
    organizer: Answer

    def of(self, role: StaffRole) -> Answer:
        return {
            StaffRole.STEWARD: self.steward,
            StaffRole.SELLER: self.seller,
            StaffRole.SUPERVISOR: self.supervisor,
            StaffRole.ORGANIZER: self.organizer,
        }[role]


_Y, _L, _A, _N = Answer.YES, Answer.LIMIT, Answer.ASK, Answer.NO

RIGHTS: Final[Mapping[Right, Row]] = {
    Right.SCAN: Row(later("Scan tickets, let in"), _Y, _Y, _Y, _Y),
    Right.UNDO_SCAN: Row(later("Undo a scan"), _A, _A, _Y, _Y),
    Right.SELL: Row(later("Sell, take cash and cards"), _N, _Y, _Y, _Y),
    Right.TAKE_CASH: Row(later("Take cash and gift cards"), _N, _Y, _Y, _Y),
    Right.DISCOUNT: Row(later("Discount on a sale"), _N, _L, _Y, _Y),
    Right.COMP: Row(later("Give a ticket for nothing (comp)"), _N, _L, _Y, _Y),
    Right.OVER_BUDGET: Row(later("Give away more than the event’s limit"), _N, _A, _A, _Y),
    Right.REFUND: Row(later("Refund, exchange"), _N, _L, _Y, _Y),
    Right.VOID: Row(later("Void a sale"), _N, _A, _Y, _Y),
    Right.DECIDE: Row(later("Decide a problem"), _N, _A, _Y, _Y),
    Right.OPEN_DRAWER: Row(later("Open the drawer without a sale"), _N, _A, _Y, _Y),
    Right.MOVE_CASH: Row(later("Move cash"), _N, _Y, _Y, _Y),
    Right.OPEN_SHIFT: Row(later("Open a shift, hand over"), _N, _Y, _Y, _Y),
    Right.CLOSE_SHIFT: Row(later("Count and close the own shift"), _N, _Y, _Y, _Y),
    Right.CLOSE_ANY_SHIFT: Row(later("Count and close another's shift"), _N, _A, _Y, _Y),
    Right.SEE_EXPECTED: Row(later("See what should be in a drawer"), _N, _N, _Y, _Y),
    Right.DRILL: Row(later("Training and drill"), _N, _A, _Y, _Y),
    Right.SETTINGS: Row(later("Settings of the till"), _N, _A, _A, _Y),
}
"""Every right has a row."""
AT_A_KIOSK: Final = frozenset({Right.SELL})
"""What whoever stands at a kiosk may do, and nothing else: nobody of the staff has signed in there."""


class NotAllowed(OperationFailed):
    """Somebody may not do something; nothing was done."""

    def __init__(self, right: Right, what_to_do: str) -> None:
        self.right = right
        super().__init__(f"This is not yours to do: {RIGHTS[right].words}.", "Nothing was changed.", what_to_do)


class NeedsApproval(NotAllowed):
    """Somebody may do it once another has approved it."""

    def __init__(self, right: Right, extent: Extent = NO_EXTENT) -> None:
        self.extent = extent
        who = " or ".join(role.value for role in approvers(right))
        super().__init__(right, f"Ask a person who is {who} to approve it here.")


def approvers(right: Right) -> tuple[StaffRole, ...]:
    """Returns whose approval is one: those who may do it by themselves, whatever the limit."""
    return tuple(role for role in StaffRole if RIGHTS[right].of(role) is Answer.YES)


def can_approve(person: Person, right: Right) -> bool:
    return person.role in approvers(right)


def may_sell(role: StaffRole) -> bool:
    """Returns whether a till that has such a person can go on selling."""
    return RIGHTS[Right.SELL].of(role) is Answer.YES


def alone(role: StaffRole, right: Right, extent: Extent, limits: Limits, percent: int) -> Answer:
    """Returns whether somebody of a role may go so far by themselves: `YES`, `ASK` for an approval, or `NO`.

    `percent` is the own limit for discounts. An act whose sum nobody knows is above any limit in money.
    """
    answer = RIGHTS[right].of(role)
    if answer is not Answer.LIMIT:
        return answer
    most = {Right.DISCOUNT: limits.discount, Right.COMP: limits.comp, Right.REFUND: limits.refund}[right]
    is_within = most is not None and extent.minor is not None and extent.minor <= most
    if right is Right.DISCOUNT:
        is_within = extent.percent <= percent and (most is None or is_within)
    return Answer.YES if is_within else Answer.ASK


def may(acting: Acting, right: Right, extent: Extent = NO_EXTENT) -> Answer:
    """Returns whether somebody may do something now: `YES`, `ASK` for an approval, or `NO`.

    At a kiosk nobody may do more than buy. Where no staff is kept, everybody may; where nobody has signed in, as while
    a sale goes on at a till that has just heard of its staff, as much as a seller.
    """
    if acting.is_kiosk:
        return Answer.YES if right in AT_A_KIOSK else Answer.NO
    if not acting.is_staffed:
        return Answer.YES
    person = acting.person
    role, percent = (StaffRole.SELLER, 0) if person is None else (person.role, person.discount_limit)
    answer = alone(role, right, extent, acting.limits, percent)
    is_approved = acting.approved_by is not None and can_approve(acting.approved_by, right)
    return Answer.YES if answer is Answer.ASK and is_approved else answer


def must(acting: Acting, right: Right, extent: Extent = NO_EXTENT) -> None:
    """Does nothing if somebody may do something now.

    Raises:
        NeedsApproval: if somebody else must approve it first.
        NotAllowed: if it is not theirs to do at all.
    """
    match may(acting, right, extent):
        case Answer.NO:
            raise NotAllowed(right, "Let somebody sign in who may.")
        case Answer.ASK:
            raise NeedsApproval(right, extent)
        case _:
            return
