"""What was changed about configuration and rights, and by whom: read from the facts, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.payloads.office import Subject
from sync.organizers.organizers import names_of
from sync.store import tables as t
from sync.store.staff import names_of_staff

MOST: Final = 100
"""So many stand on one page."""
MOST_IN_FILE: Final = 100_000


class About(Enum):
    """What a change is about; one may look at it alone."""

    EVENTS = "events"
    STAFF = "staff"
    ORGANIZERS = "organizers"
    TILLS = "tills"
    SALES = "sales"
    CARDS = "cards"
    SETTINGS = "settings"
    PERSONAL = "personal"


KINDS: Final[Mapping[FactKind, About]] = {
    FactKind.CATALOGUE_REVISED: About.EVENTS,
    FactKind.STAFF_CHANGED: About.STAFF,
    FactKind.LEASE_RECLAIMED: About.TILLS,
    FactKind.VALUE_RECLAIMED: About.TILLS,
    FactKind.GIFT_CARD_BLOCKED: About.CARDS,
    FactKind.GIFT_CARD_WRITTEN_OFF: About.CARDS,
    FactKind.CONTACTS_ERASED: About.PERSONAL,
}
"""The kinds of facts that say what was changed; of `office_changed` the subject tells what it is about."""
SUBJECTS: Final[Mapping[Subject, About]] = {
    Subject.ORGANIZER: About.ORGANIZERS,
    Subject.TILL: About.TILLS,
    Subject.KEY: About.TILLS,
    Subject.SWITCH: About.SALES,
    Subject.LINE: About.SALES,
    Subject.SETTING: About.SETTINGS,
    Subject.CONTACT: About.PERSONAL,
}
_f: Final = t.facts.c
_by: Final[ColumnElement[Any]] = func.coalesce(_f.payload["by"].astext, "")
_subject: Final[ColumnElement[Any]] = _f.payload["subject"].astext
_ALL: Final = sorted(kind.value for kind in (*KINDS, FactKind.OFFICE_CHANGED))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes to look at; days are those of the time zone, both of them in it."""

    by: str = ""
    about: About | None = None
    event_id: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `by` is a name, empty for what the hub did by itself; so are `whom` and `till`."""

    position: int
    at: datetime
    kind: FactKind
    payload: Mapping[str, Any]
    about: About
    by: str
    whom: str
    till: str
    event: str
    fact_id: str


def changes(connection: Connection, wanted: Wanted, most: int = MOST) -> tuple[Sequence[Change], bool]:
    """Returns the newest changes that are wanted, and whether there are more."""
    rows = connection.execute(_query(wanted).limit(most + 1)).mappings().all()
    shown = rows[:most]
    by = names_of(connection, [row["by"] for row in shown])
    subjects = [row for row in shown if row["payload"].get("subject") == Subject.ORGANIZER.value]
    organizers = names_of(connection, [row["payload"]["subject_id"] for row in subjects])
    staff = names_of_staff(connection, [row["payload"].get("staff_id") for row in shown])
    found = [
        Change(
            position=row["position"],
            at=row["occurred_at"],
            kind=FactKind(row["kind"]),
            payload=row["payload"],
            about=_about(FactKind(row["kind"]), row["payload"]),
            by=by.get(row["by"], ""),
            whom=staff.get(row["payload"].get("staff_id", ""), "")
            or organizers.get(row["payload"].get("subject_id", ""), ""),
            till=row["till"] or "",
            event=row["event"] or "",
            fact_id=row["id"],
        )
        for row in shown
    ]
    return found, len(rows) > most


def who_changed(connection: Connection) -> list[tuple[str, str]]:
    """Returns whoever changed something, with what each is called, by name."""
    mine = select(_by).where(_f.kind.in_(_ALL), _f.is_applied, _by != "").distinct()
    names = names_of(connection, connection.scalars(mine))
    return sorted(names.items(), key=lambda each: each[1].casefold())


def _query(wanted: Wanted) -> Select[Any]:
    d, e = t.devices.c, t.events.c
    till = func.coalesce(_f.payload["from_device"].astext, _f.payload["subject_id"].astext)
    query = (
        select(
            *(_f.position, _f.id, _f.occurred_at, _f.kind, _f.payload, _by.label("by")),
            d.name.label("till"),
            e.name.label("event"),
        )
        .outerjoin(t.devices, d.id == till)
        .outerjoin(t.events, e.id == _f.event_id)
        .where(_f.kind.in_(_ALL), _f.is_applied)
        .order_by(_f.position.desc())
    )
    # What a till's own request took back is no organizer's doing.
    query = query.where(or_(_f.kind.not_in(("lease_reclaimed", "value_reclaimed")), _by != ""))
    if wanted.by:
        query = query.where(_by == wanted.by)
    if wanted.about is not None:
        kinds = [kind.value for kind, about in KINDS.items() if about is wanted.about]
        subjects = [subject.value for subject, about in SUBJECTS.items() if about is wanted.about]
        of_office = and_(_f.kind == FactKind.OFFICE_CHANGED.value, _subject.in_(subjects))
        query = query.where(or_(_f.kind.in_(kinds), of_office))
    if wanted.event_id:
        query = query.where(_f.event_id == wanted.event_id)
    if wanted.since is not None:
        query = query.where(_f.occurred_at >= _midnight(wanted.since, wanted.zone))
    if wanted.until is not None:
        query = query.where(_f.occurred_at < _midnight(wanted.until + timedelta(days=1), wanted.zone))
    if wanted.before is not None:
        query = query.where(_f.position < wanted.before)
    return query


def _about(kind: FactKind, payload: Mapping[str, Any]) -> About:
    return KINDS[kind] if kind in KINDS else SUBJECTS[Subject(payload["subject"])]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))
