"""What event files say about cash: read into the rules of its event, and written back."""

from collections.abc import Mapping
from typing import Any

from boxoffice.core.cash_rounding import CashRounding, RoundingWay
from boxoffice.core.cash_rules import CashRules, FloatTemplate
from boxoffice.core.denominations import Count
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file_shape import CashEntry, FloatEntry
from boxoffice.core.money import Currency


def cash_rules_of(entry: CashEntry, currency: Currency) -> CashRules:
    """Returns what an event file says.

    Raises:
        BadInput: for a float that no drawer begins with.
    """
    rounding = None if entry.round_to is None else CashRounding(entry.round_to, RoundingWay(entry.rounding))
    return CashRules(rounding, tuple(_float(i, each, currency) for i, each in enumerate(entry.floats)))


def _float(place: int, entry: FloatEntry, currency: Currency) -> FloatTemplate:
    pieces = {int(piece): times for piece, times in entry.pieces.items()}
    try:
        return FloatTemplate(entry.name, Count(currency, pieces, entry.amount_minor or 0).total, pieces)
    except BadInput as error:
        raise BadInput(
            [FieldError(f"cash.floats[{place}].{each.place}", each.message) for each in error.problems]
        ) from error


def cash_entry(rules: CashRules) -> dict[str, Any]:
    """Returns what an event file says of it: nothing where there is nothing to say."""
    said: dict[str, Any] = {}
    if rules.rounding is not None:
        said = {"round_to": rules.rounding.step, "rounding": rules.rounding.way.value}
    floats = [
        {"name": each.name} | ({"pieces": _words(each.pieces)} if each.pieces else {"amount_minor": each.amount.minor})
        for each in rules.floats
    ]
    return said | ({"floats": floats} if floats else {})


def _words(pieces: Mapping[int, int]) -> dict[str, int]:
    return {str(piece): times for piece, times in pieces.items()}
