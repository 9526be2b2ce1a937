"""The event that runs sell: a small festival of three days, near its end always."""

from typing import Any, Final

from tests.fest import fest
from tests.simulation.options import Options, Rule
from tests.simulation.till_process import EVENT
from tests.simulation.visitors import bundle

PRODUCTS: Final = ("friday-pass", "saturday-pass", "full-pass")
POOLS: Final = ("friday", "saturday", "sunday")
PROMO, PROMO_LIMIT = "CASINO", 3
ODD_CENTS: Final = 3
ROUND_TO: Final = 10


def event_file(
    capacity: int, name: str = "Sim Fest", /, *, is_rounded: bool = False, has_cards: bool = False
) -> dict[str, Any]:
    """Returns a small festival: so many places a day, of three days; with odd prices where cash is rounded."""
    whole = fest()
    pools = [{**pool, "capacity": capacity} for pool in whole["pools"] if pool["id"] in POOLS]
    products = [each for each in whole["products"] if set(each.get("pools", {"none": 1})) <= set(POOLS)]
    odd = ODD_CENTS if is_rounded else 0
    products = [{**each, "price_minor": each["price_minor"] + odd} for each in products]
    products += [each for each in whole["products"] if has_cards and each["kind"] == "gift_card"]
    products = [{key: value for key, value in each.items() if key != "days"} for each in products]  # good on any day
    products += [bundle()]
    return {
        **whole,
        "event": {**whole["event"], "id": str(EVENT), "name": name},
        "pools": pools,
        "products": products,
        "promos": [{"code": PROMO, "percent": 10, "limit": PROMO_LIMIT}],
        "cash": {"round_to": ROUND_TO} if is_rounded else {},
        "doors": {},
    }


def sold_in(options: Options) -> dict[str, bool]:
    """Returns what of a run's rules its event must have."""
    return {"is_rounded": Rule.ROUNDING in options.rules, "has_cards": Rule.GIFT_CARD in options.rules}
