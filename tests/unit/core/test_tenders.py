"""The table of tenders: whole, without contradictions, and the only place that decides anything by a tender's name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import boxoffice.core
import sync
from boxoffice.core.charging import Bar
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.tenders import (
    TENDERS,
    Back,
    Need,
    Rounding,
    Taken,
    Tender,
    TenderKind,
    is_given,
    names_where,
    tender_account,
    tender_of,
)

CENT = Money(1, Currency("USD"))
CAPTURED = {"order_id": "o", "tender_id": "t", "amount": 100, "currency": "USD"}
ROOMS = (Path(boxoffice.core.__path__[0]).parent, Path(sync.__path__[0]))
ELSEWHERE = {"sandbox", "demo", "versions"}
"""The stand-in for the providers, who plays a night, and what the tables were once."""
rows = pytest.mark.parametrize("row", TENDERS.values(), ids=lambda row: row.words.name)


def test_every_kind_has_a_row() -> None:
    assert set(TENDERS) == set(TenderKind)


@rows
def test_what_goes_back_through_a_provider_has_one(row: Tender) -> None:
    assert (row.back is Back.PROVIDER) == (row.provider is not None)
    assert (row.rounding is Rounding.PROVIDER) == (row.provider is not None)
    assert row.taken in (Taken.AT_ONCE, Taken.MOVED, Taken.CARD_ON_HAND) or row.provider is not None


@rows
def test_what_goes_back_out_of_a_drawer_went_into_one(row: Tender) -> None:
    assert row.is_cash == ("{drawer}" in row.account) == (Need.DRAWER in row.needs)


@rows
def test_what_comes_through_a_provider_needs_a_network_and_what_a_page_takes_needs_the_hub(row: Tender) -> None:
    assert (Need.NETWORK in row.needs) == (row.provider is not None)
    assert (Need.HUB in row.needs) == (row.taken is Taken.PAGE)
    assert (Need.READER in row.needs) == (row.taken is Taken.READER)


@rows
def test_a_tender_has_all_its_words(row: Tender) -> None:
    for words in {row.words, row.words_on("web"), row.words_on("door")}:
        assert all((words.name, words.title, words.by, words.to, words.to_payer, words.receipt))
        assert bool(words.by_card) == row.is_card


@pytest.mark.parametrize("kind", TenderKind)
def test_only_a_provider_bars_an_amount(kind: TenderKind) -> None:
    bar = TENDERS[kind].bar_to(CENT)

    assert (bar is not None and bar.bar is Bar.TOO_LITTLE) == (kind in (TenderKind.TERMINAL, TenderKind.CHECKOUT))
    assert TENDERS[kind].bar_to(CENT - CENT) is None


@pytest.mark.parametrize("kind", TenderKind)
def test_the_books_take_every_tender_of_the_table(kind: TenderKind) -> None:
    captured = PaymentCaptured.model_validate({**CAPTURED, "tender": kind.value})

    assert tender_of(captured.tender) is TENDERS[kind]
    assert "{" not in tender_account(captured.tender, "till-1")


def test_the_books_take_no_other_tender() -> None:
    with pytest.raises(ValueError, match="no-such-tender"):
        PaymentCaptured.model_validate({**CAPTURED, "tender": "no-such-tender"})


def test_complimentary_waits_for_nothing_but_a_supervisor_and_is_no_money() -> None:
    row = TENDERS[TenderKind.COMPLIMENTARY]

    assert (row.needs, row.is_money, row.account) == (frozenset({Need.SUPERVISOR}), False, "discounts")
    assert is_given(row)
    assert row.reasons
    assert "complimentary" in names_where(lambda each: not each.is_money)


def test_cash_goes_through_a_drawer_so_a_word_is_not_enough_for_it() -> None:
    assert not is_given(TENDERS[TenderKind.CASH])
    assert is_given(replace(TENDERS[TenderKind.CASH], needs=frozenset()))


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")):
            if ELSEWHERE.isdisjoint(path.parts) and path.name != "tenders.py":
                yield path


def _texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yields the texts of a module that are not its docstrings."""
    about = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about:
            yield node


def test_the_tender_that_came_last_is_named_in_no_other_module() -> None:
    """So the next one needs to be named nowhere else either."""
    found = [
        f"{path}:{text.lineno}"
        for path in _sources()
        for text in _texts(ast.parse(path.read_text()))
        if TenderKind.COMPLIMENTARY.value in str(text.value).lower()
    ]
    named = [str(path) for path in _sources() if "TenderKind.COMPLIMENTARY" in path.read_text()]

    assert found + named == []


def test_no_module_compares_a_tender_with_a_name() -> None:
    """Names such as `terminal` and `cash` are asked of the table, in Python and in SQL."""
    found = []
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and _is_tender(node.left) and any(map(_is_name, node.comparators)):
                found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _compares(node.value):
                found.append(f"{path}:{node.lineno}")

    assert found == []


def _is_tender(node: ast.expr) -> bool:
    return ast.unparse(node).endswith(("tender", "tender.kind", '.get("tender")', ".get('tender')"))


def _is_name(node: ast.expr) -> bool:
    texts = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
    return not texts.isdisjoint(kind.value for kind in TenderKind) or "TenderKind." in ast.unparse(node)


def _compares(text: str) -> bool:
    names = "|".join(kind.value for kind in TenderKind)
    return re.search(rf"tender'? *(=|<>) *'({names})'", text) is not None
