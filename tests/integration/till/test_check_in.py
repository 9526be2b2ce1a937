"""A gate by itself: tickets of this till and of others are judged with no network, and what came of it is on disk."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pymupdf as _pymupdf
import pytest

from boxoffice.core.doors import Doors, Reentry, Zone
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.ids import EventId, OrderId, PriceKindId, ProductId, TicketId, uuid7
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Direction, Outcome, Seen
from boxoffice.core.tariffs import PriceKind, PriceRule
from boxoffice.core.ticket_codes import code_of
from boxoffice.core.tickets import Issuer, TicketClaims, certify, encode_party, encode_token
from boxoffice.core.wire.orders_elsewhere import OrderElsewhere, OrdersAnswer, ScanElsewhere, TicketElsewhere
from boxoffice.documents.papers import Heading, papers_of
from boxoffice.till.store.facts import of_order
from boxoffice.till.usecases.door_list import DoorLists
from boxoffice.till.usecases.gateway.gate import How, Post, Verdict
from tests.integration.till.kit import TillOnDisk, cart, usd

pymupdf: Any = _pymupdf  # it has no types
FRIDAY_NIGHT = datetime(2026, 5, 16, 3, 14, tzinfo=UTC)
"""9:14 pm in Boulder."""


@pytest.fixture(autouse=True)
def tonight(till: TillOnDisk) -> None:
    till.clock.at = FRIDAY_NIGHT
    till.elsewhere.belong_to(str(till.context.device.id), str(till.context.event.catalogue.id))


def sold(till: TillOnDisk, *wanted: str | tuple[str, int]) -> list[str]:
    """Returns the codes of the tickets of a sale."""
    till.grant_all(sum(1 if isinstance(each, str) else each[1] for each in wanted))
    order_id = till.selling.sell_for_cash(cart(*wanted), usd("9000"))
    return codes_of(till, order_id)


def codes_of(till: TillOnDisk, order_id: str) -> list[str]:
    query = """
        SELECT group_concat(json_extract(value, '$.token'), '|') FROM facts, json_each(payload, '$.tickets')
        WHERE kind = 'tickets_issued' AND order_id = ?
    """
    return str(till.one(query, order_id)).split("|")


def with_doors(till: TillOnDisk, *zones: Zone, **said: Any) -> None:
    event = till.context.event
    doors = Doors(zones or event.catalogue.doors.zones, **said)
    till.context.sell_for(replace(event, catalogue=replace(event.catalogue, doors=doors)))


def scan(till: TillOnDisk, code: str) -> Verdict:
    return till.gate.scan((code,))


def theirs(
    till: TillOnDisk, n: int = 1, product: str = "friday-pass", tickets: int = 1, **other: Any
) -> tuple[OrderElsewhere, list[str]]:
    """Returns an order of the web, and the codes of its tickets, which the hub signed."""
    event = till.context.event
    certificate = certify(event.catalogue.id, till.hub_key.public_key(), till.event_key)
    ids = [uuid7(1_778_000_000_000 + 10 * n + i, bytes([7] * 7 + [n % 256, n // 256, i])) for i in range(tickets)]
    days = event.catalogue.products_by_id[ProductId(product)].days
    codes = [
        encode_token(
            TicketClaims(EventId(event.catalogue.id), TicketId(each), ProductId(product), days),
            Issuer(till.hub_key, certificate),
        )
        for each in ids
    ]
    said: dict[str, Any] = {
        "id": f"web-{n}",
        "number": f"WB-{n:04d}",
        "channel": Channel.WEB,
        "status": OrderState.COMPLETED,
        "total": 6_500,
        "currency": "USD",
        "placed_at": "2026-05-01T10:00:00.000Z",
        "sold_by": "",
        "name": "Rosa Ortega",
        "tickets": tuple(TicketElsewhere(id=each, product_id=product, status=TicketStatus.VALID) for each in ids),
    }
    return OrderElsewhere.model_validate({**said, **other}), codes


def hear(till: TillOnDisk, *orders: OrderElsewhere) -> None:
    """Takes orders of others, as the hub tells them."""
    till.elsewhere.take(OrdersAnswer(orders=orders, cursor="1", more=False), "tag")


def entry_elsewhere(till: TillOnDisk, ticket_id: str, **other: Any) -> ScanElsewhere:
    said = {
        "id": f"scan-{ticket_id}",
        "ticket_id": ticket_id,
        "device_id": "till-9",
        "till": "Side door",
        "zone": "festival",
        "gate": "Door",
        "direction": "in",
        "day": "2026-05-15",
        "at": "2026-05-16T03:02:00.000Z",
    }
    return ScanElsewhere.model_validate({**said, **other})


def test_a_ticket_lets_in_one_person_once_and_says_when_and_where_it_did(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")

    first, second = scan(till, code), scan(till, code)

    assert (first.outcome, first.product) == (Outcome.ADMITTED, "Friday Day Pass")
    assert second.outcome is Outcome.ALREADY_IN
    assert second.before is not None
    assert (second.before.gate, second.before.where) == ("Door", "till-1")
    assert second.before.at.strftime("%H:%M") == "21:14"
    assert till.gate.reader.now().inside == 1
    assert till.verify().problem is None


def test_every_scan_is_a_fact_that_outlives_the_program(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")
    scan(till, code)
    scan(till, "9780201379624")

    till.reopen()

    facts = "SELECT group_concat(json_extract(payload, '$.outcome')) FROM facts WHERE kind = 'ticket_scanned'"
    assert till.one(facts) == "admitted,not_a_ticket"
    assert scan(till, code).outcome is Outcome.ALREADY_IN
    assert [each.outcome for each in till.gate.reader.now().last] == [
        Outcome.ALREADY_IN,
        Outcome.NOT_A_TICKET,
        Outcome.ADMITTED,
    ]


def test_a_ticket_of_another_day_says_on_which_it_is_good(till: TillOnDisk) -> None:
    (code,) = sold(till, "saturday-pass")

    verdict = scan(till, code)

    assert verdict.outcome is Outcome.WRONG_DAY
    assert [day.isoformat() for day in verdict.days] == ["2026-05-16"]
    assert till.gate.reader.now().inside == 0


def test_the_night_belongs_to_the_day_on_which_it_began(till: TillOnDisk) -> None:
    (friday, saturday) = (*sold(till, "friday-pass"), *sold(till, "saturday-pass"))

    till.clock.at = FRIDAY_NIGHT + timedelta(hours=5)
    at_two_in_the_morning = [scan(till, friday).outcome, scan(till, saturday).outcome]
    till.clock.at = FRIDAY_NIGHT + timedelta(hours=14)
    at_eleven = [scan(till, friday).outcome, scan(till, saturday).outcome]

    assert at_two_in_the_morning == [Outcome.ADMITTED, Outcome.WRONG_DAY]
    assert at_eleven == [Outcome.WRONG_DAY, Outcome.ADMITTED]


def test_a_forged_ticket_is_none_and_one_of_another_event_is_told_apart(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")
    claims = TicketClaims(EventId("another-night"), TicketId(till.context.new_id()), ProductId("friday-pass"), ())
    other = encode_token(claims, Issuer(till.hub_key, bytes(64)))
    middle = len(code) // 2

    assert scan(till, code[:middle] + ("A" if code[middle] != "A" else "B") + code[middle + 1 :]).outcome is (
        Outcome.NOT_A_TICKET
    )
    assert scan(till, other).outcome is Outcome.WRONG_EVENT


def test_a_ticket_that_is_on_no_list_here_is_taken_at_its_signature_and_says_so(till: TillOnDisk) -> None:
    _, (code,) = theirs(till)

    first, second = scan(till, code), scan(till, code)

    assert (first.outcome, first.is_listed) == (Outcome.ADMITTED, False)
    assert (second.outcome, second.is_listed) == (Outcome.ALREADY_IN, False)


def test_a_ticket_of_others_is_known_with_its_buyer_and_where_it_came_in_elsewhere(till: TillOnDisk) -> None:
    order, (code,) = theirs(till)
    entered = entry_elsewhere(till, order.tickets[0].id)
    hear(till, order.model_copy(update={"scans": (entered,)}))

    verdict = scan(till, code)

    assert (verdict.outcome, verdict.name, verdict.order_number) == (Outcome.ALREADY_IN, "Rosa Ortega", "WB-0001")
    assert verdict.before is not None
    assert (verdict.before.where, verdict.before.at.strftime("%H:%M")) == ("Side door", "21:02")
    assert till.gate.reader.now().inside == 1


def test_a_refunded_ticket_opens_nothing_and_whoever_is_inside_on_it_is_named(till: TillOnDisk) -> None:
    order, (code,) = theirs(till)
    void = tuple(each.model_copy(update={"status": TicketStatus.VOIDED}) for each in order.tickets)
    hear(till, order.model_copy(update={"tickets": void, "scans": (entry_elsewhere(till, void[0].id),)}))

    verdict = scan(till, code)

    assert verdict.outcome is Outcome.VOID
    assert verdict.before is not None


def test_who_went_out_comes_back_and_the_count_follows(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")
    scan(till, code)

    till.gate.stand(Post("festival", "Door", Direction.OUT))
    assert scan(till, code).outcome is Outcome.ADMITTED
    assert till.gate.reader.now().inside == 0
    till.gate.stand(Post("festival", "Door"))
    assert scan(till, code).outcome is Outcome.ADMITTED

    now = till.gate.reader.now()
    assert (now.inside, now.ins, now.outs) == (1, 2, 1)


def test_a_wrist_stamp_lets_back_in_without_counting_twice(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")
    scan(till, code)
    refused = scan(till, code)
    assert refused.may_return

    back = till.gate.let_in(refused.ticket_ids, How.CODE, (Seen.STAMP,))

    assert back.outcome is Outcome.ADMITTED
    assert till.gate.reader.now().inside == 1


@pytest.mark.parametrize(("rule", "comes_back"), [(Reentry.STAMP, True), (Reentry.OUT, False), (Reentry.NEVER, False)])
def test_a_stamp_is_worth_what_the_zone_says(till: TillOnDisk, rule: Reentry, comes_back: bool) -> None:
    with_doors(till, Zone("festival", "Festival", ("Door",), reentry=rule))
    (code,) = sold(till, "friday-pass")
    scan(till, code)
    refused = scan(till, code)

    back = till.gate.let_in(refused.ticket_ids, How.CODE, (Seen.STAMP,))

    assert refused.may_return is comes_back
    assert (back.outcome is Outcome.ADMITTED) is comes_back


def test_a_workshop_room_opens_for_its_own_tickets_and_counts_by_itself(till: TillOnDisk) -> None:
    room = Zone("casino-room", "Workshop room B", ("Room B",), frozenset({ProductId("casino-workshop")}), capacity=40)
    with_doors(till, Zone("festival", "Festival", ("Main door",)), room)
    till.clock.at = FRIDAY_NIGHT + timedelta(hours=14)
    workshop, party = sold(till, "casino-workshop")[0], sold(till, "saturday-pass")[0]

    till.gate.stand(Post("casino-room", "Room B"))

    assert scan(till, party).outcome is Outcome.WRONG_ZONE
    assert scan(till, workshop).outcome is Outcome.ADMITTED
    now = till.gate.reader.now()
    assert (now.zone.capacity, now.inside) == (40, 1)
    assert till.gate.stand(Post("festival", "Main door")).inside == 0


def test_a_party_comes_in_on_one_code_and_who_is_late_on_the_same_one(till: TillOnDisk) -> None:
    codes = sold(till, ("friday-pass", 4))

    asked = scan(till, codes[1])

    assert asked.waits
    assert [(each.number, each.has_the_code) for each in asked.party] == [(1, False), (2, True), (3, False), (4, False)]
    assert till.one("SELECT count(*) FROM scans") == 0

    came = till.gate.let_in([each.ticket_id for each in asked.party[:3]], How.CODE)

    assert came.count == 3
    assert till.gate.reader.now().inside == 3
    assert scan(till, codes[1]).outcome is Outcome.ALREADY_IN
    assert scan(till, codes[3]).outcome is Outcome.ADMITTED


def test_what_a_price_needs_is_looked_at_once(till: TillOnDisk) -> None:
    with_doors(till, looks={ProductId("student-pass"): "Student card"})
    (code,) = sold(till, "student-pass")

    asked = scan(till, code)
    assert (asked.outcome, asked.look) == (Outcome.LOOK_ID, "Student card")
    assert till.one("SELECT count(*) FROM scans") == 0
    assert till.gate.let_in(asked.ticket_ids, How.CODE, (Seen.ID,)).outcome is Outcome.ADMITTED

    till.clock.at = FRIDAY_NIGHT + timedelta(days=1)
    assert scan(till, code).outcome is Outcome.ADMITTED


def with_students(till: TillOnDisk) -> None:
    """Students pay less for Friday, and show their card."""
    event = till.context.event
    kind = PriceKind(PriceKindId("student"), "Student", "Look at the student card")
    products = tuple(
        replace(each, prices=(PriceRule(usd("50"), kind=kind.id),)) if each.id == "friday-pass" else each
        for each in event.catalogue.products
    )
    till.context.sell_for(replace(event, catalogue=replace(event.catalogue, products=products, price_kinds=(kind,))))


def test_a_ticket_at_a_students_price_asks_for_the_card_and_one_at_the_full_price_does_not(till: TillOnDisk) -> None:
    with_students(till)
    till.grant_all(2)
    friday = ProductId("friday-pass")
    wanted = Cart((CartLine(friday, 1), CartLine(friday, 1, price_kind=PriceKindId("student"))))
    full, reduced = codes_of(till, till.selling.sell_for_cash(wanted, usd("9000")))

    asked = scan(till, reduced)

    assert (asked.outcome, asked.look) == (Outcome.LOOK_ID, "Look at the student card")
    came = till.gate.let_in(asked.ticket_ids, How.CODE, (Seen.ID,))
    assert came.outcome is Outcome.ADMITTED
    assert {each.look for each in scan(till, full).party} <= {""}


def test_a_ticket_that_others_sold_at_a_students_price_asks_for_the_card(till: TillOnDisk) -> None:
    with_students(till)
    order, (code,) = theirs(till)
    student = tuple(each.model_copy(update={"price_kind": "student"}) for each in order.tickets)
    hear(till, order.model_copy(update={"tickets": student}))
    other, (plain,) = theirs(till, 2)
    hear(till, other)

    assert (scan(till, code).outcome, scan(till, plain).outcome) == (Outcome.LOOK_ID, Outcome.ADMITTED)


def test_who_has_no_card_is_turned_away_and_that_is_kept(till: TillOnDisk) -> None:
    with_doors(till, looks={ProductId("student-pass"): "Student card"})
    (code,) = sold(till, "student-pass")

    till.gate.turn_away(scan(till, code).ticket_ids[0])

    assert till.one("SELECT outcome FROM scans") == "look_id"
    assert till.gate.reader.now().inside == 0


def test_an_undone_scan_counts_no_more_and_the_ticket_lets_in_again(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")
    let_in = scan(till, code)

    now = till.gate.undo(let_in.scan_ids, "wrong person")

    assert now.inside == 0
    assert now.last[0].is_undone
    assert scan(till, code).outcome is Outcome.ADMITTED
    assert till.verify().problem is None


def test_a_scan_is_undone_for_a_reason_and_on_the_machine_that_made_it(till: TillOnDisk) -> None:
    let_in = scan(till, sold(till, "friday-pass")[0])

    for ids, why in ((let_in.scan_ids, "  "), (("of-another",), "wrong person")):
        with pytest.raises(OperationFailed):
            till.gate.undo(ids, why)

    assert till.gate.reader.now().inside == 1


def test_a_dead_phone_is_found_by_name_and_let_in_by_a_press(till: TillOnDisk) -> None:
    order, _ = theirs(till, tickets=2)
    hear(till, order)
    (found,) = till.orders.find("ortega", 5).orders

    party = till.gate.open(OrderId(found.id))
    came = till.gate.let_in([each.ticket_id for each in party.party], How.NAME)

    assert (party.waits, party.name, came.count) == (True, "Rosa Ortega", 2)
    assert till.one("SELECT json_extract(payload, '$.way') FROM facts WHERE kind = 'ticket_scanned'") == "name"


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", " ").replace("0", "O")])
def test_a_tickets_code_in_letters_does_where_the_ticket_is_on_the_list(till: TillOnDisk, write: Any) -> None:
    order, _ = theirs(till)
    hear(till, order)

    assert scan(till, write(code_of(order.tickets[0].id))).outcome is Outcome.ADMITTED


def test_an_order_number_brings_up_its_party_and_lets_in_nobody_by_itself(till: TillOnDisk) -> None:
    order, _ = theirs(till)
    hear(till, order)

    asked = scan(till, "wb 0001")

    assert (asked.waits, asked.how) == (True, How.NAME)
    assert till.one("SELECT count(*) FROM scans") == 0


def test_what_is_sold_at_the_gate_is_let_in_by_the_same_press(till: TillOnDisk) -> None:
    till.grant_all(3)

    order_id, came = till.gate.sell_and_let_in(cart(("friday-pass", 2), "saturday-pass"), usd("9000"))

    assert came == 2
    assert till.gate.reader.now().inside == 2
    assert [scan(till, code).outcome for code in codes_of(till, order_id)] == [
        Outcome.ALREADY_IN,
        Outcome.ALREADY_IN,
        Outcome.WRONG_DAY,
    ]
    assert till.verify().problem is None


def test_a_sale_that_fails_lets_nobody_in(till: TillOnDisk) -> None:
    with pytest.raises(BadInput):
        till.gate.sell_and_let_in(cart(("friday-pass", 2)), usd("1"))

    assert (till.one("SELECT count(*) FROM scans"), till.one("SELECT count(*) FROM orders")) == (0, 0)


def test_one_ticket_at_two_lanes_of_one_machine_lets_in_one(till: TillOnDisk) -> None:
    (code,) = sold(till, "friday-pass")
    outcomes: list[Outcome] = []
    lanes = [threading.Thread(target=lambda: outcomes.append(scan(till, code).outcome)) for _ in range(6)]

    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()

    assert sorted(each.value for each in outcomes) == ["admitted", *["already_in"] * 5]


def test_a_printed_list_has_everybody_who_may_come_and_its_ticks_are_entered_later(till: TillOnDisk) -> None:
    ours = sold(till, "friday-pass")
    sold(till, "saturday-pass")
    order, _ = theirs(till, tickets=3)
    hear(till, order)
    lists = DoorLists(till.gate, till.path.parent)
    first, second = code_of(order.tickets[0].id), till.gate.reader.reading(lambda b: b.due())
    mine = next(each for each in second if each.product_id == "friday-pass" and each.order_id != order.id)

    path = lists.save("en")
    entered = lists.enter(f"{first[-4:]} x2, {code_of(mine.id)[-4:]}; 0000 rubbish {first} x5")

    words = "\n".join(page.get_text() for page in pymupdf.open(path))
    assert "Ortega, Rosa" in words
    assert first[-4:] in words
    assert "4 people, 4 on this page" in words
    assert [(each.let_in, bool(each.why_not)) for each in entered.lines] == [
        (2, False),
        (1, False),
        (0, True),
        (0, True),
        (1, True),
    ]
    assert till.gate.reader.now().inside == 4
    assert scan(till, ours[0]).outcome is Outcome.ALREADY_IN
    assert till.one("SELECT json_extract(payload, '$.way') FROM facts WHERE kind = 'ticket_scanned' LIMIT 1") == "list"


def party_of_a_sale(till: TillOnDisk, count: int) -> list[str]:
    """Returns the party's codes of a sale whose tickets have one together, as its papers show them."""
    till.grant_all(count)
    wanted = replace(cart(("friday-pass", count)), is_party=True)
    order_id = till.selling.sell_for_cash(wanted, usd("9000"))
    with till.store.reading() as connection:
        facts = of_order(connection, order_id)
    heading = Heading("Fest", ("Avalon",), (date(2026, 5, 15),), "America/Denver", "Door A")
    _, papers = papers_of(heading, facts)
    assert {each.kind for each in papers} == {"Party ticket"}
    return [each.token for each in papers]


def test_one_code_of_a_party_ticks_all_of_it_and_who_is_late_comes_in_on_it_later(till: TillOnDisk) -> None:
    (code,) = party_of_a_sale(till, 5)

    asked = scan(till, code)
    came = till.gate.let_in([each.ticket_id for each in asked.party[:3]], How.CODE)
    late = scan(till, code)
    rest = till.gate.let_in([each.ticket_id for each in late.party], How.CODE)

    assert (asked.waits, [each.has_the_code for each in asked.party]) == (True, [True] * 5)
    assert (came.count, [each.number for each in late.party], rest.count) == (3, [4, 5], 2)
    assert scan(till, code).outcome is Outcome.ALREADY_IN


def test_a_partys_code_comes_in_at_a_gate_that_has_never_heard_of_its_order_once(till: TillOnDisk) -> None:
    event, product = till.context.event, ProductId("friday-pass")
    days = event.catalogue.products_by_id[product].days
    issuer = Issuer(till.hub_key, certify(event.catalogue.id, till.hub_key.public_key(), till.event_key))
    ids = [TicketId(uuid7(1_778_000_000_000 + i, bytes([3] * 9 + [i]))) for i in range(4)]
    code = encode_party([TicketClaims(event.catalogue.id, each, product, days) for each in ids], issuer)

    asked = scan(till, code)
    came = till.gate.let_in([each.ticket_id for each in asked.party], How.CODE)

    assert ([each.ticket_id for each in asked.party], asked.is_listed, came.count) == (ids, False, 4)
    assert scan(till, code).outcome is Outcome.ALREADY_IN
    assert till.one("SELECT count(*) FROM scans WHERE outcome = 'admitted'") == 4


def test_a_party_too_large_for_one_code_has_as_many_as_it_takes(till: TillOnDisk) -> None:
    codes = party_of_a_sale(till, 40)

    assert [len(scan(till, code).party) for code in codes] == [30, 10]
