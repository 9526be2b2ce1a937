"""What somebody has shown at this till, and when: a code that was read, a list that was made."""

from datetime import datetime

from boxoffice.core.facts import instant, instant_text
from boxoffice.core.preflight import PROOF_LASTS, Check
from boxoffice.till.store import settings
from boxoffice.till.usecases.context import TillContext


def note_proof(context: TillContext, check: Check) -> None:
    """Notes that it was shown just now."""
    with context.store.transaction() as connection:
        settings.put(connection, _name(check), instant_text(context.clock.now()))


def proved_at(context: TillContext, check: Check) -> datetime | None:
    """Returns when it was shown last, where the event is; None if that was not tonight."""
    with context.store.reading() as connection:
        kept = settings.get(connection, _name(check))
    return None if kept is None else tonight(context, instant(kept))


def tonight(context: TillContext, at: datetime) -> datetime | None:
    """Returns the moment where the event is, unless it is too long ago, or still to come."""
    return context.local(at) if abs(context.clock.now() - at) <= PROOF_LASTS else None


def _name(check: Check) -> str:
    return f"shown_{check.value}"
