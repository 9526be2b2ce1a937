"""What all payloads have in common: read leniently (a newer till may say more), written exactly."""

from typing import Any

from pydantic import BaseModel, ConfigDict

Lines = list[tuple[str, int]]
"""Accounts, and what goes into each in minor units: debits are positive (we have more), credits negative."""
PartKey = tuple[int, int]
"""One thing of an order: its line, and its number within the line; both count from 0."""


class Payload(BaseModel):
    """Money fields are integer minor units of the payload's `currency`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def postings(self) -> Lines:
        """Returns what such a fact posts; nothing, but for kinds that are about money."""
        return []
