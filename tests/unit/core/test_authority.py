"""Who may write what: every kind has its row, and a till's word is good for its own orders, lease and drawer alone."""

from typing import Any

import pytest

from boxoffice.core.authority import MAY, why_not
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.known import Known, KnownEvent, SoldAs
from boxoffice.core.orders import OrderState
from boxoffice.core.own_money import is_own_money
from boxoffice.core.pricing import MAX_QUANTITY
from tests.unit.core.writing import CASH, HUB, LINE, PLACED, RULES, TILL, at_price, fact, of_one_line, sold

OF_THE_HUB_ALONE = {
    FactKind.UNITS_FREED,
    FactKind.REFUND_PENDING,
    FactKind.DISPUTE_CHANGED,
    FactKind.DISPUTE_ANSWERED,
    FactKind.GIFT_CARD_BLOCKED,
    FactKind.GIFT_CARD_WRITTEN_OFF,
    FactKind.VALUE_LEASED,
    FactKind.VALUE_RECALLED,
    FactKind.VALUE_RECLAIMED,
    FactKind.LEASE_GRANTED,
    FactKind.LEASE_RECLAIMED,
    FactKind.CATALOGUE_REVISED,
    FactKind.STAFF_CHANGED,
    FactKind.OFFER_PAID,
    FactKind.OFFER_SETTLED,
    FactKind.FEE_RECORDED,
    FactKind.STRAY_DECIDED,
    FactKind.RETURN_FILED,
    FactKind.PAYOUT_RECORDED,
    FactKind.EXCEPTION_RAISED,
    FactKind.EXCEPTION_RESOLVED,
}
OF_TILLS_ALONE = {
    FactKind.ORDER_COLLECTED,
    FactKind.TICKET_SCANNED,
    FactKind.PREFLIGHT_DONE,
    FactKind.SHIFT_OPENED,
    FactKind.CASH_COUNTED,
    FactKind.DRAWER_OPENED,
    FactKind.SHIFT_HANDED_OVER,
    FactKind.SHIFT_CLOSED,
    FactKind.CASH_MOVED,
    FactKind.LEASE_RETURNED,
    FactKind.GIFT_CARD_CASHED_OUT,
    FactKind.VALUE_RETURNED,
}


@pytest.fixture
def known() -> Known:
    older = {"pass": SoldAs("ticket", 700, (), frozenset({()}), {"friday": 3})}
    newest = {"pass": SoldAs("ticket", 500, (), frozenset({()}), {"friday": 1}, RULES)}
    known = Known(events={"fest": KnownEvent("USD", frozenset({"friday"}), newest, lambda: (older,))})
    known.note(fact(FactKind.ORDER_PLACED, PLACED))
    theirs = {**PLACED, "order_id": "o-2", "order_number": "9XX-F4Q"}
    known.note(fact(FactKind.ORDER_PLACED, theirs, "another"))
    known.note(fact(FactKind.PAYMENT_CAPTURED, {**CASH, "order_id": "o-2", "tender_id": "t-2"}, "another"))
    known.note(fact(FactKind.PAYMENT_STARTED, {**CASH, "tender": "checkout", "tender_id": "t-3"}))
    known.note(
        fact(FactKind.PAYMENT_CAPTURED, {**CASH, "tender": "terminal", "tender_id": "t-4", "provider_reference": "pi"})
    )
    return known


def test_every_kind_has_its_row() -> None:
    assert set(MAY) == set(FactKind)


@pytest.mark.parametrize("kind", FactKind)
def test_what_is_one_roles_alone_is_never_the_others(kind: FactKind, known: Known) -> None:
    till, hub = why_not(TILL, fact(kind, {}), known), why_not(HUB, fact(kind, {}, "hub"), known)

    assert (till == "only a hub says so") == (kind in OF_THE_HUB_ALONE)
    assert (hub == "only a till says so") == (kind in OF_TILLS_ALONE)
    assert (hub is None) == (kind not in OF_TILLS_ALONE)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"units": {"friday": 6}}, None),  # by the revision before
        ({"units": {}}, "its lines and units are those of no revision of the event"),
        ({"units": {"friday": 2, "saturday": 1}}, "its lines and units are those of no revision of the event"),
        ({"lines": [LINE | {"quantity": 0}]}, "its lines and units are those of no revision of the event"),
        ({"lines": [LINE | {"kind": "donation"}]}, "its lines and units are those of no revision of the event"),
        ({"lines": []}, "its lines and units are those of no revision of the event"),
        (
            {"lines": [], "units": {}, "subtotal": 0, "total": 0},
            "its lines and units are those of no revision of the event",
        ),
        *((of_one_line(quantity), None) for quantity in (1, MAX_QUANTITY)),
        *(
            (of_one_line(quantity), "its lines and units are those of no revision of the event")
            for quantity in (-1, 0, MAX_QUANTITY + 1)
        ),
        ({"source": "pool"}, "a till sells at the door or as a kiosk, from its own lease"),
        ({"channel": "web"}, "a till sells at the door or as a kiosk, from its own lease"),
        ({"currency": "EUR"}, "the event sells in USD"),
        ({"order_number": "9XX-AAA"}, "the order's number is not one of this till's"),
        ({"order_number": "7K2-" + "A" * 300}, "the order's number is not one of this till's"),
        ({"order_number": "7K2-F4Q"}, "the order's number is another order's"),
        ({"order_id": "o-2"}, "the order is another device's"),
        ({"total": 1}, "its lines don't add up"),
        (sold(total=400) | {"total": 400}, "its lines don't add up"),
        (sold(discount=100) | {"discount": 100}, "its lines don't add up"),
        (sold(discount=1100, total=-100) | {"discount": 1100, "total": -100}, "its lines don't add up"),
        (sold(discount=100, total=900) | {"discount": 100, "total": 900}, "its discounts don't add up"),
        (sold(tax=70, total=1070) | {"tax": 70, "total": 1070}, None),  # by an older till: it may be on top
        (sold(tax=70) | {"tax": 70}, None),  # or in the price
        (sold(tax=-70) | {"tax": -70}, "its lines don't add up"),
        (
            sold(unit_price=1, subtotal=2, total=2) | {"subtotal": 2, "total": 2},
            "its lines and units are those of no revision of the event",
        ),
        (at_price(450), None),
        (at_price(300, price_kind="student"), None),
        (at_price(500, price_kind="student"), None),
        (at_price(700), None),  # as it was shown before the newest revision
        (at_price(300), "its lines and units are those of no revision of the event"),
        (at_price(250), "its lines and units are those of no revision of the event"),
        (at_price(400), "its lines and units are those of no revision of the event"),
        (at_price(500, price_kind="member"), "its lines and units are those of no revision of the event"),
        ({"order_id": "o" * 201}, "its names are too long"),
        ({"total": "1000"}, "it does not say what such a fact says"),
    ],
)
def test_a_till_places_orders_as_the_event_sells_them(changes: dict[str, Any], why: str | None, known: Known) -> None:
    new = {**PLACED, "order_id": "o-9", "order_number": "7K2-NEW", **changes}

    assert why_not(TILL, fact(FactKind.ORDER_PLACED, new), known) == why


@pytest.mark.parametrize(
    ("changes", "why", "is_booked"),
    [
        ({}, None, True),
        ({"order_id": "nobody-placed-this"}, None, True),
        ({"order_id": "o-2"}, "the order is another device's", True),
        ({"order_id": "o-2", "tender": "terminal"}, "the order is another device's", False),
        ({"drawer": "door-2"}, "the drawer is another till's", False),
        ({"drawer": None}, "the drawer is another till's", False),
        ({"tender": "checkout"}, "only the hub says that a payment by phone is paid", False),
        ({"tender": "paypal"}, "only the hub says that a payment by phone is paid", False),
        ({"tender": "terminal", "provider_reference": "pi"}, "the provider's reference is another payment's", False),
        ({"tender_id": "t-2"}, "the payment is another order's", True),
        ({"tender_id": "t-3"}, "the payment was begun as checkout", True),
        ({"currency": "EUR"}, "the order is in USD", True),
        ({"amount": "1000"}, "it does not say what such a fact says", False),
        ({"amount": -1000}, "a payment takes nothing away", False),
        ({"amount": -1000, "tender": "terminal"}, "a payment takes nothing away", False),
    ],
)
def test_a_till_takes_money_for_its_own_orders_into_its_own_drawer(
    changes: dict[str, Any], why: str | None, is_booked: bool, known: Known
) -> None:
    taken = fact(FactKind.PAYMENT_CAPTURED, {**CASH, **changes})

    assert why_not(TILL, taken, known) == why
    assert is_own_money(TILL, taken, known) == is_booked


@pytest.mark.parametrize("state", OrderState)
def test_a_till_never_says_that_an_order_is_refunded_or_is_no_more(state: OrderState, known: Known) -> None:
    def moved(start: str, to: str) -> str | None:
        return why_not(TILL, fact(FactKind.ORDER_STATE_CHANGED, {"order_id": "o-1", "start": start, "to": to}), known)

    is_the_hubs = state in {OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED}
    why = "only the hub says that an order is refunded, or is no more" if is_the_hubs else None
    assert moved("completed", state.value) == why
    assert moved(state.value, "completed") == why


@pytest.mark.parametrize("kind", [FactKind.PAYMENT_STARTED, FactKind.PAYMENT_FAILED, FactKind.PAYMENT_UNKNOWN])
def test_a_till_begins_only_payments_that_it_can_take_or_ask_the_hub_for(kind: FactKind, known: Known) -> None:
    def begun(tender: str, **changes: Any) -> str | None:
        ends = {"idempotency_key": "k", "code": "", "message": "", "reason": ""}
        attempt = {**CASH, **ends, "tender_id": "t-9", "tender": tender, **changes}
        payload = {name: value for name, value in attempt.items() if name in PAYLOADS[kind].model_fields}
        return why_not(TILL, fact(kind, payload), known)

    assert [begun(tender) for tender in ("cash", "terminal", "complimentary", "checkout")] == [None] * 4
    assert begun("paypal") == "a till begins no payment by paypal"
    assert begun("iou") == "it does not say what such a fact says"
    assert begun("terminal", order_id="o-2") == "the order is another device's"


def test_an_order_belongs_to_its_event(known: Known) -> None:
    assert why_not(TILL, fact(FactKind.PAYMENT_CAPTURED, CASH, event="gala"), known) == "the order is another event's"
    assert why_not(TILL, fact(FactKind.CASH_MOVED, CASH, event=None), known) == "there is no such event"


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        (FactKind.REFUND_REQUESTED, {}, None),
        (FactKind.REFUND_SUCCEEDED, {"unearned": 1000}, None),
        (FactKind.REFUND_SUCCEEDED, {"unearned": -1}, "it gives back more than it says"),
        (FactKind.REFUND_SUCCEEDED, {"drawer": "door-2"}, "the drawer is another till's"),
        (FactKind.REFUND_SUCCEEDED, {"unearned": 1000, "is_out": True}, "cash leaves no provider's balance"),
        (FactKind.REFUND_REQUESTED, {"units": {"friday": 1}}, "only the hub says what can be sold again"),
        (FactKind.REFUND_REQUESTED, {"parts": [[0, 0]]}, None),
        (FactKind.REFUND_SUCCEEDED, {"into": "o-9"}, "what pays for another order leaves no drawer"),
        (FactKind.REFUND_REQUESTED, {"tender_id": "t-4", "tender": "terminal"}, None),
        (FactKind.REFUND_REQUESTED, {"tender_id": "t-4"}, "a till gives back only what was paid for this order"),
        (FactKind.REFUND_FAILED, {"code": "", "message": "", "is_reversal": True}, "cash does not come back by itself"),
        (FactKind.REFUND_SUCCEEDED, {"unearned": 0}, "what bought nothing was not earned"),
        (FactKind.REFUND_SUCCEEDED, {"amount": 999, "unearned": 999}, "the refund was asked for as another amount"),
        (FactKind.REFUND_SUCCEEDED, {"refund_id": "r-0", "unearned": 1000}, "the refund has ended before"),
        (FactKind.REFUND_FAILED, {"refund_id": "r-0", "code": "", "message": ""}, "the refund has ended before"),
        (FactKind.REFUND_SUCCEEDED, {"refund_id": "r-9", "unearned": 1000}, "nobody asked for the refund"),
        (FactKind.REFUND_REQUESTED, {"refund_id": "r-4"}, "the refund is another payment's"),
        (FactKind.REFUND_SUCCEEDED, {"refund_id": "r-4", "unearned": 1000}, "the refund is another payment's"),
    ],
)
def test_a_till_gives_back_cash_that_it_took_and_nothing_else(
    kind: FactKind, changes: dict[str, Any], why: str | None, known: Known
) -> None:
    known.note(fact(FactKind.PAYMENT_CAPTURED, CASH))
    if kind is not FactKind.REFUND_REQUESTED:
        known.note(fact(FactKind.REFUND_REQUESTED, {**CASH, "refund_id": "r-1"}))
    known.note(fact(FactKind.REFUND_REQUESTED, {**CASH, "refund_id": "r-0"}))
    known.note(fact(FactKind.REFUND_SUCCEEDED, {**CASH, "refund_id": "r-0"}))
    of_card = {**CASH, "tender_id": "t-4", "tender": "terminal", "refund_id": "r-4"}
    known.note(fact(FactKind.REFUND_REQUESTED, of_card))
    given = {**CASH, "refund_id": "r-1", **changes}
    if kind is not FactKind.REFUND_SUCCEEDED:
        given.pop("drawer")

    assert why_not(TILL, fact(kind, given), known) == why


def test_what_a_card_paid_for_a_finished_order_is_for_the_hub_alone_to_give_back(known: Known) -> None:
    issued = {"order_id": "o-1", "currency": "USD", "total": 1000, "earned": [], "tickets": []}
    known.note(fact(FactKind.TICKETS_ISSUED, issued))
    asked = {**CASH, "tender_id": "t-4", "tender": "terminal", "refund_id": "r-1"}
    asked.pop("drawer")

    assert why_not(TILL, fact(FactKind.REFUND_REQUESTED, asked), known) == "only the hub gives back what is no cash"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (FactKind.SHIFT_OPENED, {"float_amount": 20_000, "left": 20_000}),
        (FactKind.CASH_COUNTED, {"counted": 20_000, "expected": 20_000}),
        (FactKind.DRAWER_OPENED, {"why": "Change"}),
        (FactKind.SHIFT_HANDED_OVER, {"to": "luis"}),
        (FactKind.SHIFT_CLOSED, {"z_number": 1, "counted": 20_000, "expected": 20_000}),
    ],
)
def test_a_shift_is_of_ones_own_drawer_at_an_event_in_its_currency(
    kind: FactKind, more: dict[str, Any], known: Known
) -> None:
    def said(event: str = "fest", **changes: Any) -> str | None:
        payload = {"shift_id": "s-1", "drawer": "door-1", "currency": "USD", **more, **changes}
        return why_not(TILL, fact(kind, payload, event=event), known)

    assert said() is None
    assert said(drawer="door-2") == "the drawer is another till's"
    assert said(event="gala") == "there is no such event"
    assert said(currency="EUR") == "the event sells in USD"
    assert said(shift_id="s" * 201) == "its names are too long"


def test_no_more_goes_to_the_safe_than_was_counted(known: Known) -> None:
    closed = {"shift_id": "s-1", "drawer": "door-1", "currency": "USD", "z_number": 1, "counted": 5, "expected": 5}

    assert why_not(TILL, fact(FactKind.SHIFT_CLOSED, {**closed, "to_safe": 5}), known) is None
    why = "more goes to the safe than was counted"
    assert why_not(TILL, fact(FactKind.SHIFT_CLOSED, {**closed, "to_safe": 6}), known) == why
    assert why_not(TILL, fact(FactKind.SHIFT_CLOSED, {**closed, "counted": -1}), known) is not None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rounding": -2, "rounded_to": 5}, None),
        ({"rounding": 0, "rounded_to": 100}, None),
        ({"rounding": 5, "rounded_to": 5}, "no rule rounds cash so"),
        ({"rounding": 1}, "no rule rounds cash so"),
        ({"rounding": 2, "rounded_to": 7}, "no rule rounds cash so"),
        ({"amount": 1, "rounding": -2, "rounded_to": 5}, "no rule rounds cash so"),
        ({"tender": "terminal", "drawer": None, "rounding": 1, "rounded_to": 5}, "only cash is rounded"),
    ],
)
def test_only_cash_is_rounded_and_by_less_than_a_step(changes: dict[str, Any], why: str | None, known: Known) -> None:
    assert why_not(TILL, fact(FactKind.PAYMENT_CAPTURED, {**CASH, **changes}), known) == why


def test_cash_moves_in_ones_own_drawer_in_the_events_currency(known: Known) -> None:
    def moved(**changes: Any) -> str | None:
        return why_not(
            TILL, fact(FactKind.CASH_MOVED, {"drawer": "door-1", "amount": -500, "currency": "USD", **changes}), known
        )

    assert moved() is None
    assert moved(drawer="door-2") == "the drawer is another till's"
    assert moved(currency="EUR") == "the event sells in USD"
    assert moved(move="drop", amount=500) is None
    assert moved(move="drop") == "it moves nothing"
    assert moved(move="teleport", amount=500) == "it does not say what such a fact says"


@pytest.mark.parametrize(
    ("pool", "units", "event", "why"),
    [
        ("friday", 1, "fest", None),
        ("friday", 2**31 - 1, "fest", None),
        ("friday", 0, "fest", "it gives nothing back"),
        ("friday", -1, "fest", "it gives nothing back"),
        ("friday", 2**31, "fest", "it gives nothing back"),
        ("saturday", 1, "fest", "there is no such pool"),
        ("friday", 1, "gala", "there is no such pool"),
        ("friday", 1, None, "there is no such pool"),
    ],
)
def test_a_till_gives_back_units_of_pools_that_there_are(
    pool: str, units: int, event: str | None, why: str | None, known: Known
) -> None:
    given = fact(FactKind.LEASE_RETURNED, {"pool_id": pool, "units": units}, event=event)

    assert why_not(TILL, given, known) == why


def test_tickets_are_those_of_the_order(known: Known) -> None:
    def issued(*tickets: tuple[str, int, str], order: str = "o-1") -> str | None:
        parts = [
            {"ticket_id": id_, "line": line, "product_id": product, "token": "T"} for id_, line, product in tickets
        ]
        payload = {"order_id": order, "currency": "USD", "total": 1000, "earned": [], "tickets": parts}
        return why_not(TILL, fact(FactKind.TICKETS_ISSUED, payload), known)

    assert issued(("a", 0, "pass"), ("b", 0, "pass")) is None
    assert issued(("a", 0, "pass")) == "the tickets are not those of the order"
    assert issued(("a", 0, "pass"), ("b", 0, "pass"), ("c", 0, "pass")) == "the tickets are not those of the order"
    assert issued(("a", 0, "pass"), ("b", 0, "gala")) == "the tickets are not those of the order"
    assert issued(("a", 0, "pass"), ("b", 0, "pass"), order="o-2") == "the order is another device's"
    theirs = {"ticket_id": "theirs", "line": 0, "product_id": "pass", "token": "T"}
    of_theirs = {"order_id": "o-2", "currency": "USD", "total": 1000, "earned": [], "tickets": [theirs]}
    known.note(fact(FactKind.TICKETS_ISSUED, of_theirs, "another"))
    assert issued(("a", 0, "pass"), ("theirs", 0, "pass")) == "a ticket is another order's"


FREE: dict[str, Any] = {**CASH, "tender": "complimentary", "drawer": None, "reason": "Artist"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"reason": None}, "complimentary is given for a reason"),
        ({"reason": " \t"}, "complimentary is given for a reason"),
        ({"reason": "x" * 201}, "it does not say what such a fact says"),
        ({"order_id": "o-2"}, "the order is another device's"),
        ({"amount": -1}, "a payment takes nothing away"),
    ],
)
def test_a_till_gives_for_a_reason_and_only_of_its_own_orders(
    changes: dict[str, Any], why: str | None, known: Known
) -> None:
    assert why_not(TILL, fact(FactKind.PAYMENT_CAPTURED, {**FREE, **changes}), known) == why


@pytest.mark.parametrize("is_finished", [False, True])
def test_what_was_no_money_falls_with_an_order_that_came_to_nothing_and_with_no_other(
    is_finished: bool, known: Known
) -> None:
    known.note(fact(FactKind.PAYMENT_CAPTURED, FREE))
    if is_finished:
        issued = {"order_id": "o-1", "currency": "USD", "total": 1000, "earned": [], "tickets": []}
        known.note(fact(FactKind.TICKETS_ISSUED, issued))
    asked = fact(FactKind.REFUND_REQUESTED, {**FREE, "refund_id": "r-1"})
    why = "complimentary is no money that could be given back" if is_finished else None

    assert why_not(TILL, asked, known) == why
    known.note(asked)
    fallen = fact(FactKind.REFUND_SUCCEEDED, {**FREE, "refund_id": "r-1", "unearned": 1000})
    assert why_not(TILL, fallen, known) == why
