"""The buttons that pay, each saying why it is off, wherever a sale can be paid."""

from collections.abc import Mapping
from typing import Final

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.money import Money
from boxoffice.core.tenders import TENDERS, Need, TenderKind, is_given
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import say, told
from boxoffice.till.ui.views.parts import ButtonKind, ButtonView
from boxoffice.till.ui.words import TENDER_ICONS
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.standing import TillStatus

WAYS: Final[Mapping[Do, TenderKind]] = {
    Do.CASH: TenderKind.CASH,
    Do.CARD: TenderKind.TERMINAL,
    Do.PHONE: TenderKind.CHECKOUT,
}
"""The tenders that have a button of their own."""


GIVEN: Final = tuple(kind for kind, row in TENDERS.items() if is_given(row))
"""Those that a word is enough for: they share one button."""


def pay_buttons(
    session: Session, *, is_on: bool, primary: bool = True, is_free: bool = False
) -> tuple[ButtonView, ...]:
    """Returns card, cash and phone; offline cash comes first and card says why it waits.

    Where all of it `is_free`, there is only to finish.
    """
    status = session.status
    why_not = why_no_card(status)
    first: ButtonKind = "primary" if primary else "strong"
    if is_free:
        return (
            ButtonView(say("Finish, nothing to pay"), Do.CASH, first, "check", "F5"),
            ButtonView(say("Card"), Do.CARD, "strong", "card", is_on=False),
            ButtonView(say("Phone"), Do.PHONE, "strong", "phone", is_on=False),
        )
    if why_not:
        return (
            ButtonView(say("Cash"), Do.CASH, first, "cash", "F5", is_on=is_on),
            ButtonView(
                why_not, Do.CARD, "strong", "offline", is_on=False, name=say("Card. {why_not}", why_not=why_not)
            ),
            _phone(status, is_on=is_on),
        )
    return (
        ButtonView(say("Card"), Do.CARD, first, "card", "F6", is_on=is_on),
        ButtonView(say("Cash"), Do.CASH, "strong", "cash", "F5", is_on=is_on),
        _phone(status, is_on=is_on),
    )


def other_ways(*, is_on: bool = True) -> ButtonView | None:
    """Returns the way to tenders that a word is enough for; by its name if there is only one."""
    if not GIVEN:
        return None
    if len(GIVEN) > 1:
        return ButtonView(say("Other ways"), Do.GIVEN, "quiet", "tag", "P", is_on=is_on)
    words = TENDERS[GIVEN[0]].words
    return ButtonView(
        say(words.short or words.name),
        Do.GIVEN,
        "quiet",
        TENDER_ICONS[GIVEN[0]],
        "P",
        is_on=is_on,
        name=say(words.name),
    )


def gift_card_button(session: Session, *, is_on: bool = True) -> ButtonView | None:
    """Returns the way to pay with a gift card, or to look at one, where they are sold."""
    catalogue = session.catalogue
    if catalogue is None or not any(each.kind is ProductKind.GIFT_CARD for each in catalogue.products):
        return None
    return ButtonView(say("Gift"), Do.GIFT_CARD, "quiet", "gift", "G", is_on=is_on, name=say("Gift card"))


def why_not_now(kind: TenderKind, status: TillStatus | None) -> str:
    """Returns why a tender can't be taken now for want of what it needs, if so."""
    needs = TENDERS[kind].needs
    if Need.READER in needs:
        return why_no_card(status)
    return why_no_phone(status) if Need.HUB in needs else ""


def why_no_card(status: TillStatus | None) -> str:
    """Returns why no card can be taken now, if so. A hub that is down does not matter to the reader."""
    if status is None:
        return ""
    if status.reader is ReaderState.NEEDS_INTERNET:
        return say("Card is back when online")
    return ""


def why_not_so_much(amount: Money) -> str:
    """Returns why no card and no phone pays such an amount, if so."""
    bar = TENDERS[TenderKind.TERMINAL].bar_to(amount)
    return told(str(bar)) if bar is not None else ""


def why_no_phone(status: TillStatus | None) -> str:
    """Returns why nobody can pay by phone now, if so. Most tills need no network for it: their customers' have one."""
    can = status is None or status.is_online or status.can_offer
    return "" if can else say("Phone is back when online")


def _phone(status: TillStatus | None, *, is_on: bool) -> ButtonView:
    why_not = why_no_phone(status)
    if why_not:
        return ButtonView(
            why_not, Do.PHONE, "strong", "offline", is_on=False, name=say("Phone. {why_not}", why_not=why_not)
        )
    return ButtonView(say("Phone"), Do.PHONE, "strong", "phone", "F7", is_on=is_on)
