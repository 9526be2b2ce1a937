"""Whether who is at the till may take so much off a price, alone or with somebody's approval."""

from dataclasses import dataclass, replace

from boxoffice.core.comps import comps_wanted
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.limits import Extent
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.reading import read_line
from boxoffice.core.reductions import RIGHTS, Off, Reduction, alone_needs, not_approved
from boxoffice.core.tenders import LONGEST_REASON
from boxoffice.till.usecases.comps import Comps
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.operator import Operator


@dataclass(frozen=True, slots=True)
class Reducing:
    """The use case of a discount. `extent` is how far all goes that is taken off the sale and nobody approved."""

    context: TillContext

    @property
    def operator(self) -> Operator:
        return self.context.operator

    def allow(self, reduction: Reduction, extent: Extent, tickets: int = 0) -> Reduction:
        """Returns the reduction with who has approved it, if somebody has; the sale gives so many `tickets` away then.

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
        self.operator.must(RIGHTS[reduction.off.value], extent)
        if reduction.off is Off.COMP:
            Comps(self.context).must_be_within(tickets)
        return replace(reduction, reason=why, approved_by=self.operator.acting.approver_id)

    def check(self, quote: PricedOrder) -> None:
        """Does nothing if all that is taken off a sale may be, by who sells it now.

        Raises:
            NeedsApproval: if somebody else must approve it first.
            NotAllowed: if it is not theirs to give.
        """
        lines = ((line.subtotal.minor, not_approved(line.taken_off)) for line in quote.lines)
        for right, extent in alone_needs(lines).items():
            self.operator.must(right, extent)
        if not any(each.reduction.approved_by for line in quote.lines for each in line.taken_off):
            Comps(self.context).must_be_within(comps_wanted(quote))
