"""Whether an order is one that its event sells at the door, by its prices, taxes, units and sums."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from boxoffice.core.bundles import shares
from boxoffice.core.catalogue import code_of
from boxoffice.core.charging import step_of
from boxoffice.core.known import KnownEvent, Revision
from boxoffice.core.money import Currency
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import MAX_QUANTITY


@dataclass(frozen=True, slots=True)
class _Item:
    """What stood on one line of the cart: so many of a product, or of a bundle, at this price each."""

    product_id: str
    count: int
    price: int
    kind: str
    parts: tuple[LinePart, ...] = ()


def is_sold(event: KnownEvent, p: OrderPlaced) -> bool:
    """Returns whether it is sold so by one revision, at prices that this one has or, once shown, one before it."""
    counts: Counter[str] = Counter()

    def has_price(revision: Revision, item: _Item) -> bool:
        product, count = revision.get(item.product_id), counts[item.product_id]
        return product is not None and product.may_cost(item.price, p.channel, count, item.kind)

    def sells(revision: Revision) -> bool:
        items = _items(revision, p)
        counts.clear()
        for item in items:
            counts[item.product_id] += item.count
        return (
            _has_lines(revision, p)  # so all products are there
            and all(_is_put_together(revision, item, Currency(p.currency)) for item in items)
            and all(any(has_price(each, item) for each in event.revisions()) for item in items)
        )

    return any(sells(revision) for revision in event.revisions())


def _has_lines(revision: Revision, p: OrderPlaced) -> bool:
    units: Counter[str] = Counter()
    for line in p.lines:
        product = revision.get(line.product_id)
        if product is None or not 1 <= line.quantity <= MAX_QUANTITY:
            return False
        if (line.kind, line.days) != (product.kind, product.days) or line.tax_ids not in product.taxes:
            return False
        units.update({pool: each * line.quantity for pool, each in product.takes(line.option).items()})
    places = {pool: taken for pool, taken in p.units.items() if code_of(pool) is None}
    return bool(p.lines) and dict(units) == places


def _items(revision: Revision, p: OrderPlaced) -> list[_Item]:
    """Returns what was in the cart, as its lines tell it."""
    alone = [line for line in p.lines if not line.bundle]
    items = [_Item(line.product_id, line.quantity, line.unit_price, line.price_kind) for line in alone]
    bundled = sorted((line for line in p.lines if line.bundle), key=lambda line: (line.item, line.bundle))
    for (_, bundle), lines in groupby(bundled, key=lambda line: (line.item, line.bundle)):
        items.append(_bundle(revision, bundle, tuple(lines)))
    return items


def _bundle(revision: Revision, bundle: str, lines: tuple[LinePart, ...]) -> _Item:
    """Returns how many bundles the lines are, and at which price; none where they can't be any."""
    product = revision.get(bundle)
    size = 0 if product is None else sum(part.get("quantity", 1) for part in product.parts)
    count = sum(line.quantity for line in lines) // size if size else 0
    price = sum(line.subtotal for line in lines) // count if count else 0
    return _Item(bundle, count, price, lines[0].price_kind, lines)


def _is_put_together(revision: Revision, item: _Item, currency: Currency) -> bool:
    """Returns whether a bundle's lines are its parts, each at its share; what is none, is what it is."""
    if not item.parts or not item.count:
        return not item.parts and not revision[item.product_id].parts
    parts: Sequence[tuple[str, int, str | None]] = [
        (part["product"], part.get("quantity", 1), part.get("option")) for part in revision[item.product_id].parts
    ]
    alone = [(revision[product].price or 0, count) for product, count, _ in parts]
    expected = Counter(
        {
            (parts[share.part][0], share.each, share.count * item.count, item.kind): 1
            for share in shares(item.price, alone, step_of(currency).minor)
        }
    )
    named = {(product, option) for product, _, option in parts}
    told = Counter((line.product_id, line.unit_price, line.quantity, line.price_kind) for line in item.parts)
    has_options = all({(line.product_id, line.option), (line.product_id, None)} & named for line in item.parts)
    return told == expected and has_options


def adds_up(p: OrderPlaced) -> bool:
    sums = tuple(sum(getattr(line, name) for line in p.lines) for name in ("subtotal", "discount", "tax", "total"))
    return sums == (p.subtotal, p.discount, p.tax, p.total) and all(map(_is_computed, p.lines))


def _is_computed(line: LinePart) -> bool:
    """Returns whether a line's total follows from its price, discount and taxes.

    Older tills do not say whether the tax was in the price.
    """
    if line.subtotal != line.unit_price * line.quantity or not 0 <= line.discount <= line.subtotal or line.tax < 0:
        return False
    on_top = line.total - (line.subtotal - line.discount)
    if not line.taxes:
        return on_top in (0, line.tax)
    is_whole = line.tax == sum(tax.amount for tax in line.taxes) and all(tax.amount >= 0 for tax in line.taxes)
    return is_whole and on_top == sum(tax.amount for tax in line.taxes if not tax.included)
