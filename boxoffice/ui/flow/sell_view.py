"""Writes the sell page: tiles with what is left, cart lines, and pay buttons that say why they are off."""

from typing import TYPE_CHECKING

from boxoffice.core.catalogue import Product, ProductKind
from boxoffice.core.money import Money
from boxoffice.core.pricing import CartLine
from boxoffice.services.gateway import ReaderState, TillStatus
from boxoffice.ui.actions import Do
from boxoffice.ui.flow.layout import slot_of
from boxoffice.ui.flow.sale import Sale, capacity_of, left_of
from boxoffice.ui.flow.session import Session
from boxoffice.ui.keys import TILE_LETTERS
from boxoffice.ui.tokens import CATEGORY_COLOURS
from boxoffice.ui.views.parts import ButtonKind, ButtonView
from boxoffice.ui.views.sell import CartLineView, SectionView, SellView, TileView
from boxoffice.ui.words import clock, count, money, short_money, weekdays

if TYPE_CHECKING:
    from boxoffice.ui.flow.sell import SellPage

_LOW_SHARE = 0.20
_LOW_COUNT = 15


def sell_view(page: "SellPage") -> SellView:
    """Returns all that the sell screen draws."""
    sale, session = page.sale, page.session
    order = session.last_order
    return SellView(
        sections=_found(page) if page.search.strip() else _sections(page),
        pages=tuple(each.title for each in page.pages) if len(page.pages) > 1 else (),
        page=page.page_index,
        search=page.search,
        lines=tuple(_line(sale, i, line) for i, line in enumerate(sale.lines)),
        prefix=f"{page.prefix} ×" if page.prefix else "",
        total=money(sale.total),
        items=count(sale.item_count, "item") if sale.lines else "",
        footnote=_footnote(sale),
        footnote_icon="person",
        last=f"Last sale {order.number} · {clock(order.placed_at)} · {money(order.total)}" if order else "",
        reprint=ButtonView("Reprint", Do.PRINT_LAST, "quiet", "printer", "F9") if order else None,
        pay=pay_buttons(session, is_on=not sale.is_empty),
        clear=None if sale.is_empty else ButtonView("Clear", Do.CLEAR, "quiet", name="Clear the sale"),
        parked=_parked(session),
        split=None if sale.is_empty else ButtonView("Split", Do.SPLIT, "quiet", "split", "F8"),
    )


def _parked(session: Session) -> ButtonView | None:
    waiting = session.status.parked if session.status is not None else 0
    if not waiting:
        return None
    return ButtonView(f"Parked {waiting}", Do.PARKED, "quiet", "pause", "F10", name=f"{count(waiting, 'sale')} parked")


def _footnote(sale: Sale) -> str:
    tax = None if sale.is_empty else sale.priced().tax_added
    return f"With {money(tax)} tax added" if tax is not None and tax.minor else "No name needed"


def pay_buttons(session: Session, *, is_on: bool, primary: bool = True) -> tuple[ButtonView, ...]:
    """Returns card, cash and phone; offline cash comes first and card says why it waits."""
    status = session.status
    why_not = why_no_card(status)
    first: ButtonKind = "primary" if primary else "strong"
    if why_not:
        return (
            ButtonView("Cash", Do.CASH, first, "cash", "F5", is_on=is_on),
            ButtonView(why_not, Do.CARD, "strong", "offline", is_on=False, name=f"Card. {why_not}"),
            _phone(status, is_on=is_on),
        )
    return (
        ButtonView("Card", Do.CARD, first, "card", "F6", is_on=is_on),
        ButtonView("Cash", Do.CASH, "strong", "cash", "F5", is_on=is_on),
        _phone(status, is_on=is_on),
    )


def why_no_card(status: TillStatus | None) -> str:
    """Returns why no card can be taken now, if so. A hub that is down does not matter to the reader."""
    if status is None:
        return ""
    if status.reader is ReaderState.NEEDS_INTERNET:
        return "Card is back when online"
    return ""


def why_no_phone(status: TillStatus | None) -> str:
    return "" if status is None or status.is_online else "Phone is back when online"


def _phone(status: TillStatus | None, *, is_on: bool) -> ButtonView:
    why_not = why_no_phone(status)
    if why_not:
        return ButtonView(why_not, Do.PHONE, "strong", "offline", is_on=False, name=f"Phone. {why_not}")
    return ButtonView("Phone", Do.PHONE, "strong", "phone", "F7", is_on=is_on)


def _sections(page: "SellPage") -> tuple[SectionView, ...]:
    return tuple(
        SectionView(
            section.title,
            tuple(_tile(page, product, slot_of(section, i)) for i, product in enumerate(section.products)),
        )
        for section in page.pages[page.page_index].sections
    )


def _found(page: "SellPage") -> tuple[SectionView, ...]:
    found = page.matches(page.search)
    title = count(len(found), "product") + " found" if found else "No product found. Enter looks in the orders"
    return (SectionView(title, tuple(_tile(page, product, None) for product in found)),)


def _tile(page: "SellPage", product: Product, slot: int | None) -> TileView:
    status = page.session.status
    in_sale = page.sale.count_of(product.id)
    price = "Choose" if product.price is None else money(product.price)
    left = left_of(product, status)
    stock, meter, is_low, is_out = _stock(product, status, left)
    letter = "" if slot is None else page.session.letters.get(slot, TILE_LETTERS[slot])
    categories = list(dict.fromkeys(each.category for each in page.catalogue.products))
    spoken = ", ".join(
        part for part in (product.name, price, stock, f"{in_sale} in sale" if in_sale else "", letter) if part
    )
    note = "pick one" if product.options else product.detail
    return TileView(
        product_id=product.id,
        name=product.name,
        letter=letter,
        price="—" if is_out else price,
        stock=stock,
        note=note if not is_low and not is_out else "",
        category_colour=CATEGORY_COLOURS[categories.index(product.category) % len(CATEGORY_COLOURS)],
        meter=meter,
        in_sale=in_sale,
        is_low=is_low,
        is_out=is_out,
        spoken=spoken,
    )


def _stock(product: Product, status: TillStatus | None, left: int | None) -> tuple[str, int, bool, bool]:
    """Returns the words, the meter, and whether it is low or out."""
    if product.kind is ProductKind.DONATION:
        return "Any amount", -1, False, False
    if left is None or status is None:
        return "", -1, False, False
    if left <= 0:
        return "Sold out" if status.is_online else "None here", -1, False, True
    capacity = capacity_of(product, status)
    meter = min(100, round(100 * left / capacity)) if capacity else -1
    if not status.is_online:
        return f"{left} to sell here", meter, left <= 5, False
    is_low = left < _LOW_COUNT or (capacity > 0 and left < _LOW_SHARE * capacity)
    return f"Only {left} left" if is_low else f"{left} left", meter, is_low, False


def _line(sale: Sale, index: int, line: CartLine) -> CartLineView:
    product = sale.catalogue.products_by_id[line.product_id]
    priced = sale.priced().lines[index]
    short = sale.short.get(product.id)
    return CartLineView(
        name=product.name,
        detail=line_detail(product, line.option, line.amount),
        count=line.quantity,
        amount=money(priced.subtotal),
        is_chosen=index == sale.chosen,
        problem="" if short is None else f"Only {short} left",
    )


def line_detail(product: Product, option: str | None, amount: Money | None) -> str:
    """Returns the quiet words under a line's name: option, or days, or the product's own detail."""
    if option:
        return option
    if amount is not None:
        return f"{short_money(amount)} for the festival"
    return product.detail or (weekdays(product.days) if product.days else "")
