"""Whatever comes out of a training says so all across, however it is asked for and whoever reads it."""

from pathlib import Path

import pymupdf
import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.documents.blocks import Centered, Style, receipt_blocks, ticket_blocks
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.slips import Slip
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.ports import Piece
from boxoffice.training.command import Training
from boxoffice.training.printer import stamped
from boxoffice.training.score_card import card


def sell(practice: Training) -> OrderId:
    product = practice.coach.stage.cast.cheap
    return practice.till.sell_for_cash(Cart((CartLine(product.id, 2),)), Money(50_000, Currency("USD"))).id


def words_on(piece: Piece) -> list[str]:
    blocks = (
        receipt_blocks(piece)
        if isinstance(piece, Receipt)
        else ticket_blocks(piece)
        if isinstance(piece, Ticket)
        else piece.printed
    )
    return [each.text for each in blocks if isinstance(each, Centered) and each.style is Style.INVERSE]


def pages_of(path: Path) -> list[str]:
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        return [page.get_text() for page in document]


def test_every_paper_for_the_printer_begins_and_ends_with_the_word(practice: Training) -> None:
    order = sell(practice)
    till, stage = practice.till, practice.coach.stage
    services = till.services
    receipt, tickets = services.papers.of(order)
    report = services.at_the_drawer.pieces(till.services.shifts.report().shift.id, 0)
    trial = services.printing.sources
    pieces: list[Piece] = [receipt, *tickets, *report, card(practice.coach.plans, (), stage.seller, till.now())]

    found = [words_on(each) for each in pieces]

    assert len(pieces) >= 5
    assert trial
    assert found == [["TRAINING", "TRAINING"]] * len(pieces)


@pytest.mark.parametrize("what", list(Paperwork))
def test_every_page_of_a_saved_pdf_says_it(practice: Training, what: Paperwork) -> None:
    pages = pages_of(practice.till.save_pdf(sell(practice), what))

    assert pages
    assert [page.count("TRAINING") >= 2 for page in pages] == [True] * len(pages)


def test_the_z_report_and_the_door_list_say_it_on_every_page(practice: Training) -> None:
    till = practice.till
    sell(practice)
    shifts = till.shifts
    saved = shifts.save_pdf(None)
    doors = till.gate.door_list("en")

    for path in (saved, doors):
        pages = pages_of(path)
        assert [page.count("TRAINING") >= 2 for page in pages] == [True] * len(pages)


def test_a_printer_of_a_training_stamps_even_what_nobody_marked(settings: Settings) -> None:
    bare = Slip("Slip", (Centered("Nothing"),))

    assert words_on(bare) == []
    assert words_on(stamped(bare)) == ["TRAINING", "TRAINING"]


def test_papers_lie_in_the_trainings_own_folder_and_no_drawer_opens(practice: Training, settings: Settings) -> None:
    order = sell(practice)
    practice.till.print(order, Paperwork.RECEIPT)

    assert list((settings.data_dir / "training" / "papers").glob("*.png"))
    assert not settings.documents_dir.exists()
    assert not practice.till.services.printing.printer.has_drawer
    assert practice.till.services.printing.drawer_problem == ""
