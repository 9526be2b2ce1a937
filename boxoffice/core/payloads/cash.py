"""What facts say about the cash of a drawer: shifts, counts, and money that is moved by hand."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from boxoffice.core.cash_moves import BANK, OVER_SHORT, SAFE, CashMove, drawer_account, ends_of
from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.tenders import LONGEST_REASON

_Why = Annotated[str, Field(max_length=LONGEST_REASON)]
_Amount = Annotated[int, Field(ge=0, lt=2**53)]


def _known_move(name: str) -> str:
    return CashMove(name).value


class CashMoved(Payload):
    """`move` says from where to where `amount` went, `carrier` who has it in hand meanwhile, by the id of staff.

    Without a `move`, as facts were written before, a positive `amount` came into the drawer from the bank.
    """

    drawer: str
    amount: int
    currency: str
    why: str = ""
    move: Annotated[str, AfterValidator(_known_move)] | None = None
    carrier: str | None = None

    def postings(self) -> Lines:
        if self.move is None:
            return [(drawer_account(self.drawer), self.amount), (BANK, -self.amount)]
        start, to = ends_of(CashMove(self.move), self.drawer, self.carrier)
        return [(to, self.amount), (start, -self.amount)]


class _OfShift(Payload):
    shift_id: str
    drawer: str
    currency: str


class _Counted(_OfShift):
    """`pieces` are how many there were of each bill and coin, by its minor units; `other` was not told apart."""

    pieces: dict[str, Annotated[int, Field(ge=0)]] = {}
    other: int = 0


class ShiftOpened(_Counted):
    """Somebody takes the drawer with `float_amount` in it.

    By the books it held `left`; `brought` was put in just now, from the safe or from outside. What else differs was
    over or short.
    """

    float_amount: _Amount
    left: int
    brought: _Amount = 0
    brought_from: Literal["safe", "paid_in"] = "paid_in"
    why: _Why = ""

    def postings(self) -> Lines:
        over = self.float_amount - self.left - self.brought
        return [
            (drawer_account(self.drawer), self.float_amount - self.left),
            (self.brought_from, -self.brought),
            (OVER_SHORT, -over),
        ]


class CashCounted(_Counted):
    """Somebody has signed what is in the drawer, before anybody was shown what should be: `expected`."""

    counted: _Amount
    expected: int


class ShiftHandedOver(_Counted):
    """The drawer goes on with `to`, by the id of staff: as it is, or `counted`, so that the next begins with that."""

    to: str | None = None
    counted: _Amount | None = None
    expected: int = 0
    why: _Why = ""

    def postings(self) -> Lines:
        over = 0 if self.counted is None else self.counted - self.expected
        return [(drawer_account(self.drawer), over), (OVER_SHORT, -over)]


class DrawerOpened(_OfShift):
    """The drawer was opened for no sale."""

    why: _Why = ""


class ShiftClosed(_OfShift):
    """The shift is over, under the next `z_number` of its till. `to_safe` of what was counted leaves the drawer.

    `heard` are the hub's facts that count in this shift, because its till heard of them in it.
    """

    z_number: Annotated[int, Field(ge=1, lt=2**31)]
    counted: _Amount
    expected: int
    to_safe: _Amount = 0
    why: _Why = ""
    heard: tuple[str, ...] = ()

    def postings(self) -> Lines:
        over, drawer = self.counted - self.expected, drawer_account(self.drawer)
        return [(drawer, over), (OVER_SHORT, -over), (drawer, -self.to_safe), (SAFE, self.to_safe)]
