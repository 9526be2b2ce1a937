"""Papers that are no order's: Z and X reports, and what goes with cash that is moved."""

from dataclasses import dataclass

from boxoffice.documents.blocks import Block


@dataclass(frozen=True, slots=True)
class Slip:
    """Blocks from top to bottom, ready to print; sections stand between rules."""

    title: str
    blocks: tuple[Block, ...]
    language: str = "en"
