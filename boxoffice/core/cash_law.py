"""Where the law wants that people can pay in cash: at an address at which somebody takes payment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class CashLaw:
    """`name` is how it is cited."""

    name: str
    state: str


_STATES: Final[Mapping[tuple[str, str], CashLaw]] = {
    # One point of sale at an address at least must take US currency, where a person takes payment.
    ("USD", "CO"): CashLaw("C.R.S. 11-61-102", "Colorado"),
}
_WRITTEN: Final = re.compile(r"(?:^|[\s,])([A-Z]{2})(?:\s+\d{5}(?:-\d{4})?)?\s*$")


def cash_law(catalogue: Catalogue) -> CashLaw | None:
    """Returns the law that holds where the event is, by its currency and the state that its address names."""
    for text in (catalogue.city, catalogue.address):
        found = _WRITTEN.search(text)
        if found is not None and (catalogue.currency.code, found[1]) in _STATES:
            return _STATES[catalogue.currency.code, found[1]]
        for (currency, _), law in _STATES.items():
            if currency == catalogue.currency.code and text.rstrip().endswith(law.state):
                return law
    return None
