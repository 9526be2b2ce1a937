"""Who comes in: whatever a ticket did before and whoever heard of it, one person passes for each time it is let in."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.admission import Answer, Checkpoint, KnownTicket, Passage, admit
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.doors import Doors, Reentry, Zone
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words, whole_event
from boxoffice.core.ids import EventId, PoolId, ProductId, TicketId
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Direction, Outcome, ScanRow, Seen, double_entries
from boxoffice.core.tickets import TicketClaims
from tests.fest import fest

FRIDAY, SATURDAY = date(2026, 5, 15), date(2026, 5, 16)
TEN = datetime(2026, 5, 16, 4, tzinfo=UTC)
FESTIVAL = Zone("festival", "Festival", ("Main door", "Side door"))
ROOM = Zone("room", "Room", ("Room",), frozenset({ProductId("full-pass")}), frozenset({PoolId("casino-workshop")}))
EVENT = catalogue_from(fest(), 1)
PRODUCTS = ["full-pass", "friday-pass", "saturday-pass", "casino-workshop"]


def catalogue(*zones: Zone, **said: Any) -> Catalogue:
    return replace(EVENT, doors=Doors(zones or (FESTIVAL, ROOM), **said))


def claims(product: str = "friday-pass") -> TicketClaims:
    known = EVENT.products_by_id[ProductId(product)]
    return TicketClaims(EventId("boulder-fest-2026"), TicketId("t"), ProductId(product), known.days)


def at(zone: Zone = FESTIVAL, day: date = FRIDAY, direction: Direction = Direction.IN) -> Checkpoint:
    return Checkpoint(zone, zone.gates[0], direction, day)


def passed(n: int, answer: Answer, place: Checkpoint, seen: Seen | None = None) -> Passage:
    assert answer.is_in
    day = place.day.isoformat()
    return Passage(f"{n:04}", TEN + timedelta(minutes=n), place.zone.id, place.gate, place.direction, day, "", seen)


MOVES = st.lists(st.sampled_from(["in", "in", "out", "stamp"]), max_size=12)
ZONES = st.builds(
    replace,
    st.just(FESTIVAL),
    reentry=st.sampled_from(Reentry),
    entries_a_day=st.none() | st.integers(1, 3),
)


@given(moves=MOVES, zone=ZONES)
def test_one_gate_by_itself_lets_nobody_in_twice(moves: list[str], zone: Zone) -> None:
    known, place = KnownTicket(TicketStatus.VALID), at(zone)
    for n, move in enumerate(moves):
        here = replace(place, direction=Direction.OUT if move == "out" else Direction.IN)
        seen = frozenset({Seen.STAMP} if move == "stamp" else ())
        answer = admit(claims(), known, here, catalogue(zone), seen)
        if answer.is_in:
            was_stamp = move == "stamp" and not answer.is_first
            known = replace(
                known, passages=(*known.passages, passed(n, answer, here, Seen.STAMP if was_stamp else None))
            )

    entries = [each for each in known.passages if each.direction is Direction.IN]
    assert zone.entries_a_day is None or len(entries) <= zone.entries_a_day
    assert zone.reentry is not Reentry.NEVER or len(entries) <= 1
    assert double_entries(map(row, known.passages)) == {}


def row(passage: Passage) -> ScanRow:
    rest = {"outcome": Outcome.ADMITTED, "day": passage.day, "clock": "21:00", "seen": passage.seen, "is_undone": False}
    return ScanRow(
        id=passage.scan_id,
        event_id="e",
        ticket_id="t",
        device_id="d",
        gate=passage.gate,
        zone=passage.zone,
        direction=passage.direction,
        scanned_at=passage.at,
        **rest,  # type: ignore[arg-type]  # by their names
    )


@given(moves=st.lists(st.tuples(st.sampled_from(Direction), st.booleans()), max_size=8), order=st.randoms())
def test_doubles_are_the_same_in_whatever_order_their_scans_are_heard(
    moves: list[tuple[Direction, bool]], order: Any
) -> None:
    passages = [
        Passage(
            f"{n}", TEN + timedelta(minutes=n), "festival", "Door", way, "2026-05-15", "", Seen.STAMP if stamp else None
        )
        for n, (way, stamp) in enumerate(moves)
    ]
    rows = list(map(row, passages))
    mixed = rows.copy()
    order.shuffle(mixed)

    assert double_entries(mixed) == double_entries(rows)
    assert all(earlier.scanned_at < rows[int(each)].scanned_at for each, earlier in double_entries(rows).items())


@given(
    product=st.sampled_from(PRODUCTS),
    zone=st.sampled_from([FESTIVAL, ROOM]),
    day=st.sampled_from([FRIDAY, SATURDAY, date(2026, 6, 1)]),
    status=st.none() | st.sampled_from(TicketStatus),
    seen=st.frozensets(st.sampled_from(Seen)),
)
def test_a_ticket_opens_its_own_zone_on_its_own_days_while_it_is_good(
    product: str, zone: Zone, day: date, status: TicketStatus | None, seen: frozenset[Seen]
) -> None:
    ticket = claims(product)

    answer = admit(ticket, KnownTicket(status), at(zone, day), catalogue(), seen)

    opens = zone is FESTIVAL or product in ("full-pass", "casino-workshop")
    assert answer.is_in == (opens and day in ticket.days and status is not TicketStatus.VOIDED)
    assert answer.is_listed == (status is not None)


@given(status=st.none() | st.sampled_from(TicketStatus), product=st.sampled_from(PRODUCTS), day=st.just(SATURDAY))
def test_whoever_wants_out_is_let_out(status: TicketStatus | None, product: str, day: date) -> None:
    place = at(ROOM, day, Direction.OUT)

    assert admit(claims(product), KnownTicket(status), place, catalogue()).is_in


def test_a_card_is_looked_at_once_and_not_asked_for_again() -> None:
    event = catalogue(looks={ProductId("full-pass"): "Student card"})
    first = admit(claims("full-pass"), KnownTicket(TicketStatus.VALID), at(), event)
    looked = admit(claims("full-pass"), KnownTicket(TicketStatus.VALID), at(), event, frozenset({Seen.ID}))
    known = KnownTicket(TicketStatus.VALID, (passed(1, looked, at(), Seen.ID),))

    assert (first.outcome, first.look) == (Outcome.LOOK_ID, "Student card")
    assert admit(claims("full-pass"), known, at(day=SATURDAY), event).is_in


@pytest.mark.parametrize(
    ("clock", "day"), [("23:59", FRIDAY), ("02:00", FRIDAY), ("05:59", FRIDAY), ("06:00", SATURDAY)]
)
def test_a_night_is_of_the_day_on_which_it_began(clock: str, day: date) -> None:
    hour = time.fromisoformat(clock)
    local = datetime.combine(FRIDAY if hour.hour > 12 else SATURDAY, hour)

    assert Doors().day_of(local) == day


def test_an_event_that_names_no_zone_has_one_with_one_gate_that_every_ticket_opens() -> None:
    event = catalogue_from({what: said for what, said in fest().items() if what != "doors"}, 1)

    assert [(zone.id, zone.gates) for zone in event.doors.zones] == [("festival", ("Door",))]
    assert all(event.opens(ProductId(each), event.doors.zones[0]) for each in PRODUCTS)


def test_the_sample_events_rooms_are_opened_by_their_own_tickets_and_the_passes() -> None:
    festival, *rooms = EVENT.doors.zones

    assert all(EVENT.opens(product.id, festival) for product in EVENT.products)
    assert {room.id: sorted(each.id for each in EVENT.products if EVENT.opens(each.id, room)) for room in rooms} == {
        "casino-room": ["casino-workshop", "full-pass", "student-pass"],
        "rumba-room": ["full-pass", "rumba-workshop", "student-pass"],
    }


def test_what_an_event_file_says_of_its_doors_goes_to_tills_beside_the_event_and_is_written_back() -> None:
    doors = {
        "day_starts": "05:00",
        "looks": {"student-pass": "Student card"},
        "zones": [
            {"id": "festival", "name": "Festival", "gates": ["Main door", "Side door"], "capacity": 600},
            {"id": "room", "name": "Room", "pools": ["casino-workshop"], "reentry": "never", "entries_a_day": 2},
        ],
    }
    event = catalogue_from({**fest(), "doors": doors}, 1)
    file = event_file_of(event)
    told = beside_the_event(file)

    assert "doors" not in in_its_own_words(file, FRIDAY)
    assert catalogue_from(whole_event(in_its_own_words(file, FRIDAY), **told), 1).doors == event.doors
    newer = {**told["doors"], "cloakroom": True}
    assert (
        catalogue_from(whole_event(in_its_own_words(file, FRIDAY), **{**told, "doors": newer}), 1).doors == event.doors
    )


@pytest.mark.parametrize(
    ("doors", "place"),
    [
        ({"zones": [{"id": "a", "name": "A", "products": ["nothing"]}]}, "doors.zones[0].products"),
        ({"zones": [{"id": "a", "name": "A", "pools": ["nothing"]}]}, "doors.zones[0].pools"),
        ({"zones": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "doors.zones"),
        ({"zones": [{"id": "a", "name": "A", "gates": ["G", "G"]}]}, "doors.zones[0].gates"),
        ({"zones": [{"id": "a", "name": "A", "capacity": 0}]}, "doors.zones[0].capacity"),
        ({"zones": [{"id": "a", "name": "A", "reentry": "maybe"}]}, "doors.zones[0].reentry"),
        ({"looks": {"nothing": "Card"}}, "doors.looks"),
        ({"day_starts": "06:00+02:00"}, "doors.day_starts"),
    ],
)
def test_what_does_not_fit_in_the_doors_of_an_event_is_named_with_its_place(doors: Any, place: str) -> None:
    with pytest.raises(BadInput) as bad:
        catalogue_from({**fest(), "doors": doors}, 1)

    assert place in [each.place for each in bad.value.problems]
