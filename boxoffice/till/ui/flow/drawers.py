"""What several pages of a shift share: which cash has moved, and where the till goes when its drawer is handed over."""

from boxoffice.core.staff import Person
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.speech import say, told
from boxoffice.till.ui.views.parts import RowView
from boxoffice.till.ui.words import clock, money
from boxoffice.till.usecases.gateway.shifts import Moved


def moved_rows(moved: tuple[Moved, ...]) -> tuple[RowView, ...]:
    """Returns what was put in and taken out, in the order in which it was."""
    return tuple(
        RowView(
            say(each.words),
            " · ".join(part for part in (clock(each.at), each.who or told(each.why)) if part),
            "drawer" if each.words == "Float" else "cash",
            amount=money(each.amount),
        )
        for each in moved
    )


def handed_over(session: Session, drawer: str, to: Person | None) -> Next:
    """Goes on to sell; where staff is kept, whoever has the drawer now signs in first."""
    session.say(say("Drawer {drawer} is handed over.", drawer=drawer), icon="split")
    if to is not None:
        session.call(session.till.lock, lambda _: None)
    return to_sale(session)
