"""What a person is told when something can't be done: what happened, what is safe, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi.exceptions import RequestValidationError

from boxoffice.core.errors import TryAgainLater
from boxoffice.documents.languages import later
from sync.http.web.forms import NoCookies, StaleForm
from sync.http.web.signed_in import NotYours, SignInFirst
from sync.inventory.on_sale import NothingOnSale
from sync.orders.access import NoSuchOrder
from sync.organizers.organizers import SignInRefused
from sync.payments.checkouts import UnknownCheckout
from sync.payments.offers import NoSuchOffer
from sync.payments.switches import Stopped
from sync.ports import Refused
from sync.shop.sold_out import SoldOut
from sync.shop.waiting_room import InLine
from sync.shop.web_orders import OrderOver
from sync.tills.pairing import PairingRefused


@dataclass(frozen=True, slots=True)
class Words:
    """English, to be translated where they are shown. `can_repeat` offers the same page again."""

    title: str
    happened: str
    safe: str
    todo: str
    can_repeat: bool = False


_UNCHANGED: Final = later("Nothing was changed and nothing was charged.")
_CART: Final = later("Nothing was charged. What you have put into your cart is kept.")
_PAID: Final = later(
    "Nothing was half done. If you have paid already, your payment is kept: don't pay again, your tickets come by mail."
)
_AGAIN: Final = later("Wait a moment, then try again.")
_ORGANIZERS: Final = later("Try again. If it stays so, tell the organizers the number below.")

BY_KIND: Final[Mapping[type[Exception], Words]] = {
    NoCookies: Words(
        later("This shop needs a cookie"),
        later(
            "Your browser did not send the one cookie that keeps your cart. It may block cookies, or this page was "
            "open for more than a week."
        ),
        _UNCHANGED,
        later("Allow cookies for this site (in a private window too), then open the tickets again."),
    ),
    StaleForm: Words(
        later("This page is too old"),
        later("It was open for a long time, or it was opened in another browser."),
        _UNCHANGED,
        later("Open the page again and press once more."),
    ),
    NoSuchOrder: Words(
        later("No order here"),
        later("This browser has no order to show at this address, or the link is old or not complete."),
        later("If you have paid, your tickets are kept, and they come by e-mail."),
        later("Open the newest link in your mail, or have your tickets sent again under My tickets."),
    ),
    UnknownCheckout: Words(
        later("There is no such code"),
        later("The code of this link is not one of ours, or it was typed or scanned only in part."),
        _UNCHANGED,
        later("Check the link, or scan the code again."),
    ),
    NoSuchOffer: Words(
        later("This code can't be paid"),
        later("It is not the code of a till of ours, or it has ended, or it is too old."),
        _UNCHANGED,
        later("Ask the seller for a new code."),
    ),
    NothingOnSale: Words(
        later("Nothing on sale"),
        later("There is nothing to buy here yet."),
        _UNCHANGED,
        later("Come back soon."),
    ),
    SoldOut: Words(
        later("Not all of it is left"),
        later("Someone was faster: not all that you wanted is left."),
        _CART,
        later("Go back to the tickets to see what is left."),
    ),
    OrderOver: Words(
        later("This order is over"),
        later("It is paid already, or the time to pay for it has ended."),
        later("Nothing was charged twice."),
        later("Look under My tickets, or begin again at the tickets."),
    ),
    Refused: Words(
        later("The payment service said no"),
        later("The payment page could not be opened: the payment service refused it."),
        _CART,
        later("Choose another way to pay. If it stays so, tell the organizers the number below."),
        can_repeat=True,
    ),
    TryAgainLater: Words(
        later("Try again in a moment"),
        later("A service that is needed for this can't be reached just now."),
        later("Nothing was charged by this. If you have paid already, your payment is kept: don't pay again."),
        _AGAIN,
        can_repeat=True,
    ),
    Stopped: Words(
        later("Sales are paused"),
        later("The organizers have paused this for a moment."),
        _CART,
        later("Come back soon."),
        can_repeat=True,
    ),
    InLine: Words(
        later("You are in line"),
        later("Many people want tickets just now, and it is not your turn yet."),
        later("You keep your number. Nothing was charged."),
        later("Go back to the tickets: the page shows how long it takes."),
    ),
    SignInFirst: Words(
        later("Sign in first"),
        later("This page is for organizers, and nobody is signed in in this browser, or not any more."),
        _UNCHANGED,
        later("Sign in, then open the page again."),
    ),
    SignInRefused: Words(
        later("Sign in first"),
        later("E-mail or password are wrong."),
        _UNCHANGED,
        later("Sign in, then open the page again."),
    ),
    NotYours: Words(
        later("This is not allowed"),
        later("Your account may not do this, or the form is too old."),
        _UNCHANGED,
        later("Load the page again, or ask an admin."),
    ),
    PairingRefused: Words(
        later("This is not allowed"),
        later("The code is unknown, used or too old."),
        _UNCHANGED,
        later("Ask an organizer for a new code."),
    ),
    RequestValidationError: Words(
        later("This can’t be used"),
        later("Something in the form or in the address is missing or can't be used."),
        _UNCHANGED,
        later("Go back, check what you typed, and try again."),
    ),
}
"""By what was raised; the first kind that fits."""

FIELDS: Final[Mapping[str, str]] = {
    "amount": later("Amount"),
    "code": later("Promo code"),
    "email": later("E-mail"),
    "name": later("Name"),
    "password": later("Password"),
    "phone": later("Phone"),
    "promo": later("Promo code"),
    "subject": later("Subject"),
    "subject_es": later("Subject"),
    "why": later("Reason"),
    "words": later("Text"),
    "words_es": later("Text"),
}
"""What people call the fields that can be wrong in a way that only the framework sees; they never see other names."""

BY_STATUS: Final[Mapping[int, Words]] = {
    400: Words(
        later("This can’t be read"),
        later("What your browser sent arrived broken."),
        _UNCHANGED,
        later("Load the page again and try once more."),
    ),
    401: BY_KIND[SignInFirst],
    403: Words(
        later("This is not allowed"),
        later("This form was sent by another site or in a way that is not safe, or it is not for you."),
        _UNCHANGED,
        later("Open the page here and press once more."),
    ),
    404: Words(
        later("There is no such page"),
        later("Nothing is at this address: it was copied only in part, or the page is gone."),
        _UNCHANGED,
        later("Check the address, or go on from here."),
    ),
    405: Words(
        later("This page can’t be opened like this"),
        later("The address is there, but only for a form that was sent by a button."),
        _UNCHANGED,
        later("Go on from here and use the buttons."),
    ),
    409: Words(
        later("Something has changed meanwhile"),
        later("It was changed in another window or by somebody else, so this could not be done."),
        _UNCHANGED,
        later("Load the page again: it shows how things stand."),
    ),
    413: Words(
        later("This is too much"),
        later("What was sent is larger than this page takes."),
        _UNCHANGED,
        later("Send less, for example a shorter text."),
    ),
    422: BY_KIND[RequestValidationError],
    429: Words(
        later("Too many at once"),
        later("More was asked from here in a short time than is let through."),
        _CART,
        _AGAIN,
        can_repeat=True,
    ),
    500: Words(
        later("Something broke"),
        later("Something broke on our side."),
        _PAID,
        _ORGANIZERS,
        can_repeat=True,
    ),
    502: BY_KIND[Refused],
    503: Words(
        later("Try again in a moment"),
        later("The shop can’t be reached just now."),
        _PAID,
        _AGAIN,
        can_repeat=True,
    ),
}
_CLIENT: Final = Words(
    later("This can’t be done"),
    later("What was asked can't be done here."),
    _UNCHANGED,
    later("Go on from here."),
)


def words_for(status: int, kind: type[Exception] | None) -> Words:
    """Returns what to tell a person."""
    if kind is not None:
        for known, words in BY_KIND.items():
            if issubclass(kind, known):
                return words
    return BY_STATUS.get(status) or (_CLIENT if status < 500 else BY_STATUS[500])  # RFC 9110, 15.6
