"""What facts about the catalogue say."""

from typing import Any

from boxoffice.core.payloads.payload import Payload


class CatalogueRevised(Payload):
    """`event` is the whole event file as `event_file_of` writes it.

    `by` is the organizer, or the command, that revised it; not written where nobody is named, as before.
    """

    revision: int
    event: dict[str, Any]
    by: str = ""

    def to_json(self) -> dict[str, Any]:
        said = super().to_json()
        if not self.by:
            del said["by"]
        return said
