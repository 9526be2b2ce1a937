"""The sample event as tests sell it: on sale whatever the date is, with all else as the file has it."""

import tomllib
from typing import Any

from boxoffice.resources import resource_path


def fest() -> dict[str, Any]:
    """Returns the sample event's mapping with its place of sale, and with a sale that does not end."""
    event = tomllib.loads(resource_path("events", "boulder-fest-2026.toml").read_text(encoding="utf-8"))
    place = resource_path("places", f"{event['event']['place']}.toml").read_text(encoding="utf-8")
    return {
        **event,
        **tomllib.loads(place),
        "products": [{**product, "sale_ends": "2099-12-31"} for product in event["products"]],
    }
