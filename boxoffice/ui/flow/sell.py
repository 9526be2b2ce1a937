"""The sell page: tiles, cart and the choice of how to pay. Nothing here waits for disk or network."""

from typing import ClassVar

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.folding import is_found, searchable
from boxoffice.core.ids import ProductId
from boxoffice.services.gateway import Paperwork
from boxoffice.ui.actions import Action, AddProduct, ChangeLine, ChooseLine, Do, SearchFor, ShowPage, SubmitSearch
from boxoffice.ui.flow.layout import slot_of, tile_pages
from boxoffice.ui.flow.page import BasePage
from boxoffice.ui.flow.sale import Sale, short_words
from boxoffice.ui.flow.sell_view import sell_view
from boxoffice.ui.flow.session import Session
from boxoffice.ui.keys import Key, Named
from boxoffice.ui.views.sell import SellView
from boxoffice.ui.words import sale_words


class SellPage(BasePage):
    section = Do.SELL
    keys: ClassVar = {
        Named.F5: Do.CASH,
        Named.F6: Do.CARD,
        Named.F7: Do.PHONE,
        Named.F8: Do.SPLIT,
        Named.F9: Do.PRINT_LAST,
        Named.F10: Do.PARKED,
        Named.ESC: Do.BACK,
        Named.ENTER: Do.FINISH,
        Named.PAGE_UP: ShowPage(-1),
        Named.PAGE_DOWN: ShowPage(-2),
    }
    help_lines = (
        ("Q W E R", "add that tile; A S D F and Z X C V for the rows below"),
        ("2 S", "add two; any number first, then a letter"),
        ("↑ ↓", "choose a line of the sale"),
        ("5 Enter", "set the chosen line to five"),
        ("− +", "one less, one more"),
        ("Del", "remove the chosen line"),
        ("F5 F6 F7 F8", "cash, card, phone, split"),
        ("P", "another way to pay"),
        ("F9", "print the last receipt"),
        ("F10", "parked sales"),
        ("PgUp PgDn", "other products"),
        ("/", "search"),
        ("Esc", "forget the number or the search"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.prefix = ""
        self.search = ""
        self.page_index = 0
        self._laid_out: Catalogue | None = None

    @property
    def catalogue(self) -> Catalogue:
        return self.sale.catalogue

    @property
    def sale(self) -> Sale:
        return self.session.sale

    def view(self) -> SellView:
        self._lay_out()
        return sell_view(self)

    def _lay_out(self) -> None:
        if self._laid_out is not self.catalogue:
            self._laid_out = self.catalogue
            self.pages = tile_pages(self.catalogue.products)
            self.page_index = min(self.page_index, len(self.pages) - 1)
            self._found_by = {
                each.id: searchable((each.name, each.category, each.detail)) for each in self.catalogue.products
            }

    def typed(self, key: Key) -> None:
        if key.text.isdigit() and key.text.isascii():
            self.prefix = (self.prefix + key.text)[-3:]
        elif key.tile is not None:
            self._add_slot(key)
        elif key.name in (Named.UP, Named.DOWN):
            self.sale.choose(self.sale.chosen + (1 if key.name is Named.DOWN else -1))
        elif key.name is Named.DELETE and not self.sale.is_empty:
            self.change(self.sale.chosen, 0)
        elif key.name is Named.BACKSPACE:
            self.prefix = self.prefix[:-1]
        elif key.text.upper() == "P":
            self._do(Do.GIVEN)
        elif key.text in ("+", "=", "-", "−") and not self.sale.is_empty:
            self.act(ChangeLine(self.sale.chosen, 1 if key.text in "+=" else -1))

    def act(self, action: Action) -> None:
        match action:
            case AddProduct(product_id) if product_id in self.catalogue.products_by_id:
                self.add(self.catalogue.products_by_id[product_id])
            case ChangeLine(index, by):
                self._step(index, by)
            case ChooseLine(index):
                self.sale.choose(index)
            case ShowPage(index):
                self._turn(index)
            case SearchFor(text):
                self.search = text
            case SubmitSearch(text):
                self._submit(text)
            case Do():
                self._do(action)
            case _:
                pass

    def _do(self, action: Do) -> None:
        match action:
            case Do.FINISH:
                self._set_by_prefix()
            case Do.BACK:
                self.prefix = self.search = ""
            case Do.CLEAR:
                self._clear()
            case Do.PRINT_LAST:
                self._print_last()
            case Do.PARKED:
                from boxoffice.ui.flow.parked import ParkedPage

                self.session.go(ParkedPage(self.session))
            case Do.CASH | Do.CARD | Do.PHONE | Do.SPLIT | Do.GIVEN:
                self._pay(action)
            case _:
                pass

    def _add_slot(self, key: Key) -> None:
        if key.tile is None:
            return
        if key.text.isalpha():
            self.session.letters[key.tile] = key.text.upper()
        self._lay_out()
        for section in self.pages[self.page_index].sections:
            for i, product in enumerate(section.products):
                if slot_of(section, i) == key.tile:
                    self.add(product)
                    return
        self.prefix = ""

    def add(self, product: Product, option: str | None = None) -> None:
        """Adds a product, as many as the typed number says; asks first for an amount or an option."""
        count, self.prefix = int(self.prefix or "1") or 10, ""
        if product.kind is ProductKind.DONATION:
            from boxoffice.ui.flow.ask import DonationPage

            self.session.go(DonationPage(self.session, product, self))
            return
        if product.options and option is None:
            from boxoffice.ui.flow.ask import OptionPage

            self.session.go(OptionPage(self.session, product, count, self))
            return
        self.put(product, count, option)

    def put(self, product: Product, count: int, option: str | None = None) -> None:
        status = self.session.status
        off = None if status is None else status.off_sale_of(product.id)
        if off is not None and off.is_sure:
            self.session.say(f"{sale_words(off.state, off.times)}: {product.name}.", state="warn", icon="warning")
            return
        room = self.sale.room_for(product, status)
        added = self.sale.add(product, count, room, option)
        if added < count:
            left = short_words(product, status, self.sale.count_of(product.id))
            self.session.say(f"{left}: {product.name}.", state="warn", icon="warning")
        else:
            self.sale.short.pop(product.id, None)

    def _step(self, index: int, by: int) -> None:
        if not 0 <= index < len(self.sale.lines):
            return
        line = self.sale.lines[index]
        product = self.catalogue.products_by_id[line.product_id]
        if by > 0 and product.kind is not ProductKind.DONATION:
            self.sale.choose(index)
            self.put(product, by, line.option)
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
            self.session.say(f"{name} removed.", undo=lambda: sale.put_back(index, removed), changes_sale=True)

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
        self._lay_out()
        if index < 0:
            index = self.page_index + (1 if index == -2 else -1)
        self.page_index = min(max(index, 0), len(self.pages) - 1)
        self.search = ""

    def _submit(self, text: str) -> None:
        """Enter in the search: one product left is added; none means an order is looked for."""
        matches = self.matches(text)
        if len(matches) == 1:
            self.search = ""
            self.add(matches[0])
        elif not matches and text.strip():
            from boxoffice.ui.flow.orders import OrdersPage

            self.search = ""
            self.session.go(OrdersPage(self.session, text.strip()))

    def matches(self, text: str) -> tuple[Product, ...]:
        """Returns the products whose name, category or detail has all the words, however they are written."""
        self._lay_out()
        return tuple(each for each in self.catalogue.products if is_found(text, self._found_by[each.id]))

    def _clear(self) -> None:
        sale, lines, chosen = self.sale, self.sale.lines, self.sale.chosen
        if not lines:
            return
        sale.lines, sale.chosen, sale.short, self.prefix = (), -1, {}, ""

        def put_back() -> None:
            sale.lines, sale.chosen = lines, chosen

        self.session.say("Sale cleared.", undo=put_back, changes_sale=True)

    def _print_last(self) -> None:
        order = self.session.last_order
        if order is None:
            self.session.say("No sale on this till yet.", state="warn", icon="info")
            return
        from boxoffice.ui.flow.paper import print_paper

        print_paper(self.session, order, Paperwork.RECEIPT)

    def _pay(self, how: Do) -> None:
        from boxoffice.ui.flow.tenders import start_tender

        self.prefix = ""
        if not self.sale.is_empty:
            start_tender(self.session, how)

    def product(self, product_id: ProductId) -> Product:
        return self.catalogue.products_by_id[product_id]
