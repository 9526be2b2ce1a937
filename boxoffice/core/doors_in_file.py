"""What event files say about coming in: read into the doors of their event, and written back."""

from typing import Any

from boxoffice.core.doors import DAY_STARTS, FESTIVAL, NO_DOORS, Doors, Reentry, Zone
from boxoffice.core.event_file_shape import DoorsEntry, ZoneEntry
from boxoffice.core.ids import PoolId, ProductId


def doors_of(entry: DoorsEntry) -> Doors:
    """Returns what an event file says; one zone that every ticket opens, where it names none."""
    looks = {ProductId(product): words for product, words in entry.looks.items()}
    zones = tuple(_zone(each) for each in entry.zones)
    return Doors(zones or NO_DOORS.zones, entry.day_starts or DAY_STARTS, looks, dict(entry.moves))


def doors_entry(doors: Doors) -> dict[str, Any]:
    """Returns what an event file says of it: nothing where there is nothing to say."""
    zones = [] if doors.zones == (FESTIVAL,) else [_zone_entry(zone) for zone in doors.zones]
    said = {
        "day_starts": "" if doors.day_starts == DAY_STARTS else doors.day_starts.isoformat("minutes"),
        "looks": dict(sorted(doors.looks.items())),
        "zones": zones,
        "moves": {before.isoformat(): after.isoformat() for before, after in sorted(doors.moves.items())},
    }
    return {what: given for what, given in said.items() if given}


def _zone(entry: ZoneEntry) -> Zone:
    return Zone(
        id=entry.id,
        name=entry.name,
        gates=entry.gates or FESTIVAL.gates,
        products=frozenset(ProductId(each) for each in entry.products),
        pools=frozenset(PoolId(each) for each in entry.pools),
        capacity=entry.capacity,
        reentry=Reentry(entry.reentry),
        entries_a_day=entry.entries_a_day,
    )


def _zone_entry(zone: Zone) -> dict[str, Any]:
    said = {
        "gates": list(zone.gates),
        "products": sorted(zone.products),
        "pools": sorted(zone.pools),
        "capacity": zone.capacity,
        "reentry": "" if zone.reentry is Reentry.STAMP else zone.reentry.value,
        "entries_a_day": zone.entries_a_day,
    }
    return {"id": zone.id, "name": zone.name} | {what: given for what, given in said.items() if given}
