"""What all payloads have in common: read leniently (a newer till may say more), written exactly."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from boxoffice.core.known import Known, Written
from boxoffice.core.rights import Right

Lines = list[tuple[str, int]]
"""Accounts, and what goes into each in minor units: debits are positive (we have more), credits negative."""
PartKey = tuple[int, int]
"""One thing of an order: its line, and its number within the line; both count from 0."""


class Payload(BaseModel):
    """Money fields are integer minor units of the payload's `currency`.

    `approved_by` is who allowed an act that is not everybody's, by the id of staff; where nobody had to, it is not
    written.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    approved_by: str | None = None

    def to_json(self) -> dict[str, Any]:
        said = self.model_dump(mode="json", by_alias=True)
        if self.approved_by is None:
            del said["approved_by"]
        return said

    def postings(self) -> Lines:
        """Returns what such a fact posts; nothing, but for kinds that are about money."""
        return []

    def note(self, known: Known, written: Written) -> None:
        """Adds what such a fact brings into the world for others to rest on; nothing, but for kinds that do."""

    @property
    def right(self) -> Right | None:
        """Which right it takes of whoever writes it at a till, where it takes one that not everybody has."""
        return None
