"""Papers on a real file: what was handed out is known after a restart, and after a kill in the middle."""

import shutil
import sys
from pathlib import Path
from typing import cast

import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.core.printed import KEPT, RECORD_BYTES
from boxoffice.core.printed import SIZE_BYTES as PAPERS_BYTES
from boxoffice.core.witness import SIZE_BYTES
from boxoffice.documents.model import Paper
from boxoffice.till.store.database import ChainIsShort
from boxoffice.till.store.printed import NAME as PRINTED
from boxoffice.till.store.witness import NAME as WITNESS
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.gateway.printing import PaperKind
from boxoffice.till.usecases.paperwork import OrderPapers, Papers
from boxoffice.till.usecases.ports import Piece
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.syncing import Sync
from tests.fakes.printer import FakePrinter
from tests.integration.till.kit import TillOnDisk, cart, mending, usd


class Killed(BaseException):
    """The program ends here: nothing of its own comes after it."""


class LastPrinter(FakePrinter):
    """The paper comes out, and the program is gone before it knows."""

    def print(self, piece: Piece, *, is_last: bool) -> None:
        super().print(piece, is_last=is_last)
        raise Killed


def papers_on(till: TillOnDisk, printer: FakePrinter, folder: Path) -> Papers:
    printing = Printing(till.context, printer)
    papers = Papers(till.context, cast("Sync", None), printing, folder, Paper.LETTER)
    printing.sources = {
        PaperKind.RECEIPT: OrderPapers(papers, Paperwork.RECEIPT),
        PaperKind.TICKETS: OrderPapers(papers, Paperwork.TICKETS),
    }
    return papers


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


# Papers that prove what was sold


def sold_and_printed(till: TillOnDisk, folder: Path, times: int) -> list[str]:
    """Sells and prints so often; returns the numbers of the orders."""
    numbers = []
    for _ in range(times):
        order = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
        papers_on(till, FakePrinter(), folder).print(order, Paperwork.TICKETS)
        papers_on(till, FakePrinter(), folder).print(order, Paperwork.RECEIPT)
        numbers.append(till.orders.order(order).number)
    return numbers


def set_back(till: TillOnDisk, old: Path, *, spoils: str = "unlink") -> None:
    """Puts an older copy in the place of the file, whose witness is lost or damaged."""
    till.close()
    for beside in till.path.parent.glob("till.db-*"):
        beside.unlink()
    shutil.copyfile(old, till.path)
    witness = till.path.with_name(WITNESS)
    witness.unlink() if spoils == "unlink" else witness.write_bytes(b"\1" * SIZE_BYTES)
    till.open()


def copied(till: TillOnDisk, folder: Path) -> Path:
    till.close()
    shutil.copyfile(till.path, folder / "old.db")
    till.open()
    return folder / "old.db"


@pytest.mark.parametrize("spoils", ["unlink", "overwrite"])
def test_a_file_shorter_than_its_papers_sells_nothing_and_names_the_orders_that_are_gone(
    till: TillOnDisk, tmp_path: Path, spoils: str
) -> None:
    sold_and_printed(till, tmp_path, 2)
    old = copied(till, tmp_path)
    lost = sold_and_printed(till, tmp_path, 3)

    set_back(till, old, spoils=spoils)

    assert till.store.gap is not None
    assert till.store.gap.count == 15  # five facts a sale
    assert mending(till, None).now().printed == tuple(lost)
    with pytest.raises(ChainIsShort, match="15 records are missing"):
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    assert list(till.path.parent.glob("till-without-*.db"))


def test_without_its_papers_the_same_file_would_sell_on(till: TillOnDisk, tmp_path: Path) -> None:
    """The fault itself: it proves that the test above tests something."""
    old = copied(till, tmp_path)
    sold_and_printed(till, tmp_path, 3)
    till.path.with_name(PRINTED).unlink()

    set_back(till, old)

    assert till.store.gap is None


def test_papers_that_are_torn_or_damaged_take_no_others_with_them_and_stop_nothing(
    till: TillOnDisk, tmp_path: Path
) -> None:
    numbers = sold_and_printed(till, tmp_path, 2)
    old = copied(till, tmp_path)
    numbers += sold_and_printed(till, tmp_path, 2)
    journal = till.path.with_name(PRINTED)
    content = bytearray(journal.read_bytes())
    newest = 8 * RECORD_BYTES  # two papers an order
    content[newest + 60 : newest + 90] = b"\0" * 30
    journal.write_bytes(content)

    till.reopen()
    assert till.store.gap is None
    set_back(till, old)

    assert mending(till, None).now().printed == tuple(numbers[2:])  # the ticket's record is whole


def test_papers_of_a_whole_file_are_no_loss_however_many_there_are(till: TillOnDisk, tmp_path: Path) -> None:
    till.grant_all(200)
    sold_and_printed(till, tmp_path, KEPT // 2 + 3)

    till.reopen()

    assert till.store.gap is None
    assert till.store.lost_papers() == []
    assert till.path.with_name(PRINTED).stat().st_size == PAPERS_BYTES


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_paper_that_can_not_be_noted_is_not_printed(till: TillOnDisk, tmp_path: Path) -> None:
    order = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    till.path.with_name(PRINTED).symlink_to("/dev/full")
    printer = FakePrinter()

    with pytest.raises(OperationFailed, match="could not be noted") as failed:
        papers_on(till, printer, tmp_path).print(order, Paperwork.RECEIPT)

    assert failed.value.what_is_safe == "The sale is saved, and nothing was printed."
    assert printer.receipts == []
    assert till.one("SELECT outcome FROM papers") == "failed"
