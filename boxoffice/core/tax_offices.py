"""Where each tax is filed: with its own authority, or with whoever collects for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boxoffice.core.tax_returns import TaxRow


@dataclass(frozen=True, slots=True)
class Office:
    """A return, with whom it is filed: the rows of all authorities whose taxes are collected there.

    A marketplace has paid them itself: then `is_paid_there`, and nothing is left to pay.
    """

    name: str
    rows: tuple[tuple[str, TaxRow], ...]
    is_paid_there: bool = False

    @property
    def authorities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(authority for authority, _ in self.rows))

    @property
    def collected(self) -> int:
        return sum(row.collected for _, row in self.rows)

    @property
    def to_pay(self) -> int:
        return 0 if self.is_paid_there else self.collected


def offices_of(returns: Mapping[str, Sequence[TaxRow]], collected_by: Mapping[str, tuple[str, bool]]) -> list[Office]:
    """Returns every office with what is filed there, in the order of their names.

    Args:
        returns: the rows of each authority.
        collected_by: who collects for an authority, and whether it pays by itself; nothing for what has its own office.
    """
    found: dict[tuple[str, bool], list[tuple[str, TaxRow]]] = {}
    for authority, rows in returns.items():
        where = collected_by.get(authority, (authority, False))
        found.setdefault(where, []).extend((authority, row) for row in rows)
    return [Office(name, tuple(rows), is_paid) for (name, is_paid), rows in sorted(found.items())]
