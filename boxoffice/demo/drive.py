"""Drives tills as people at the door would: the same services, the same HTTP, the same databases."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Money
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import price
from boxoffice.demo.orders import Customer, Way
from boxoffice.demo.stack import post
from boxoffice.till.usecases.gateway.orders import Order, Paperwork
from boxoffice.till.usecases.gateway.paying import Progress, Stage, TenderOutcome, TenderPaid
from boxoffice.till.usecases.till import Till

_CARD = "4242424242424242"
_AUTO = {Way.CARD_DECLINED: "decline", Way.CARD_CANCELLED: "off"}


@dataclass(slots=True)
class Door:
    """One till with its reader, served by one thread."""

    till: Till
    reader_id: str
    sandbox_url: str
    counts: Counter[str] = field(default_factory=Counter)

    def serve(self, customers: Sequence[Customer]) -> None:
        """Serves the customers in their order; one whose choice is sold out takes something else."""
        for customer in customers:
            for cart in (customer.cart, *customer.second_choices):
                try:
                    self._serve(replace(customer, cart=cart))
                except NotEnoughLeft:
                    self.counts["sold out"] += 1
                else:
                    break

    def _serve(self, customer: Customer) -> None:
        if customer.way is Way.CASH:
            order = self._sell_for_cash(customer)
        else:
            order = self._pay(self.till.place(customer.cart), customer)
        if not order.is_paid and customer.pays_cash_after:
            order = self.till.take_cash(order.id, order.due, order.due)
        if not order.is_paid and not order.paid.minor and not _is_open(order):
            self.till.abandon(order.id)
            return
        if order.is_paid:
            self.till.save_pdf(order.id, Paperwork.RECEIPT)
            if order.ticket_count:
                self.till.save_pdf(order.id, Paperwork.TICKETS)

    def _sell_for_cash(self, customer: Customer) -> Order:
        total = price(self.till.catalogue, customer.cart, at=self.till.now()).total
        return self.till.sell_for_cash(customer.cart, total + Money(customer.tendered_extra, total.currency))

    def _pay(self, order: Order, customer: Customer) -> Order:
        match customer.way:
            case Way.PHONE | Way.PHONE_ABANDONED:
                outcome = self._by_phone(order, pays=customer.way is Way.PHONE)
            case Way.CASH_AND_CARD if order.due.minor > 1:
                part = Money(order.due.minor // 200 * 100 or 1, order.due.currency)
                order = self.till.take_cash(order.id, part, part)
                outcome = self._by_card(order, "approve")
            case way:
                outcome = self._by_card(order, _AUTO.get(way, "approve"))
        return self.till.order(order.id) if not isinstance(outcome, TenderPaid) else outcome.order

    def _by_card(self, order: Order, auto: str) -> TenderOutcome:
        """The customer holds a card to the reader, or presses its cancel key when it is off."""
        reader = f"{self.sandbox_url}/control/readers/{self.reader_id}"
        post(reader, {"auto": auto, "delay_s": 0.05})

        def sent(progress: Progress) -> None:
            if progress.stage is Stage.SENT and auto == "off":
                post(reader, {"do": "cancel"})

        return self.till.pay_by_reader(order.id, order.due, sent)

    def _by_phone(self, order: Order, *, pays: bool) -> TenderOutcome:
        """The customer follows the code that the till shows, and pays or not."""
        phone: list[threading.Thread] = []

        def shown(progress: Progress) -> None:
            if progress.link and not phone:
                what = self._follow if pays else self._turn_back
                phone.append(threading.Thread(target=what, args=(order, progress.link), daemon=True))
                phone[0].start()

        outcome = self.till.pay_by_phone(order.id, order.due, shown)
        for thread in phone:
            thread.join()
        return outcome

    def _follow(self, _order: Order, link: str) -> None:
        page = httpx.get(link, follow_redirects=True)
        session = page.url.path.rpartition("/")[2]
        post(f"{self.sandbox_url}/control/checkout_sessions/{session}/pay", {"card": _CARD, "email": "ana@example.com"})

    def _turn_back(self, order: Order, link: str) -> None:
        httpx.get(link, follow_redirects=True)
        self.till.cancel_payment(order.id)


def _is_open(order: Order) -> bool:
    return any(tender.status in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN) for tender in order.tenders)


def serve_all(doors: Sequence[Door], customers: Sequence[Customer]) -> None:
    """Serves all customers at once, each door its share.

    Raises:
        Exception: the first that any door raised.
    """
    failures: list[BaseException] = []

    def work(door: Door, share: Sequence[Customer]) -> None:
        try:
            door.serve(share)
        except BaseException as error:  # noqa: BLE001  # a thread's outermost loop; raised again below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(door, customers[i :: len(doors)])) for i, door in enumerate(doors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def add_readers(sandbox_url: str, key: str, count: int) -> list[str]:
    """Returns the ids of new simulated readers, one for each till."""
    with httpx.Client(base_url=sandbox_url, headers={"Authorization": f"Bearer {key}"}) as stripe:
        made: list[Any] = [
            stripe.post(
                "/v1/terminal/readers",
                data={"registration_code": "simulated-wpe", "label": f"Reader of till {i + 1}"},
            ).json()
            for i in range(count)
        ]
    return [reader["id"] for reader in made]
