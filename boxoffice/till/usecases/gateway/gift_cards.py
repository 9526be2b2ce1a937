"""Gift cards as the screens show them."""

from dataclasses import dataclass

from boxoffice.core.money import Money


@dataclass(frozen=True, slots=True)
class Holder:
    """Who else has some of a card; `is_there` if they can be asked for it now, `is_shop` if it pays for a web order."""

    till: str
    amount: Money
    is_there: bool
    is_shop: bool = False


@dataclass(frozen=True, slots=True)
class CardAtHand:
    """A card that was scanned or typed.

    `here` is what can be spent at this till now, network or none. `balance` is all that is left on it; None without the
    hub, which alone knows. `holders` are the tills that have the rest.
    """

    code: str
    last4: str
    here: Money
    balance: Money | None
    holders: tuple[Holder, ...] = ()
    is_blocked: bool = False

    @property
    def elsewhere(self) -> Money | None:
        """What is on the card and can't be spent here now."""
        return None if self.balance is None else self.balance - self.here


@dataclass(frozen=True, slots=True)
class CashedOut:
    """What was paid out of a card: `amount` is off it, and `given` left the drawer."""

    last4: str
    amount: Money
    given: Money
