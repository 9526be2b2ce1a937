"""An order's papers: printed, saved as PDF, or mailed by the hub."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import BoxofficeError, OperationFailed
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.gift_cards import CardCode, code_of
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.stored_value import GiftCardIssued
from boxoffice.core.texts import Texts
from boxoffice.documents.gift_cards import card_papers
from boxoffice.documents.model import Paper, Receipt, Ticket
from boxoffice.documents.papers import Heading, papers_of
from boxoffice.till.store import orders, papers, people
from boxoffice.till.store.facts import of_order
from boxoffice.till.store.orders import head_of
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.gateway.printing import PaperKind
from boxoffice.till.usecases.ports import HubRefused, Piece, Unreachable
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.saving import save
from boxoffice.till.usecases.syncing import Sync

_KINDS: Final = {Paperwork.RECEIPT: PaperKind.RECEIPT, Paperwork.TICKETS: PaperKind.TICKETS}


@dataclass(frozen=True, slots=True)
class Papers:
    """The use cases around receipts and tickets."""

    context: TillContext
    sync: Sync
    printing: Printing
    folder: Path
    paper: Paper

    def print(self, order_id: OrderId, what: Paperwork) -> int:
        """Returns when it is out, and which copy it is; 0 for the first one. What can't be printed waits.

        Raises:
            NotPrinted: if it did not come out, or nobody knows.
        """
        with self.context.store.reading() as connection:
            number = orders.number_of(connection, order_id)
        return self.printing.ask(_KINDS[what], order_id, number)

    def save_pdf(self, order_id: OrderId, what: Paperwork) -> Path:
        """Writes the PDF, whole or not at all, and returns where.

        Raises:
            OperationFailed: if the folder can't be written to.
        """
        from boxoffice.documents.receipt import receipt_pdf  # noqa: PLC0415  # 84 ms of a till's start
        from boxoffice.documents.tickets import tickets_pdf  # noqa: PLC0415  # 84 ms of a till's start

        with self._handing_out(order_id, what, "pdf") as copy:
            receipt, tickets = self.of(order_id, copy)
            is_receipt = what is Paperwork.RECEIPT
            pdf = receipt_pdf(receipt, self.paper) if is_receipt else tickets_pdf(_some(tickets))
            path = self.folder / f"{receipt.order_number} {what.value}{f' copy {copy}' if copy else ''}.pdf"
            save(path, pdf, "The sale is saved.")
        return path

    @contextmanager
    def _handing_out(self, order_id: OrderId, what: Paperwork, way: str) -> Iterator[int]:
        """Keeps in the journal what is handed out within, and what came of it; gives which copy it is."""
        context, paper_id = self.context, self.context.new_id()
        with context.store.transaction() as connection:
            copy = papers.begin(connection, paper_id, order_id, what.value, way, context.clock.now())
        try:
            self.note_outside(order_id, what)
            yield copy
        except BoxofficeError:
            self._note_end(paper_id, is_done=False)
            raise
        self._note_end(paper_id, is_done=True)

    def note_outside(self, order_id: OrderId, what: Paperwork) -> None:
        """Notes a paper outside the till's file before anybody has it: should the file lose the sale, it is missed."""
        store = self.context.store
        with store.reading() as connection:
            number = orders.number_of(connection, order_id)
        try:
            store.note_paper(number, what.value)
        except OSError as error:
            raise OperationFailed(
                f"The paper could not be noted: {error.strerror or error}.",
                "The sale is saved, and nothing was printed.",
                "Free some space, and print it again.",
            ) from error

    def _note_end(self, paper_id: str, *, is_done: bool) -> None:
        with self.context.store.transaction() as connection:
            papers.end(connection, paper_id, is_done=is_done)

    def send_email(self, order_id: OrderId, address: str) -> bool:
        """Asks the hub to mail receipt and tickets; returns whether the hub has it, else it waits here.

        Raises:
            BadInput: if mail can't go there.
        """
        bare = read_email(address)
        with self.context.store.transaction() as connection:
            ids = self.context.new_id(), self.context.new_id()
            people.add_wish(connection, *ids, order_id, bare)
        try:
            self.sync.push()
            self.sync.send_mails()
        except (Unreachable, HubRefused):
            return False
        return True

    def of(self, order_id: OrderId, copy: int = 0) -> tuple[Receipt, tuple[Ticket, ...]]:
        """Returns what the papers say."""
        catalogue = self.context.event.catalogue
        with self.context.store.reading() as connection:
            facts = of_order(connection, order_id)
            head = head_of(connection, order_id)
        heading = Heading(
            event_name=catalogue.name,
            venue=(catalogue.venue, catalogue.address, catalogue.city),
            days=catalogue.days,
            timezone=catalogue.timezone,
            sold_by=self.context.device.name,
            customer_name=head.customer_name,
            customer_email=head.customer_email,
        )
        receipt, tickets = papers_of(heading, facts, texts=Texts(catalogue, heading.language), copy=copy)
        handed_out = (*tickets, *card_papers(heading, receipt.order_number, self._cards(facts), copy))
        if not catalogue.is_training:
            return receipt, handed_out
        return replace(receipt, is_training=True), tuple(replace(each, is_training=True) for each in handed_out)

    def _cards(self, facts: Sequence[Fact]) -> list[tuple[CardCode, Money]]:
        """Returns the gift cards of a finished order. Their codes are kept nowhere: its seller knows them anew."""
        issued = [GiftCardIssued.model_validate(f.payload) for f in facts if f.kind is FactKind.GIFT_CARD_ISSUED]
        gone = {f.payload["card_id"] for f in facts if f.kind is FactKind.GIFT_CARD_TAKEN_BACK}
        codes = {card.card_id: code_of(card.card_id, self.context.journal.key) for card in issued}
        return [
            (codes[card.card_id], Money(card.amount, Currency(card.currency)))
            for card in issued
            if codes[card.card_id].hash == card.code_hash and card.card_id not in gone
        ]


@dataclass(frozen=True, slots=True)
class OrderPapers:
    """The source of orders' papers of one kind for the printer."""

    papers: Papers
    what: Paperwork

    def counted_as(self, about: str) -> str:  # noqa: ARG002  # the port has it
        return self.what.value

    def note_outside(self, about: str) -> None:
        self.papers.note_outside(OrderId(about), self.what)

    def pieces(self, about: str, copy: int) -> Sequence[Piece]:
        receipt, tickets = self.papers.of(OrderId(about), copy)
        return (receipt,) if self.what is Paperwork.RECEIPT else _some(tickets)


def _some(tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    if not tickets:
        raise OperationFailed("This order has no tickets.", "The sale is saved.", "")
    return tickets
