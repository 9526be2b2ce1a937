"""Names of any script, on PDF and on the roll: drawn in a face that has them, in their own order, and never as `?`."""

import unicodedata
from dataclasses import replace
from typing import Any

import pymupdf as _pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.documents.drawing import BLACK, Page
from boxoffice.documents.escpos import printable_text, receipt_escpos, tickets_escpos
from boxoffice.documents.fonts import BOLD, FACES, HEAD, TEXT, cut, lines_within, register, width
from boxoffice.documents.model import Paper, ReceiptTender
from boxoffice.documents.rasters import line_bitmap
from boxoffice.documents.receipt import receipt_pdf
from boxoffice.documents.runs import load, runs_of
from boxoffice.documents.tickets import tickets_pdf
from boxoffice.resources import FALLBACK_FACES
from tests.unit.documents.test_documents import RECEIPT, TICKET

register()
pymupdf: Any = _pymupdf  # it has no types
NAMES = [
    "Nguyễn Thị Hồng",
    "山田太郎",
    "דוד כהן",
    "محمد علي",
    "김철수",
    "Ana 💃🏽 Pérez",
    "Łukasz Đặng",
    "Ελένη Παπαδοπούλου",
    "Наталія Ґудзь",
    "გიორგი",
    "Հայկ",
    "ทิพย์ สุขใจ",
    "हिन्दी क्षत्रिय",
    "தமிழ் செல்வி",
    "አበበ ቢቂላ",
    "Jose\u0301 Z\u0308",
]
PLAIN = st.sampled_from(NAMES) | st.text(st.characters(exclude_characters="?？﹖⁇⁈⁉"), min_size=1, max_size=30)


def text_of(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf) as document:  # it has no types
        return "\n".join(page.get_text() for page in document)


def letters_of(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter)[0] in "LM")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_can_be_read_out_of_the_tickets_and_the_receipt(name: str) -> None:
    ticket = text_of(tickets_pdf([replace(TICKET, guest=name)]))
    receipt = text_of(receipt_pdf(replace(RECEIPT, customer_name=name)))

    for word in unicodedata.normalize("NFC", name).split():
        if letters_of(word):
            assert word in ticket
            assert word in receipt


@given(PLAIN, st.sampled_from(FACES))
def test_every_letter_that_is_drawn_has_a_glyph(text: str, face: str) -> None:
    for run in runs_of(text, face):
        known = load(run.face).face.charToGlyph
        if run.glyphs:
            assert all(glyph.number and known[ord(glyph.letter)] == glyph.number for glyph in run.glyphs)
        else:
            assert all(known.get(ord(letter)) for letter in run.text)


@given(
    st.lists(st.sampled_from([*NAMES[:5], *NAMES[6:], "(12)", " ", "-"]), max_size=6).map("".join),
    st.sampled_from([TEXT, HEAD]),
)
def test_no_letter_of_a_script_that_a_face_has_is_lost(text: str, face: str) -> None:
    drawn = "".join(run.text for run in runs_of(text, face))

    assert sorted(letters_of(drawn)) == sorted(letters_of(text))


@given(PLAIN)
@settings(max_examples=60, deadline=None)
def test_no_paper_says_a_question_mark_that_nobody_wrote(name: str) -> None:
    receipt = replace(RECEIPT, customer_name=name, sold_by=name)

    for pdf in (tickets_pdf([replace(TICKET, guest=name, small_print=())]), receipt_pdf(receipt, Paper.ROLL_80MM)):
        assert "?" not in text_of(pdf).replace(receipt.say("Questions or a refund? Show this receipt"), "")
        assert "\ufffd" not in text_of(pdf)


@given(PLAIN)
@settings(max_examples=60, deadline=None)
def test_the_roll_has_no_question_mark_that_nobody_wrote(name: str) -> None:
    sent = tickets_escpos([replace(TICKET, guest=name, small_print=())])

    assert b"?" not in without_pictures(sent)
    plain = printable_text(name)
    assert plain is None or "?" not in plain.encode("cp858").decode("cp858")


def without_pictures(sent: bytes) -> bytes:
    """Returns what is sent as text: a picture's dots may be any byte."""
    out, at = b"", 0
    while (start := sent.find(b"\x1dv0\x00", at)) >= 0:
        row, high = (
            int.from_bytes(sent[start + 4 : start + 6], "little"),
            int.from_bytes(sent[start + 6 : start + 8], "little"),
        )
        out, at = out + sent[at:start], start + 8 + row * high
    return out + sent[at:]


def test_a_card_receipt_of_the_roll_has_stars() -> None:
    card = ReceiptTender("Visa •••• 4242", "$300.00")
    sent = receipt_escpos(replace(RECEIPT, tenders=(card,)))

    assert b"**** 4242" in sent
    assert b"????" not in sent


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Łukasz Dvořák", "Lukasz Dvorák"),
        ("Nguyễn", "Nguyen"),
        ("“5 €” – it’s…", '"5 €" - it\'s...'),
        ("Ana 💃🏽 Pérez", "Ana Pérez"),
        ("   Given 5\u202f%\u202e", "   Given 5 %"),
        ("ﬁesta Ｏ１", "fiesta O1"),
        ("山田", None),
        ("Мария", None),
    ],
)
def test_the_roll_prints_plain_letters_or_draws_the_line(text: str, printed: str | None) -> None:
    assert printable_text(text) == printed


@pytest.mark.parametrize("name", ["山田太郎", "דוד כהן", "محمد علي", "김철수", "हिन्दी", "Ёлка" * 60])
def test_a_drawn_line_is_within_the_roll_and_has_ink(name: str) -> None:
    bitmap = line_bitmap(name, 30, 576)

    assert 0 < bitmap.width <= 576
    assert sum(map(sum, bitmap.rows)) > 40
    assert len(bitmap.rows) == 30


def test_the_code_on_the_roll_has_its_quiet_zone() -> None:
    sent = tickets_escpos([TICKET])
    start = sent.index(b"\x1dv0\x00")
    row = int.from_bytes(sent[start + 4 : start + 6], "little")
    high = int.from_bytes(sent[start + 6 : start + 8], "little")
    dots = sent[start + 8 : start + 8 + row * high]

    rows = [any(dots[i * row : (i + 1) * row]) for i in range(high)]
    assert rows.index(True) >= 28
    assert rows[::-1].index(True) >= 28


def test_hebrew_runs_from_right_to_left_and_its_brackets_turn() -> None:
    whole = "".join(run.text for run in runs_of("דוד (12)", TEXT))
    runs = runs_of("דוד Ana", TEXT)

    assert sorted(whole) == sorted("דוד (12)")
    assert [run.text.strip() for run in runs] == ["Ana", "דוד"]


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u200e"])
def test_marks_turn_nothing_and_are_not_drawn(mark: str) -> None:
    assert runs_of(f"{mark}evil{mark}.exe", TEXT) == runs_of("evil.exe", TEXT)


@given(PLAIN, st.floats(20, 200))
def test_a_line_is_cut_within_its_limit(text: str, limit: float) -> None:
    lines, size = lines_within(text, BOLD, 12, limit, 2)

    assert len(lines) <= 2
    assert all(width(line, BOLD, size) <= limit + 0.01 for line in lines)
    assert width(cut(text, BOLD, 12, limit), BOLD, 12) <= limit + 0.01


def test_the_same_names_make_the_same_bytes_whatever_was_drawn_before() -> None:
    first = tickets_pdf([replace(TICKET, guest="محمد علي")])
    tickets_pdf([replace(TICKET, guest="علي محمد حسن हिन्दी")])

    assert tickets_pdf([replace(TICKET, guest="محمد علي")]) == first


@pytest.mark.parametrize("face", FALLBACK_FACES)
def test_every_fallback_face_is_here(face: str) -> None:
    assert load(face).face.charToGlyph


def test_a_name_of_pictures_alone_is_one_person() -> None:
    assert "One person" in text_of(tickets_pdf([replace(TICKET, guest="💃🏽")]))


def ink_of(face: str, text: str) -> int:
    page = Page(200, 40, "Ink", "en")
    page.text(10, 30, text, face, 20, BLACK)
    document = pymupdf.open(stream=page.finish())
    return sum(255 - dot for dot in document[0].get_pixmap(dpi=144, colorspace="gray").samples)


@pytest.mark.parametrize("name", ["山田太郎", "Иван", "김철수", "דוד", "Ana"])
def test_a_bold_line_is_bold_in_every_script(name: str) -> None:
    assert ink_of(BOLD, name) > 1.15 * ink_of(TEXT, name)
    assert ink_of(TEXT, name) > 0
