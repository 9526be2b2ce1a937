"""Deliberate bugs at a counter: gift cards, codes, and refunds that cross."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from boxoffice.core import crossing, stored_value
from boxoffice.core.catalogue import Promo
from boxoffice.core.facts import Fact
from boxoffice.core.rows import Projections, RefundRow
from boxoffice.core.wire.parked import ParkedCart
from boxoffice.till.usecases.parking import Parking
from boxoffice.till.usecases.returns import Returns
from sync.ledger.hub import Hub
from sync.store.tills import Device
from sync.tills import parked
from tests.simulation import line
from tests.simulation.mutation import Mutation
from tests.simulation.options import ALWAYS, DOOR_RULES, Fault, Rule
from tests.simulation.runs import Tier


def _not_put_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stored_value, "refunded", lambda *_: iter(()))


def _cards_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Returns, "_cards_back", lambda _self, everything=False: False)


def _codes_without_uses(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Promo, "pool_id", None)


def _judged_where_it_arrives(patch: pytest.MonkeyPatch) -> None:
    """A refund is judged by whatever was heard of before it."""

    def all_of(before: Projections, _fact: Fact, order_id: str) -> Sequence[RefundRow]:
        asked = (before.refunds[each.refund_id] for each in before.asked.get(order_id, ()))
        return [each for each in asked if each.is_alive]

    patch.setattr(crossing, "_mine", all_of)


def _carts_copied(patch: pytest.MonkeyPatch) -> None:
    """The hub gives a cart away whose till has not let go of it."""

    def take_up(hub: Hub, device: Device, event_id: str, cart_id: str) -> ParkedCart:
        with hub.database.reading() as connection:
            row = connection.execute(parked._WHOSE, {"id": cart_id}).one()
        return ParkedCart.model_validate(row.body)

    patch.setattr(line, "take_up", take_up)


def _own_carts_unasked(patch: pytest.MonkeyPatch) -> None:
    """A till takes its own carts up without asking who has them."""
    patch.setattr(Parking, "_is_surely_ours", lambda *_: True)


def _at_counter(*rules: Rule) -> Mapping[str, Any]:
    return {"rules": frozenset(rules), "faults": frozenset(), "tills": 1, "capacity": 60}


_CARDS: Final = _at_counter(Rule.CASH, Rule.GIFT_CARD, Rule.REFUND_AT_DOOR)
_CODES: Final = _at_counter(Rule.CASH, Rule.CODE_AT_TILL)
_CARTS: Final[Mapping[str, Any]] = {**_at_counter(Rule.CASH, Rule.PARK_CART), "tills": 2}
_CARTS_CUT_OFF: Final[Mapping[str, Any]] = {**_CARTS, "faults": frozenset({Fault.PARTITION}), "rate": 0.2}
_TWO_SIDES: Final[Mapping[str, Any]] = {
    "rules": ALWAYS | {*DOOR_RULES} - {Rule.SEAT},
    "faults": frozenset({Fault.TILL_DIES, Fault.REPLY_LOST, Fault.CLOCK_JUMPS}),
    "tills": 2,
    "capacity": 60,
    "rate": 0.1,
}


def _full(name: str, breaks: str, put_in: Any, focus: Mapping[str, Any], steps: int = 30) -> Mutation:
    return Mutation(name, breaks, put_in, Tier.FULL, 6, steps, focus)


AT_COUNTER: Final[Sequence[Mutation]] = (
    _full("cards: not put back", "what a card had paid is not on it again", _not_put_back, _CARDS),
    _full("till: cards kept", "a closed till keeps what is on cards", _cards_kept, _CARDS),
    _full("till: codes without limit", "tills take a code more often than it says", _codes_without_uses, _CODES),
    _full("hub: carts are copied", "a cart that was taken up waits elsewhere all the same", _carts_copied, _CARTS),
    _full("till: carts unasked", "two tills sell the same cart", _own_carts_unasked, _CARTS_CUT_OFF, 60),
    _full("refunds judged where they arrive", "a refund is aside", _judged_where_it_arrives, _TWO_SIDES, 60),
)
