"""The shift as screens see it: people by name, money that may be shown, and reports on screen and paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from boxoffice.core.cash_moves import WAYS, CashMove
from boxoffice.core.denominations import Count
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.ids import OrderId, StaffId
from boxoffice.core.money import Currency, Money
from boxoffice.core.rights import Answer, Right
from boxoffice.core.rows import ShiftRow
from boxoffice.core.staff import Person
from boxoffice.core.wire.reports import ReportAsk
from boxoffice.documents.model import Paper
from boxoffice.documents.slips import Slip
from boxoffice.documents.z_report import Compared, ShiftHead, sections_of, z_slip
from boxoffice.till.store import papers, requests_kept, shifts
from boxoffice.till.store.facts import acknowledged_position, position_of
from boxoffice.till.store.requests_kept import AskedState
from boxoffice.till.usecases.asking import REPORT, Asking
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.printing import PaperKind
from boxoffice.till.usecases.gateway.shifts import Mailing, Moved, ReportView, ShiftNow
from boxoffice.till.usecases.ports import HubRefused, Piece
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.provider_list import ProviderList
from boxoffice.till.usecases.saving import save
from boxoffice.till.usecases.shifts import Brought, ReportAtHand, Shifts

_MAILING: Final = {
    AskedState.WAITING: Mailing.QUEUED,
    AskedState.DONE: Mailing.TAKEN,
    AskedState.REFUSED: Mailing.REFUSED,
}


@dataclass(frozen=True, slots=True)
class AtTheDrawer:
    """Implements `gateway.shifts.ShiftPort`."""

    context: TillContext
    shifts: Shifts
    provider: ProviderList
    printing: Printing
    folder: Path
    paper: Paper
    asking: Asking
    unknown: Callable[[], int]
    people: Callable[[], Sequence[Person]] = tuple
    asked_in: dict[str, str] = field(default_factory=dict)
    """In which language a report was asked for on paper, by its shift."""
    changed: Callable[[], None] = lambda: None

    def now(self) -> ShiftNow:
        opening, shift = self.shifts.opening(), self.shifts.current()
        catalogue = self.context.event.catalogue
        zero = Money(0, catalogue.currency)
        about = ShiftNow(
            number=opening.number,
            drawer=opening.drawer,
            currency_zero=zero,
            left=opening.left,
            floats=catalogue.cash.floats,
            left_by="" if opening.last is None else self._name(opening.last.closed_by),
            left_at=None if opening.last is None else self._local(opening.last.closed_at),
            people=tuple(self.people()),
            draft=self.shifts.draft() or None,
        )
        return about if shift is None else self._open(about, shift)

    def _open(self, about: ShiftNow, shift: ShiftRow) -> ShiftNow:
        currency = Currency(shift.currency)
        at_hand = self.shifts.report()
        with self.context.store.reading() as connection:
            facts = shifts.facts_of(connection, shift).facts
        is_signed = shift.counted_amount is not None
        is_seen = is_signed or self._may_see
        return replace(
            about,
            left=about.currency_zero,
            opened_at=self._local(shift.opened_at),
            held_by=self._name(shift.held_by),
            float_amount=Money(shift.float_amount, currency),
            moved=tuple(self._moved(facts, currency)),
            sales=at_hand.report.sales.count,
            refunds=at_hand.report.refunds.count,
            counted=None if shift.counted_amount is None else Money(shift.counted_amount, currency),
            expected=Money(at_hand.report.drawer.expected, currency) if is_seen else None,
            is_count_stale=is_signed and shift.expected_amount != at_hand.report.drawer.expected,
        )

    def _moved(self, facts: Sequence[Fact], currency: Currency) -> list[Moved]:
        found = []
        for fact in facts:
            p, at = fact.payload, self.context.local(fact.occurred_at)
            names = [self._name(fact.staff_id), self._name(p.get("approved_by"))]
            who = ", ".join(each for each in names if each)
            if fact.kind is FactKind.SHIFT_OPENED:
                found.append(Moved("Float", at, Money(p["float_amount"], currency), p.get("why", ""), who))
            elif fact.kind is FactKind.CASH_MOVED and p.get("move") is not None:
                way = WAYS[CashMove(p["move"])]
                found.append(Moved(way.words, at, Money(p["amount"] * (way.sign or 1), currency), p["why"], who))
        return found

    def open(self, count: Count | None, brought: Money | None, *, is_from_safe: bool, why: str) -> ShiftNow:
        self.shifts.open(count, None if brought is None else Brought(brought, is_from_safe), why)
        return self._done()

    def move(self, move: CashMove, amount: Money, why: str, carrier: StaffId | None) -> ShiftNow:
        self.shifts.move(move, amount, why, carrier)
        if WAYS[move].sign:
            self.printing.open_drawer()
        return self._done()

    def open_drawer(self, why: str) -> ShiftNow:
        self.shifts.open_drawer(why)
        self.printing.open_drawer()
        return self._done()

    def hand_over(self, to: StaffId | None, count: Count | None, why: str) -> ShiftNow:
        self.shifts.hand_over(to, count, why)
        return self._done()

    def count(self, count: Count) -> ShiftNow:
        self.shifts.count(count)
        return self._done()

    def close(self, to_safe: Money, why: str) -> ReportView:
        shift = self.shifts.close(to_safe, why)
        self.changed()
        return self.report(shift.id)

    def keep_draft(self, pieces: Mapping[str, int]) -> None:
        self.shifts.keep_draft(pieces)

    def report(self, shift_id: str | None = None) -> ReportView:
        return self._view(self.shifts.report(shift_id))

    def closed(self) -> tuple[tuple[str, int, datetime], ...]:
        found = self.shifts.closed()
        return tuple(
            (each.id, each.z_number or 0, self.context.local(each.closed_at)) for each in found if each.closed_at
        )

    def print(self, shift_id: str | None, language: str = "en") -> int:
        at_hand = self.shifts.report(shift_id)
        self.asked_in[at_hand.shift.id] = language
        return self.printing.ask(PaperKind.REPORT, at_hand.shift.id, self._slip(at_hand, 0, language).title)

    def counted_as(self, about: str) -> str:
        """Counts copies of Z reports; X reports are none."""
        return "" if self.shifts.report(about).shift.closed_at is None else "z_report"

    def note_outside(self, about: str) -> None:
        """A report proves no sale."""

    def pieces(self, about: str, copy: int) -> Sequence[Piece]:
        return (self._slip(self.shifts.report(about), copy, self.asked_in.get(about, "en")),)

    def save_pdf(self, shift_id: str | None, language: str = "en") -> Path:
        from boxoffice.documents.slip_pdf import slip_pdf  # noqa: PLC0415  # 84 ms of a till's start

        at_hand = self.shifts.report(shift_id)
        with self._handing_out(at_hand, "pdf") as copy:
            slip = self._slip(at_hand, copy, language)
            path = self.folder / f"{self.context.device.name} {slip.title}{f' copy {copy}' if copy else ''}.pdf"
            save(path, slip_pdf(slip, self.paper), "The shift is saved.")
        return path

    def send(self, shift_id: str, language: str = "en") -> Mailing:
        mail_id = self.context.new_id()
        try:
            self.asking.ask(shift_id, REPORT, mail_id, ReportAsk(mail_id=mail_id, language=language))
        except HubRefused:
            return Mailing.REFUSED
        return self.mailing(shift_id)

    def mailing(self, shift_id: str) -> Mailing:
        with self.context.store.reading() as connection:
            asked = [each for each in requests_kept.of_order(connection, shift_id) if each.kind == REPORT]
        return _MAILING[asked[-1].state] if asked else Mailing.NOT_ASKED

    @contextmanager
    def _handing_out(self, at_hand: ReportAtHand, way: str) -> Iterator[int]:
        """Keeps that a Z report is handed out, and what came of it; gives which copy it is. X reports are no copies."""
        context = self.context
        if at_hand.shift.closed_at is None:
            yield 0
            return
        paper_id, about = context.new_id(), OrderId(at_hand.shift.id)
        with context.store.transaction() as connection:
            copy = papers.begin(connection, paper_id, about, "z_report", way, context.clock.now())
        try:
            yield copy
        except BoxofficeError:
            self._note_end(paper_id, is_done=False)
            raise
        self._note_end(paper_id, is_done=True)

    def _note_end(self, paper_id: str, *, is_done: bool) -> None:
        with self.context.store.transaction() as connection:
            papers.end(connection, paper_id, is_done=is_done)

    def _done(self) -> ShiftNow:
        self.changed()
        return self.now()

    def _slip(self, at_hand: ReportAtHand, copy: int, language: str) -> Slip:
        head, compared = replace(self._head(at_hand, copy), language=language), self._compared(at_hand)
        slip = z_slip(head, at_hand.report, compared, self._name)
        return replace(slip, is_training=self.context.event.catalogue.is_training)

    def _view(self, at_hand: ReportAtHand) -> ReportView:
        head, compared, report = self._head(at_hand), self._compared(at_hand), at_hand.report
        currency, drawer = Currency(report.currency), report.drawer
        return ReportView(
            shift_id=at_hand.shift.id,
            number=at_hand.number,
            is_closed=head.is_closed,
            drawer=head.drawer,
            opened_at=head.opened_at,
            closed_at=head.closed_at,
            net=None if head.hides_cash else Money(report.net, currency),
            sales=report.sales.count,
            to_safe=Money(drawer.to_safe, currency),
            stays=None if head.hides_cash else Money(drawer.stays, currency),
            difference=None if drawer.counted is None else Money(drawer.difference, currency),
            why=at_hand.shift.why,
            unknown=head.unknown_payments,
            compared=compared,
            sections_in=lambda code: sections_of(replace(head, language=code), report, compared, self._name),
            is_at_hub=self._is_at_hub(at_hand.shift),
            closed_by=head.closed_by,
            approved_by=head.approved_by,
        )

    def _head(self, at_hand: ReportAtHand, copy: int = 0) -> ShiftHead:
        shift, catalogue = at_hand.shift, self.context.event.catalogue
        is_closed = shift.closed_at is not None
        return ShiftHead(
            event_name=catalogue.name,
            venue=catalogue.venue,
            timezone=catalogue.timezone,
            device_name=self.context.device.name,
            drawer=shift.drawer,
            number=at_hand.number,
            opened_at=self._local(shift.opened_at) or shift.opened_at,
            closed_at=self._local(shift.closed_at) if is_closed else self.context.local_now(),
            opened_by=self._name(shift.opened_by),
            closed_by=self._name(shift.closed_by),
            approved_by=self._name(shift.approved_by),
            why=shift.why,
            is_closed=is_closed,
            hides_cash=not is_closed and not self._may_see,
            unknown_payments=self.unknown(),
            copy=copy,
        )

    @property
    def _may_see(self) -> bool:
        return self.context.operator.may(Right.SEE_EXPECTED) is Answer.YES

    def _compared(self, at_hand: ReportAtHand) -> tuple[Compared, ...]:
        return self.provider.compared(at_hand.report, at_hand.shift)

    def _is_at_hub(self, shift: ShiftRow) -> bool:
        if shift.last_epoch is None or shift.last_seq is None:
            return False
        with self.context.store.reading() as connection:
            last = position_of(connection, self.context.device.id, shift.last_epoch, shift.last_seq)
            return last <= acknowledged_position(connection)

    def _name(self, who: str | None) -> str:
        return next((person.name for person in self.people() if person.id == who), "")

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else self.context.local(at)
