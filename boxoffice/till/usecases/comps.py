"""What is given away at the event, as far as this till knows, and that more than its budget takes an approval."""

from dataclasses import dataclass

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.rights import Right
from boxoffice.till.store.comps import own_comps
from boxoffice.till.usecases.context import TillContext


@dataclass(frozen=True, slots=True)
class Comps:
    """One per till. With no network, what others give away meanwhile is not counted."""

    context: TillContext

    def given(self) -> CompsGiven:
        """Returns how many tickets are given away: by all who are known of, and by who acts now."""
        event_id, me = self.context.event.catalogue.id, self.context.operator.acting.staff_id
        others = self.context.elsewhere.comps(me)
        with self.context.store.reading() as connection:
            own = own_comps(connection, event_id, me)
        return CompsGiven(own.total + others.total, own.mine + others.mine)

    def must_be_within(self, tickets: int) -> None:
        """Does nothing if who acts may give so many more tickets away.

        Raises:
            NeedsApproval: if it is more than the event's budget, and nobody who may has approved that.
            NotAllowed: if it is not theirs to give.
        """
        budget = self.context.event.catalogue.comps
        if tickets and budget.is_set and self.given().over(budget, tickets):
            self.context.operator.must(Right.OVER_BUDGET)
