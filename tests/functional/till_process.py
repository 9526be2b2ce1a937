"""A till in a process of its own, to be killed: says on standard output what it has done, and only after it is done."""

import sys

from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.paying import Progress
from boxoffice.till.usecases.till import Till

CART = Cart((CartLine(ProductId("friday-pass"), 1),))


def say(*words: object) -> None:
    print(*words, flush=True)


def sell_for_cash(till: Till) -> None:
    while True:
        say("sold", till.sell_for_cash(CART, Money(7000, Currency("USD"))).number)


def pay_by_card(till: Till) -> None:
    order = till.place(CART)
    till.pay_by_reader(order.id, order.due, lambda progress: say("progress", progress.stage.value))


def pay_by_phone(till: Till) -> None:
    order = till.place(CART)

    def shown(progress: Progress) -> None:
        if progress.link:
            say("link", progress.link)

    till.pay_by_phone(order.id, order.due, shown)


def pay_a_part(till: Till) -> None:
    order = till.place(CART)
    till.take_cash(order.id, Money(2000, Currency("USD")), Money(2000, Currency("USD")))
    say("part", order.id)
    till.pay_by_phone(order.id, Money(1000, Currency("USD")), lambda progress: say("link", progress.link))


if __name__ == "__main__":
    opened = build_till(Settings.from_environment())
    opened.open()
    {"cash": sell_for_cash, "card": pay_by_card, "phone": pay_by_phone, "part": pay_a_part}[sys.argv[1]](opened)
