"""Nothing secret survives, wherever in a line it stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.scrubbing import REMOVED, scrub, scrub_text

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
words = st.text(LETTERS, min_size=12, max_size=30)


def _with_check_digit(digits: str) -> str:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[::-2]]
    return digits + str(-(sum(doubled) + sum(int(digit) for digit in digits[-2::-2])) % 10)


cards = st.text("0123456789", min_size=12, max_size=18).map(_with_check_digit)
secrets = st.one_of(
    cards,
    cards.map(lambda card: "-".join(card[i : i + 4] for i in range(0, len(card), 4))),
    cards.map(lambda card: " ".join(card[i : i + 4] for i in range(0, len(card), 4))),
    words.map(lambda word: f"sk_live_{word}"),
    words.map(lambda word: f"rk_test_{word}"),
    words.map(lambda word: f"whsec_{word}"),
    st.tuples(words, words).map(lambda two: f"SG.{two[0]}.{two[1]}"),
    st.tuples(words, words).map(lambda two: f"{two[0]}@{two[1]}.example"),
    st.text(LETTERS + "_-", min_size=40, max_size=200),
)
around = st.sampled_from(["", "refused: ", "for ", "(", "https://hub.example/p?x="])


def _nested(secret: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, Any]]:
    def wrap(text: str) -> st.SearchStrategy[Any]:
        return st.recursive(
            around.map(lambda before: f"{before}{text} happened"),
            lambda inner: st.one_of(
                st.lists(inner, min_size=1, max_size=2), st.dictionaries(st.just("k"), inner, min_size=1)
            ),
            max_leaves=4,
        )

    return secret.flatmap(lambda text: wrap(text).map(lambda value: (text, value)))


@given(_nested(secrets))
def test_no_secret_is_left_at_any_depth(both: tuple[str, Any]) -> None:
    secret, value = both

    assert secret not in repr(scrub(value))


@given(words, st.sampled_from(["Authorization", "set-cookie", "password", "X-Api-Key", "customer_email", "csrf"]))
def test_what_a_name_calls_secret_is_removed_whatever_it_is(word: str, name: str) -> None:
    assert scrub({"headers": {name: word}}) == {"headers": {name: REMOVED}}


@pytest.mark.parametrize(
    "text",
    [
        "Bearer abc.def",
        "Basic dXNlcjpwYXNz",
        "https://example.org/tickets?accessToken=abc123",
        "pi_3Q_secret_abcdef",
        "ana%40example.org",
        "held to $argon2id$v=19$m=65536,t=3,p=4$abcdefghijklmnop$dXNlanaabc",
        "scanned boxstaff-ABC23ANA4DXNL5abc",
    ],
)
def test_what_is_short_but_secret_is_removed(text: str) -> None:
    assert REMOVED in scrub_text(text)
    assert not any(part in scrub_text(text) for part in ("abc", "dXNl", "ana"))


def test_a_password_in_an_address_is_removed_and_the_host_stays() -> None:
    assert scrub_text("postgresql://hub:pa55@db.example/box") == f"postgresql://{REMOVED}@db.example/box"


@pytest.mark.parametrize(
    "text",
    ["order 01a20dd5-622e-7766-bec1-06f764d03dfa is paid", "7K2-F4Q", "2026-05-15T19:00:00Z", "took 12.5 ms", "15000"],
)
def test_what_is_needed_to_find_an_error_stays(text: str) -> None:
    assert scrub_text(text) == text


def test_a_value_that_contains_itself_ends() -> None:
    loop: dict[str, Any] = {}
    loop["again"] = loop

    assert REMOVED in repr(scrub(loop))
