"""Papers and mails in other languages: every word that is ours goes through the catalogue, days are as people write."""

import gettext
import re
from datetime import UTC, date, datetime

import pymupdf
import pytest

from boxoffice.documents import model
from boxoffice.documents.html import receipt_html, receipt_text
from boxoffice.documents.languages import Language, language
from boxoffice.documents.model import Paper, Receipt, ReceiptLine, ReceiptTender, Ticket
from boxoffice.documents.receipt import receipt_pdf
from boxoffice.documents.tickets import tickets_pdf

# Data without a single letter: what has letters and no brackets is a text that was forgotten.
RECEIPT = Receipt(
    event_name=("1",),
    venue=("2", "3"),
    event_dates="4",
    order_number="5",
    sold_at="6",
    sold_by="7",
    lines=tuple(ReceiptLine("8", "9", 2, "10", "20") for _ in range(40)),
    subtotal_text="11",
    taxes=(("12", "13"),),
    total_text="14",
    tenders=(ReceiptTender("15", "16", ("17",)),),
    discounts=(("24", "18"),),
    change_text="19",
    customer_name="20",
    customer_email="21",
    tickets_url="22",
    status_text="23",
    copy=2,
    language="xx",
)
TICKET = Ticket(("1",), "2", ("3",), "4", ("5",), "6", "7", "8" * 200, small_print=("9",), language="xx")


class Brackets(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"[{message}]"


@pytest.fixture
def _in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "language", lambda code: Language(code, Brackets()))


def words_of(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf) as document:  # type: ignore[no-untyped-call]  # it has no types
        return " ".join(page.get_text() for page in document)


def forgotten(text: str) -> list[str]:
    """Returns the words that did not go through the catalogue; a line that was broken has a bracket on each side."""
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"\[[^\]]*\]", " ", " ".join(text.split())))


@pytest.mark.usefixtures("_in_brackets")
@pytest.mark.parametrize("paper", list(Paper))
def test_no_word_of_a_receipt_on_paper_is_forgotten(paper: Paper) -> None:
    assert forgotten(words_of(receipt_pdf(RECEIPT, paper))) == []


@pytest.mark.usefixtures("_in_brackets")
def test_no_word_of_a_ticket_is_forgotten() -> None:
    assert forgotten(words_of(tickets_pdf([TICKET]))) == []


@pytest.mark.usefixtures("_in_brackets")
def test_no_word_of_a_mail_is_forgotten() -> None:
    html = re.sub(r"<(head|title)>.*?</\1>|<[^>]+>", " ", receipt_html(RECEIPT).partition("<body")[2])

    assert forgotten(receipt_text(RECEIPT)) == []
    assert forgotten(html.partition(">")[2]) == []


def test_a_spanish_receipt_is_spanish() -> None:
    spanish = language("es")

    assert spanish.days([date(2026, 5, day) for day in (15, 16, 17)]) == "15–17 de mayo de 2026"
    assert spanish.instant(datetime(2026, 5, 15, 21, 5, tzinfo=UTC)) == "15 de mayo de 2026, 21:05"
    assert spanish.short_day(date(2026, 5, 15)) == "vie 15"


def test_nothing_is_nothing_in_every_language() -> None:
    assert [language(code).say("") for code in ("en", "es")] == ["", ""]
    assert language("es").texts.gettext("") == ""


def test_english_needs_no_library_and_reads_as_before() -> None:
    english = language("en")

    assert english.days([date(2026, 5, 15)]) == "May 15, 2026"
    assert english.days([date(2026, 5, 31), date(2026, 6, 1)]) == "May 31 – June 1, 2026"
    assert english.instant(datetime(2026, 5, 15, 21, 5, tzinfo=UTC)) == "May 15, 2026, 9:05 PM"
    assert english.short_day(date(2026, 5, 15)) == "Fri 15"
    assert english.day(date(2026, 5, 15)) == "Fri, May 15"
