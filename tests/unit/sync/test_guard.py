"""Floods are held to a rate, and nobody else pays for them."""

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from sync.http.middleware.guard import Buckets, is_from_elsewhere


@given(st.lists(st.floats(0, 0.5), max_size=300), st.integers(1, 20))
def test_nobody_gets_more_than_the_rate_and_what_was_saved_up(pauses: list[float], rate: int) -> None:
    buckets, now, allowed = Buckets(rate), 0.0, 0
    for pause in pauses:
        now += pause
        allowed += buckets.wait_s("flood", now) == 0.0

    assert allowed <= rate * 4 + now * rate + 1


def test_one_flood_does_not_shut_out_others() -> None:
    buckets = Buckets(1)
    answers = [buckets.wait_s("flood", 0.0) for _ in range(10)]

    assert answers[3] == 0.0
    assert answers[4] > 0
    assert buckets.wait_s("other", 0.0) == 0.0


def test_the_memory_of_a_flood_of_addresses_is_bounded() -> None:
    buckets = Buckets(1)
    for number in range(30_000):
        buckets.wait_s(str(number), 0.0)

    assert len(buckets._levels) <= 20_000


def test_a_browser_tells_where_a_form_comes_from() -> None:
    def elsewhere(**headers: str) -> bool:
        return is_from_elsewhere(Headers({name.replace("_", "-"): value for name, value in headers.items()}))

    assert elsewhere(sec_fetch_site="cross-site")
    assert elsewhere(sec_fetch_site="same-site")
    assert elsewhere(origin="https://evil.example", host="tickets.example")
    assert elsewhere(origin="null", host="tickets.example")
    assert not elsewhere(sec_fetch_site="same-origin")
    assert not elsewhere(origin="https://tickets.example", host="tickets.example")
    assert not elsewhere()
