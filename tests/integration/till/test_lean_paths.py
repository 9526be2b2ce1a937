"""How much a till asks of its file: what it reads of an order to decide is what it writes the next fact by.

The numbers are upper bounds. One that must be raised says so in its commit, with the reason.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from boxoffice.core.ids import OrderId
from boxoffice.core.payments import Approved
from boxoffice.core.tenders import TenderKind
from tests.integration.till.kit import TillOnDisk, cart, usd
from tests.statements import Statements, counted

CASH_SALE, PART_IN_CASH, BEGUN, ENDED = 17, 7, 9, 14
"""One of each is how far the chain has come, which the witness must know."""


@contextmanager
def written(till: TillOnDisk) -> Iterator[Statements]:
    with counted(till.store._engine) as sent:
        yield sent


def reads_of_facts(sent: Statements) -> list[str]:
    return [each for each in sent.texts if each.startswith("SELECT") and "hub_facts" in each]


def test_a_cash_sale_reads_nothing_of_an_order_that_is_new(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    with written(till) as sent:
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    assert reads_of_facts(sent) == [], sent
    assert len(sent) <= CASH_SALE, sent


def test_a_part_in_cash_reads_its_order_once(till: TillOnDisk) -> None:
    order = till.selling.place(cart("full-pass"))

    with written(till) as sent:
        till.selling.take_cash(order, usd("50"), usd("50"))

    assert len(reads_of_facts(sent)) == 1, sent
    assert len(sent) <= PART_IN_CASH, sent


def test_a_payment_that_begins_reads_its_order_once_to_write_and_once_to_tell(till: TillOnDisk) -> None:
    order = till.selling.place(cart("full-pass"))

    with written(till) as sent:
        till.tenders.begin(order, TenderKind.TERMINAL, usd("150"))

    assert len(reads_of_facts(sent)) == 2, sent
    assert len(sent) <= BEGUN, sent


def test_a_payment_that_ends_finishes_its_order_in_the_same_writing(till: TillOnDisk) -> None:
    order = till.selling.place(cart("full-pass"))
    tender = till.tenders.begin(order, TenderKind.TERMINAL, usd("150"))

    with written(till) as sent:
        till.tenders.end(tender, Approved("pi_1", usd("150")))

    assert status_of(till, order) == "completed"
    assert len(reads_of_facts(sent)) == 2, sent
    assert len(sent) <= ENDED, sent
    assert till.verify().problem is None


def status_of(till: TillOnDisk, order: OrderId) -> str:
    return str(till.one("SELECT status FROM orders WHERE id = ?", order))
