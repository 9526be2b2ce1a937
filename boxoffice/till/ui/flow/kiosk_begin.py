"""Lets a till become a kiosk. Where nobody here has a PIN, a code is chosen first: without one nobody could end it."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.actions import Action, Destination, Do, TypeDigits
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.leaving import begun
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.views.kiosk import HeadView, KioskView, NoticePart, Part, PinPart, TilesPart
from boxoffice.till.ui.views.parts import ButtonView, NoticeView
from boxoffice.till.ui.views.staff import PinView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.kiosk import LONGEST_CODE, SHORTEST_CODE


class BeginPage(BasePage):
    """Asks for nothing where staff is kept, or where a code was chosen before."""

    is_bare = comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.BACKSPACE: Do.DELETE_DIGIT}

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.needs_code, self._digits, self.problem = False, "", ""
        till = session.till
        session.call(till.kiosk.needs_code, self._asked, failed=self._failed, lane=Lane.CONTROL, keys_wait=True)

    def _asked(self, needs_code: bool) -> Next:
        self.needs_code = needs_code
        if not needs_code:
            self._begin("")
        return None

    def _begin(self, code: str) -> None:
        session = self.session
        session.call(
            lambda: session.till.kiosk.begin(code),
            lambda _: begun(session),
            failed=self._failed,
            lane=Lane.CONTROL,
            keys_wait=True,
        )

    def _failed(self, error: BoxofficeError) -> Next:
        self.problem = " ".join(explain(error))
        return None

    def view(self) -> KioskView:
        name = "" if self.session.catalogue is None else self.session.catalogue.name
        text = say("Customers serve themselves, by card and phone. Nothing else of this till can be reached.")
        parts: tuple[Part, ...] = ()
        if self.problem:
            parts = (NoticePart(NoticeView(say("Not begun"), self.problem, "warn", "warning")),)
        if self.needs_code:
            parts = (*parts, PinPart(PinView(len(self._digits), max(SHORTEST_CODE, len(self._digits)), "")))
            text = say("Nobody here has a PIN. Choose a code of 4 to 6 digits: it is the only way out of the kiosk.")
        begin = ButtonView(say("Begin the kiosk"), Do.FINISH, "primary", is_on=self._can_begin)
        return KioskView(
            head=HeadView(name, say("Kiosk"), (text,)),
            parts=(*parts, TilesPart("", (begin,))),
            total=None,
            controls=(ButtonView(say("Back to the till"), Do.BACK, icon="back"),),
        )

    @property
    def _can_begin(self) -> bool:
        return not self.session.is_busy and (not self.needs_code or len(self._digits) >= SHORTEST_CODE)

    def typed(self, key: Key) -> Next:
        if len(key.text) == 1 and key.text.isascii() and key.text.isdecimal():
            return self.act(TypeDigits(key.text))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TypeDigits(text) if len(self._digits) < LONGEST_CODE:
                self._digits, self.problem = self._digits + text, ""
            case Do.DELETE_DIGIT:
                self._digits = self._digits[:-1]
            case Do.CLEAR_DIGITS:
                self._digits = ""
            case Do.FINISH if self._can_begin:
                self._begin(self._digits if self.needs_code else "")
            case Do.BACK:
                self.session.begins_as_kiosk = False
                return to_sale(self.session)
            case _:
                pass
        return None
