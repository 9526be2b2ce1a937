"""What facts about the catalogue say."""

from typing import Any

from boxoffice.core.known import Known, KnownEvent, Written, limits_of, pools_of, revision_of
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

    def note(self, known: Known, written: Written) -> None:
        file, event_id = self.event, self.event["event"]["id"]
        before = known.events.get(event_id)
        older = () if before is None else tuple(before.revisions())
        older_limits = () if before is None else tuple(before.all_limits())
        known.events[event_id] = KnownEvent(
            file["event"]["currency"],
            pools_of(file),
            revision_of(file),
            lambda: older,
            limits_of(file),
            lambda: older_limits,
        )
