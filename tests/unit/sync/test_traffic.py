"""What a process remembers of its answers: five minutes, in buckets that add up over all processes."""

from hypothesis import given
from hypothesis import strategies as st

from sync.operations.traffic import BUCKETS, Answers, Traffic

TIMES = st.lists(st.floats(0, 20), max_size=200)


def traffic_of(times: list[float]) -> Traffic:
    traffic = Traffic(lambda: 0.0)
    for seconds in times:
        traffic.took("/", "GET", 200, seconds)
    return traffic


@given(TIMES, TIMES)
def test_two_processes_together_answered_as_one_would_have(one: list[float], other: list[float]) -> None:
    together = traffic_of(one).lately() + traffic_of(other).lately()

    assert together == traffic_of(one + other).lately()


@given(TIMES.filter(len))
def test_the_p95_lies_in_the_bucket_of_the_answer_that_it_is(times: list[float]) -> None:
    exact = sorted(times)[-(-len(times) * 95 // 100) - 1]

    p95 = traffic_of(times).lately().p95_s

    bounds = (0.0, *BUCKETS)
    assert max(bound for bound in bounds if bound < exact or bound == 0) <= p95
    assert p95 <= min((bound for bound in BUCKETS if bound >= exact), default=BUCKETS[-1])


def test_within_a_bucket_it_is_reckoned_as_by_prometheus() -> None:
    # histogram_quantile(0.95, ...) of 90 answers up to 100 ms and 10 more up to 200 ms
    assert round(traffic_of([0.1] * 90 + [0.15] * 10).lately().p95_s, 6) == 0.15
    assert traffic_of([60.0] * 10).lately().p95_s == 5.0
    assert Answers().p95_s == 0.0


def test_only_failures_of_the_server_are_errors() -> None:
    traffic = Traffic(lambda: 0.0)
    for status in (200, 303, 404, 500):
        traffic.took("/", "GET", status, 0.01)

    assert (traffic.lately().errors, traffic.lately().error_rate) == (1, 0.25)
    assert Answers().error_rate == 0.0


def test_what_is_older_than_five_minutes_is_forgotten() -> None:
    now = [0.0]
    traffic = Traffic(lambda: now[0])
    for at in (0.0, 200.0, 299.0):
        now[0] = at
        traffic.took("/", "GET", 200, 0.01)

    assert traffic.lately().count == 3
    now[0] = 300.0
    assert traffic.lately().count == 2
    now[0] = 10_000.0
    assert traffic.lately() == Answers()
