"""What the customer's screen shows, in the customer's language, made of the sale that is under way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.money import Money
from boxoffice.core.pricing import PricedLine
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language, language
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import DOMAIN, LANGUAGES, later, plural
from boxoffice.till.ui.views.customer import CustomerLine, CustomerScreen, CustomerSide, CustomerView
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.orders import OrderLine

_MOST: Final = 5
"""So many lines are read at a glance; of more, the newest are shown."""
_TYPED: Final = 12
"""A code that is longer is scanned, and typed by nobody: it holds the whole offer."""
_TICKETS: Final = plural("ticket", "tickets")
_TOTAL: Final = later("Total")
_WELCOME: Final = later("Welcome")
_TO_PAY: Final = later("To pay")
_STILL: Final = later("Still to pay")
_TAP: Final = later("Tap, insert or swipe on the reader")
_SCAN: Final = later("Scan to pay {amount}")
_ONE_MOMENT: Final = later("One moment, please")
_WALLETS: Final = later("Card, Apple Pay or Google Pay")
_OPEN: Final = later("Or open {place} and type {code}")
_THANKS: Final = later("Paid. Thank you")
_CHANGE: Final = later("Your change")
_PAID: Final = later("You paid")
_GAVE: Final = later("You gave {given}. The total was {total}.")
_AT_THE_DOOR: Final = later("Show their codes at the door.")
_ENJOY: Final = later("Enjoy it.")
_ASK: Final = later("Ask for your tickets by e-mail, if you like.")
_IN_ALL: Final = later("all taxes and fees are in it")
_BEFORE: Final = later("and {lines} more before these")
_YOURS: Final = later("Your price is here as it grows.")


@dataclass(frozen=True, slots=True)
class _Words:
    """The customer's language, for one event."""

    speaks: Language
    texts: Texts

    def say(self, text: str, **parts: object) -> str:
        said = self.speaks.say(text)
        return said.format(**parts) if parts else said

    def priced(self, line: PricedLine) -> CustomerLine:
        product = line.product
        name = self.texts.name_of(product.id, product.name)
        days = ", ".join(map(self.speaks.short_day, product.days))
        option = None if line.option is None else self.texts.option_of(product.id, line.option)
        detail = option or self.texts.detail_of(product.id, product.detail) or days
        return CustomerLine(_counted(line.quantity, name), detail, money(line.total))

    def ordered(self, line: OrderLine) -> CustomerLine:
        same = next((each for each in self.texts.catalogue.products if each.name == line.name), None)
        name = line.name if same is None else self.texts.name_of(same.id, line.name)
        return CustomerLine(_counted(line.count, name), line.detail, money(line.total))


def customer_view(session: Session) -> CustomerView | None:
    """Returns what the customer sees now; None before there is an event."""
    catalogue = session.catalogue
    if catalogue is None:
        return None
    code = session.customer_language
    words = _Words(language(code, DOMAIN), Texts(catalogue, code))
    moment: Moment = session.page.moment
    others = tuple((each, name) for each, name in LANGUAGES.items() if each != words.speaks.code)
    if moment.kind is MomentKind.PAID:
        return _paid(words, moment, others)
    lines = tuple(_lines(session, words))
    if not lines:
        return _idle(words, catalogue, others)
    bill = session.bill
    due = session.sale.total if bill is None else bill.due
    amount = due if moment.amount is None else moment.amount
    is_rest = bill is not None and bill.paid.minor != 0
    shown = lines[-_MOST:]
    return CustomerView(
        screen=CustomerScreen.CART,
        event_name=words.texts.event_name,
        lines=shown,
        more=words.say(_BEFORE, lines=len(lines) - len(shown)) if len(lines) > len(shown) else "",
        total_label=words.say(_TOTAL),
        total=money(due if bill is None else bill.total),
        text=words.say(_IN_ALL),
        side=_side(words, moment, amount, is_rest=is_rest),
        languages=others,
    )


def _lines(session: Session, words: _Words) -> Iterator[CustomerLine]:
    bill = session.bill
    if bill is not None and bill.quote is not None:
        yield from map(words.priced, bill.quote.lines)
    elif bill is not None and bill.order is not None:
        yield from map(words.ordered, bill.order.lines)
    elif not session.is_idle:
        yield from map(words.priced, session.sale.priced().lines)


def _side(words: _Words, moment: Moment, amount: Money, *, is_rest: bool) -> CustomerSide:
    label = words.say(_STILL if is_rest else _TO_PAY)
    match moment.kind:
        case MomentKind.CARD:
            return CustomerSide(label, money(amount), "card", text=words.say(_TAP))
        case MomentKind.PHONE if moment.link:
            place, _, code = moment.link.partition("//")[2].rpartition("/")
            typed = words.say(_OPEN, place=place, code=code) if len(code) <= _TYPED else ""
            text = "\n".join(part for part in (words.say(_WALLETS), typed) if part)
            return CustomerSide(words.say(_SCAN, amount=money(amount)), link=moment.link, text=text)
        case MomentKind.PHONE:
            return CustomerSide(label, money(amount), "phone", text=words.say(_ONE_MOMENT))
        case MomentKind.CASH:
            return CustomerSide(label, money(amount), "cash")
        case _:
            return CustomerSide(label, money(amount), "cart", text=words.say(_ASK))


def _paid(words: _Words, moment: Moment, others: Sequence[tuple[str, str]]) -> CustomerView:
    has_change = moment.change is not None and moment.change.minor > 0
    paid = money(moment.amount) if moment.amount is not None else ""
    tickets = moment.tickets
    counted = f"{tickets} {words.speaks.texts.ngettext(*_TICKETS, tickets)}" if tickets else words.say(_ENJOY)
    gave = words.say(_GAVE, given=money(moment.given), total=paid) if moment.given is not None and has_change else ""
    return CustomerView(
        screen=CustomerScreen.PAID,
        event_name=words.texts.event_name,
        title=words.say(_THANKS),
        big_label=words.say(_CHANGE if has_change else _PAID),
        big=money(moment.change) if has_change and moment.change is not None else paid,
        text=gave,
        side=CustomerSide(
            counted,
            icon="ticket" if tickets else "heart",
            text=f"{words.say(_AT_THE_DOOR)} {words.say(_ENJOY)}" if tickets else "",
        ),
        languages=tuple(others),
    )


def _idle(words: _Words, catalogue: Catalogue, others: Sequence[tuple[str, str]]) -> CustomerView:
    when = words.speaks.days(catalogue.days) if catalogue.days else ""
    where = ", ".join(part for part in (catalogue.venue, catalogue.city) if part)
    return CustomerView(
        screen=CustomerScreen.IDLE,
        event_name=words.texts.event_name,
        big=words.texts.event_name,
        text="\n".join(part for part in (when, where) if part),
        side=CustomerSide(words.say(_WELCOME), icon="ticket", text=words.say(_YOURS)),
        languages=tuple(others),
    )


def _counted(units: int, name: str) -> str:
    return f"{units} × {name}"
