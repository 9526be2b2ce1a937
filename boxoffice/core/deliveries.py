"""How somebody gets tickets that are held for them."""

from enum import Enum


class Delivery(Enum):
    MAIL = "mail"
    WILL_CALL = "will_call"
