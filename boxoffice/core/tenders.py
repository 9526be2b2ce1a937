"""Tenders: one row for each way to pay, with all that depends on it. Nobody decides anything by a tender's name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.core.charging import CantBeCharged, Provider, bar_to
from boxoffice.core.languages import later
from boxoffice.core.money import Money


class TenderKind(Enum):
    CASH = "cash"
    TERMINAL = "terminal"
    CHECKOUT = "checkout"
    PAYPAL = "paypal"
    COMPLIMENTARY = "complimentary"
    SWAP = "swap"
    STORED_VALUE = "stored_value"


class Taken(Enum):
    """How a payment comes to be taken, and so who says that it is."""

    AT_ONCE = "at once"
    """The till takes it, and writes that down as it does."""
    READER = "reader"
    """The till asks a reader, and writes down what it answered."""
    MOVED = "moved"
    """What another order had paid comes over from it, for things that are given back there."""
    CARD_ON_HAND = "card on hand"
    """The till takes it off a gift card, of what it holds of that on lease, and writes that down as it does."""
    PAGE = "page"
    """The customer pays at the provider's own page, and the hub hears of it."""


class Need(Enum):
    """What must be there to take a payment."""

    NETWORK = "network"
    HUB = "hub"
    READER = "reader"
    DRAWER = "drawer"
    SUPERVISOR = "supervisor"


class Back(Enum):
    """How a payment goes back."""

    DRAWER = "drawer"
    """Out of the drawer that took it, at its till."""
    PROVIDER = "provider"
    """Through the provider that took it, sent by the hub."""
    ORDER = "order"
    """To the order that it came from, and on from there to what paid that one."""
    CARD = "card"
    """Onto the gift card that it came off."""
    NEVER = "never"
    """It was no money: it only falls with a sale that comes to nothing. Tickets that it paid can be voided."""


class Rounding(Enum):
    """Which amounts can be paid."""

    EXACT = "exact"
    """Any, to the minor unit."""
    PROVIDER = "provider"
    """Those that its provider charges."""


@dataclass(frozen=True, slots=True)
class Words:
    """What people call it: each in English, and translated where customers or organizers of other languages read it.

    `title` stands over a sale that it paid. Organizers read that an amount was paid `by` it (`by_card` before a card's
    digits) and goes back `to` where; `to_payer` says that to the payer. `receipt` is its name on papers.
    """

    name: str
    title: str
    by: str
    to: str
    to_payer: str
    receipt: str
    by_card: str = ""
    sent: str = ""
    """What the till says when it has asked for it."""
    short: str = ""
    """Its name where there is little room, if it has a shorter one."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One way to pay.

    Attributes:
        account: the ledger account that it fills; `{drawer}` is the drawer's name.
        words: what it is called.
        icon: its picture, by its name among the resources.
        taken: how it is taken.
        back: how it goes back.
        words_on_web: what it is called where it was paid on the web, if otherwise.
        provider: who charges, if anyone.
        is_begun_at_till: whether a till begins such a payment; else it is chosen on a page of the hub.
        is_card: whether a card may have paid it.
        needs: what must be there to take it.
        rounding: which amounts it takes.
        reasons: why it may be given, to choose from; if there are any, it is given for no payment without a reason.
    """

    account: str
    words: Words
    icon: str
    taken: Taken
    back: Back
    words_on_web: Words | None = None
    provider: Provider | None = None
    is_begun_at_till: bool = True
    is_card: bool = False
    needs: frozenset[Need] = frozenset()
    rounding: Rounding = Rounding.EXACT
    reasons: tuple[str, ...] = ()

    @property
    def is_money(self) -> bool:
        return self.back is not Back.NEVER

    @property
    def is_cash(self) -> bool:
        return self.back is Back.DRAWER

    def words_on(self, channel: str) -> Words:
        """Returns what it is called for an order of this channel."""
        return self.words_on_web if channel == "web" and self.words_on_web is not None else self.words

    def bar_to(self, amount: Money) -> CantBeCharged | None:
        """Returns why it can't pay the amount, or None if it can."""
        if self.rounding is Rounding.EXACT or self.provider is None or not amount.minor:
            return None
        return bar_to(self.provider, amount)


_CARD: Final = Words(
    name=later("Card"),
    title="Paid by card",
    by=later("by card"),
    to=later("the card"),
    to_payer=later("your card"),
    receipt=later("Card"),
    by_card=later("by card"),
    sent="Sent to the reader",
)

TENDERS: Final[Mapping[TenderKind, Tender]] = {
    TenderKind.CASH: Tender(
        account="cash:{drawer}",
        words=Words(
            name=later("Cash"),
            title="Paid in cash",
            by=later("in cash"),
            to=later("the customer, in cash"),
            to_payer=later("you, in the way that you paid"),
            receipt=later("Cash"),
        ),
        icon="cash",
        taken=Taken.AT_ONCE,
        back=Back.DRAWER,
        needs=frozenset({Need.DRAWER}),
    ),
    TenderKind.TERMINAL: Tender(
        account="stripe",
        words=_CARD,
        icon="card",
        taken=Taken.READER,
        back=Back.PROVIDER,
        provider=Provider.STRIPE,
        is_card=True,
        needs=frozenset({Need.NETWORK, Need.READER}),
        rounding=Rounding.PROVIDER,
    ),
    TenderKind.CHECKOUT: Tender(
        account="stripe",
        words=Words(
            name=later("Phone"),
            title="Paid by phone",
            by=later("by phone"),
            to=later("the card"),
            to_payer=later("your card"),
            receipt=later("Card, by phone"),
            by_card=later("by phone, card"),
            sent="Code shown",
        ),
        icon="phone",
        taken=Taken.PAGE,
        back=Back.PROVIDER,
        words_on_web=_CARD,
        provider=Provider.STRIPE,
        is_card=True,
        needs=frozenset({Need.NETWORK, Need.HUB}),
        rounding=Rounding.PROVIDER,
    ),
    TenderKind.PAYPAL: Tender(
        account="paypal",
        words=Words(
            name=later("PayPal"),
            title="Paid by PayPal",
            by=later("by PayPal"),
            to=later("the customer's PayPal account"),
            to_payer=later("your PayPal account"),
            receipt=later("PayPal"),
        ),
        icon="phone",
        taken=Taken.PAGE,
        back=Back.PROVIDER,
        provider=Provider.PAYPAL,
        is_begun_at_till=False,
        needs=frozenset({Need.NETWORK, Need.HUB}),
        rounding=Rounding.PROVIDER,
    ),
    TenderKind.COMPLIMENTARY: Tender(
        account="discounts",
        words=Words(
            name=later("Complimentary"),
            title="Complimentary",
            by=later("as complimentary"),
            to=later("nobody: it was complimentary"),
            to_payer=later("you, in the way that you paid"),
            receipt=later("Complimentary"),
            short="Comp",
        ),
        icon="tag",
        taken=Taken.AT_ONCE,
        back=Back.NEVER,
        needs=frozenset({Need.SUPERVISOR}),
        reasons=(later("Teacher’s guest"), later("Artist"), later("Volunteer"), later("Press"), later("Made good")),
    ),
    TenderKind.SWAP: Tender(
        account="swaps",
        words=Words(
            name=later("Swap"),
            title="Swapped",
            by=later("by a swap"),
            to=later("the order that it was swapped from"),
            to_payer=later("you, in the way that you paid"),
            receipt=later("From the swapped order"),
        ),
        icon="sync",
        taken=Taken.MOVED,
        back=Back.ORDER,
        is_begun_at_till=False,
    ),
    TenderKind.STORED_VALUE: Tender(
        account="stored_value",
        words=Words(
            name=later("Gift card"),
            title="Paid by gift card",
            by=later("by gift card"),
            to=later("the gift card"),
            to_payer=later("your gift card"),
            receipt=later("Gift card"),
        ),
        icon="gift",
        taken=Taken.CARD_ON_HAND,
        back=Back.CARD,
    ),
}
"""Every kind has a row. A supervisor is asked for where staff sign in."""

LONGEST_REASON: Final = 200
"""Letters of a reason."""


BACK_AT_TILL: Final = frozenset({Back.DRAWER, Back.CARD})
"""What a till gives back by itself, network or none."""


def is_given(row: Tender) -> bool:
    """Returns whether a till takes it by a word alone: no drawer, reader or page has a part in it."""
    return row.taken is Taken.AT_ONCE and Need.DRAWER not in row.needs


def tender_of(name: str | TenderKind) -> Tender:
    """Returns a tender by its kind, or by its name in the books.

    Raises:
        ValueError: if there is no such tender.
    """
    return TENDERS[TenderKind(name)]


def names_where(is_wanted: Callable[[Tender], bool]) -> tuple[str, ...]:
    """Returns the names, as the books have them, of the tenders of a sort."""
    return tuple(kind.value for kind, row in TENDERS.items() if is_wanted(row))


def known_tender(name: str) -> str:
    """Returns the name of a tender that there is.

    Raises:
        ValueError: if there is none of this name.
    """
    return TenderKind(name).value


def tender_account(name: str, drawer: str | None) -> str:
    """Returns the account that a tender fills."""
    return tender_of(name).account.format(drawer=drawer)


THE_HOUSE: Final = TenderKind.COMPLIMENTARY
"""What pays for what is given away, and for what the house makes good."""
GIFT_CARD: Final = TenderKind.STORED_VALUE
"""What is owed to who holds it: no money when it pays, as it was when it was bought."""
COMP_REASONS: Final = TENDERS[THE_HOUSE].reasons
