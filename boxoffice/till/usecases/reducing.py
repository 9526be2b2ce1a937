"""Whether who is at the till may take so much off a price, alone or with somebody's approval."""

from dataclasses import dataclass, replace

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.reading import read_line
from boxoffice.core.reductions import RIGHTS, Reduction, alone_needs, not_approved
from boxoffice.core.tenders import LONGEST_REASON
from boxoffice.till.usecases.operator import Operator


@dataclass(frozen=True, slots=True)
class Reducing:
    """The use case of a discount. `percent` is how much of the price of any line all has off that nobody approved."""

    operator: Operator

    def allow(self, reduction: Reduction, percent: int) -> Reduction:
        """Returns the reduction with who has approved it, if somebody has.

        Raises:
            BadInput: without a reason, or with one that is too long.
            NeedsApproval: if somebody else must approve it first.
            NotAllowed: if it is not theirs to give.
        """
        why = read_line(reduction.reason)
        if not why:
            raise BadInput([FieldError("reason", "is missing")])
        if len(why) > LONGEST_REASON:
            raise BadInput([FieldError("reason", f"must have at most {LONGEST_REASON} letters")])
        self.operator.must(RIGHTS[reduction.off.value], percent)
        return replace(reduction, reason=why, approved_by=self.operator.acting.approver_id)

    def check(self, quote: PricedOrder) -> None:
        """Does nothing if all that is taken off a sale may be, by who sells it now.

        Raises:
            NeedsApproval: if somebody else must approve it first.
            NotAllowed: if it is not theirs to give.
        """
        lines = ((line.subtotal.minor, not_approved(line.taken_off)) for line in quote.lines)
        for right, percent in alone_needs(lines).items():
            self.operator.must(right, percent)
