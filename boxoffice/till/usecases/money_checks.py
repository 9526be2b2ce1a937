"""What is looked at of money before doors open: Stripe's key, the reader, the float, cash at this address, taxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.cash_law import cash_law
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.preflight import Answer, Check, Outcome
from boxoffice.core.stale_taxes import Stale, StaleTax, stale_taxes
from boxoffice.core.sums import percent_of
from boxoffice.core.taxes import tax_name
from boxoffice.core.terminal import TerminalReader
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.hub_word import ask_hub
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, StripeRefused, Unreachable
from boxoffice.till.usecases.shifts import Shifts
from boxoffice.till.usecases.side_by_side import Job
from boxoffice.till.usecases.status import Readers
from boxoffice.till.usecases.stripe_key import KeyedTerminal
from boxoffice.till.usecases.trial_payment import TrialPayment

SEEN_S: Final = 120
"""A reader that Stripe has not heard of for longer is offline, by Stripe's own rule."""
_SELLS_NOT: Final = later("This machine sells nothing")
_SOON: Final = (Stale.ENDS,)
"""What is the matter with a rate only later."""


@dataclass(frozen=True, slots=True)
class MoneyChecks:
    context: TillContext
    link: Link
    terminal: KeyedTerminal
    readers: Readers
    shifts: Shifts
    trial: TrialPayment
    sells: bool = True

    def jobs(self) -> Mapping[Check, Job]:
        found: dict[Check, Job] = {
            Check.STRIPE: self._stripe,
            Check.READER: self._reader,
            Check.TEST_PAYMENT: self.trial.answer,
            Check.FLOAT: self._float,
            Check.CASH_TILL: self._cash_till,
            Check.TAXES: self._taxes,
        }
        return found if self.sells else {check: _unused(check) for check in found}

    def _stripe(self) -> Answer:
        if not self.terminal.key_id:
            return Answer(
                Check.STRIPE,
                Outcome.TO_DO,
                later("This till has no key: no card is taken at a reader"),
                later("Ask an organizer to set one: at the hub, under Tills, Key."),
            )
        try:
            missing = self.terminal.missing_rights()
        except StripeRefused:
            return Answer(
                Check.STRIPE,
                Outcome.FAIL,
                later("Stripe does not take this till's key"),
                later("Ask an organizer for another one: at the hub, under Tills, Key."),
            )
        if missing:
            return Answer(
                Check.STRIPE,
                Outcome.FAIL,
                later("The key lacks a right: {rights}"),
                later("Ask an organizer to allow it to the key, at Stripe."),
                {"rights": ", ".join(missing)},
            )
        if self.terminal.is_live:
            return Answer(Check.STRIPE, Outcome.PASS, later("Live, with all its rights"))
        return Answer(Check.STRIPE, Outcome.PASS, later("Test mode: no real money is taken"))

    def _reader(self) -> Answer:
        if not self.terminal.key_id:
            return Answer(Check.READER, Outcome.UNUSED, later("No key, no reader"))
        found, chosen = self.readers.look(), self.readers.chosen_id
        if chosen is None:
            words = later("No reader is chosen") if found else later("No reader is registered for this place")
            fix = later("Choose it under “This till”.") if found else later("Register it at Stripe, for this place.")
            return Answer(Check.READER, Outcome.TO_DO, words, fix)
        return self._seen(self.terminal.reader(chosen))

    def _seen(self, reader: TerminalReader) -> Answer:
        """Judges by Stripe's own word; when it was seen is told beside it, by whichever clock is at hand."""
        parts = {"reader": reader.label, "software": reader.software or "?"}
        if reader.seen_at is None:
            if reader.is_online:
                return Answer(Check.READER, Outcome.PASS, later("{reader} is online"), parts=parts)
            return Answer(Check.READER, Outcome.FAIL, later("{reader} is offline"), _WAKE_IT, parts)
        seconds = max(0, round((self.context.clock.now() - reader.seen_at).total_seconds()))
        at = self.context.local(reader.seen_at)
        if not reader.is_online:
            return Answer(Check.READER, Outcome.FAIL, later("{reader} was last seen at {time}"), _WAKE_IT, parts, at)
        words = (
            later("{reader}, seen {seconds} s ago, software {software}. Its own screen shows its charge.")
            if seconds <= SEEN_S
            else later("{reader} is online, software {software}. Its own screen shows its charge.")
        )
        return Answer(Check.READER, Outcome.PASS, words, parts=parts | {"seconds": str(seconds)}, at=at)

    def _float(self) -> Answer:
        shift = self.shifts.current()
        if shift is None:
            return Answer(
                Check.FLOAT,
                Outcome.TO_DO,
                later("Not counted yet"),
                later("Count what is in the drawer: the shift begins with it."),
            )
        amount = str(Money(shift.float_amount, Currency(shift.currency)))
        at = self.context.local(shift.opened_at)
        return Answer(Check.FLOAT, Outcome.PASS, later("{amount}, counted at {time}"), "", {"amount": amount}, at)

    def _cash_till(self) -> Answer:
        """Looks for one till with a drawer at this event: here, or by the hub's word."""
        law = cash_law(self.context.event.catalogue)
        parts = {"law": "" if law is None else f"{law.state}, {law.name}"}
        if self.shifts.current() is not None:
            return Answer(Check.CASH_TILL, Outcome.PASS, later("This till takes cash"), parts=parts)
        try:
            tills = ask_hub(self.context, self.link).cash_tills
        except (Unreachable, HubRefused):
            return Answer(
                Check.CASH_TILL,
                Outcome.TO_DO,
                later("Nobody knows: the hub can't say which tills take cash"),
                later("Open a shift here, or look that another till has one."),
                parts,
            )
        if tills:
            parts |= {"tills": ", ".join(tills)}
            return Answer(Check.CASH_TILL, Outcome.PASS, later("Cash is taken at {tills}"), parts=parts)
        if law is None:
            return Answer(
                Check.CASH_TILL,
                Outcome.TO_DO,
                later("No till has a drawer open"),
                later("Open a shift at one till, if cash is taken."),
            )
        return Answer(
            Check.CASH_TILL,
            Outcome.FAIL,
            later("No till takes cash, and the law here wants one ({law})"),
            later("Open a shift with a float at one till of this address."),
            parts,
        )

    def _taxes(self) -> Answer:
        catalogue = self.context.event.catalogue
        stale = stale_taxes(catalogue, catalogue.day_of(self.context.clock.now()))
        if not stale:
            return Answer(Check.TAXES, Outcome.PASS, later("All rates hold, and were looked at within a year"))
        first = next((each for each in stale if each.what not in _SOON), stale[0])
        outcome = Outcome.TO_DO if first.what in _SOON else Outcome.FAIL
        return Answer(Check.TAXES, outcome, first.what.value, _MEND_TAXES, _parts_of(first))


_WAKE_IT: Final = later("Switch it on, charge it, and let it into the network.")
_MEND_TAXES: Final = later("An organizer sets the new rate, or when it was looked at, in the event.")


def _parts_of(stale: StaleTax) -> dict[str, str]:
    tax = stale.tax
    name = tax_name(tax.name, tax.authority, tax.kind.value)
    return {"tax": f"{name} {percent_of(tax.rate_ppm)}", "day": stale.day.isoformat()}


def _unused(check: Check) -> Job:
    return lambda: Answer(check, Outcome.UNUSED, _SELLS_NOT)
