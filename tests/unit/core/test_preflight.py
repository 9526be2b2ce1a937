"""What the look before doors open comes to, and the hub's signed time that it compares the clock to."""

from dataclasses import replace
from datetime import UTC, datetime
from string import Formatter

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.cash_law import cash_law
from boxoffice.core.facts import instant_text
from boxoffice.core.money import Currency
from boxoffice.core.preflight import CHECKS, Answer, Check, Outcome, Verdict, no_answer
from boxoffice.core.signed_time import NotTheHubsTime, read_time, sign_time
from tests.gui.festival import boulder_fest

answers = st.builds(Answer, st.sampled_from(Check), st.sampled_from(Outcome), st.just("words"))
NOW = datetime(2026, 5, 15, 17, 42, tzinfo=UTC)


def test_every_check_has_a_row_with_a_limit() -> None:
    assert set(CHECKS) == set(Check)
    assert all(0 < row.limit_s <= 60 for row in CHECKS.values())


@given(st.lists(answers))
def test_a_verdict_has_the_newest_answer_of_each_check_in_the_order_of_the_table(found: list[Answer]) -> None:
    verdict = Verdict.of(found)

    assert [each.check for each in verdict.answers] == [check for check in CHECKS if check in {a.check for a in found}]
    newest = {each.check: each for each in found}
    assert all(newest[each.check] is each for each in verdict.answers)
    assert 0 <= verdict.passed <= verdict.counted <= len(verdict.answers)


@given(st.lists(answers))
def test_it_is_green_only_if_all_was_looked_at_and_nothing_is_left_to_do(found: list[Answer]) -> None:
    verdict = Verdict.of(found)

    is_well = {each.outcome for each in verdict.answers} <= {Outcome.PASS, Outcome.UNUSED}
    assert verdict.is_green == (is_well and len(verdict.answers) == len(Check))


def test_a_check_that_did_not_answer_says_so_in_its_own_time() -> None:
    answer = no_answer(Check.HUB)

    assert answer.outcome is Outcome.FAIL
    assert answer.told(answer.words, str, str) == "No answer in 15 s"
    assert answer.fix


def test_words_of_an_error_are_told_as_they_are() -> None:
    answer = Answer(Check.PRINTER, Outcome.FAIL, "{not a field}")

    assert answer.told(answer.words, str, str) == "{not a field}"
    assert not [
        field for _, field, _, _ in Formatter().parse(no_answer(Check.HUB).words) if field not in (None, "seconds")
    ]


@given(st.integers(1_600_000_000, 4_000_000_000))
def test_the_hubs_time_is_read_as_it_was_signed(seconds: int) -> None:
    key, text = Ed25519PrivateKey.generate(), instant_text(datetime.fromtimestamp(seconds, UTC))

    signature = sign_time("ab" * 32, text, "fest", key)

    assert instant_text(read_time("ab" * 32, text, signature, "fest", key.public_key())) == text


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "cd" * 32},
        {"hub_time": instant_text(NOW.replace(minute=43))},
        {"hub_time": "soon"},
        {"signature": "00" * 64},
        {"signature": "no hex"},
        {"event_id": "another"},
        {"event_key": Ed25519PrivateKey.generate().public_key()},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_no_other_time_is_taken_for_the_hubs(changed: dict[str, object]) -> None:
    key, told = Ed25519PrivateKey.generate(), {"nonce": "ab" * 32, "hub_time": instant_text(NOW), "event_id": "fest"}
    signature = sign_time(**told, event_key=key)
    given_: dict[str, object] = {**told, "signature": signature, "event_key": key.public_key(), **changed}

    with pytest.raises(NotTheHubsTime):
        read_time(**given_)  # type: ignore[arg-type]  # they are what the parameters say


@pytest.mark.parametrize(
    ("city", "address", "currency", "law"),
    [
        ("Boulder, CO", "6185 Arapahoe Rd", "USD", "C.R.S. 11-61-102"),
        ("Boulder, CO 80303", "", "USD", "C.R.S. 11-61-102"),
        ("Boulder, CO 80303-1234", "", "USD", "C.R.S. 11-61-102"),
        ("", "100 Main St, Denver, Colorado", "USD", "C.R.S. 11-61-102"),
        ("Boulder, CO", "", "EUR", None),
        ("Bogotá, Colombia", "CO 12 # 34", "USD", None),
        ("Casper, WY", "", "USD", None),
        ("", "", "USD", None),
    ],
)
def test_the_law_about_cash_is_that_of_the_state_of_the_address(
    city: str, address: str, currency: str, law: str | None
) -> None:
    found = cash_law(replace(boulder_fest(), city=city, address=address, currency=Currency(currency)))

    assert (found.name if found else None) == law
