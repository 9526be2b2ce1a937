"""What a till stands in, as a test plays it: the customer, the network, the payment service and the hub."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import TypeVar

from boxoffice.core.catalogue import Catalogue, ProductKind
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price
from boxoffice.till.usecases.gateway.orders import Order, Tender
from boxoffice.till.usecases.gateway.paying import Progress, TenderOutcome
from boxoffice.till.usecases.gateway.port import TillGateway
from boxoffice.till.usecases.gateway.standing import TillEvent, TillStatus
from tests.fakes.printer import FakePrinter

T = TypeVar("T")
_PATIENCE_S = 60.0


class Outside(ABC):
    """One till with all that is around it."""

    printer: FakePrinter

    def __init__(self, till: TillGateway, catalogue: Catalogue, status: TillStatus) -> None:
        self.till, self.catalogue = till, catalogue
        self.news: list[TillEvent] = [status]
        till.subscribe(self.news.append)

    @property
    def status(self) -> TillStatus:
        """What the screens were told last."""
        return next(each for each in reversed(self.news) if isinstance(each, TillStatus))

    def quote(self, *wanted: str) -> PricedOrder:
        """Returns what these products cost; `shirt` stands for whatever has sizes."""
        lines = []
        for name in wanted:
            product = self.catalogue.products_by_id.get(ProductId(name))
            if name == "shirt":
                product = next(p for p in self.catalogue.products if p.kind is ProductKind.MERCHANDISE)
            assert product is not None
            lines.append(CartLine(product.id, 1, option=next(iter(product.options), None)))
        return price(self.catalogue, Cart(tuple(lines)), at=self.till.now())

    def left(self, product: str) -> int:
        """Returns how many of a product's places the screens believe are left."""
        uses = self.catalogue.products_by_id[ProductId(product)].uses
        return min(pool.overall for pool in self.status.stock if pool.pool_id in uses)

    # The customer

    def by_card(self, order: Order, what: str, amount: Money | None = None) -> TenderOutcome:
        """Pays by the reader; the customer, or the seller, does what is said once the reader waits."""
        due = amount or order.due
        return self._paying(lambda tell: self.till.pay_by_reader(order.id, due, tell), lambda _: self.at_reader(what))

    def by_phone(self, order: Order, what: str, amount: Money | None = None) -> TenderOutcome:
        """Pays by phone; somebody does what is said once the code is shown."""
        due = amount or order.due
        return self._paying(
            lambda tell: self.till.pay_by_phone(order.id, due, tell), lambda link: self.at_phone(what, order.id, link)
        )

    def by_phone_again(self, tender: Tender, order_id: OrderId, what: str) -> TenderOutcome:
        return self._paying(
            lambda tell: self.till.wait_again(tender.id, tell), lambda link: self.at_phone(what, order_id, link)
        )

    def _paying(
        self, pay: Callable[[Callable[[Progress], None]], TenderOutcome], act: Callable[[str], None]
    ) -> TenderOutcome:
        shown, links = Event(), [""]

        def tell(progress: Progress) -> None:
            links[0] = progress.link or links[0]
            shown.set()

        with ThreadPoolExecutor(1) as pool:
            ended: Future[TenderOutcome] = pool.submit(pay, tell)
            assert shown.wait(_PATIENCE_S)
            act(links[0])
            return ended.result(_PATIENCE_S)

    @abstractmethod
    def worry(self) -> None:
        """The hub puts something about this till before a person, that who stands there may call seen."""

    @abstractmethod
    def at_reader(self, what: str) -> None:
        """`present`, `decline` or `cancel` at the reader; `lose` its line after a charge, `drop` it before one."""

    @abstractmethod
    def at_phone(self, what: str, order_id: OrderId, link: str) -> None:
        """`pay` or `expire` the code; `cancel` it, or `leave` the customer alone with it, at the till."""

    @abstractmethod
    def answers_come(self) -> None:
        """Whoever was asked about unknown payments can answer again."""

    # Network and hub

    @abstractmethod
    def cut(self) -> None:
        """The network to the hub is gone."""

    @abstractmethod
    def mend(self) -> None:
        """It is back."""

    @abstractmethod
    def leave_elsewhere(self, product: str, left: int) -> None:
        """Others sell so much of a product that no more than this can be had beside the till's own share."""

    @abstractmethod
    def end_sale(self, product: str) -> None:
        """The sale of a product is over."""

    @abstractmethod
    def refund(self, order: Order) -> None:
        """An organizer refunds all of an order that a card paid."""

    @abstractmethod
    def revoke(self) -> None:
        """An organizer revokes the till, and it hears so."""

    @abstractmethod
    def lose_power(self) -> None:
        """The program ends at once and is started again."""

    @abstractmethod
    def hear(self) -> None:
        """The till does once what it does by itself: sends, takes, and asks about what is unknown."""

    def until(self, look: Callable[[], bool]) -> None:
        """Lets the till do its work until something is so."""
        ends = monotonic() + _PATIENCE_S
        while not look():
            assert monotonic() < ends, "it did not come"
            self.hear()
            Event().wait(0.02)
