"""The file of printed papers beside the till's own: written and flushed before a paper goes out, one flush each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from boxoffice.core.printed import KEPT, SIZE_BYTES, PrintedPaper, papers_in, record_of
from boxoffice.core.witness import Mark
from boxoffice.till.store.disk import BlockFile

NAME: Final = "till.printed"


class PrintedPapers:
    """`all` are the newest papers, the oldest of them first. The file is made, at its full size, for the first one."""

    def __init__(self, path: Path) -> None:
        """Reads what is there; a journal that is new, torn or damaged has fewer papers, or none.

        Raises:
            OSError: if it can't be read.
        """
        self.all: Sequence[PrintedPaper] = papers_in(path.read_bytes()) if path.exists() else ()
        self._path = path
        self._block: BlockFile | None = None

    @property
    def furthest(self) -> Mark | None:
        """How far the chain had come by the newest paper."""
        return self.all[-1].mark if self.all else None

    def note(self, mark: Mark, order_number: str, kind: str) -> None:
        """Returns when the paper is noted on the disk.

        Raises:
            OSError: if it can't be.
        """
        if self._block is None:
            self._block = BlockFile(self._path, SIZE_BYTES)
        counter = self.all[-1].mark.counter + 1 if self.all else 1
        paper = PrintedPaper(Mark(mark.head, mark.orders, counter), order_number, kind)
        self._block.write(*record_of(paper))
        self._block.flush()
        self.all = (*self.all, paper)[-KEPT:]

    def close(self) -> None:
        """May be called again."""
        if self._block is not None:
            self._block.close()
            self._block = None
