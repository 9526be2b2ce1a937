"""How much one till may have: never all because it asks, and always enough to sell on."""

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.leasing import LARGEST_SALE, SMALLEST_SALE, Demand, most_for_a_sale, most_on_lease, usual_share

DEMANDS = st.builds(
    Demand, st.integers(0, 1_000_000), st.integers(0, 1_000_000), st.integers(0, 1_000), st.integers(0, 100_000)
)


@given(DEMANDS)
def test_a_till_may_always_hold_one_and_never_more_than_an_equal_part_of_what_is_left(demand: Demand) -> None:
    most = most_on_lease(demand)

    assert 1 <= most <= max(1, demand.unsold // (max(1, demand.tills) + 1))


@given(DEMANDS)
def test_a_group_can_be_served_and_no_sale_takes_the_house(demand: Demand) -> None:
    assert SMALLEST_SALE <= most_for_a_sale(demand) <= LARGEST_SALE


def test_the_more_tills_and_the_less_is_left_the_less_each_may_have() -> None:
    assert [most_on_lease(Demand(450, unsold, 5)) for unsold in (450, 100, 12, 6, 1, 0)] == [40, 16, 2, 1, 1, 1]
    assert [most_on_lease(Demand(450, 60, tills)) for tills in (0, 1, 2, 9)] == [30, 30, 20, 6]


def test_a_busy_till_gets_what_it_sells_in_the_next_minutes() -> None:
    assert most_on_lease(Demand(1_000, 900, 2, sold_lately=100)) == 200
    assert usual_share(1_000) == 40
