"""What facts about tickets say: finishing an order issues them, and earns what was paid."""

from dataclasses import replace
from typing import Final

from pydantic import BaseModel, ConfigDict

from boxoffice.core.known import Known, Written
from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.rights import Right
from boxoffice.core.taxes import tax_account

_ACCOUNTS: Final = {"donation": "donations", "gift_card": "stored_value"}
"""Where what a kind of product earns goes, if it is no sale: what a gift card holds is owed, not earned."""


class TicketPart(BaseModel):
    """`token` is what the ticket's QR holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ticket_id: str
    product_id: str
    line: int
    days: tuple[str, ...] = ()
    token: str


class PartyPart(BaseModel):
    """One code for several of an order's tickets: `token` is what its QR holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ticket_ids: tuple[str, ...]
    token: str


class TaxShare(BaseModel):
    """What one tax gets."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: str
    amount: int
    authority: str = ""


class Earned(BaseModel):
    """What one product of a finished order earned before discounts: `net` for the seller, `tax` for the state.

    `taxes` are its shares where there is more than one tax, or an authority is named; `tax_rate` names the only one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: str
    kind: str
    net: int
    tax: int
    tax_rate: str | None = None
    taxes: tuple[TaxShare, ...] = ()

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """Returns what each tax's account gets; together it is all the tax, or the fact does not balance."""
        named = tuple((tax_account(each.rate, each.authority), each.amount) for each in self.taxes)
        return named or ((tax_account(self.tax_rate, ""), self.tax),)


class TicketsIssued(Payload):
    """The order is finished: what was paid is earned. `tickets` may be empty (a T-shirt).

    Those of a party are shown by the codes of its `parties`.
    """

    order_id: str
    currency: str
    total: int
    discount: int = 0
    earned: tuple[Earned, ...]
    tickets: tuple[TicketPart, ...]
    parties: tuple[PartyPart, ...] = ()

    def postings(self) -> Lines:
        lines = [("unearned", self.total), ("discounts", self.discount)]
        for part in self.earned:
            lines.append((_ACCOUNTS.get(part.kind, f"sales:{part.product_id}"), -part.net))
            lines += [(account, -amount) for account, amount in part.shares]
        return lines

    def note(self, known: Known, written: Written) -> None:
        known.tickets.update((ticket.ticket_id, self.order_id) for ticket in self.tickets)
        order = known.orders.get(self.order_id)
        if order is not None:
            known.orders[self.order_id] = replace(order, is_finished=True)


class TicketVoided(Payload):
    """`units` are what can be sold again, by pool; `by` is the organizer who voided it with no refund, by number.

    A till says no units: it can't know what of them any counter has as sold. The hub does (`UnitsFreed`). What a till
    asked the hub for names who asked there (`asked_by`, by the id of staff).
    """

    ticket_id: str
    order_id: str
    why: str = ""
    units: dict[str, int] = {}
    by: str = ""
    asked_by: str | None = None


class TicketReissued(Payload):
    """The ticket of an order goes to another person: it ends, and `ticket` takes its place. No unit moves by it.

    `by` is the till, by name, where somebody asked the hub for it; `asked_by` who asked there, by the id of staff.
    """

    order_id: str
    ticket_id: str
    ticket: TicketPart
    by: str = ""
    asked_by: str | None = None

    def note(self, known: Known, written: Written) -> None:
        known.tickets[self.ticket.ticket_id] = self.order_id

    @property
    def right(self) -> Right:
        return Right.REFUND


class UnitsFreed(Payload):
    """What came back of an order at a till, and can be sold again, by pool."""

    order_id: str
    units: dict[str, int]
