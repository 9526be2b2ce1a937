"""What facts about the catalogue say."""

from typing import Any

from boxoffice.core.payloads.payload import Payload


class CatalogueRevised(Payload):
    """`event` is the whole event file as `event_file_of` writes it."""

    revision: int
    event: dict[str, Any]
