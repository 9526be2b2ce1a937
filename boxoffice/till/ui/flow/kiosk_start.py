"""The first page of a kiosk: the language, and what somebody wants; and the page of one that can't sell."""

from typing import Final

from boxoffice.documents.languages import language
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.destinations import Next, Sell
from boxoffice.till.ui.flow.kiosk_page import KioskPage
from boxoffice.till.ui.flow.kiosk_ways import can_take_card, can_take_phone
from boxoffice.till.ui.flow.leaving import next_customer
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import DOMAIN, LANGUAGES, later, say, speaks
from boxoffice.till.ui.till_actions import Speak
from boxoffice.till.ui.views.kiosk import ChoicesPart, HeadView, KioskView, NoticePart, TilesPart
from boxoffice.till.ui.views.parts import ButtonView, NoticeView
from boxoffice.till.ui.words import days
from boxoffice.till.usecases.gateway.standing import TillStatus

_LABEL: Final = " · "


class WelcomePage(KioskPage):
    """Says each language in its own words, before anything else."""

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        if session.kiosk is not None and not session.kiosk.is_untouched:
            _end_call(session)
        next_customer(session)

    @property
    def has_something(self) -> bool:
        return False

    @property
    def can_time_out(self) -> bool:
        """There is something to end only if somebody has changed how the page looks, or what it says."""
        return not self.kiosk.is_untouched or speaks().code != self.session.language_at_rest

    def view(self) -> KioskView:
        catalogue, status = self.session.catalogue, self.session.status
        when = days(catalogue.days[0], catalogue.days[-1]) if catalogue is not None and catalogue.days else ""
        where = "" if catalogue is None else catalogue.venue
        can_buy = can_take_card(status) or can_take_phone(status)
        buy = ButtonView(
            say("Buy tickets"),
            Do.SELL,
            "primary",
            "cart",
            sub=say("Passes, classes and dances") if can_buy else say("Not just now. Go to the box office."),
            is_on=can_buy,
        )
        ask = ButtonView(say("Call somebody"), Do.CALL_HELP, "plain", "help", sub=say("Somebody comes to you here"))
        return KioskView(
            head=HeadView("", self.head_event, (_LABEL.join(each for each in (when, where) if each),), is_start=True),
            parts=(
                ChoicesPart(_in_all_languages(_LANGUAGE), tuple(map(_language, LANGUAGES))),
                TilesPart(say("What do you need?"), (buy, ask)),
                *_notices(status),
            ),
            total=None,
            controls=self.controls(),
            foot=self.foot(),
            is_low=self.kiosk.is_low,
        )

    def key(self, key: Key) -> Next:
        return self.act(Do.SELL) if key.name is Named.ENTER else super().key(key)

    def pressed(self, action: Action) -> Next:
        match action:
            case Speak(code):
                self.session.speak(code)
            case Do.SELL if can_take_card(self.session.status) or can_take_phone(self.session.status):
                return Sell()
            case _:
                pass
        return None


_LANGUAGE: Final = later("Language")


def _in_all_languages(text: str) -> str:
    return _LABEL.join(language(each, DOMAIN).say(text) for each in LANGUAGES)


def _language(code: str) -> ButtonView:
    is_chosen = code == speaks().code
    return ButtonView(LANGUAGES[code], Speak(code), "strong" if is_chosen else "plain", "check" if is_chosen else "")


def _notices(status: TillStatus | None) -> tuple[NoticePart, ...]:
    if can_take_card(status) == can_take_phone(status):
        return ()
    if can_take_card(status):
        notice = NoticeView(say("Card only, just now"), say("Paying by phone comes back by itself."), "info", "info")
    else:
        notice = NoticeView(say("Phone only, just now"), say("The card reader can’t be reached."), "info", "info")
    return (NoticePart(notice),)


def _end_call(session: Session) -> None:
    session.call(session.till.kiosk.end_help, lambda _: None, lane=Lane.LOOK)


class ClosedPage(KioskPage):
    """The till under this kiosk may not sell: customers are sent on, and staff sees why once they have left it."""

    comes_to_its_end = True
    doing = later("closed: the till below needs somebody")

    @property
    def can_time_out(self) -> bool:
        return False

    def view(self) -> KioskView:
        return KioskView(
            head=self.head(say("Closed")) if self.session.catalogue is not None else HeadView("", say("Closed")),
            parts=(
                NoticePart(
                    NoticeView(
                        say("This machine does not sell now."),
                        say("Nothing was charged here. Go to the box office."),
                        "warn",
                        "info",
                    )
                ),
            ),
            total=None,
            controls=self.controls(),
            foot=("", ""),
            is_low=self.kiosk.is_low,
        )

    def pressed(self, action: Action) -> Next:
        return None
