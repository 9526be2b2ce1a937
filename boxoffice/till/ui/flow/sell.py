"""The sell page: tiles, cart and the choice of how to pay. Nothing here waits for disk or network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.adding import add_to_sale
from boxoffice.till.ui.flow.code_uses import promo_of, use, why_not
from boxoffice.till.ui.flow.destinations import (
    Discount,
    DonationAmount,
    GiftCard,
    GiftCardAmount,
    Group,
    Next,
    Orders,
    Parked,
    ParkSale,
    PriceKinds,
    ProductOption,
    PromoCode,
    Refund,
    Sell,
    Swap,
)
from boxoffice.till.ui.flow.layout import Tiles
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.paper import print_paper
from boxoffice.till.ui.flow.pay_buttons import gift_card_button
from boxoffice.till.ui.flow.reducing import dropped, dropped_next
from boxoffice.till.ui.flow.sale import Sale
from boxoffice.till.ui.flow.sell_view import sell_view
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import start_tender
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import SearchFor, SubmitSearch
from boxoffice.till.ui.sale_actions import AddProduct, ChangeLine, ChooseLine, DropReduction, ShowPage
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.sell import SellView
from boxoffice.till.usecases.gateway.orders import Paperwork

_LETTERS: Final = {
    "P": Do.DISCOUNT,
    "O": Do.CODE,
    "K": Do.FULL_PRICE,
    "G": Do.GIFT_CARD,
    "L": Do.PRICE_KIND,
    "H": Do.GROUP,
    "B": Do.PARKED,
    "Y": Do.SEND,
    "U": Do.REFUND,
    "I": Do.SWAP,
    "J": Do.ADD_TO_LAST,
}
"""Right-hand letters act on sales: the one at hand, and the last one."""


class SellPage(BasePage):
    section = Do.SELL
    keys: ClassVar = {
        Named.F5: Do.CASH,
        Named.F6: Do.CARD,
        Named.F7: Do.PHONE,
        Named.F8: Do.SPLIT,
        Named.F9: Do.PRINT_LAST,
        Named.F10: Do.PARK,
        Named.ESC: Do.BACK,
        Named.ENTER: Do.FINISH,
        Named.PAGE_UP: ShowPage(-1),
        Named.PAGE_DOWN: ShowPage(-2),
    }
    help_lines = (
        ("Q W E R", later("add that tile; A S D F and Z X C V for the rows below")),
        ("2 S", later("add two; any number first, then a letter")),
        ("↑ ↓", later("choose a line of the sale")),
        ("5 Enter", later("set the chosen line to five")),
        ("− +", later("one less, one more")),
        ("Del", later("remove the chosen line")),
        ("F5 F6 F7 F8", later("cash, card, phone, split")),
        ("G", later("pay with a gift card, or look at one")),
        ("P", later("a discount or a comp on the chosen line, or on all; 1 P for one of it")),
        ("O", later("a promo code")),
        ("K", later("take the discount out again")),
        ("F9", later("print the last receipt")),
        ("Y U I", later("send, refund or swap the last sale")),
        ("H", later("a group: how many come together")),
        ("L", later("another price for who shows a card; 2 L for two of the line")),
        ("J", later("add to the last sale: what follows belongs to it")),
        ("F10 B", later("park this sale; parked sales")),
        ("PgUp PgDn", later("other products")),
        ("/", later("search")),
        ("Esc", later("forget the number or the search")),
    )

    def __init__(self, session: Session, to: Sell) -> None:
        super().__init__(session, to)
        self.prefix = ""
        self.search = to.search
        self._tiles = Tiles(session.sale.catalogue, to.page_index)

    @property
    def catalogue(self) -> Catalogue:
        return self.sale.catalogue

    @property
    def sale(self) -> Sale:
        return self.session.sale

    @property
    def tiles(self) -> Tiles:
        """The tiles by the newest catalogue."""
        if self._tiles.catalogue is not self.catalogue:
            self._tiles = Tiles(self.catalogue, self._tiles.page_index)
        return self._tiles

    def view(self) -> SellView:
        return sell_view(self.session, self.tiles, search=self.search, prefix=self.prefix)

    def typed(self, key: Key) -> Next:
        if key.text.isdigit() and key.text.isascii():
            self.prefix = (self.prefix + key.text)[-3:]
        elif key.tile is not None:
            return self._add_slot(key.tile, key.text)
        elif key.name in (Named.UP, Named.DOWN):
            self.sale.choose(self.sale.chosen + (1 if key.name is Named.DOWN else -1))
        elif key.name is Named.DELETE and not self.sale.is_empty:
            self.change(self.sale.chosen, 0)
        elif key.name is Named.BACKSPACE:
            self.prefix = self.prefix[:-1]
        elif key.text.upper() in _LETTERS:
            return self.act(_LETTERS[key.text.upper()])
        elif key.text in ("+", "=", "-", "−") and not self.sale.is_empty:
            return self.act(ChangeLine(self.sale.chosen, 1 if key.text in "+=" else -1))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case AddProduct(product_id) if product_id in self.catalogue.products_by_id:
                return self.add(self.catalogue.products_by_id[product_id])
            case ChangeLine(index, by):
                self._step(index, by)
            case DropReduction():
                self._drop(action)
            case ChooseLine(index):
                self.sale.choose(index)
            case ShowPage(index):
                self._turn(index)
            case SearchFor(text):
                self.search = text
            case SubmitSearch(text):
                return self._submit(text)
            case Do():
                return self._do(action)
            case _:
                pass
        return None

    def _do(self, action: Do) -> Next:
        match action:
            case Do.FINISH:
                self._set_by_prefix()
            case Do.BACK:
                self.prefix = self.search = ""
            case Do.CLEAR:
                self._clear()
            case Do.PRINT_LAST:
                self._print_last()
            case Do.ADD_TO_LAST:
                last = self.session.last_order
                self.sale.adds_to = last if self.sale.adds_to is None else None
            case _:
                return self._lead(action)
        return None

    def _lead(self, action: Do) -> Next:
        """Returns where an action goes on that asks something first."""
        lead = _LEADS.get(action)
        return None if lead is None else lead(self, action)

    def _gift_card(self, _: Do) -> Next:
        return None if gift_card_button(self.session) is None else GiftCard()

    def _add_slot(self, slot: int, letter: str) -> Next:
        if letter.isalpha():
            self.session.letters[slot] = letter.upper()
        product = self.tiles.at_slot(slot)
        if product is not None:
            return self.add(product)
        self.prefix = ""
        return None

    def add(self, product: Product) -> Next:
        """Adds a product, as many as the typed number says; asks first for an amount or an option."""
        count, self.prefix = int(self.prefix or "1") or 10, ""
        back = Sell(self.tiles.page_index, self.search)
        if product.kind is ProductKind.DONATION:
            return DonationAmount(product, back)
        if product.kind is ProductKind.GIFT_CARD and product.price is None:
            return GiftCardAmount(product, back)
        if product.options:
            return ProductOption(product, count, back)
        add_to_sale(self.session, product, count)
        return None

    def _step(self, index: int, by: int) -> None:
        if not 0 <= index < len(self.sale.lines):
            return
        line = self.sale.lines[index]
        product = self.catalogue.products_by_id[line.product_id]
        if by > 0 and line.amount is None:
            self.sale.choose(index)
            add_to_sale(self.session, product, by, line.option)
        else:
            self.change(index, line.quantity + by)

    def change(self, index: int, count: int) -> None:
        """Sets a line's count; what was removed can be put back for a while."""
        if not 0 <= index < len(self.sale.lines):
            return
        sale = self.sale
        removed = sale.set_count(index, count)
        if removed is not None:
            name = self.catalogue.products_by_id[removed.product_id].name
            self.session.say(
                say("{name} removed.", name=name), undo=lambda: sale.put_back(index, removed), of_sale=True
            )

    def _set_by_prefix(self) -> None:
        """Enter starts no payment here: it only sets the chosen line's count to the typed number."""
        if not self.prefix or self.sale.is_empty:
            return
        count, self.prefix = int(self.prefix), ""
        line = self.sale.lines[self.sale.chosen]
        if count > line.quantity:
            self._step(self.sale.chosen, count - line.quantity)
        else:
            self.change(self.sale.chosen, count)

    def _turn(self, index: int) -> None:
        if index < 0:
            index = self.tiles.page_index + (1 if index == -2 else -1)
        self.tiles.turn_to(index)
        self.search = ""

    def _submit(self, text: str) -> Next:
        """Enter in the search: one product left is added; none means an order is looked for."""
        matches = self.matches(text)
        if len(matches) == 1:
            self.search = ""
            return self.add(matches[0])
        if not matches and text.strip():
            self.search = ""
            if self.scanned((text,)):
                return None
            return Orders(text.strip())
        return None

    def matches(self, text: str) -> tuple[Product, ...]:
        """Returns the products whose name, category or detail has all the words, however they are written."""
        return self.tiles.matches(text)

    def _of_line(self, what: Do) -> Next:
        """Leads to what is asked of the chosen line: how many come together, or who shows a card."""
        typed, self.prefix = int(self.prefix or "0"), ""
        if self.sale.is_empty:
            return None
        index, back = self.sale.chosen, Sell(self.tiles.page_index, self.search)
        line = self.sale.lines[index]
        product = self.catalogue.products_by_id[line.product_id]
        if what is Do.GROUP:
            return Group(index, back) if product.kind is ProductKind.TICKET else None
        if not self.sale.kinds_of(product):
            self.session.say(say("{name} has one price for all.", name=product.name), state="info", icon="info")
            return None
        return PriceKinds(index, typed or line.quantity, back)

    def _park(self, what: Do) -> Next:
        back = Sell(self.tiles.page_index, self.search)
        return Parked() if what is Do.PARKED or self.sale.is_empty else ParkSale(back)

    def _clear(self) -> None:
        if self.sale.is_empty:
            return
        sale, before, self.prefix = self.sale, self.sale.clear(), ""
        self.session.say(say("Sale cleared."), undo=lambda: sale.put_all_back(before), of_sale=True)

    def _cheaper(self, how: Do) -> Next:
        """Leads to a discount on the chosen line, or so many of it as the typed number says; or takes one out again."""
        count, self.prefix = int(self.prefix or 0), ""
        if self.sale.is_empty:
            return None
        back = Sell(self.tiles.page_index, self.search)
        match how:
            case Do.CODE:
                return PromoCode(back)
            case Do.DISCOUNT:
                chosen = self.sale.lines[self.sale.chosen]
                return Discount(self.sale.chosen, min(count or chosen.quantity, chosen.quantity), back)
            case _:
                drop = dropped_next(self.sale)
        if drop is not None:
            self._drop(drop)
        return None

    def _drop(self, drop: DropReduction) -> None:
        """Takes a discount out of the sale; it can be put back for a while, as it was approved."""
        sale, before = self.sale, replace(self.sale)
        dropped(sale, drop)
        after = replace(sale)

        def undo() -> None:
            if (sale.cart, sale.promo) == (after.cart, after.promo):
                sale.put_all_back(before)

        self.session.say(say("The discount is out of the sale."), undo=undo, of_sale=True)

    def scanned(self, readings: Sequence[str]) -> bool:
        """Takes a promo code; all else is looked up."""
        promo = next((found for each in readings if (found := promo_of(self.session, each)) is not None), None)
        if promo is None or self.sale.is_empty:
            return False
        why = why_not(self.session, promo)
        if why:
            self.session.say(why, state="warn", icon="warning", of_sale=True)
        else:
            use(self.session, promo)
        return True

    def _print_last(self) -> None:
        order = self.session.last_order
        if order is None:
            self.session.say(say("No sale on this till yet."), state="warn", icon="info")
        else:
            print_paper(self.session, order, Paperwork.RECEIPT)

    def _after(self, what: Do) -> Next:
        """Leads to what is done with the last sale."""
        order, back = self.session.last_order, Sell(self.tiles.page_index, self.search)
        if order is None:
            return None
        match what:
            case Do.REFUND:
                return Refund(order.id, back, is_undo=True)
            case Do.SWAP:
                return Swap(order.id, back)
            case _:
                return Orders(order.number)

    def _pay(self, how: Do) -> Next:
        self.prefix = ""
        return None if self.sale.is_empty else start_tender(self.session, how)


_LEADS: Final[Mapping[Do, Callable[[SellPage, Do], Next]]] = {
    Do.GROUP: SellPage._of_line,
    Do.PRICE_KIND: SellPage._of_line,
    Do.PARK: SellPage._park,
    Do.PARKED: SellPage._park,
    Do.REFUND: SellPage._after,
    Do.SWAP: SellPage._after,
    Do.SEND: SellPage._after,
    Do.DISCOUNT: SellPage._cheaper,
    Do.CODE: SellPage._cheaper,
    Do.FULL_PRICE: SellPage._cheaper,
    Do.CASH: SellPage._pay,
    Do.CARD: SellPage._pay,
    Do.PHONE: SellPage._pay,
    Do.SPLIT: SellPage._pay,
    Do.GIFT_CARD: SellPage._gift_card,
}
"""What asks something on a page of its own."""
