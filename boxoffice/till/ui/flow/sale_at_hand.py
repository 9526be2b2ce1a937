"""The sale under way: what is in it, what is being paid of it, and the prices that were shown of it."""

from dataclasses import replace
from datetime import datetime

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.orders import Channel
from boxoffice.till.ui.flow.bill import Bill, PriceChange
from boxoffice.till.ui.flow.repricing import Turned, turn
from boxoffice.till.ui.flow.sale import Sale
from boxoffice.till.ui.flow.sayings import Sayings
from boxoffice.till.ui.flow.work import Work
from boxoffice.till.ui.speech import LANGUAGES, later, say
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.parked import TakenUp
from boxoffice.till.usecases.gateway.port import TillGateway

FIRST_LANGUAGE = next(iter(LANGUAGES))
"""What a customer reads who has not chosen."""


class SaleAtHand(Sayings):
    """One customer's sale, from the first tile to the last payment. What was quoted to them stays."""

    revised_at: datetime | None = None
    """When the catalogue at hand came, if it came while the till was open."""

    def __init__(self, till: TillGateway, work: Work) -> None:
        super().__init__(till, work)
        self.last_order: Order | None = None
        self.bill: Bill | None = None
        """What is being paid, from the first payment page to the last."""
        self.customer_language = FIRST_LANGUAGE
        """What the customer of now reads."""
        self._sale: Sale | None = None
        self._told_changes: tuple[PriceChange, ...] = ()
        """What has been told of prices that the sale at hand keeps."""

    @property
    def sale(self) -> Sale:
        if self._sale is None:
            if self.catalogue is None:
                raise RuntimeError("no sale without a catalogue")
            self._sale = Sale(self.catalogue, self.till.now, channel=self.channel)
        return self._sale

    @property
    def channel(self) -> Channel:
        return Channel.DOOR if self.kiosk is None else Channel.KIOSK

    @property
    def order(self) -> Order | None:
        """The order of the sale that is being paid, once it is placed."""
        return self.bill.order if self.bill is not None else None

    @property
    def due_bill(self) -> Bill:
        """The bill, on a page that has one.

        Raises:
            RuntimeError: if nothing is being paid.
        """
        if self.bill is None:
            raise RuntimeError("nothing is being paid")
        return self.bill

    @property
    def is_idle(self) -> bool:
        """Whether no customer is being served."""
        return self.bill is None and (self._sale is None or self._sale.is_empty)

    def new_sale(self, *, is_same_customer: bool = False) -> None:
        """Begins anew; whoever has just paid is still there to be thanked."""
        self._sale = self.bill = None
        self._told_changes = ()
        if not is_same_customer:
            self.customer_language = FIRST_LANGUAGE
        self.drop_words_of_sale()

    def start_bill(self) -> Bill:
        """Fixes what the customer was told; from here on nothing that stands on the screen can change the sale."""
        if self.bill is None:
            self.bill = Bill(self.sale.priced())
            self.drop_words_of_sale()
        return self.bill

    def end_bill(self) -> None:
        """Goes back from paying to the tiles, with the prices that were quoted; says what has changed meanwhile."""
        self.bill = None
        self._reprice()

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Takes a new revision. What is being paid stays as it was; an open sale keeps the prices that were shown."""
        if self.catalogue is not None:
            self.revised_at = self.till.now()
        self.catalogue = catalogue
        if self.bill is None:
            self._reprice()

    def _reprice(self) -> None:
        """Lets an open sale go by the newest catalogue, and by this hour: what was shown of it is kept, and told."""
        before = self._sale
        if before is None or self.catalogue is None:
            return
        turned = turn(before, self.catalogue, self._told_changes)
        if turned.sale is not before:
            self.drop_words_of_sale()
        self._tell_changes(turned)

    def _tell_changes(self, turned: Turned) -> None:
        self._sale, self._told_changes = turned.sale, turned.changes
        if turned.untold:
            stays = all(change.is_kept for change in turned.untold)
            words = later("The total stays {total}.") if stays else later("The total is {total} now.")
            total = say(words, total=money(turned.sale.total))
            self.say(
                turned.text,
                state="info",
                icon="info",
                detail=total,
                stays=True,
                of_sale=True,
                undo=self.take_new_prices if turned.sale.keeps_prices else None,
                button=say("Use new prices"),
            )

    def _tell_changes_again(self) -> None:
        """Says what stands there of prices in the language of now."""
        if self._toasts.keep(lambda each: each.press != self.take_new_prices) and self._sale is not None:
            self._tell_changes(Turned(self._sale, self._told_changes, self._told_changes))

    def resume(self, up: TakenUp) -> None:
        """Goes on with a cart that waited, at the prices that it was shown, and tells what has changed meanwhile."""
        self.new_sale()
        fresh = self.sale
        lines = tuple(line for line in up.cart.lines if fresh.holds(line))
        promo = fresh.catalogue.promo(up.code) if up.code else None
        self._sale = replace(fresh, lines=lines, chosen=len(lines) - 1)
        if lines:
            self._sale = replace(self._sale, reduction=up.cart.reduction, promo=promo, adds_to=up.adds_to)
            self._sale.is_party = up.cart.is_party
        if (up.code and promo is None) or (up.cart.adds_to and up.adds_to is None):
            self.say(say("Its code, or the order that it adds to, is not known here."), state="warn", of_sale=True)
        if len(lines) < len(up.cart.lines):
            self.say(say("Something of it is no longer sold."), state="warn", icon="warning", of_sale=True)
        if lines:
            self._tell_changes(turn(self._sale, fresh.catalogue, ()))

    def take_new_prices(self) -> None:
        """Lets the sale at hand cost what it costs now."""
        self._sale, self._told_changes = self.sale.at_new_prices(), ()
        self.drop_words_of_sale()

    def note_order(self, order: Order) -> None:
        """Keeps the order that is being paid as it now stands."""
        if self.bill is None:
            self.bill = Bill(None, order)
        elif self.bill.order is None or self.bill.order.id == order.id:
            self.bill = self.bill.placed(order)
        self._toasts.keep(lambda toast: order.id not in toast.waiting)
        if order.is_paid:
            self.last_order = order

    def note_last_sale(self, order: Order | None) -> None:
        """Keeps the sale before this start, so that its receipt can be printed again."""
        self.last_order = self.last_order or order
