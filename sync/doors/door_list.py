"""The list for a door, as the hub knows it: the same as a till prints, of all who may come."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.door_list import DueTicket, door_rows
from boxoffice.core.doors import Zone
from boxoffice.core.ids import ProductId
from boxoffice.documents.door_list import DoorList
from boxoffice.documents.languages import language
from sync.doors.arrivals import opens_on

_DUE: Final = text("""
    SELECT k.id, k.order_id, k.product_id, o.order_number, coalesce(o.customer_name, '') AS name, s.first_at
    FROM tickets k JOIN orders o ON o.id = k.order_id
    LEFT JOIN (
        SELECT ticket_id, min(scanned_at) AS first_at FROM scans
        WHERE event_id = :event AND day = :day AND zone = :zone AND outcome = 'admitted' AND NOT is_undone
            AND direction = 'in'
        GROUP BY ticket_id
    ) s ON s.ticket_id = k.id
    WHERE o.event_id = :event AND k.status = 'valid'
""")


def door_list(
    connection: Connection, catalogue: Catalogue, zone: Zone, day: date, now: datetime, spoken: str
) -> DoorList:
    """Returns the list of all who may come into a zone on a day, with who is in already."""
    speaks, clock = language(spoken), ZoneInfo(catalogue.timezone)
    rows = connection.execute(_DUE, {"event": catalogue.id, "day": day.isoformat(), "zone": zone.id})
    products, looks = catalogue.products_by_id, catalogue.doors.looks
    due = [
        DueTicket(
            row.id,
            row.order_id,
            row.order_number,
            row.name,
            products[row.product_id].name if row.product_id in products else row.product_id,
            "" if row.first_at is None else speaks.time(row.first_at.astimezone(clock)),
            looks.get(ProductId(row.product_id), ""),
        )
        for row in rows
        if opens_on(catalogue, row.product_id, zone, day)
    ]
    named = zone.name if len(catalogue.doors.zones) > 1 else ""
    return DoorList(catalogue.name, catalogue.venue, day, now.astimezone(clock), door_rows(due), named, speaks.code)
