"""Whether an order is one that its event sells at the door, by its prices, taxes, units and sums."""

from collections import Counter

from boxoffice.core.known import KnownEvent, Revision
from boxoffice.core.payloads.orders import LinePart, OrderPlaced
from boxoffice.core.pricing import MAX_QUANTITY


def is_sold(event: KnownEvent, p: OrderPlaced) -> bool:
    """Returns whether it is sold so by one revision, at prices that this one has or, once shown, one before it."""
    counts: Counter[str] = Counter()
    for line in p.lines:
        counts[line.product_id] += line.quantity

    def has_price(revision: Revision, line: LinePart) -> bool:
        product = revision.get(line.product_id)
        count = counts[line.product_id]
        return product is not None and product.may_cost(line.unit_price, p.channel, count, line.price_kind)

    return any(_sells(revision, p) for revision in event.revisions()) and all(
        any(has_price(revision, line) for revision in event.revisions()) for line in p.lines
    )


def _sells(revision: Revision, p: OrderPlaced) -> bool:
    units: Counter[str] = Counter()
    for line in p.lines:
        product = revision.get(line.product_id)
        if product is None or not 1 <= line.quantity <= MAX_QUANTITY:
            return False
        if (line.kind, line.days) != (product.kind, product.days) or line.tax_ids not in product.taxes:
            return False
        units.update({pool: each * line.quantity for pool, each in product.takes(line.option).items()})
    return bool(p.lines) and dict(units) == p.units


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
