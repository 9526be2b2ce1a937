"""Handing the drawer to the next person, as it is or counted first: the shift goes on."""

from typing import ClassVar, Final

from boxoffice.core.rights import Right
from boxoffice.core.staff import Person
from boxoffice.till.ui.actions import Action, Do, Of, Pick
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.drawers import handed_over
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import CountDrawer, HandOverDrawer, Shift
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.form import ChoicesView, FormView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.words import clock, role_name
from boxoffice.till.usecases.gateway.shifts import ShiftNow

_AS_IS, _COUNTED = range(2)
_FIRST_WAY: Final = TILE_LETTERS.index("A")
_MOST_PEOPLE: Final = 4


class HandOverDrawerPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (
        ("Q W E R", later("who takes the drawer")),
        ("A S", later("as it is, or count first")),
        ("Enter", later("hand it over")),
        ("Esc", later("keep it")),
    )

    def __init__(self, session: Session, to: HandOverDrawer) -> None:
        super().__init__(session, to)
        self.now: ShiftNow = to.now
        self.way = _AS_IS
        self.person: Person | None = None

    @property
    def others(self) -> tuple[Person, ...]:
        return tuple(each for each in self.now.people if each.name != self.now.held_by)[:_MOST_PEOPLE]

    @property
    def is_ready(self) -> bool:
        return self.person is not None or not self.others

    def view(self) -> FormView:
        now = self.now
        name = self.person.name if self.person is not None else say("the next person")
        since = say("since {time}", time=clock(now.opened_at)) if now.opened_at is not None else ""
        label = say("Count first") if self.way == _COUNTED else say("Hand over to {name}", name=name)
        return FormView(
            title=say("Hand over drawer {drawer}", drawer=now.drawer),
            hint=say("Shift {number} goes on", number=now.number),
            back=ButtonView(say("Keep it"), Do.BACK, "quiet", "back", "Esc"),
            choices=(*self._people(), self._ways()),
            rows=self._rows(),
            foot=say(
                "Each sale keeps the name of the one who made it. Z {number} shows both parts.", number=now.number
            ),
            side=SideView(
                title=say("From"),
                hint=now.held_by,
                lines=(LineView(since, count(now.sales, "sale")),),
                total_label=say("To"),
                total="",
                buttons=(
                    ButtonView(
                        label if self.is_ready else say("Choose who takes it"),
                        Do.FINISH,
                        "primary",
                        "split",
                        "Enter",
                        is_on=self.is_ready,
                    ),
                ),
                foot=say("Parked sales and unknown payments go along."),
            ),
        )

    def _people(self) -> tuple[ChoicesView, ...]:
        if not self.others:
            return ()
        buttons = tuple(
            ButtonView(
                each.name,
                Pick(Of.PERSON, i),
                "strong" if each == self.person else "plain",
                "person",
                TILE_LETTERS[i],
                sub=role_name(each.role),
            )
            for i, each in enumerate(self.others)
        )
        return (ChoicesView(say("To"), buttons, 3),)

    def _ways(self) -> ChoicesView:
        ways = (
            (say("Hand over as it is"), say("No count: the drawer goes on with all that is in it")),
            (say("Count first"), say("Count, both see the sum, then it is handed over")),
        )
        buttons = tuple(
            ButtonView(
                label,
                Pick(Of.WAY, i),
                "strong" if i == self.way else "plain",
                "check" if i == self.way else "",
                TILE_LETTERS[_FIRST_WAY + i],
                sub=sub,
            )
            for i, (label, sub) in enumerate(ways)
        )
        return ChoicesView(say("How"), buttons, 1)

    def _rows(self) -> tuple[RowView, ...]:
        status = self.session.status
        if status is None:
            return ()
        parked = RowView(count(status.parked, "parked sale"), say("goes along"), "pause")
        unknown = RowView(
            say("{payments} unknown", payments=count(status.unknown_payments, "payment")), say("goes along"), "unknown"
        )
        return (*([parked] if status.parked else []), *([unknown] if status.unknown_payments else []))

    def typed(self, key: Key) -> Next:
        if key.tile is None:
            return None
        if key.tile < len(self.others):
            return self.act(Pick(Of.PERSON, key.tile))
        way = key.tile - _FIRST_WAY
        return self.act(Pick(Of.WAY, way)) if way in (_AS_IS, _COUNTED) else None

    def act(self, action: Action) -> Next:
        match action:
            case Pick(Of.PERSON, index):
                self.person = self.others[index]
            case Pick(Of.WAY, index):
                self.way = index
            case Do.BACK:
                return Shift()
            case Do.FINISH if self.is_ready:
                return self._hand_over()
            case _:
                pass
        return None

    def _hand_over(self) -> Next:
        if self.way == _COUNTED:
            return CountDrawer(self.now, self.person, is_hand_over=True)
        shifts, to = self.session.till.shifts, None if self.person is None else self.person.id
        act = Act(Right.OPEN_SHIFT, say("to hand the drawer over"), self.now.drawer)
        allowed(self.session, act, lambda: shifts.hand_over(to, None, ""), self._handed)
        return None

    def _handed(self, _now: ShiftNow) -> Next:
        return handed_over(self.session, self.now.drawer, self.person)
