"""The look at tills before doors open: what a till asks the hub for it, and what the last one of each came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.facts import instant_text
from boxoffice.core.preflight import CHECKS, Check, Outcome
from boxoffice.core.signed_time import sign_time
from boxoffice.core.wire.preflight import PreflightAnswer, PreflightAsk
from sync.ledger.hub import Hub
from sync.store.chain import utc_now
from sync.store.staff import names_of_staff

_CASH_TILLS: Final = text("""
    SELECT DISTINCT d.name FROM shifts s JOIN devices d ON d.id = s.device_id
    WHERE s.event_id = :event AND s.status = 'open' AND d.status = 'active' ORDER BY d.name
""")
_NEWEST: Final = text("""
    SELECT d.name AS till, f.occurred_at, f.staff_id, f.payload
    FROM devices d CROSS JOIN LATERAL (
        SELECT occurred_at, staff_id, payload FROM facts
        WHERE kind = 'preflight_done' AND device_id = d.id AND event_id = :event AND is_applied
        ORDER BY position DESC LIMIT 1
    ) f
    WHERE d.kind = 'till' AND d.status <> 'revoked' ORDER BY d.name
""")


class NoSuchEvent(LookupError):
    """The till asks about an event that the hub does not have."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How a till was found when it was last looked at. `by` is a name, or empty; `failed` and `to_do` are checks."""

    till: str
    at: datetime
    by: str
    passed: int
    counted: int
    failed: tuple[Check, ...]
    to_do: tuple[Check, ...]
    is_open: bool

    @property
    def is_green(self) -> bool:
        """Whether all that counts has passed: also what a newer till looks at besides."""
        return self.passed == self.counted


def tell_for_preflight(hub: Hub, ask: PreflightAsk) -> PreflightAnswer:
    """Returns the hub's time with its signature, and the tills of the event that have a drawer open.

    Raises:
        NoSuchEvent: if there is no such event.
    """
    with hub.database.reading() as connection:
        known = connection.execute(text("SELECT 1 FROM events WHERE id = :event"), {"event": ask.event_id}).first()
        if known is None:
            raise NoSuchEvent(ask.event_id)
        key = hub.event_key(connection, ask.event_id)
        cash_tills = tuple(connection.scalars(_CASH_TILLS, {"event": ask.event_id}))
    now = instant_text(utc_now())
    signature = sign_time(ask.nonce, now, ask.event_id, key)
    return PreflightAnswer(hub_time=now, signature=signature, cash_tills=cash_tills)


def looked_at(connection: Connection, event_id: str) -> Sequence[LookedAt]:
    """Returns how each till of an event was found last; those that nobody has looked at are left out."""
    rows = connection.execute(_NEWEST, {"event": event_id}).mappings().all()
    names = names_of_staff(connection, [row["staff_id"] for row in rows])
    return [
        LookedAt(
            till=row["till"] or "",
            at=row["occurred_at"],
            by=names.get(row["staff_id"] or "", ""),
            passed=sum(each == Outcome.PASS.value for each in row["payload"]["outcomes"].values()),
            counted=sum(each != Outcome.UNUSED.value for each in row["payload"]["outcomes"].values()),
            failed=_having(row["payload"]["outcomes"], Outcome.FAIL),
            to_do=_having(row["payload"]["outcomes"], Outcome.TO_DO),
            is_open=bool(row["payload"].get("opened")),
        )
        for row in rows
    ]


def _having(outcomes: dict[str, str], outcome: Outcome) -> tuple[Check, ...]:
    """Returns the checks that came to it, in the order of the table; a newer till may have others too."""
    return tuple(check for check in CHECKS if outcomes.get(check.value) == outcome.value)
