"""The shift: what can be done with its drawer, and which cash has moved. What should be in it is not said here."""

from enum import IntEnum
from typing import ClassVar, Final

from boxoffice.till.ui.actions import Action, Destination, Do, GoTo, Of, Pick
from boxoffice.till.ui.flow.destinations import BeforeDoors, Next, Parked
from boxoffice.till.ui.flow.drawers import moved_rows
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import (
    CountDrawer,
    DrawerReason,
    HandOverDrawer,
    MoveCash,
    OpenShift,
    ShiftReport,
)
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.form import FormView, SideView
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.words import clock
from boxoffice.till.usecases.gateway.shifts import ReportView, ShiftNow, ShiftPort


class _Act(IntEnum):
    HAND_OVER = 0
    MOVE = 1
    DRAWER = 2
    X_REPORT = 3
    LAST_Z = 4
    CLOSE = 5


_KEYS: Final = {
    "h": _Act.HAND_OVER,
    "m": _Act.MOVE,
    "o": _Act.DRAWER,
    "x": _Act.X_REPORT,
    "z": _Act.LAST_Z,
    "c": _Act.CLOSE,
}
_TILES: Final = (
    (later("Hand over"), later("to the next person"), "split", "H", _Act.HAND_OVER),
    (later("Move cash"), later("in, out, safe, bank"), "cash", "M", _Act.MOVE),
    (later("Open the drawer"), later("with a reason, kept"), "drawer", "O", _Act.DRAWER),
    (later("X report"), later("so far, nothing is closed"), "receipt", "X", _Act.X_REPORT),
)


class ShiftPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (
        ("H", later("hand the drawer over")),
        ("M", later("move cash: in, out, to the safe, to the bank")),
        ("O", later("open the drawer, with a reason")),
        ("X", later("X report, nothing is closed")),
        ("Z", later("the last Z report again")),
        ("C", later("count and close")),
        ("B", later("all that is looked at before doors open")),
        ("Esc", later("back to selling")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.now: ShiftNow | None = None
        session.call(session.till.shifts.now, self._got, lane=Lane.LOOK, keys_wait=True)

    def _got(self, now: ShiftNow) -> Next:
        if self.session.page is not self:
            return None
        self.now = now
        return None if now.is_open else OpenShift(now)

    def view(self) -> FormView:
        now = self.now
        if now is None or now.opened_at is None:
            return FormView(say("Shift"))
        who = f"{now.held_by}, " if now.held_by else ""
        tiles = [
            ButtonView(say(label), Pick(Of.ACT, act), icon=icon, key=key, sub=say(sub))
            for label, sub, icon, key, act in _TILES
        ]
        return FormView(
            title=say("Shift {number}", number=now.number),
            hint=say("{who}drawer {drawer}, since {time}", who=who, drawer=now.drawer, time=clock(now.opened_at)),
            back=ButtonView(say("Back to selling"), Do.SELL, "quiet", "back", "F2"),
            tiles=tuple(tiles),
            rows=self._rows(now),
            foot=say("What the drawer should hold is hidden until it is counted.") if now.expected is None else "",
            side=SideView(
                title=say("Cash tonight"),
                hint=say("drawer {drawer}", drawer=now.drawer),
                rows=moved_rows(now.moved),
                buttons=(ButtonView(say("Count and close"), Pick(Of.ACT, _Act.CLOSE), "primary", "check", "C"),),
                foot=say("Count first. Then the till shows what it expected."),
            ),
        )

    def _rows(self, now: ShiftNow) -> tuple[RowView, ...]:
        status = self.session.status
        refunds = count(now.refunds, "refund") if now.refunds else say("none given back")
        rows = [RowView(say("Sales"), refunds, "receipt", amount=f"{now.sales:,}")]
        look = ButtonView(say("Look"), GoTo(BeforeDoors()), key="B")
        rows.append(RowView(say("Before doors open"), say("all that must work tonight"), "check", button=look))
        if status is not None and status.parked:
            see = ButtonView(say("See"), Do.PARKED, key="F10")
            rows.append(RowView(say("{parked} parked", parked=status.parked), icon="pause", button=see))
        if status is not None and status.unknown_payments:
            words = say("{payments} unknown", payments=count(status.unknown_payments, "payment"))
            see = ButtonView(say("See"), Do.PROBLEMS, key="F11")
            rows.append(RowView(words, say("carried over if it stays so"), "unknown", button=see))
        return tuple(rows)

    def typed(self, key: Key) -> Next:
        if key.text.lower() == "b":
            return BeforeDoors()
        act = _KEYS.get(key.text.lower())
        return None if act is None else self.act(Pick(Of.ACT, act))

    def act(self, action: Action) -> Next:
        now, session = self.now, self.session
        match action:
            case Do.BACK | Do.SELL:
                return to_sale(session)
            case Do.PARKED:
                return Parked()
            case Pick(Of.ACT, act) if now is not None and now.is_open:
                return self._do(act, now)
            case _:
                return None

    def _do(self, act: int, now: ShiftNow) -> Next:
        shifts = self.session.till.shifts
        match act:
            case _Act.HAND_OVER:
                return HandOverDrawer(now)
            case _Act.MOVE:
                return MoveCash(now)
            case _Act.DRAWER:
                return DrawerReason(now)
            case _Act.X_REPORT:
                self.session.call(shifts.report, ShiftReport, lane=Lane.LOOK, keys_wait=True)
            case _Act.LAST_Z:
                self.session.call(lambda: _last_report(shifts), self._last_z, lane=Lane.LOOK, keys_wait=True)
            case _:
                return CountDrawer(now)
        return None

    def _last_z(self, report: ReportView | None) -> Next:
        if report is None:
            self.session.say(say("No shift of this till is closed yet."), icon="info")
            return None
        return ShiftReport(report)


def _last_report(shifts: ShiftPort) -> ReportView | None:
    closed = shifts.closed()
    return shifts.report(closed[0][0]) if closed else None
