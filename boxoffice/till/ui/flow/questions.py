"""What small questions about one product have in common: it is asked by the newest catalogue, or not at all."""

from abc import abstractmethod
from typing import ClassVar

from boxoffice.core.money import Currency, Money
from boxoffice.till.ui.actions import Action, Do, TypeDigits
from boxoffice.till.ui.flow.destinations import DonationAmount, GiftCardAmount, Next, ProductOption
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.typing import edit_amount
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.sale_actions import Give
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.words import amount_typed
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, TillEvent


class AskPage(BasePage):
    """A question about one product, as it is by the newest catalogue; without that product there is nothing to ask."""

    def __init__(self, session: Session, to: DonationAmount | GiftCardAmount | ProductOption) -> None:
        super().__init__(session, to)
        self.product, self.sell = to.product, to.back

    @property
    def is_asked(self) -> bool:
        """Whether the product still needs this question."""
        return True

    def heard(self, told: TillEvent) -> Next:
        if not isinstance(told, CatalogueChanged):
            return None
        name, product = self.product.name, told.catalogue.products_by_id.get(self.product.id)
        if product is not None:
            self.product = product
        if product is not None and self.is_asked:
            return None
        gone, changed = later("{name} is no longer sold."), later("{name} has changed. Choose it again.")
        self.session.say(say(gone if product is None else changed, name=name), state="info", icon="info")
        return self.sell


class AmountPage(AskPage):
    """How much of something whose amount is free."""

    section = Do.SELL
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }

    def __init__(self, session: Session, to: DonationAmount | GiftCardAmount) -> None:
        super().__init__(session, to)
        self.digits = ""

    @property
    def currency(self) -> Currency:
        return self.session.sale.catalogue.currency

    @property
    def amount(self) -> Money:
        return amount_typed(self.digits, self.currency)

    @property
    @abstractmethod
    def is_good(self) -> bool:
        """Whether this amount can be sold."""

    def typed(self, key: Key) -> Next:
        if key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TypeDigits() | Do.DELETE_DIGIT:
                self.digits = edit_amount(self.digits, action, self.currency)
            case Give(minor):
                self.digits = str(minor // 10**self.currency.exponent)
            case Do.FINISH if self.is_good:
                self.session.sale.add_amount(self.product, self.amount)
                return self.sell
            case Do.BACK:
                return self.sell
            case _:
                pass
        return None
