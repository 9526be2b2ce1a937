"""The sample event with prices of all kinds, and a till that sells it."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.money import Currency, Money
from sync.inventory.reclaiming import reclaim
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import Seller

STUDENT = PriceKindId("student")
FRIDAY, SOCIAL, SHIRT, DUO = (ProductId(each) for each in ("friday-pass", "social", "t-shirt", "duo"))
MUCH = Money(100_000_000, Currency("USD"))


def priced() -> dict[str, Any]:
    """Returns the sample event with prices of all kinds, shirts that are counted by size, and a bundle."""
    data: dict[str, Any] = copy.deepcopy(dict(fest()))
    products = {product["id"]: product for product in data["products"]}
    data["price_kinds"] = [
        {
            "id": "student",
            "name": "Student",
            "prompt": "Look at the student card",
            "texts": {"es": {"name": "Estudiante", "prompt": "Mira la credencial"}},
        },
        {"id": "local", "name": "Local", "prompt": "Look at the address"},
    ]
    products["social"]["prices"] = [
        {"price_minor": 3_000, "channel": "door"},
        {"price_minor": 2_000, "from_quantity": 5},
        {"price_minor": 1_500, "kind": "student"},
        {"price_minor": 2_200, "channel": "kiosk"},
        {"price_minor": 1_000, "kind": "local", "channel": "door"},
    ]
    data["pools"] += [{"id": "shirts-m", "name": "Shirts, M", "capacity": 3}]
    products["t-shirt"]["option_pools"] = {"M": "shirts-m"}
    data["products"].append(
        {
            "id": "duo",
            "name": "Friday with a shirt",
            "kind": "bundle",
            "category": "Passes",
            "price_minor": 9_000,
            "sale_ends": "2099-12-31",
            "parts": [{"product": "friday-pass"}, {"product": "t-shirt"}],
        }
    )
    return data


PRICED = priced()


@contextmanager
def selling(hub: Stand, folder: Path) -> Iterator[Seller]:
    """Yields a till that has places of all that is priced; in the end the hub takes back what it has."""
    made = Seller(hub, folder).open()
    made.services.sync.everything()
    yield made
    reclaim(hub.hub, str(made.services.context.device.id), "test")  # so that the next test has some of all
    made.close()
