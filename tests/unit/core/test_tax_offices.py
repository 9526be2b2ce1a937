"""Where taxes are filed, whoever collects them."""

from boxoffice.core.tax_offices import offices_of
from boxoffice.core.tax_returns import Tax, TaxRow


def row(collected: int) -> TaxRow:
    return TaxRow(Tax("State", "sales", "Sales tax", 29_000), 10_000, 10_000, collected)


def test_what_one_collects_for_another_is_filed_there_together() -> None:
    returns = {"State": [row(290)], "County": [row(100)], "City": [row(386)]}

    offices = offices_of(returns, {"State": ("Revenue", False), "County": ("Revenue", False)})

    assert [(each.name, each.authorities, each.to_pay) for each in offices] == [
        ("City", ("City",), 386),
        ("Revenue", ("State", "County"), 390),
    ]
    assert sum(each.collected for each in offices) == 776


def test_what_a_marketplace_has_paid_is_told_and_not_paid_again() -> None:
    (office,) = offices_of({"State": [row(290)]}, {"State": ("Marketplace", True)})

    assert (office.collected, office.to_pay) == (290, 0)
