"""How much of the event's comps is given away, as the pages say it where something is given."""

from boxoffice.core.comp_budget import CompBudget, CompsGiven
from boxoffice.till.ui.speech import number, say
from boxoffice.till.ui.views.form import CardView, LineView


def comps_cards(given: CompsGiven | None, budget: CompBudget) -> tuple[CardView, ...]:
    """Returns a card that says how many comps of how many are given; nothing where there is no limit."""
    if given is None or not budget.is_set:
        return ()
    limits = (
        (say("At the event"), given.total, budget.per_event),
        (say("By you"), given.mine, budget.per_person),
    )
    lines = tuple(
        LineView(label, say("{given} of {limit}", given=number(count), limit=number(limit)), is_strong=count >= limit)
        for label, count, limit in limits
        if limit is not None
    )
    return (CardView(say("Comps tonight"), lines),)


def comps_words(given: CompsGiven | None, budget: CompBudget) -> str:
    """Returns the same in one line, by the limit that leaves less."""
    found = None if given is None else given.tightest(budget)
    if found is None:
        return ""
    return say("**Comps tonight:** {given} of {limit}", given=number(found[0]), limit=number(found[1]))
