"""Whom this hub takes money through, and what each of them takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.charging import CantBeCharged, bar_to
from boxoffice.core.money import Money
from sync.config import Settings, not_set_up
from sync.ports import Sessions
from sync.provider_states import PROVIDER_NAMES, Provider, charging_of, provider_of

_SETUPS: Final[Mapping[Provider, str]] = {"stripe": "payment by phone", "paypal": "PayPal"}
"""What must be set up for each provider, by its name among the settings."""


@dataclass(frozen=True, slots=True)
class Taking:
    """The providers by their names in the books: `stripe`, `stripe_intent`, `paypal`."""

    settings: Settings
    providers: Mapping[str, Sessions]

    def provider(self, name: str) -> Sessions:
        """Returns a provider of payments.

        Raises:
            OperationFailed: if this hub has no key for it.
        """
        found = self.providers.get(name)
        if found is None:
            raise not_set_up(self.settings, _SETUPS[provider_of(name)])
        return found

    def takes(self, name: str, amount: Money) -> bool:
        """Returns whether this hub can be paid so much by this provider."""
        return name in self.providers and self._bar(name, amount) is None

    def must_take(self, name: str, amount: Money) -> None:
        """Does nothing if the provider can charge the amount.

        Raises:
            CantBeCharged: if it would refuse it for good, with the least or the most that it takes.
        """
        bar = self._bar(name, amount)
        if bar is not None:
            raise bar

    def must_be_payable(self, amount: Money) -> None:
        """Does nothing if an order of this amount can be paid on the web, or costs nothing.

        Cards decide where this hub takes them: PayPal is another way to pay what they can pay. Raises as `must_take`.
        """
        if amount.minor:
            taken = [name for name in PROVIDER_NAMES if name in self.providers]
            self.must_take(taken[0] if taken else "stripe", amount)

    def _bar(self, name: str, amount: Money) -> CantBeCharged | None:
        return bar_to(charging_of(name), amount, self.settings.paypal_country)
