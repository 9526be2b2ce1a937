"""A paper as the bytes that its printer takes."""

from typing import assert_never

from boxoffice.documents.model import Paper, Receipt, Ticket
from boxoffice.documents.rolls import Roll
from boxoffice.documents.slips import Slip
from boxoffice.till.usecases.ports import Piece


def escpos_of(piece: Piece, roll: Roll) -> bytes:
    """Returns what is sent to a roll printer."""
    from boxoffice.documents.escpos import (  # noqa: PLC0415  # 80 ms of a till's start
        receipt_escpos,
        slip_escpos,
        tickets_escpos,
    )

    match piece:
        case Receipt():
            return receipt_escpos(piece, roll)
        case Ticket():
            return tickets_escpos([piece], roll)
        case Slip():
            return slip_escpos(piece, roll)
        case _:
            assert_never(piece)


def pdf_of(piece: Piece, paper: Paper) -> bytes:
    """Returns what is sent to a printer of pages."""
    from boxoffice.documents.receipt import receipt_pdf  # noqa: PLC0415  # 80 ms of a till's start
    from boxoffice.documents.slip_pdf import slip_pdf  # noqa: PLC0415  # 80 ms of a till's start
    from boxoffice.documents.tickets import tickets_pdf  # noqa: PLC0415  # 80 ms of a till's start

    match piece:
        case Receipt():
            return receipt_pdf(piece, paper)
        case Ticket():
            return tickets_pdf([piece])
        case Slip():
            return slip_pdf(piece, paper)
        case _:
            assert_never(piece)
