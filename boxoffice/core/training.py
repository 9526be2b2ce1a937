"""What marks practice apart from the real thing wherever it turns up: the id of its event, which no hub takes.

Every fact, ticket and paper of a training says it, so nothing needs to remember to.
"""

from typing import Final

from boxoffice.core.ids import EventId
from boxoffice.core.languages import later

TRAINING_EVENT: Final = EventId("boxoffice-training")
TRAINING: Final = later("TRAINING")
"""The word on every paper, and on every screen. Each language has its own."""
NO_VALUE: Final = later("No money was taken. This lets nobody in.")


def is_training(event_id: str) -> bool:
    """Returns whether something of this event is only practised with."""
    return event_id == TRAINING_EVENT
