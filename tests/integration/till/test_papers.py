"""Papers on a real file: what was handed out is known after a restart, and after a kill in the middle."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.documents.model import Paper, Ticket
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.paperwork import Papers
from boxoffice.till.usecases.syncing import Sync
from tests.fakes.printer import FakePrinter
from tests.integration.till.kit import TillOnDisk, cart, usd


class Killed(BaseException):
    """The program ends here: nothing of its own comes after it."""


class LastPrinter(FakePrinter):
    """The paper comes out, and the program is gone before it knows."""

    def print_tickets(self, tickets: Sequence[Ticket]) -> None:
        super().print_tickets(tickets)
        raise Killed


def papers_on(till: TillOnDisk, printer: FakePrinter, folder: Path) -> Papers:
    return Papers(till.context, cast("Sync", None), printer, folder, Paper.LETTER)


def test_a_second_paper_is_a_copy_after_a_restart_too(till: TillOnDisk, tmp_path: Path) -> None:
    printer = FakePrinter()
    order = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    papers_on(till, printer, tmp_path).print(order, Paperwork.RECEIPT)

    till.reopen()

    assert papers_on(till, printer, tmp_path).print(order, Paperwork.RECEIPT) == 1
    assert [each.copy for each in printer.receipts] == [0, 1]


def test_what_may_have_been_printed_when_the_program_ended_makes_the_next_a_copy(
    till: TillOnDisk, tmp_path: Path
) -> None:
    order = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    with pytest.raises(Killed):
        papers_on(till, LastPrinter(), tmp_path).print(order, Paperwork.TICKETS)

    till.reopen()

    assert papers_on(till, FakePrinter(), tmp_path).print(order, Paperwork.TICKETS) == 1


def test_a_pdf_that_could_not_be_saved_was_never_handed_out(till: TillOnDisk, tmp_path: Path) -> None:
    order = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    (tmp_path / "file").touch()
    with pytest.raises(OperationFailed, match="can't be written"):
        papers_on(till, FakePrinter(), tmp_path / "file").save_pdf(order, Paperwork.RECEIPT)

    assert "copy" not in papers_on(till, FakePrinter(), tmp_path).save_pdf(order, Paperwork.RECEIPT).name
    assert till.one("SELECT group_concat(outcome) FROM papers ORDER BY id") == "failed,done"
