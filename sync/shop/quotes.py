"""What a buyer was shown holds: a total that this hub has signed with its moment is not raised by what comes later."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.fact_kinds import FactKind
from sync.ledger.hub import Hub
from sync.store import tables as t

HOLDS: Final = timedelta(hours=1)
"""How long a page may lie open: who comes later is shown the price of then first."""
_PURPOSE: Final = "quote"


@dataclass(frozen=True, slots=True)
class Quoted:
    """The event as it was when a total was shown, and when that was."""

    catalogue: Catalogue
    at: datetime


def quote_of(hub: Hub, catalogue: Catalogue, at: datetime, minor: int) -> str:
    """Returns what proves that this total was shown then."""
    moment = int(at.timestamp())
    return f"{catalogue.revision}.{moment}.{hub.sealer.sign(_PURPOSE, _said(catalogue, moment, minor))}"


def quoted(hub: Hub, connection: Connection, now: Catalogue, quote: str | None, minor: int) -> Quoted | None:
    """Returns what a total was worked out by that was shown an hour ago at most; None if nobody signed that."""
    revision, _, rest = (quote or "").partition(".")
    moment, _, signature = rest.partition(".")
    if not (revision.isdecimal() and moment.isdecimal() and len(revision) < 10 and len(moment) < 12):
        return None
    said = f"{now.id} {int(revision)} {int(moment)} {minor}"
    at = datetime.fromtimestamp(int(moment), UTC)
    if not hub.sealer.is_signed(_PURPOSE, said, signature) or datetime.now(UTC) - at > HOLDS:
        return None
    f = t.facts.c
    mine = (f.event_id == now.id, f.kind == FactKind.CATALOGUE_REVISED.value)
    told = select(f.payload["event"]).where(*mine, f.payload["revision"].astext == revision).limit(1)
    file = connection.scalar(told)
    return None if file is None else Quoted(catalogue_from(file, int(revision)), at)


def _said(catalogue: Catalogue, moment: int, minor: int) -> str:
    return f"{catalogue.id} {catalogue.revision} {moment} {minor}"
