"""What was written down in English is told in the reader's language, and stays as it is where nobody can."""

import ast
from inspect import getfile
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core import reduced_orders, writers
from boxoffice.core.authority import MAY
from boxoffice.documents.languages import language
from sync.stored_words import SENTENCES, told

SPANISH = language("es")
WORDS = st.from_regex(r"[A-Z][a-z0-9$.-]{0,12}[A-Z]", fullmatch=True)


def fields_of(sentence: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(sentence) if name]


@pytest.mark.parametrize("sentence", SENTENCES)
@given(data=st.data())
@settings(max_examples=8)
def test_a_sentence_is_told_with_what_was_in_it(sentence: str, data: st.DataObject) -> None:
    values = {name: data.draw(WORDS) for name in fields_of(sentence)}

    said = told(sentence.format(**values), SPANISH)

    assert said == SPANISH.say(sentence).format(**values)


def test_sentences_in_a_row_and_within_each_other_are_all_told() -> None:
    text = (
        "$65.00 of order W-1 is disputed (product not received); answer it at Stripe in time. $20.00 was refunded "
        "already: say so to the bank, with the day and the number of the refund."
    )
    assert told(text, SPANISH) == (
        "$65.00 del pedido W-1 está en disputa (no recibió lo que compró); responde a tiempo en Stripe. $20.00 ya se "
        "devolvió: díselo al banco, con el día y el número de la devolución."
    )


def test_words_of_a_provider_stay_as_they_are_within_ours() -> None:
    assert told("The refund of $5.00 for order W-1 failed. Bank says 4711.", SPANISH) == (
        "La devolución de $5.00 del pedido W-1 falló. Bank says 4711."
    )


@pytest.mark.parametrize("text", ["", "Because we like them", "{amount} {", "A story: with. sentences"])
def test_what_nobody_can_tell_is_shown_as_it_was_written(text: str) -> None:
    assert told(text, SPANISH) == text


def test_english_readers_read_what_was_written() -> None:
    text = "The refund of $5.00 for order W-1 failed. The bank did not take it."
    assert told(text, language("en")) == text


def reasons() -> list[str]:
    """Returns all reasons for which something may not be written, as sentences with fields."""
    found = []
    rules = {getfile(rule) for may in MAY.values() for rule in (may.till, may.hub)}
    sources = [Path(each).read_text("utf-8") for each in sorted({*rules, writers.__file__, reduced_orders.__file__})]
    for node in ast.walk(ast.parse("\n".join(sources))):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Constant):
            found.append(str(node.value.value))
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.JoinedStr):
            pieces = node.value.values
            found.append("".join(str(each.value) if isinstance(each, ast.Constant) else "Xx" for each in pieces))
    return found


def test_every_reason_for_which_a_till_may_not_write_something_is_told() -> None:
    assert len(reasons()) > 30
    assert [each for each in reasons() if told(each, SPANISH) == each] == ["only a Xx says so"]
