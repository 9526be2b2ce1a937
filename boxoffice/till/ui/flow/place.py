"""Who answers at a destination."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Who answers at a destination: a page of `ui.flow`, and the screen of `ui.screens` that draws its view."""

    page: str
    screen: str
