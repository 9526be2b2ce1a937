"""Handing the drawer to the next person, as it is or counted first: the shift goes on."""

from typing import ClassVar, Final

from boxoffice.core.staff import Person
from boxoffice.till.ui.actions import Action, Do, Of, Pick
from boxoffice.till.ui.flow.destinations import CountDrawer, HandOverDrawer, Next, Shift
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.views.desk import ChoicesView, DeskView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.words import clock, count
from boxoffice.till.usecases.gateway.shifts import ShiftNow

_AS_IS, _COUNTED = range(2)
_FIRST_WAY: Final = TILE_LETTERS.index("A")
_MOST_PEOPLE: Final = 4


class HandOverDrawerPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (
        ("Q W E R", "who takes the drawer"),
        ("A S", "as it is, or count first"),
        ("Enter", "hand it over"),
        ("Esc", "keep it"),
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

    def view(self) -> DeskView:
        now = self.now
        name = self.person.name if self.person is not None else "the next person"
        since = f"since {clock(now.opened_at)}" if now.opened_at is not None else ""
        label = "Count first" if self.way == _COUNTED else f"Hand over to {name}"
        return DeskView(
            title=f"Hand over drawer {now.drawer}",
            hint=f"Shift {now.number} goes on",
            back=ButtonView("Keep it", Do.BACK, "quiet", "back", "Esc"),
            choices=(*self._people(), self._ways()),
            rows=self._rows(),
            foot=f"Each sale keeps the name of the one who made it. Z {now.number} shows both parts.",
            side=SideView(
                title="From",
                hint=now.held_by,
                lines=(LineView(since, count(now.sales, "sale")),),
                total_label="To",
                total="",
                buttons=(
                    ButtonView(
                        label if self.is_ready else "Choose who takes it",
                        Do.FINISH,
                        "primary",
                        "split",
                        "Enter",
                        is_on=self.is_ready,
                    ),
                ),
                foot="Parked sales and unknown payments go along.",
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
                sub=each.role.value,
            )
            for i, each in enumerate(self.others)
        )
        return (ChoicesView("To", buttons, 4),)

    def _ways(self) -> ChoicesView:
        ways = (
            ("Hand over as it is", "No count: the drawer goes on with all that is in it"),
            ("Count first", "Count, both see the sum, then it is handed over"),
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
        return ChoicesView("How", buttons, 1)

    def _rows(self) -> tuple[RowView, ...]:
        status = self.session.status
        if status is None:
            return ()
        parked = RowView(count(status.parked, "parked sale"), "goes along", "pause")
        unknown = RowView(f"{count(status.unknown_payments, 'payment')} unknown", "goes along", "unknown")
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
        self.session.call(lambda: shifts.hand_over(to, None, ""), self._handed, keys_wait=True)
        return None

    def _handed(self, _now: ShiftNow) -> Next:
        return handed_over(self.session, self.now.drawer, self.person)


def handed_over(session: Session, drawer: str, to: Person | None) -> Next:
    """Goes on to sell; where staff is kept, whoever has the drawer now signs in first."""
    session.say(f"Drawer {drawer} is handed over.", icon="split")
    if to is not None:
        session.call(session.till.lock, lambda _: None)
    return to_sale(session)
