"""Spends gift cards: of what this till has on lease, in the transaction of the payment; what it lacks, the hub leases.

Nothing is spent that is not on this till's own lease, so that the same card is never spent twice, network or none.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.gift_cards import CardCode, is_small_rest, masked, read_card_code
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured
from boxoffice.core.payloads.stored_value import GiftCardCashedOut, ValueReturned
from boxoffice.core.rights import Right
from boxoffice.core.stored_value import worth_of_cards
from boxoffice.core.tenders import TenderKind
from boxoffice.core.value_rows import ValueLeaseRow
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk
from boxoffice.till.store import value_leases
from boxoffice.till.store.journal import take_hub_fact
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.gift_cards import CardAtHand, CashedOut, Holder
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.selling import OrderAtHand, Selling, check_amount, order_at_hand
from boxoffice.till.usecases.syncing import Sync

WAITS_S: Final = 3.0
_LOOKS_EVERY_S: Final = 0.4
"""How long a till that has the rest of a card is waited for, and how often the hub is asked whether it is back."""


class NotACard(OperationFailed):
    """What was typed or scanned is no code of a gift card."""

    def __init__(self) -> None:
        super().__init__(
            "This is not a gift card’s code.", "Nothing was charged.", "Scan it, or type all of it: GC and 16 letters."
        )


class UnknownCard(OperationFailed):
    """No card has this code, as far as anybody knows."""

    def __init__(self) -> None:
        super().__init__("No gift card has this code.", "Nothing was charged.", "Take another payment.")


class CardNeedsTheHub(OperationFailed):
    """What is on the card is not on lease here, and there is no network."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing of this gift card is kept for this till, and the hub can’t be reached.",
            "Nothing was charged.",
            "Take another payment, or wait for the network.",
        )


class NotEnoughOnCard(OperationFailed):
    """Less is on the card, or here of it, than was to be spent."""

    def __init__(self, left: Money, last4: str) -> None:
        self.left = left
        super().__init__(
            f"{left} of gift card {masked(last4)} can be spent here.",
            "Nothing was charged.",
            "Use what is here, and take the rest by another payment.",
        )


@dataclass(frozen=True, slots=True)
class GiftCards:
    """The use cases of a card at the till: to look at it, to pay with it, and to pay out what is left of it."""

    context: TillContext
    sync: Sync
    selling: Selling
    sleep: Callable[[float], object] = field(default=time.sleep)

    def look(self, typed: str) -> CardAtHand:
        """Returns how a card stands; all that is free of it is on this till's lease then.

        What another till has of it, is waited for, a moment. Without the hub it is what this till has of it.

        Raises:
            NotACard: if it is no card's code.
            UnknownCard: if no card has it.
            CardNeedsTheHub: if nothing of it is here, and the hub can't be reached.
        """
        code, answer = _read(typed), None
        if self.sync.link.is_online or not self._here(code):  # nobody waits for a line that is down
            with suppress(Unreachable):
                answer = self._ask(code)
        here = self._here(code)
        if answer is None:
            if not here and not self._was_sold_here(code):
                raise CardNeedsTheHub
            return CardAtHand(code.shown, code.last4, self._sum(here), None)
        currency = Currency(answer.currency)
        if currency != self.context.event.catalogue.currency:
            raise OperationFailed(
                f"This gift card holds {currency.code}, and is not taken here.", "Nothing was charged.", ""
            )
        holders = tuple(
            Holder(each.till, Money(each.amount, currency), each.is_there, each.is_shop) for each in answer.elsewhere
        )
        balance = Money(answer.balance, currency)
        return CardAtHand(code.shown, code.last4, self._sum(here), balance, holders, answer.is_blocked)

    def pay(self, order_id: OrderId, typed: str, amount: Money) -> None:
        """Takes part of what is due, or all of it, off a card; the order ends with the last part, in one transaction.

        With a network, what this till does not need goes back at once, for the card to be spent anywhere.

        Raises:
            NotACard: if it is no card's code.
            NotEnoughOnCard: if less of it is on lease here.
            BadInput: for more than is due, or for another gift card.
            OrderClosed: if the order does not wait for money.
        """
        self.context.operator.must(Right.TAKE_CASH)
        code = _read(typed)
        with self.context.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            check_amount(order, amount)
            _check_no_card_for_a_card(order, amount)
            leases = value_leases.of_code(connection, code.hash)
            payments = list(self._payments(order_id, code, leases, amount))
            ends = self.selling.ending(connection, order) if amount == order.due else []
            rest = self._rest(leases, payments) if self.sync.link.is_online else []
            self.context.write(connection, [*payments, *ends, *rest])

    def cash_out(self, typed: str, why: str) -> CashedOut:
        """Pays what is left of a card out of the drawer, once all of it is here.

        A small rest is anybody's to ask for, by law; more needs whoever may refund.

        Raises:
            NotACard: if it is no card's code.
            OperationFailed: if nothing of it is left, or some of it is not here.
            NotAllowed: if it is not theirs to pay out who act.
        """
        self.context.operator.must(Right.TAKE_CASH)
        card = self.look(typed)
        if card.is_blocked or not card.here.minor or (card.elsewhere is not None and card.elsewhere.minor):
            raise OperationFailed(
                f"Gift card {masked(card.last4)} can’t be paid out.",
                "Nothing was paid out.",
                "It is blocked, is used up, or another till has some of it: try again when that one is online.",
            )
        if not is_small_rest(card.here):
            self.context.operator.must(Right.REFUND)
        rules = self.context.event.catalogue.cash
        with self.context.store.transaction() as connection:
            leases = value_leases.of_code(connection, _read(typed).hash)
            left = self._sum(leases)
            rounding = rules.rounding_on(left)
            written = [
                GiftCardCashedOut(
                    card_id=lease.card_id,
                    grant_id=lease.id,
                    amount=lease.left,
                    currency=lease.currency,
                    drawer=self.context.drawer,
                    rounding=rounding.minor if i == 0 else 0,
                    why=why,
                )
                for i, lease in enumerate(leases)
            ]
            self.context.write(connection, written)
        return CashedOut(card.last4, left, left + rounding)

    def _ask(self, code: CardCode) -> CardAnswer:
        """Returns the hub's answer, with all that is free of the card on lease here.

        Raises:
            Unreachable: if the hub does not answer.
        """
        with suppress(HubRefused):
            self.sync.push()  # what was sold here a moment ago, and what was spent
        deadline, answer = self.context.clock.monotonic() + WAITS_S, self._ask_once(code)
        while self._may_come_back(answer) and self.context.clock.monotonic() < deadline:
            self.sleep(_LOOKS_EVERY_S)
            answer = self._ask_once(code)
        return answer

    def _ask_once(self, code: CardCode) -> CardAnswer:
        try:
            answer = self.sync.link.call(lambda hub: hub.ask_card(CardAsk(code=code.digits)))
        except HubRefused as error:
            if error.status == 404:
                raise UnknownCard from None
            raise
        with self.context.store.transaction() as connection:
            for told in answer.told:
                take_hub_fact(connection, told.fact())
        return answer

    @staticmethod
    def _may_come_back(answer: CardAnswer) -> bool:
        return not answer.is_blocked and any(each.is_there for each in answer.elsewhere)

    def _here(self, code: CardCode) -> Sequence[ValueLeaseRow]:
        with self.context.store.reading() as connection:
            return value_leases.of_code(connection, code.hash)

    def _was_sold_here(self, code: CardCode) -> bool:
        with self.context.store.reading() as connection:
            return value_leases.was_sold_here(connection, code.hash)

    def _sum(self, leases: Sequence[ValueLeaseRow]) -> Money:
        return Money(sum(each.left for each in leases), self.context.event.catalogue.currency)

    def _payments(
        self, order_id: OrderId, code: CardCode, leases: Sequence[ValueLeaseRow], amount: Money
    ) -> Sequence[PaymentCaptured]:
        """Returns the payments that take an amount off leases: mostly one."""
        left = self._sum(leases)
        if left.minor < amount.minor or not amount.minor:
            raise NotEnoughOnCard(left, code.last4)
        payments, wanted = list[PaymentCaptured](), amount.minor
        for lease in leases:
            mine = min(lease.left, wanted)
            if mine > 0:
                payments.append(self._payment(order_id, lease, mine))
            wanted -= mine
        return payments

    def _payment(self, order_id: OrderId, lease: ValueLeaseRow, amount: int) -> PaymentCaptured:
        return PaymentCaptured(
            order_id=order_id,
            tender_id=self.context.new_id(),
            tender=TenderKind.STORED_VALUE.value,
            amount=amount,
            currency=lease.currency,
            card=CardPart(brand="gift card", last4=lease.last4),
            card_id=lease.card_id,
            grant_id=lease.id,
        )

    @staticmethod
    def _rest(leases: Sequence[ValueLeaseRow], payments: Sequence[PaymentCaptured]) -> list[Payload]:
        """Returns what goes back of leases that were spent from."""
        spent = {each.grant_id: each.amount for each in payments}
        return [
            ValueReturned(grant_id=each.id, card_id=each.card_id, amount=each.left - spent.get(each.id, 0))
            for each in leases
            if each.left > spent.get(each.id, 0)
        ]


def _read(typed: str) -> CardCode:
    code = read_card_code(typed)
    if code is None:
        raise NotACard
    return code


def _check_no_card_for_a_card(order: OrderAtHand, amount: Money) -> None:
    """Money that a card holds buys all but another card: what is due for that is paid otherwise."""
    others = order.due.minor - worth_of_cards(order.placed)
    if amount.minor > others:
        most = Money(max(0, others), amount.currency)
        raise BadInput([FieldError("amount", f"a gift card can’t buy a gift card: at most {most}")])
