"""A promo code at a kiosk: scanned, or typed on the screen. Nobody guesses codes there: staff is asked after a few."""

from collections.abc import Sequence
from typing import ClassVar, Final

from boxoffice.core.reading import read_code
from boxoffice.till.ui.actions import Action, Destination, Do, TypeLetters
from boxoffice.till.ui.flow.code_uses import code_problem, promo_of, takes_codes
from boxoffice.till.ui.flow.destinations import Next, Sell
from boxoffice.till.ui.flow.kiosk_page import KioskPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import ADDRESS_KEYS, Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.kiosk import KioskView, NoticePart, Part, TilesPart, TypingPart
from boxoffice.till.ui.views.parts import ButtonView, NoticeView

_LONGEST: Final = 40


class CodePage(KioskPage):
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.BACKSPACE: Do.DELETE_DIGIT}
    doing = later("typing a promo code")

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.text = self.problem = ""

    @property
    def has_something(self) -> bool:
        return not self.session.sale.is_empty

    def view(self) -> KioskView:
        is_on = bool(read_code(self.text)) and takes_codes(self.session)
        keep = ButtonView(say("Use the code"), Do.FINISH, "primary", "check", is_on=is_on)
        return KioskView(
            head=self.head(say("Promo code"), say("Scan it, or type it. One code for an order: the last one counts.")),
            parts=(
                *self._shut(),
                TypingPart(say("Code"), self.text, self.problem, _keys()),
                TilesPart("", (keep,)),
            ),
            total=None,
            controls=self.controls(ButtonView(say("Back"), Do.BACK, icon="back")),
            is_low=self.kiosk.is_low,
        )

    def _shut(self) -> tuple[Part, ...]:
        if takes_codes(self.session):
            return ()
        text = say("Buy without a code, or go to the box office with it.")
        return (NoticePart(NoticeView(say("Too many wrong codes"), text, "warn", "info")),)

    def typed(self, key: Key) -> Next:
        if len(key.text) == 1 and key.text.isprintable() and key.text != " ":
            return self.act(TypeLetters(key.text))
        return super().typed(key)

    def wants(self, readings: Sequence[str]) -> bool:
        text = next((each for each in readings if promo_of(self.session, each)), readings[0])
        self.session.go(self._use(text))
        return True

    def pressed(self, action: Action) -> Next:
        match action:
            case TypeLetters(text) if len(self.text) + len(text) <= _LONGEST:
                self.text, self.problem = self.text + text.upper(), ""
            case Do.DELETE_DIGIT:
                self.text, self.problem = self.text[:-1], ""
            case Do.FINISH if read_code(self.text):
                return self._use(self.text)
            case Do.BACK:
                return Sell()
            case _:
                pass
        return None

    def _use(self, text: str) -> Next:
        if not takes_codes(self.session):
            return None
        self.problem = code_problem(self.session, text)
        return None if self.problem else Sell()


def _keys() -> tuple[tuple[ButtonView, ...], ...]:
    rows = [tuple(ButtonView(each.upper(), TypeLetters(each.upper())) for each in row) for row in ADDRESS_KEYS]
    delete = ButtonView("", Do.DELETE_DIGIT, icon="delete", name=say("Delete last letter"))
    return (*rows[:-1], (*rows[-1], delete))
