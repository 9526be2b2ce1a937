"""X and Z reports on paper: what a shift took, in sections that each add up to the same net."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from boxoffice.core.cash_moves import WAYS
from boxoffice.core.money import Currency, Money
from boxoffice.core.shift_report import ShiftReport, Tally
from boxoffice.core.sums import Reduced, TaxSum
from boxoffice.core.tenders import TENDERS, TenderKind, tender_of
from boxoffice.documents.blocks import Block, Centered, Pair, Rule, Style
from boxoffice.documents.languages import Language, language
from boxoffice.documents.slips import Slip
from boxoffice.documents.sums import reduced_words, tax_words


@dataclass(frozen=True, slots=True)
class Compared:
    """What the till took by one tender beside the provider's own list; `there` is None where nobody has asked it."""

    tender: TenderKind
    here: Tally
    there: Tally | None = None

    @property
    def difference(self) -> int | None:
        return None if self.there is None else self.there.amount - self.here.amount

    @property
    def is_equal(self) -> bool:
        return self.there == self.here


@dataclass(frozen=True, slots=True)
class ShiftHead:
    """Whose shift it is, with people by their names; one that is not closed has an X report, which closes nothing.

    `hides_cash` leaves out what the drawer should hold: it is not shown before the count is signed.
    """

    event_name: str
    venue: str
    timezone: str
    device_name: str
    drawer: str
    number: int
    opened_at: datetime
    closed_at: datetime | None
    opened_by: str = ""
    closed_by: str = ""
    approved_by: str = ""
    why: str = ""
    is_closed: bool = False
    hides_cash: bool = False
    unknown_payments: int = 0
    copy: int = 0
    language: str = "en"

    @property
    def speaks(self) -> Language:
        return language(self.language)


Name = Callable[[str], str]
"""What somebody is called, by their id."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section: what, and what it comes to. A `strong` one is what those before it add up to."""

    label: str
    text: str
    is_strong: bool = False
    is_total: bool = False
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


def title_of(head: ShiftHead) -> str:
    say = head.speaks.say
    return (say("Z report {n}") if head.is_closed else say("X report, shift {n}")).format(n=head.number)


def sections_of(
    head: ShiftHead, report: ShiftReport, compared: tuple[Compared, ...], name: Name
) -> tuple[Section, ...]:
    """Returns the report in sections, for paper, screen and page alike."""
    told = _Told(head, report, compared, name)
    sections = (
        Section("", tuple(told.opening())),
        Section(told.say("Sold"), tuple(told.sold())),
        Section(told.say("Tax within it"), tuple(told.taxes())),
        Section(told.say("By tender"), tuple(told.tenders())),
        Section(told.say("Till and provider"), tuple(told.compared_())),
        Section(told.say("Cash drawer {drawer}").format(drawer=head.drawer), tuple(told.drawer())),
        Section(told.say("People"), tuple(told.people())),
        Section(told.say("By the hour"), tuple(told.hours())),
        Section(told.say("Records"), tuple(told.records())),
    )
    return tuple(each for each in sections if each.lines)


def z_slip(head: ShiftHead, report: ShiftReport, compared: tuple[Compared, ...], name: Name) -> Slip:
    """Returns the report as a slip, with room for two signatures."""
    say = head.speaks.say
    return Slip(title_of(head), tuple(_blocks(head, sections_of(head, report, compared, name), say)), head.language)


def _blocks(head: ShiftHead, sections: tuple[Section, ...], say: Callable[[str], str]) -> Iterator[Block]:
    yield Centered(title_of(head).upper(), Style.TITLE)
    if head.copy:
        yield Centered(say("COPY {n}").format(n=head.copy), Style.STRONG)
    yield Centered(head.event_name)
    yield Centered(", ".join(each for each in (head.venue, head.device_name) if each))
    for section in sections:
        yield Rule()
        if section.title:
            yield Pair(section.title, style=Style.STRONG)
        for line in section.lines:
            if line.is_alert:
                yield Centered(f"{line.label} {line.text}".strip().upper(), Style.INVERSE)
            else:
                yield Pair(line.label, line.text, _style(line))
    yield Rule()
    if head.is_closed:
        yield from (Centered(" "), Centered(" "))
        yield Pair(head.closed_by or say("Signed"), head.approved_by or say("Seen by"))
        yield Centered(say("Next: Z {n}. No number is left out.").format(n=head.number + 1), Style.SMALL)


def _style(line: Line) -> Style:
    return Style.TOTAL if line.is_total else Style.STRONG if line.is_strong else Style.PLAIN


@dataclass(frozen=True, slots=True)
class _Told:
    head: ShiftHead
    report: ShiftReport
    compared: tuple[Compared, ...]
    name: Name

    def say(self, text: str) -> str:
        return self.head.speaks.say(text)

    def money(self, minor: int) -> str:
        return str(Money(minor, Currency(self.report.currency)))

    def seen(self, minor: int) -> str:
        """Returns an amount from which the cash of the shift could be worked out; nothing while that is hidden."""
        return "" if self.head.hides_cash else self.money(minor)

    def opening(self) -> Iterator[Line]:
        head, say = self.head, self.say
        if head.is_closed:
            after = say("{n}, after Z {before}") if head.number > 1 else "{n}"
            yield Line(say("Z number"), after.format(n=head.number, before=head.number - 1), is_strong=True)
        yield Line(say("Opened"), self._at(head.opened_at))
        if head.closed_at is not None:
            yield Line(say("Closed") if head.is_closed else say("Until"), self._at(head.closed_at))
        split = say("{count}, {split} of them split") if self.report.split_sales else "{count}"
        yield Line(say("Sales"), split.format(count=self.report.sales.count, split=self.report.split_sales))

    def sold(self) -> Iterator[Line]:
        report, say = self.report, self.say
        for product, tally in report.sold.items():
            yield Line(f"{tally.count} × {report.names.get(product, product)}", self.seen(tally.amount))
        if self.head.hides_cash:
            return
        less = (
            (say("Discounts ({count})"), report.discounts),
            (say("Given away ({count})"), report.comps),
            (say("Refunds ({count})"), report.refunds),
        )
        told = [(words, tally) for words, tally in less if tally != Tally()]
        if told and report.sold:
            yield Line(say("Together"), self.money(report.sold_total), is_strong=True)
        for words, tally in told:
            yield Line(words.format(count=tally.count), self.money(-tally.amount))
        for (kind, reason), tally in report.reasons.items():
            words = reduced_words(Reduced(kind, reason, 0, tally.amount), self.head.speaks)
            yield Line(f"   {words} ({tally.count})", self.money(-tally.amount))
        yield Line(say("NET"), self.money(report.net), is_total=True)

    def taxes(self) -> Iterator[Line]:
        for tax in () if self.head.hides_cash else self.report.taxes:
            words = tax_words(
                TaxSum(tax.rate, tax.name, tax.rate_ppm, tax.amount, False, tax.authority, tax.kind), self.head.speaks
            )
            yield Line(words, self.money(tax.amount))
        if len(self.report.taxes) > 1:
            yield Line(self.say("Together"), self.money(self.report.tax), is_strong=True)

    def tenders(self) -> Iterator[Line]:
        report, say = self.report, self.say
        for each in report.tenders:
            if self.head.hides_cash and tender_of(each.tender).is_cash:
                yield Line(say(TENDERS[each.tender].words.name), say("hidden until it is counted"))
                continue
            yield Line(f"{each.taken.count} × {say(TENDERS[each.tender].words.name)}", self.money(each.taken.amount))
            if each.back != Tally():
                yield Line(f"   {say('given back')} ({each.back.count})", self.money(-each.back.amount))
        if self.head.hides_cash:
            return
        beside = (
            (say("Cash rounding"), -report.rounding),
            (say("For sales not finished yet"), -report.unfinished),
            (say("Put on {count} gift cards").format(count=report.cards_sold.count), -report.cards_sold.amount),
            (say("Paid out of {count} gift cards").format(count=report.cards_out.count), report.cards_out.amount),
        )
        for words, amount in beside:
            if amount:
                yield Line(words, self.money(amount))
        yield Line(say("Together"), self.money(report.net), is_strong=True)

    def compared_(self) -> Iterator[Line]:
        say = self.say
        for each in self.compared:
            words = f"{each.here.count} × {say(TENDERS[each.tender].words.name)}"
            if each.there is None:
                yield Line(words, say("not compared: offline"))
            elif each.is_equal:
                yield Line(words, say("EQUAL"), is_strong=True)
            else:
                there = say("{count} there, {amount}").format(
                    count=each.there.count, amount=self.money(each.there.amount)
                )
                yield Line(words, self.money(each.here.amount))
                yield Line(f"   {there}", self.money(each.difference or 0))
        if self.compared or self.head.unknown_payments:
            count = say("{count} payments").format(count=self.head.unknown_payments)
            yield Line(say("Still unknown"), count)

    def drawer(self) -> Iterator[Line]:
        drawer, say = self.report.drawer, self.say
        yield Line(say("Opening float"), self.money(drawer.float_amount))
        if not self.head.hides_cash:
            yield Line(say("Cash sales"), self.money(drawer.sales))
            if drawer.refunds:
                yield Line(say("Cash refunds"), self.money(-drawer.refunds))
        for move, tally in drawer.moves:
            words = f"{tally.count} × {say(WAYS[move].words)}"
            sign = WAYS[move].sign
            yield Line(words, self.money(sign * tally.amount if sign else tally.amount))
        if self.head.hides_cash:
            yield Line(say("Expected"), say("hidden until it is counted"), is_strong=True)
            return
        if drawer.corrected:
            yield Line(say("Found at hand-over"), self.money(drawer.corrected))
        yield Line(say("Expected"), self.money(drawer.expected), is_strong=True)
        if drawer.counted is None:
            return
        yield Line(say("Counted and signed"), self.money(drawer.counted), is_strong=True)
        if drawer.difference:
            words = say("Over") if drawer.difference > 0 else say("Short")
            yield Line(words, self.money(abs(drawer.difference)), is_alert=True)
            yield Line(say("Reason: {why}").format(why=say(self.head.why) if self.head.why else "–"), "")
        else:
            yield Line(say("Equal"), "", is_alert=True)
        yield Line(say("To the safe"), self.money(drawer.to_safe))
        yield Line(say("Stays in the drawer"), self.money(drawer.stays))

    def people(self) -> Iterator[Line]:
        staff, say = self.report.staff, self.say
        for who, tally in sorted(staff.items(), key=lambda each: -each[1].amount):
            words = say("{name}, {count} sales").format(name=self.name(who) or say("Nobody named"), count=tally.count)
            yield Line(words, self.seen(tally.amount))
        if len(staff) > 1 and not self.head.hides_cash:
            yield Line(say("Together"), self.money(self.report.sales.amount), is_strong=True)

    def hours(self) -> Iterator[Line]:
        speaks = self.head.speaks
        for hour, tally in self.report.hours.items():
            at = self.head.opened_at.replace(hour=hour, minute=0)
            yield Line(f"{speaks.time(at)}, {tally.count}", self.seen(tally.amount))

    def records(self) -> Iterator[Line]:
        say, first, last = self.say, self.report.first, self.report.last
        if first is not None and last is not None:
            yield Line(say("First record"), f"#{first[1]:,}")
            yield Line(say("Last record"), f"#{last[1]:,}")
            yield Line(say("Chain check"), f"{self.report.chain[:4]}-{self.report.chain[4:8]}")

    def _at(self, at: datetime) -> str:
        speaks, local = self.head.speaks, at.astimezone(ZoneInfo(self.head.timezone))
        return f"{speaks.day(local.date())}, {speaks.time(local)}"
