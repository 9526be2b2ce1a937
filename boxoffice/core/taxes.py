"""Taxes and the places of sale that name them: who takes which part of what, from when to when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from boxoffice.core.ids import PlaceId, TaxRateId
from boxoffice.core.languages import later


class TaxKind(Enum):
    SALES = "sales"
    ADMISSIONS = "admissions"


class TaxClass(Enum):
    """What a product is to a tax office."""

    ADMISSION = "admission"
    GOODS = "goods"
    DONATION = "donation"
    SERVICE = "service"


NAMES: Final[Mapping[str, str]] = {
    TaxKind.SALES.value: later("{authority} sales tax"),
    TaxKind.ADMISSIONS.value: later("{authority} admissions tax"),
}
"""What a tax of each kind is called that has no name of its own."""
NAMED: Final = later("{name} ({authority})")


@dataclass(frozen=True, slots=True)
class TaxRate:
    """`rate_ppm` is parts per million (8.845 % is 88,450); `is_included` says whether prices hold it already.

    It is taken for the `authority` (nobody is named for taxes of before) from `valid_from` to `valid_until`, by days
    at the event; `checked` is when somebody last asked the authority.
    """

    id: TaxRateId
    name: str
    rate_ppm: int
    is_included: bool
    authority: str = ""
    kind: TaxKind = TaxKind.SALES
    valid_from: date | None = None
    valid_until: date | None = None
    checked: date | None = None

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)

    def is_same_tax(self, other: "TaxRate") -> bool:
        """Returns whether the other is this tax at another time: it may follow on it, and must not meet it."""
        return (self.authority, self.kind, self.name) == (other.authority, other.kind, other.name)


@dataclass(frozen=True, slots=True)
class PlaceTaxes:
    """The taxes on one class of products, all in the price or all on top of it; each counts while it is valid."""

    taxes: tuple[TaxRateId, ...]
    is_included: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place of sale: the taxes that apply there. A class that it does not name is not taxed."""

    id: PlaceId
    name: str
    classes: Mapping[TaxClass, PlaceTaxes]


def tax_name(name: str, authority: str, kind: str, say: Callable[[str], str] = str) -> str:
    """Returns what a tax is called, in the language that `say` speaks; empty for one that nobody has named."""
    if not authority:
        return name
    words = NAMED if name or kind not in NAMES else NAMES[kind]
    return say(words).format(name=name or kind, authority=authority)


def authority_code(authority: str) -> str:
    """Returns an authority as accounts name it: `city-of-boulder`; empty for none."""
    words = "".join(letter if letter.isalnum() else " " for letter in authority.casefold()).split()
    return "-".join(words)


def tax_account(rate: str | None, authority: str) -> str:
    """Returns the ledger's account of a tax; one of an unnamed authority goes by its rate alone."""
    code = authority_code(authority)
    return f"tax:{code}:{rate}" if code else f"tax:{rate}"
