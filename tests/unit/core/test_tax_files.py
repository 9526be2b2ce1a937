"""Taxes in an event file: which rates have to be asked about again, and what does not fit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import ProductId, TaxRateId
from boxoffice.core.stale_taxes import Stale, stale_taxes
from boxoffice.documents.languages import language
from tests.unit.core.builders import event_file
from tests.unit.core.test_taxes import fest_at, noon

LAST = date(2026, 5, 17)


COUNTY = "Boulder County sales tax"


@pytest.mark.parametrize(
    ("today", "change", "what"),
    [
        (date(2026, 5, 15), {}, []),
        (date(2026, 5, 15), {"valid_until": date(2026, 5, 14)}, [Stale.ENDED]),
        (date(2026, 5, 15), {"valid_until": date(2026, 5, 16)}, [Stale.ENDS]),
        (date(2026, 5, 15), {"valid_until": LAST}, []),
        (date(2026, 5, 15), {"checked": date(2025, 5, 15)}, []),
        (date(2026, 5, 15), {"checked": date(2025, 5, 14)}, [Stale.UNASKED]),
        (date(2025, 3, 2), {"valid_from": None, "checked": date(2024, 2, 29)}, [Stale.UNASKED]),
        (date(2026, 5, 18), {"valid_until": date(2026, 5, 14), "checked": date(2020, 1, 1)}, []),
    ],
)
def test_a_rate_that_ends_or_that_nobody_has_asked_about_for_a_year_is_told_until_the_event_is_over(
    today: date, change: dict[str, Any], what: list[Stale]
) -> None:
    event = fest_at("boulder-county")
    others = tuple(replace(each, checked=date(2026, 1, 2)) for each in event.taxes)
    taxes = tuple(replace(each, **change) if each.id == "boulder-county-sales-2026" else each for each in others)

    found = stale_taxes(replace(event, taxes=taxes), today)

    assert [each.what for each in found] == what
    assert all(COUNTY in each.words() and "tax office" in each.words() for each in found)
    assert all("oficina de impuestos" in each.words(language("es").say) for each in found)


@pytest.mark.parametrize(
    ("today", "what"),
    [
        (date(2025, 12, 31), [Stale.ENDS]),
        (date(2026, 1, 1), [Stale.ENDED]),
        (date(2026, 2, 1), []),
    ],
)
def test_days_between_one_rate_and_the_next_are_told(today: date, what: list[Stale]) -> None:
    event = fest_at("boulder-county")
    change: dict[str, Any] = {"valid_from": date(2026, 2, 1), "checked": date(2026, 1, 2)}
    taxes = tuple(replace(each, **change) if each.id == "boulder-county-sales-2026" else each for each in event.taxes)

    assert [each.what for each in stale_taxes(replace(event, taxes=taxes), today)] == what


def test_a_rate_that_was_followed_by_another_is_no_matter() -> None:
    event = fest_at("boulder-city")

    assert event.taxes_by_id[TaxRateId("boulder-county-sales-2023")].valid_until == date(2025, 12, 31)
    assert stale_taxes(event, date(2026, 5, 15)) == ()


def tax(**more: Any) -> dict[str, Any]:
    return {"id": "a", "authority": "City", "rate_ppm": 1_000, **more}


def place_with(*taxes: str) -> dict[str, Any]:
    return {"id": "here", "name": "Here", "admission": {"taxes": list(taxes), "included": False}}


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"event": {"place": "nowhere"}}, "event.place"),
        ({"places": [place_with("b")]}, "places[0].admission.taxes"),
        ({"taxes": [tax()], "places": [place_with("a", "a")]}, "places[0].admission.taxes"),
        ({"taxes": [tax(), tax(id="b")], "places": [place_with("a", "b")]}, "places[0].admission.taxes"),
        ({"taxes": [tax(authority="")]}, "taxes[0]"),
        ({"taxes": [tax(authority="—")]}, "taxes[0].authority"),
        ({"taxes": [tax(kind="income")]}, "taxes[0].kind"),
        ({"taxes": [tax(valid_from="2026-02-01", valid_until="2026-01-31")]}, "taxes[0]"),
        ({"taxes": [tax(valid_from="soon")]}, "taxes[0].valid_from"),
        ({"taxes": [tax(valid_until="9999-12-31")]}, "taxes[0].valid_until"),
        ({"taxes": [tax(checked="9999-12-31")]}, "taxes[0].checked"),
        ({"products": {"tax": "a"}, "taxes": [tax()]}, "products[0].tax"),
        ({"products": {"taxed_as": "luxury"}}, "products[0].taxed_as"),
        ({"places": [place_with(), place_with()]}, "places"),
        (
            {"taxes": [tax()], "places": [place_with("a") | {"goods": {"taxes": ["a"], "included": True}}]},
            "places[0].goods.taxes",
        ),
        (
            {
                "taxes": [tax(included=True)],
                "places": [place_with("a")],
                "products": {"tax": "a"},
                "event": {"place": "here"},
            },
            "places[0].admission.taxes",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(more: Mapping[str, Any], where: str) -> None:
    file = event_file()
    data = file | {what: said for what, said in more.items() if what not in {"event", "products"}}
    data["event"] = file["event"] | more.get("event", {})
    data["products"] = [{**file["products"][0], **more.get("products", {})}]

    with pytest.raises(BadInput) as wrong:
        catalogue_from(data, 1)

    assert where in {problem.place for problem in wrong.value.problems}


@given(days=st.integers(0, 4_000))
def test_one_tax_may_follow_on_another_and_there_is_a_rate_every_day(days: int) -> None:
    event = fest_at("boulder-county")

    day = date(2023, 1, 1) + timedelta(days=days)

    authorities = [each.authority for each in event.taxes_at(event.products_by_id[ProductId("t-shirt")], noon(day))]
    assert authorities.count("Boulder County") == (1 if day <= date(2028, 12, 31) else 0)
