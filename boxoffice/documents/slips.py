"""Papers that are no order's: Z and X reports, and what goes with cash that is moved."""

from dataclasses import dataclass

from boxoffice.documents.blocks import Block, with_training
from boxoffice.documents.languages import language


@dataclass(frozen=True, slots=True)
class Slip:
    """Blocks from top to bottom, ready to print; sections stand between rules."""

    title: str
    blocks: tuple[Block, ...]
    language: str = "en"
    is_training: bool = False

    @property
    def printed(self) -> tuple[Block, ...]:
        """Returns its blocks as they go on paper: those of a training say so first and last."""
        return with_training(self.blocks, language(self.language).say) if self.is_training else self.blocks
