"""Counting a drawer: by bills and coins, or as one sum, typed or with plus and minus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.denominations import MOST_PIECES, Count, pieces_of
from boxoffice.core.errors import BadInput
from boxoffice.core.money import Currency, Money
from boxoffice.till.ui.actions import Do, TypeDigits
from boxoffice.till.ui.flow.typing import as_digits, edit_amount
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.till_actions import ChangePiece, ChoosePiece
from boxoffice.till.ui.views.form import CountView
from boxoffice.till.ui.words import amount_typed, money, short_money

_SHOWN: Final = 7
"""So many bills and coins are counted one by one; what is smaller is counted together."""
_OTHER: Final = "other"


@dataclass(slots=True)
class Counting:
    """What has been counted so far; `chosen` is what is typed now, the one after the pieces being all the others."""

    currency: Currency
    times: dict[int, int] = field(default_factory=dict)
    other: str = ""
    chosen: int = 0
    is_fresh: bool = True
    """Whether the next digit begins the number anew."""

    @classmethod
    def of(cls, currency: Currency, kept: Mapping[str, int] | None) -> "Counting":
        """Returns a count that goes on with what was kept of it."""
        counting = cls(currency)
        for piece, times in (kept or {}).items():
            if piece == _OTHER:
                counting.other = as_digits(Money(times, currency)) if times else ""
            elif int(piece) in counting.pieces:
                counting.times[int(piece)] = times
        return counting

    @property
    def pieces(self) -> tuple[int, ...]:
        return pieces_of(self.currency)[:_SHOWN]

    @property
    def kept(self) -> dict[str, int]:
        """Returns what is to be kept of it."""
        counted = {str(piece): times for piece, times in self.times.items() if times}
        return counted | {_OTHER: amount_typed(self.other, self.currency).minor}

    @property
    def is_empty(self) -> bool:
        return not self.other and not any(self.times.values())

    def total(self) -> Money:
        parts = sum(piece * times for piece, times in self.times.items())
        return Money(parts, self.currency) + amount_typed(self.other, self.currency)

    def count(self) -> Count:
        """Returns the count.

        Raises:
            BadInput: if it makes no sense.
        """
        return Count(self.currency, dict(self.times), amount_typed(self.other, self.currency).minor)

    @property
    def problem(self) -> str:
        """Returns why it makes no sense, if so."""
        try:
            self.count()
        except BadInput as error:
            return str(error.problems[0])
        return ""

    def clear(self) -> None:
        self.times.clear()
        self.other, self.chosen, self.is_fresh = "", 0, True

    def choose(self, index: int) -> None:
        self.chosen, self.is_fresh = index % (len(self.pieces) + 1), True

    def change(self, index: int, by: int) -> None:
        self.choose(index)
        if index < len(self.pieces):
            piece = self.pieces[index]
            self.times[piece] = min(max(0, self.times.get(piece, 0) + by), MOST_PIECES)
        else:
            minor = amount_typed(self.other, self.currency).minor + by * 10**self.currency.exponent
            self.other = as_digits(Money(max(0, minor), self.currency))

    def type(self, action: TypeDigits | Do) -> None:
        """Takes a digit, a `.`, or one digit less."""
        if self.chosen == len(self.pieces):
            self.other = edit_amount("" if self._begins(action) else self.other, action, self.currency)
        else:
            self._type_times(self.pieces[self.chosen], action)
        self.is_fresh = False

    def _type_times(self, piece: int, action: TypeDigits | Do) -> None:
        before = "" if self._begins(action) else str(self.times.get(piece, 0) or "")
        match action:
            case TypeDigits(text) if not text.isdigit():
                return
            case TypeDigits(text):
                digits = before + text
            case Do():
                digits = before[:-1]
        self.times[piece] = min(int(digits or 0), 10 * MOST_PIECES)

    def _begins(self, action: TypeDigits | Do) -> bool:
        return self.is_fresh and isinstance(action, TypeDigits)

    def views(self, left: Mapping[int, int] | None = None) -> tuple[CountView, ...]:
        """Returns a field for each piece, and one for all others."""
        rows = [
            CountView(
                label=_piece(piece, self.currency),
                hint="",
                value=f"{self.times.get(piece, 0):,}",
                amount=money(Money(piece * self.times.get(piece, 0), self.currency)),
                choose=ChoosePiece(i),
                less=ChangePiece(i, -1),
                more=ChangePiece(i, 1),
                is_chosen=i == self.chosen,
            )
            for i, piece in enumerate(self.pieces)
        ]
        last, other = len(rows), amount_typed(self.other, self.currency)
        label = say("Other") if rows else say("All together")
        changes = ChangePiece(last, -1), ChangePiece(last, 1)
        rows.append(
            CountView(
                label,
                say("coins") if rows else "",
                money(other),
                money(other),
                ChoosePiece(last),
                *changes,
                self.chosen == last,
            )
        )
        return tuple(rows)


def _piece(minor: int, currency: Currency) -> str:
    whole = 10**currency.exponent
    return f"{minor}¢" if minor < whole and currency.code in {"USD", "CAD"} else short_money(Money(minor, currency))
