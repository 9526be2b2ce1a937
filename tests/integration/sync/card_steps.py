"""Steps in the life of gift cards: sold, leased to a till, spent, given back, and paid out."""

from dataclasses import dataclass
from typing import Any

from boxoffice.core.giving_back import given_up
from boxoffice.core.ids import OrderId
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.stored_value import (
    GiftCardBlocked,
    GiftCardCashedOut,
    GiftCardTakenBack,
    GiftCardWrittenOff,
    ValueLeased,
    ValueRecalled,
    ValueReclaimed,
    ValueReturned,
)
from boxoffice.core.value_rows import CardStatus, StoredValueRow, ValueLeaseRow
from sync.store.chain import new_id
from tests.integration.sync.executors import Executors


@dataclass
class CardSteps(Executors):
    """What happens to gift cards, wherever it does."""

    def lease_card(self, which: int) -> None:
        """The till asks for what is free of a card, once the hub knows what it has spent."""
        self.send()
        card = self._card(which)
        if card is not None and card.free:
            hashed = {"code_hash": card.code_hash, "last4": card.last4}
            about = {"grant_id": new_id(), "card_id": card.id, "amount": card.free, "currency": "USD"}
            self.by_hub(ValueLeased(**about, **hashed, to_device=self.device.id))

    def return_card(self, which: int, amount: int) -> None:
        lease = self._card_lease(which)
        if lease is not None:
            returned = min(amount, lease.left)
            self.by_till(ValueReturned(grant_id=lease.id, card_id=lease.card_id, amount=returned))

    def recall_card(self, which: int, *, for_good: bool) -> None:
        """The hub asks for what the till has of a card, or does not wait for it."""
        leases = [each for each in self.memory_hub.books.value_leases.values() if each.left]
        if leases:
            lease = leases[which % len(leases)]
            kind = ValueReclaimed if for_good else ValueRecalled
            self.by_hub(kind(grant_id=lease.id, card_id=lease.card_id, from_device=self.device.id))

    def block_card(self, which: int) -> None:
        card = self._card(which)
        if card is not None:
            self.by_hub(GiftCardBlocked(card_id=card.id, is_blocked=card.status is CardStatus.ACTIVE, by="7"))

    def write_card_off(self, which: int) -> None:
        """An organizer takes what was spent beyond a card as a loss."""
        card = self._card(which)
        if card is not None and card.over:
            self.by_hub(GiftCardWrittenOff(card_id=card.id, amount=card.over, currency=card.currency, by="7"))

    def pay_by_card(self, placed: OrderPlaced, which: int) -> None:
        """A till spends what it has on lease, whatever the hub has made of that meanwhile; all of it, or the price."""
        lease = self._card_lease(which)
        if lease is not None and placed.source == "lease":
            due = self.memory_till.books.due(placed.order_id)
            about = payment_words(new_id(), "stored_value", placed, min(lease.left, due))
            if min(lease.left, due) > 0:
                self.by_till(PaymentCaptured(**about, card_id=lease.card_id, grant_id=lease.id))

    def give_up_card(self, placed: OrderPlaced) -> None:
        """What a card has paid of an order that comes to nothing is on it again."""
        books = self.memory_till.books
        if placed.source == "lease":
            gone = given_up(books, OrderId(placed.order_id), "no", new_id=new_id, drawer_of=lambda _: self.device.name)
            self.by_till(*gone)

    def cash_out(self, which: int) -> None:
        lease = self._card_lease(which)
        if lease is not None:
            about = {"grant_id": lease.id, "card_id": lease.card_id, "currency": "USD"}
            self.by_till(GiftCardCashedOut(**about, amount=min(lease.left, 300), drawer=self.device.name))

    def take_card_back(self, which: int, *, is_ours: bool) -> None:
        """What is left of a card goes off it: of the till's lease, or at the hub of what is free."""
        lease, card = self._card_lease(which), self._card(which)
        if is_ours and lease is not None and lease.card_id in self.memory_till.books.stored_values:
            order = self.memory_till.books.stored_values[lease.card_id].order_id
            about = {"order_id": order, "card_id": lease.card_id, "amount": lease.left, "currency": "USD"}
            self.by_till(GiftCardTakenBack(**about, grant_id=lease.id))
        elif not is_ours and card is not None and card.free:
            about = {"order_id": card.order_id, "card_id": card.id, "amount": card.free, "currency": "USD"}
            self.by_hub(GiftCardTakenBack(**about))

    def _card(self, which: int) -> StoredValueRow | None:
        cards = list(self.memory_hub.books.stored_values.values())
        return cards[which % len(cards)] if cards else None

    def _card_lease(self, which: int) -> ValueLeaseRow | None:
        leases = [each for each in self.memory_till.books.value_leases.values() if each.left]
        return leases[which % len(leases)] if leases else None


def payment_words(tender_id: str, tender: str, placed: OrderPlaced, amount: int) -> dict[str, Any]:
    about = {"order_id": placed.order_id, "tender_id": tender_id, "tender": tender}
    return {**about, "amount": amount, "currency": placed.currency}
