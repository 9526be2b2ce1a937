"""The design tokens hold what the design language promises."""

import pytest

from boxoffice.till.ui.tokens import EDGE_ON, TARGET, TEXT_ON, contrast


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGE_ON)
def test_edges_of_controls_can_be_seen(edge: str, ground: str) -> None:
    assert contrast(edge, ground) >= 3


def test_white_text_never_stands_on_the_light_corals() -> None:
    assert {("white", "coral"), ("white", "coral-light")}.isdisjoint(TEXT_ON)
    assert contrast("white", "coral") < 4.5


def test_targets_are_at_least_48_pixels() -> None:
    assert TARGET >= 48
