"""Every problem that can come up has words of its own."""

from typing import get_args

from sync.exception_kinds import MEANINGS, ExceptionKind, meaning_of


def test_every_kind_has_a_meaning_and_nothing_else_does() -> None:
    assert set(MEANINGS) == set(get_args(ExceptionKind))
    assert all(meaning.title and meaning.safe for meaning in MEANINGS.values())


def test_a_kind_of_a_newer_hub_is_told_by_its_name() -> None:
    assert meaning_of("moon_is_full").title == "Moon is full"
