"""The sample event as tests sell it: on sale whatever the date is, with all else as the file has it."""

import tomllib
from typing import Any

from boxoffice.resources import resource_path


def fest() -> dict[str, Any]:
    """Returns the sample event's mapping, with a sale that does not end."""
    with resource_path("events", "boulder-fest-2026.toml").open("rb") as file:
        event = tomllib.load(file)
    return {**event, "products": [{**product, "sale_ends": "2099-12-31"} for product in event["products"]]}
