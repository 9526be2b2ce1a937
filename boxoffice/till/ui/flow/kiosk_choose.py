"""What there is to buy, one row each, and how many of each: the prices are what is paid, with all that is due."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from boxoffice.core.catalogue import FREE_AMOUNTS, Product
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.adding import add_to_sale
from boxoffice.till.ui.flow.code_uses import code_problem, promo_of, takes_codes
from boxoffice.till.ui.flow.destinations import Next, PromoCode, Sell
from boxoffice.till.ui.flow.kiosk_page import KioskPage, days_words, texts
from boxoffice.till.ui.flow.kiosk_places import KioskStart, StillThere
from boxoffice.till.ui.flow.kiosk_ways import can_take_card, can_take_phone
from boxoffice.till.ui.flow.sale import left_of, stock_of
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import start_tender
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.sale_actions import DropReduction, Serve, ShowPage
from boxoffice.till.ui.speech import LANGUAGES, count, later, number, say, speaks
from boxoffice.till.ui.till_actions import Speak
from boxoffice.till.ui.views.kiosk import (
    ChoicesPart,
    KioskView,
    NoticePart,
    Part,
    ProductsPart,
    ProductView,
    TilesPart,
    TotalView,
)
from boxoffice.till.ui.views.parts import ButtonView, NoticeView
from boxoffice.till.ui.words import day, money, sale_words

_FEW = 15


def sold_here(session: Session) -> tuple[Product, ...]:
    """Returns what a kiosk sells: all that has a price and is for kiosks, and no gift card, which staff hand over."""
    products = () if session.catalogue is None else session.catalogue.products
    priced = (each for each in products if each.kind not in FREE_AMOUNTS and each.tariff is not None)
    return tuple(each for each in priced if each.shelf.is_offered(Channel.KIOSK))


class ChoosePage(KioskPage):
    """A tab for each kind of thing; what is sold out stays in its place."""

    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    doing = later("choosing tickets")

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.tab, self.problem = 0, ""

    @property
    def has_something(self) -> bool:
        return not self.session.sale.is_empty

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.category for each in sold_here(self.session)))

    def view(self) -> KioskView:
        session, sale = self.session, self.session.sale
        today = day(session.till.now().date())
        venue = "" if session.catalogue is None else session.catalogue.venue
        units = sale.item_count
        return KioskView(
            head=self.head(say("Choose your tickets"), say("Today is {day} · {venue}", day=today, venue=venue)),
            parts=(*self._tabs(), ProductsPart(tuple(self._rows())), *self._code()),
            total=TotalView(
                count(units, "item in all", "items in all") if units else say("Nothing chosen yet"),
                money(sale.total),
                self._tax_note(),
                ButtonView(self._why_not() or say("Pay"), Do.FINISH, "primary", "card", is_on=self._can_pay),
            ),
            controls=self.controls(ButtonView(say("Back"), Do.BACK, icon="back"), self._other_language()),
            foot=self.foot(),
            is_low=self.kiosk.is_low,
        )

    def _tabs(self) -> tuple[Part, ...]:
        names = [texts(self.session).category_of(each) for each in self.categories]
        if len(names) < 2:
            return ()
        buttons = [
            ButtonView(name, ShowPage(i), "strong" if i == self.tab else "plain") for i, name in enumerate(names)
        ]
        return (ChoicesPart("", tuple(buttons)),)

    def _code(self) -> tuple[Part, ...]:
        """Returns what there is to do with a code, where the event has any."""
        sale = self.session.sale
        if not sale.catalogue.promos:
            return ()
        problem = (NoticePart(NoticeView(self.problem, "", "warn", "info")),) if self.problem else ()
        if sale.promo is None:
            what = ButtonView(say("Promo code"), Do.CODE, icon="tag", sub=say("Scan it here, or type it"))
        else:
            off = None if sale.is_empty else sale.priced().discount
            less = say("takes nothing off this sale") if off is None or not off.minor else money(-off)
            name = say("Code {code}", code=sale.promo.code)
            what = ButtonView(name, DropReduction(is_code=True), "strong", "tag", sub=f"{less} · {say('Take it out')}")
        return (*problem, TilesPart("", (what,)))

    def wants(self, readings: Sequence[str]) -> bool:
        """Takes a code that is scanned here; any other scan is nothing that is bought."""
        session = self.session
        if not session.sale.catalogue.promos or not takes_codes(session):
            return False
        text = next((each for each in readings if promo_of(session, each)), readings[0])
        self.problem = code_problem(session, text)
        session.changed()
        return True

    def _other_language(self) -> ButtonView:
        other = next(code for code in LANGUAGES if code != speaks().code)
        return ButtonView(LANGUAGES[other], Speak(other))

    def _tax_note(self) -> str:
        sale = self.session.sale
        tax = None if sale.is_empty else sale.priced().tax_added
        if tax is None or not tax.minor:
            return say("All taxes and fees are in it.")
        return say("{tax} tax is in it.", tax=money(tax))

    # What is pressed

    @property
    def _can_pay(self) -> bool:
        return not self.session.sale.is_empty and not self._why_not()

    def _why_not(self) -> str:
        status, sale = self.session.status, self.session.sale
        if not can_take_card(status) and not can_take_phone(status):
            return say("No card and no phone just now")
        if not sale.is_empty and not sale.total.minor:
            return say("Free tickets: box office")
        return ""

    def pressed(self, action: Action) -> Next:
        session, self.problem = self.session, ""
        match action:
            case Serve():
                self._serve(action)
            case ShowPage(index):
                self.tab = min(max(index, 0), len(self.categories) - 1)
            case Speak(language):
                session.speak(language)
            case Do.CODE:
                return PromoCode(Sell())
            case DropReduction(is_code=True):
                session.sale.promo = None
            case Do.FINISH if self._can_pay:
                return start_tender(session, Do.CARD if can_take_card(session.status) else Do.PHONE)
            case Do.BACK:
                if session.sale.is_empty:
                    return KioskStart()
                session.put_over(StillThere(is_asked=True))
            case _:
                pass
        return None

    def _serve(self, action: Serve) -> None:
        sale = self.session.sale
        product = next((each for each in sold_here(self.session) if each.id == action.product_id), None)
        if product is None:
            return
        if action.by > 0:
            add_to_sale(self.session, product, action.by, action.option)
            return
        at = self._line(product, action.option)
        if at is not None:
            sale.set_count(at, sale.lines[at].quantity - 1)

    def _line(self, product: Product, option: str | None) -> int | None:
        lines = enumerate(self.session.sale.lines)
        return next((i for i, line in lines if (line.product_id, line.option) == (product.id, option)), None)

    # Rows

    def _rows(self) -> Iterator[ProductView]:
        categories = self.categories
        if not categories:
            return
        for product in sold_here(self.session):
            if product.category == categories[min(self.tab, len(categories) - 1)]:
                for option in product.options or (None,):
                    yield self._row(product, option)

    def _row(self, product: Product, option: str | None) -> ProductView:
        session, named = self.session, texts(self.session)
        name = named.name_of(product.id, product.name)
        what = named.detail_of(product.id, product.detail) or named.made_of(product) or days_words(product.days)
        at = self._line(product, option)
        units = 0 if at is None else session.sale.lines[at].quantity
        room = session.sale.room_for(product, session.status, option)
        return ProductView(
            name=name if option is None else f"{name}, {named.option_of(product.id, option)}",
            detail=" · ".join(each for each in (what, self._left(product, option)) if each),
            price=money(self._price(product, option)),
            count=units,
            more=Serve(product.id, option, 1),
            less=Serve(product.id, option, -1),
            off="" if units else self._off(product, option),
            can_more=room is None or room > 0,
        )

    def _price(self, product: Product, option: str | None) -> Money:
        """Returns what one comes to, with all that is put on top of it."""
        return self.session.sale.priced_as(Cart((CartLine(product.id, 1, None, option),))).total

    def _left(self, product: Product, option: str | None) -> str:
        left = left_of(product, self.session.status, option)
        if left is None or left <= 0:
            return ""
        return say("only {left} left", left=number(left)) if left <= _FEW else say("{left} left", left=number(left))

    def _off(self, product: Product, option: str | None) -> str:
        status = self.session.status
        off = None if status is None else status.off_sale_of(product.id)
        if off is not None:
            return sale_words(off.state, off.times)
        left, stock = left_of(product, status, option), stock_of(product, status, option)
        if left is None or left > 0 or stock is None:
            return ""
        if stock.elsewhere > 0:
            return say("At the box office")
        return say("Being paid for") if stock.held else say("Sold out")
