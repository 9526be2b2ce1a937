"""Writes the sell page: tiles with what is left, cart lines, and what can be done with the sale and the last one."""

from dataclasses import dataclass

from boxoffice.core.catalogue import FREE_AMOUNTS, Product, ProductKind
from boxoffice.core.money import Money, total_of
from boxoffice.core.pricing import CartLine, PricedLine
from boxoffice.core.sale_times import SaleState
from boxoffice.core.tariffs import PriceKind, PriceKindTexts
from boxoffice.till.ui.actions import Do, GoTo
from boxoffice.till.ui.flow.destinations import Parked
from boxoffice.till.ui.flow.layout import Tiles, slot_of
from boxoffice.till.ui.flow.pay_buttons import gift_card_button, pay_buttons
from boxoffice.till.ui.flow.reducing import reduced_views
from boxoffice.till.ui.flow.sale import ProductStock, Sale, short_words, stock_of
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import TILE_LETTERS
from boxoffice.till.ui.speech import code, count, number, say
from boxoffice.till.ui.tokens import CATEGORY_COLOURS, SHELF_COLOURS
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import CartLineView, SectionView, SellView, TileView
from boxoffice.till.ui.words import clock, here, money, sale_words, short_money, tender_name, weekdays
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import TillStatus

_LOW_SHARE = 0.20
_LOW_COUNT = 15
_FEW_HERE = 5


def sell_view(session: Session, tiles: Tiles, *, search: str, prefix: str) -> SellView:
    """Returns all that the sell screen draws."""
    sale = session.sale
    order = session.last_order
    return SellView(
        sections=_found(session, tiles, search) if search.strip() else _sections(session, tiles),
        pages=tuple(each.title for each in tiles.pages) if len(tiles.pages) > 1 else (),
        page=tiles.page_index,
        search=search,
        lines=tuple(_line(sale, session.status, i, line) for i, line in enumerate(sale.lines)),
        prefix=f"{prefix} ×" if prefix else "",
        total=money(sale.total),
        items=count(sale.item_count, "item") if sale.lines else "",
        footnote=_footnote(sale),
        footnote_icon="person",
        last=say("Last sale {number} · {time}", number=order.number, time=clock(order.placed_at)) if order else "",
        last_paid=_paid(order) if order else "",
        last_short=(order.number, money(order.total)) if order else ("", ""),
        after=_after(session),
        pay=pay_buttons(session, is_on=not sale.is_empty, is_free=not sale.is_empty and not sale.total.minor),
        clear=None if sale.is_empty else ButtonView(say("Clear"), Do.CLEAR, "quiet", name=say("Clear the sale")),
        parked=_parked(session),
        split=None if sale.is_empty else ButtonView(say("Split"), Do.SPLIT, "quiet", "split", "F8"),
        gift_card=gift_card_button(session),
        reduced=reduced_views(sale),
        cheaper=() if sale.is_empty else _cheaper(),
        also=_also(sale),
    )


def _cheaper() -> tuple[ButtonView, ...]:
    return (
        ButtonView(say("Discount"), Do.DISCOUNT, "plain", "tag", "P", name=say("Discount or comp")),
        ButtonView(say("Code"), Do.CODE, "plain", "scan", "O", name=say("Promo code")),
        ButtonView(say("Park"), Do.PARK, "plain", "pause", "F10", name=say("Park this sale")),
    )


def _also(sale: Sale) -> tuple[ButtonView, ...]:
    """Returns what else can be done with the chosen line, where there are other prices for it."""
    if sale.is_empty:
        return ()
    product = sale.catalogue.products_by_id[sale.lines[sale.chosen].product_id]
    other_price = say("Another price for who shows a card")
    kind = ButtonView(say("Card price"), Do.PRICE_KIND, icon="badge", key="L", name=other_price)
    group = ButtonView(say("Group"), Do.GROUP, icon="people", key="H", name=say("A group that comes together"))
    given = (kind if sale.kinds_of(product) else None, group if sale.group_sizes(product) else None)
    return tuple(each for each in given if each is not None)


def _paid(order: Order) -> str:
    ways = dict.fromkeys(tender_name(each.kind).lower() for each in order.tenders if each.amount.minor)
    return " ".join((money(order.total), " + ".join(ways))).strip()


def _after(session: Session) -> tuple[ButtonView, ...]:
    """Returns what can be done with the last sale, in two presses."""
    if session.last_order is None:
        return ()
    return (
        ButtonView(say("Reprint"), Do.PRINT_LAST, icon="printer", key="F9"),
        ButtonView(say("Send"), Do.SEND, key="Y"),
        ButtonView(say("Refund"), Do.REFUND, key="U"),
        ButtonView(say("Swap"), Do.SWAP, key="I"),
        ButtonView(say("Add"), Do.ADD_TO_LAST, "plain" if session.sale.adds_to is None else "strong", key="J"),
    )


def _parked(session: Session) -> ButtonView | None:
    waiting = session.status.parked if session.status is not None else 0
    if not waiting:
        return None
    return ButtonView(
        say("{waiting} parked", waiting=waiting),
        GoTo(Parked()),
        "plain",
        "pause",
        "B",
        name=say("{sales} parked", sales=count(waiting, "sale")),
    )


def _footnote(sale: Sale) -> str:
    if sale.adds_to is not None:
        return say("Added to order {number}", number=sale.adds_to.number)
    tax = None if sale.is_empty else sale.priced().tax_added
    return say("With {tax} tax added", tax=money(tax)) if tax is not None and tax.minor else say("No name needed")


def _sections(session: Session, tiles: Tiles) -> tuple[SectionView, ...]:
    return tuple(
        SectionView(
            section.title,
            tuple(_tile(session, tiles, product, slot_of(section, i)) for i, product in enumerate(section.products)),
        )
        for section in tiles.sections
    )


def _found(session: Session, tiles: Tiles, search: str) -> tuple[SectionView, ...]:
    found = tiles.matches(search)
    title = (
        count(len(found), "product found", "products found")
        if found
        else say("No product found. Enter looks in the orders")
    )
    return (SectionView(title, tuple(_tile(session, tiles, product, None) for product in found)),)


def _tile(session: Session, tiles: Tiles, product: Product, slot: int | None) -> TileView:
    sale, status = session.sale, session.status
    in_sale = sale.count_of(product.id)
    cost = sale.price_of(product)
    price = say("Choose") if cost is None else money(cost)
    tile = _stock(product, status)
    letter = "" if slot is None else session.letters.get(slot, TILE_LETTERS[slot])
    words = _spoken(tile.words)
    spoken = ", ".join(
        part
        for part in (
            product.name,
            price,
            _who_pays_less(sale, product),
            words,
            say("{in_sale} in sale", in_sale=in_sale) if in_sale else "",
            letter,
        )
        if part
    )
    note = say("pick one") if product.options else _cheapest(sale, product) or product.detail
    return TileView(
        product_id=product.id,
        name=product.name,
        letter=letter,
        price="—" if tile.is_gone else price,
        stock=tile.words,
        note=note if not tile.is_low and not tile.is_out else "",
        category_colour=SHELF_COLOURS.get(product.shelf.colour)
        or CATEGORY_COLOURS[tiles.categories.index(product.category) % len(CATEGORY_COLOURS)],
        meter=tile.meter,
        in_sale=in_sale,
        is_low=tile.is_low,
        is_out=tile.is_out,
        spoken=spoken,
        stock_short=tile.short,
    )


def _cheapest(sale: Sale, product: Product) -> str:
    """Returns the least that a product costs now for whoever may have it so; nothing where all pay the same."""
    if not product.prices:
        return ""
    by_kind = (sale.price_of(product, kind.id) for kind in sale.kinds_of(product))
    prices = [price for price in (*by_kind, *(price for _, price in sale.group_sizes(product))) if price is not None]
    return say("from {price}", price=short_money(min(prices, key=lambda each: each.minor))) if prices else ""


def _who_pays_less(sale: Sale, product: Product) -> str:
    """Returns who pays less for a product, and from how many on."""
    if not product.prices:
        return ""
    by_kind = (
        f"{kind_name(kind)} {short_money(price)}"
        for kind in sale.kinds_of(product)
        if (price := sale.price_of(product, kind.id)) is not None
    )
    by_size = (
        say("from {count} {price}", count=number(size), price=short_money(price))
        for size, price in sale.group_sizes(product)
    )
    return " · ".join([*by_kind, *by_size])


def _spoken(words: str) -> str:
    """Returns a tile's words as one line, as a screen reader says them."""
    return words.replace("\n", " ")


@dataclass(frozen=True, slots=True)
class _Stock:
    """What a tile says of what is left. `is_out`: none can be added now; `is_gone`: and none will be."""

    words: str
    meter: int = -1
    is_low: bool = False
    is_out: bool = False
    is_gone: bool = False
    short: tuple[str, ...] = ()


def _stock(product: Product, status: TillStatus | None) -> _Stock:
    off = None if status is None else status.off_sale_of(product.id)
    if off is not None and off.is_sure:
        words = sale_words(off.state, off.times, is_narrow=True)
        return _Stock(words, is_out=True, is_gone=off.state is SaleState.ENDED)
    if off is not None:
        over, early = say("Sale over by\nthis till’s clock"), say("Not on sale yet by\nthis till’s clock")
        return _Stock(over if off.state is SaleState.ENDED else early, is_low=True)
    if product.kind in FREE_AMOUNTS:
        return _Stock(say("Any amount") if product.price is None else "")
    stock = stock_of(product, status)
    if stock is None or status is None:
        return _Stock("")
    if stock.here + stock.elsewhere <= 0:
        return _none_left(stock, is_online=status.is_online)
    return _some_left(stock) if status.is_online else _left_offline(stock)


def _none_left(stock: ProductStock, *, is_online: bool) -> _Stock:
    """Returns what to say of what nobody can sell now: what is being paid for may come back."""
    if not stock.held:
        words = say("Sold out") if is_online else say("Sold out everywhere")
        return _Stock(words, is_out=True, is_gone=True, short=(say("Sold out"),))
    again = say("try again later") if stock.retry_at is None else say("try again {time}", time=clock(stock.retry_at))
    when = say("again later") if stock.retry_at is None else say("again {time}", time=clock(stock.retry_at))
    short = say("{held} in payment,\n{when}", held=number(stock.held), when=when)
    return _Stock(
        say("{held} being paid for,\n{again}", held=number(stock.held), again=again), is_out=True, short=(short,)
    )


def _some_left(stock: ProductStock) -> _Stock:
    left = stock.here + stock.elsewhere
    meter = min(100, round(100 * left / stock.capacity)) if stock.capacity else -1
    is_low = left < _LOW_COUNT or (stock.capacity > 0 and left < _LOW_SHARE * stock.capacity)
    if stock.elsewhere and (is_low or stock.here <= 0):
        return _Stock(
            say("{here}, {elsewhere} elsewhere", here=here(stock.here), elsewhere=number(stock.elsewhere)),
            meter,
            is_low,
            short=_of_all(stock),
        )
    return _Stock(
        say("Only {left} left", left=number(left)) if is_low else say("{left} left", left=number(left)), meter, is_low
    )


def _left_offline(stock: ProductStock) -> _Stock:
    if stock.here <= 0:
        words = say("None here, no network,\n{elsewhere} elsewhere", elsewhere=number(stock.elsewhere))
        return _Stock(
            words,
            is_out=True,
            short=(say("None here,\n{elsewhere} elsewhere", elsewhere=number(stock.elsewhere)), _of_all(stock)[-1]),
        )
    meter = min(100, round(100 * stock.here / stock.share)) if stock.share else -1
    words = say("{here} here, {elsewhere} elsewhere", here=number(stock.here), elsewhere=number(stock.elsewhere))
    return _Stock(words, meter, stock.here <= _FEW_HERE, short=_of_all(stock))


def _of_all(stock: ProductStock) -> tuple[str, ...]:
    """Returns `12 here of 360`, and in fewer words `12 of 360`."""
    of_all = say("of {all}", all=number(stock.here + stock.elsewhere))
    return f"{here(stock.here)} {of_all}", f"{max(stock.here, 0):,} {of_all}"


def _line(sale: Sale, status: TillStatus | None, index: int, line: CartLine) -> CartLineView:
    product = sale.catalogue.products_by_id[line.product_id]
    priced = sale.priced().of_item(index)
    short = sale.short.get((product.id, line.option))
    return CartLineView(
        name=product.name,
        detail=_detail(sale, line, priced[0]),
        count=line.quantity,
        amount=money(total_of((each.subtotal for each in priced), sale.catalogue.currency)),
        is_chosen=index == sale.chosen,
        problem="" if short is None else short_words(product, status, short, line.option),
    )


def _detail(sale: Sale, line: CartLine, priced: PricedLine) -> str:
    """Returns what stands under a line's name: for whom, at which price if that is kept, or each of a group's."""
    product = priced.bundle or priced.product
    kind, own = priced.price_kind, line_detail(product, line.option, line.amount)
    if not product.prices and line.quoted is None:
        return own  # it costs the same for all, at any hour: nothing to ask for each line at each key
    parts = [own if kind is None else kind_name(kind)]
    each = sale.price_of(product, line.price_kind, sale.count_of(product.id))
    if line.quoted is not None and each is not None:
        parts.append(say("quoted {price}", price=money(each)))
    elif each is not None and each != sale.price_of(product, line.price_kind):
        parts.append(say("{price} each", price=money(each)))
    return " · ".join(parts) if kind is None or not line.option else " · ".join([line.option, *parts])


def kind_name(kind: PriceKind) -> str:
    """Returns what a kind of price is called, in the language of who sells."""
    return kind.texts.get(code(), PriceKindTexts()).name or kind.name


def line_detail(product: Product, option: str | None, amount: Money | None) -> str:
    """Returns the quiet words under a line's name: option, or days, or the product's own detail."""
    if option:
        return option
    if product.kind is ProductKind.GIFT_CARD:
        return say("its code is printed when it is paid")
    if amount is not None:
        return say("{amount} for the festival", amount=short_money(amount))
    return product.detail or (weekdays(product.days) if product.days else "")
