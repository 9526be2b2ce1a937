"""The till's second file: says how far the chain had come, whatever becomes of the till's own file.

A mark is written after its facts are committed and before anybody hears of them, with one flush. So the witness is
never ahead of what was on the disk, and never behind what was shown.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from boxoffice.core.witness import SIZE_BYTES, Mark, newest_mark, slot_of
from boxoffice.till.store.disk import Block, BlockFile

NAME: Final = "till.witness"


class Witness:
    """Remembers the newest mark; a mark that is not further than it is not written."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self.last: Mark | None = newest_mark(block.read())

    def bear(self, mark: Mark) -> None:
        """Returns when the mark is on the disk.

        Raises:
            OSError: if it can't be written; what was there before it still is.
        """
        last = self.last
        if last is not None and mark.head.device_id == last.head.device_id and mark.place <= last.place:
            return
        counted = replace(mark, counter=1 if last is None else last.counter + 1)
        self._block.write(*slot_of(counted))
        self._block.flush()
        self.last = counted

    def close(self) -> None:
        """May be called again."""
        self._block.close()


def open_witness(folder: Path) -> Witness:
    """Returns the witness beside a till's file; one that is new, torn or damaged has no mark.

    Raises:
        OSError: if there is no space for it, or it can't be read.
    """
    return Witness(BlockFile(folder / NAME, SIZE_BYTES))
