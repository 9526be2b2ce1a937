"""Documents: every amount is there, nothing leaves the paper, and each code reads back with another library."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pymupdf as _pymupdf
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.documents.escpos import receipt_escpos
from boxoffice.documents.fonts import FACES, register, width
from boxoffice.documents.html import receipt_html, receipt_text
from boxoffice.documents.model import Paper, Receipt, ReceiptLine, ReceiptTender, Ticket
from boxoffice.documents.qr import qr_matrix, qr_svg
from boxoffice.documents.receipt import receipt_pdf
from boxoffice.documents.tickets import tickets_pdf

pymupdf: Any = _pymupdf  # it has no types

TOKEN = ("7K2F4Q8 $%*+-./:" * 19)[:302]
TICKET = Ticket(
    event_name=("A Lo Cubano", "Boulder Fest"),
    event_dates="May 15–17, 2026",
    venue=("Avalon Ballroom", "Boulder, Colorado"),
    product_name="Full Festival Pass",
    days=("Fri 15", "Sat 16", "Sun 17"),
    order_number="7K2-F4Q",
    position="1 of 3",
    token=TOKEN,
    guest="Camila Ortega",
)
RECEIPT = Receipt(
    event_name=("A Lo Cubano", "Boulder Fest"),
    venue=("Avalon Ballroom", "Boulder, Colorado"),
    event_dates="May 15–17, 2026",
    order_number="7K2-F4Q",
    sold_at="Fri, May 15, 2026, 9:14 pm",
    sold_by="Served by Maya, Door A",
    lines=(ReceiptLine("Full Festival Pass", "Fri, Sat, Sun", 1, "$300.00", "$300.00"),),
    subtotal_text="$300.00",
    taxes=(("Tax", "included"),),
    total_text="$300.00",
    tenders=(ReceiptTender("Visa 4242", "$300.00", ("AID A000000003101001",)),),
    change_text="$0.00",
    tickets_url="https://boxoffice.example/my-tickets?order=7K2-F4Q",
)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
amounts = st.integers(0, 10**7).map(lambda minor: f"${minor / 100:,.2f}")
lines = st.builds(ReceiptLine, words, words, st.integers(1, 1000), amounts, amounts)
receipts = st.builds(
    replace,
    st.just(RECEIPT),
    lines=st.lists(lines, min_size=1, max_size=40).map(tuple),
    total_text=amounts,
    customer_name=st.none() | words,
    discounts=st.lists(st.tuples(words, amounts), max_size=2).map(tuple),
    copy=st.integers(0, 3),
)


def decoded(image: Any) -> str:
    found = zxingcpp.read_barcode(image)
    assert found is not None
    return found.text


def text_of(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf) as document:
        return "\n".join(page.get_text() for page in document)


def pixels(pdf: bytes, dpi: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with pymupdf.open(stream=pdf) as document:
        shot = document[0].get_pixmap(dpi=dpi, colorspace="gray")
        return np.frombuffer(shot.samples, np.uint8).reshape(shot.height, shot.width)


@given(receipts, st.sampled_from(Paper))
@settings(max_examples=40)
def test_every_amount_is_on_the_receipt_and_within_the_paper(receipt: Receipt, paper: Paper) -> None:
    pdf = receipt_pdf(receipt, paper)

    printed = text_of(pdf)
    assert receipt.total_text in printed
    assert all(line.amount_text in printed for line in receipt.lines)
    with pymupdf.open(stream=pdf) as document:
        for page in document:
            boxes = [pymupdf.Rect(word[:4]) for word in page.get_text("words")]
            assert all(page.rect.contains(box) for box in boxes)


@given(receipts)
@settings(max_examples=40)
def test_no_text_of_a_receipt_can_command_the_printer(receipt: Receipt) -> None:
    nasty = replace(receipt, sold_by="\x1b@\x1dV\x00 Maya\x10\x04")

    sent = receipt_escpos(nasty)

    assert sent.count(b"\x1b@") == 1
    assert sent.count(b"\x1dV") == 1
    assert b"\x10\x04" not in sent


def test_accents_are_printed_on_the_roll() -> None:
    assert "Peña é".encode("cp858") in receipt_escpos(replace(RECEIPT, sold_by="Peña é"))


def test_mail_shows_names_as_text_never_as_markup() -> None:
    html = receipt_html(replace(RECEIPT, lines=(ReceiptLine("<script>", "&", 1, "$1.00", "$1.00"),)))

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_plain_text_says_what_was_paid() -> None:
    assert "TOTAL  $300.00" in receipt_text(RECEIPT)


def test_the_plain_text_has_the_link_to_the_tickets_and_nothing_to_scan() -> None:
    text = receipt_text(RECEIPT)

    assert RECEIPT.tickets_url is not None
    assert RECEIPT.tickets_url in text
    assert "Scan" not in text


def test_a_reprint_says_which_copy_it_is() -> None:
    copy = replace(RECEIPT, copy=2)

    for paper in (Paper.LETTER, Paper.ROLL_80MM):
        assert "COPY 2" in text_of(receipt_pdf(copy, paper))
        assert "COPY" not in text_of(receipt_pdf(RECEIPT, paper))
    assert "Copy 1" in text_of(tickets_pdf([replace(TICKET, copy=1)]))
    assert "Copy" not in text_of(tickets_pdf([TICKET]))


@pytest.mark.parametrize("dpi", [100, 200])
def test_a_tickets_code_reads_back_with_two_libraries(dpi: int) -> None:
    image = pixels(tickets_pdf([TICKET]), dpi)

    found, *_ = cv2.QRCodeDetector().detectAndDecode(image)

    assert decoded(image) == TOKEN
    assert found in (TOKEN, "") if dpi == 100 else found == TOKEN


def test_a_tickets_code_reads_from_a_blurred_picture() -> None:
    image = cv2.GaussianBlur(pixels(tickets_pdf([TICKET]), 150), (5, 5), 0)

    assert decoded(image) == TOKEN


def test_a_ticket_says_what_it_is() -> None:
    printed = text_of(tickets_pdf([TICKET, replace(TICKET, position="2 of 3", guest=None)]))

    for words_on_it in ("FULL FESTIVAL PASS", "Fri 15", "7K2-F4Q · 1 of 3", "2 of 3", "Camila Ortega", "One person"):
        assert words_on_it in printed


@given(words, st.lists(words, max_size=7).map(tuple))
@settings(max_examples=40)
def test_no_ticket_leaves_the_paper(name: str, days: tuple[str, ...]) -> None:
    pdf = tickets_pdf([replace(TICKET, product_name=name[:30], guest=name, days=tuple(day[:6] for day in days))])

    with pymupdf.open(stream=pdf) as document:
        words_on_it = document[0].get_text("words")
        assert all(document[0].rect.contains(pymupdf.Rect(word[:4])) for word in words_on_it)


def test_the_same_order_makes_the_same_bytes() -> None:
    assert tickets_pdf([TICKET]) == tickets_pdf([TICKET])
    assert receipt_pdf(RECEIPT) == receipt_pdf(RECEIPT)


def test_threads_that_draw_at_once_make_what_one_alone_makes() -> None:
    alone = [tickets_pdf([replace(TICKET, guest=f"Guest {i} {chr(65 + i)}")]) for i in range(12)]

    with ThreadPoolExecutor(4) as threads:
        together = list(
            threads.map(lambda i: tickets_pdf([replace(TICKET, guest=f"Guest {i} {chr(65 + i)}")]), [*range(12)] * 3)
        )

    assert together == alone * 3


def test_no_tickets_make_no_document() -> None:
    with pytest.raises(ValueError, match="no tickets"):
        tickets_pdf([])


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", min_size=1, max_size=400))
@settings(max_examples=30)
def test_a_code_says_what_was_put_in(text: str) -> None:
    rows = np.kron(np.pad(np.array(qr_matrix(text).rows), 4), np.ones((4, 4)))

    assert decoded((255 - rows * 255).astype(np.uint8)) == text


def test_an_empty_code_is_refused_and_an_svg_holds_its_quiet_zone() -> None:
    with pytest.raises(ValueError, match="empty"):
        qr_matrix("")
    assert 'viewBox="0 0 29 29"' in qr_svg("A")


@pytest.mark.parametrize("face", FACES)
def test_all_digits_have_one_width(face: str) -> None:
    register()

    assert len({width(digit, face, 10) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("guest", ["W" * 30, "Ana 山田 Иван Nguyễn", "Camila Ortega de la Fuente y Valdés"])
def test_a_guests_name_leaves_room_for_the_number_of_a_copy(guest: str) -> None:
    ticket = replace(TICKET, guest=guest, position="10 of 12", copy=12)
    page = pymupdf.open(stream=tickets_pdf([ticket]))[0]
    words = [word for word in page.get_text("words") if word[1] > 370 and word[3] < 395]
    number = next(word for word in words if word[4] == ticket.order_number)

    assert max(word[2] for word in words if word[0] < number[0]) < number[0] - 4
