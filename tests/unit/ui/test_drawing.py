"""A press draws once, and what is shown of the sale's price follows all that changes it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import BundlePart, Catalogue, Product, ProductKind, Promo
from boxoffice.core.ids import ProductId
from boxoffice.core.pricing import price
from boxoffice.core.reductions import Off, Reduction
from boxoffice.till.ui.flow.drawing import Drawing
from boxoffice.till.ui.flow.reducing import reduced_views
from boxoffice.till.ui.flow.sale import Sale
from tests.gui.fake_till import FakeTill
from tests.gui.festival import NINE_PM, PRICES, priced_fest, usd
from tests.unit.ui.flows import Keyboard

PAIR = Product(
    id=ProductId("pair"),
    name="Workshop and social",
    kind=ProductKind.TICKET,
    category="Tonight",
    price=usd("50"),
    uses={},
    parts=(BundlePart(ProductId("workshop"), 1), BundlePart(ProductId("rueda"), 1)),
)


def sale_of(*products: str) -> Sale:
    catalogue = priced_fest(*PRICES)
    sale = Sale(replace(catalogue, products=(*catalogue.products, PAIR)), lambda: NINE_PM)
    for each in products:
        sale.add(sale.catalogue.products_by_id[ProductId(each)], 1, None)
    return sale


def test_one_press_draws_once_however_much_it_changes() -> None:
    keys = Keyboard(FakeTill())
    keys.press("q", "w")
    drawn: list[int] = []
    keys.flow.session.on_change = lambda: drawn.append(keys.flow.session.sale.item_count)

    keys.press("−")  # takes the line out, and says so with a button that puts it back

    assert drawn == [1]


def test_what_fails_while_it_is_gathered_is_drawn_all_the_same() -> None:
    drawn: list[bool] = []
    drawing = Drawing(lambda: drawn.append(True))

    def break_down() -> None:
        with drawing.gathered():
            drawing.ask()
            with drawing.gathered():
                drawing.ask()
            assert not drawn
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_down()
    drawing.ask()

    assert drawn == [True, True]


CHANGES: Mapping[str, Callable[[Sale], object]] = {
    "add": lambda sale: sale.add(sale.catalogue.products_by_id[ProductId("social")], 2, None),
    "count": lambda sale: sale.set_count(0, 7),
    "kind": lambda sale: sale.set_kind(0, 1, sale.catalogue.price_kinds[0].id),
    "reduce": lambda sale: sale.take(sale.reduced(Reduction(Off.PERCENT, "friend", 10), None, 0)),
    "code": lambda sale: setattr(sale, "promo", Promo("EARLY", 15, None)),
    "hour": lambda sale: setattr(sale, "at", NINE_PM.replace(hour=23)),
    "prices": lambda sale: setattr(sale, "catalogue", dearer(sale)),
}


def dearer(sale: Sale) -> Catalogue:
    products = (replace(each, price=each.price and each.price * 2) for each in sale.catalogue.products)
    return replace(sale.catalogue, products=tuple(products))


@given(st.lists(st.sampled_from(list(CHANGES)), max_size=8))
def test_the_price_at_hand_is_always_what_the_sale_costs_now(changes: list[str]) -> None:
    sale = sale_of("social", "workshop", "pair")

    for change in changes:
        sale.priced()
        CHANGES[change](sale)
        assert sale.priced() == price(sale.catalogue, sale.cart, sale.promo, at=sale.at)


def test_a_bundle_that_is_reduced_has_one_row_for_all_its_parts() -> None:
    sale = sale_of("social", "pair")
    sale.take(sale.reduced(Reduction(Off.PERCENT, "friend", 10), 1, 1))

    (row,) = reduced_views(sale)

    assert (row.detail, row.amount) == ("1 × Workshop and social", "−$5.00")
