"""What a tile says of what is left: never sold out for what only is elsewhere, or is being paid for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import ProductId
from boxoffice.core.sale_times import NotOnSale, SaleState, SaleTimes
from boxoffice.till.ui.views.sell import SellView, TileView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.standing import Ready, TillStatus
from boxoffice.till.usecases.gateway.stock import OffSale, PoolStock
from tests.gui.fake_till import FakeTill
from tests.gui.festival import NINE_PM, boulder_fest, festival_status
from tests.unit.ui.flows import Keyboard

NUMBERS = st.integers(0, 500)


def tile_of(status: TillStatus, name: str = "Workshop") -> TileView:
    view = Keyboard(FakeTill(Ready(boulder_fest(), status))).flow.page.view()
    assert isinstance(view, SellView)
    return next(tile for section in view.sections for tile in section.tiles if tile.name == name)


def with_pool(here: int, overall: int, *, held: int = 0, is_online: bool = True) -> TillStatus:
    status = festival_status(is_online=is_online)
    at = NINE_PM + timedelta(minutes=8) if held else None

    def changed(pool: PoolStock) -> PoolStock:
        if pool.pool_id != "workshop":
            return pool
        return replace(pool, here=here, overall=overall, held=held, retry_at=at)

    return replace(status, stock=tuple(map(changed, status.stock)))


@given(here=NUMBERS, elsewhere=NUMBERS, held=NUMBERS, is_online=st.booleans())
def test_a_tile_never_says_sold_out_of_what_may_still_be_had(
    here: int, elsewhere: int, held: int, is_online: bool
) -> None:
    words = tile_of(with_pool(here, here + elsewhere, held=held, is_online=is_online)).stock

    assert ("Sold out" in words) == (not here and not elsewhere and not held)
    assert "Only 0" not in words


@pytest.mark.parametrize(
    ("here", "elsewhere", "is_online", "words"),
    [
        (12, 348, False, "12 here, 348 elsewhere"),
        (0, 12, False, "None here, no network,\n12 elsewhere"),
        (0, 12, True, "None here, 12 elsewhere"),
        (4, 0, True, "Only 4 left"),
        (0, 0, False, "Sold out everywhere"),
        (0, 0, True, "Sold out"),
        (40, 20, True, "60 left"),
    ],
)
def test_a_tile_says_what_is_here_and_what_is_elsewhere(here: int, elsewhere: int, is_online: bool, words: str) -> None:
    assert tile_of(with_pool(here, here + elsewhere, is_online=is_online)).stock == words


def test_what_is_elsewhere_can_be_added_with_a_network_and_not_without() -> None:
    assert not tile_of(with_pool(0, 38)).is_out
    assert tile_of(with_pool(0, 38, is_online=False)).is_out


def test_what_is_being_paid_for_says_from_when_to_try_again() -> None:
    tile = tile_of(with_pool(0, 0, held=4))

    assert (tile.stock, tile.is_out, tile.price) == ("4 being paid for,\ntry again 9:22 pm", True, "$35.00")


def off_sale(*, is_sure: bool) -> TillStatus:
    times = SaleTimes(None, NINE_PM.replace(hour=0, minute=0, second=0, microsecond=0))
    return festival_status(off_sale=(OffSale(ProductId("workshop"), SaleState.ENDED, times, is_sure),))


def test_what_is_over_says_when_and_is_not_added() -> None:
    keyboard = Keyboard(FakeTill(Ready(boulder_fest(), off_sale(is_sure=True))))

    keyboard.press("a")

    assert tile_of(off_sale(is_sure=True)).stock == "Sale ended\nThu, May 14"
    assert keyboard.flow.session.sale.is_empty
    assert keyboard.toasts == ["Sale ended Thu, May 14: Workshop."]


def test_what_is_over_by_this_clock_alone_warns_and_is_added() -> None:
    keyboard = Keyboard(FakeTill(Ready(boulder_fest(), off_sale(is_sure=False))))

    keyboard.press("a")

    assert tile_of(off_sale(is_sure=False)).stock == "Sale over by\nthis till’s clock"
    assert keyboard.flow.session.sale.item_count == 1


def test_a_refused_sale_names_what_is_over() -> None:
    times = SaleTimes(None, NINE_PM.replace(hour=0, minute=0, second=0, microsecond=0))

    happened, rest = explain(NotOnSale({ProductId("workshop"): times}, NINE_PM), boulder_fest())

    assert happened == "Sale ended Thu, May 14: Workshop."
    assert "Nothing was charged" in rest
