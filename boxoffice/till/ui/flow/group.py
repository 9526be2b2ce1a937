"""How many come together: all of them are one line of the sale, at the price of a group where there is one."""

from typing import ClassVar, Final

from boxoffice.core.pricing import MAX_QUANTITY
from boxoffice.till.ui.actions import Action, Do, Of, Pick, TypeDigits
from boxoffice.till.ui.flow.adding import add_to_sale
from boxoffice.till.ui.flow.destinations import Group, Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.sale_actions import ChooseCount
from boxoffice.till.ui.speech import count, later, number, say
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import AmountView
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, TillEvent

_USUAL: Final = (4, 6, 8, 10)


class GroupPage(BasePage):
    """Asks how many people a line of the sale is for, and says what each pays."""

    section = Do.SELL
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        ("1 2", later("twelve people")),
        ("C", later("one code for all, or one each")),
        ("Enter", later("put them into the sale")),
        ("Esc", later("back")),
    )

    def __init__(self, session: Session, to: Group) -> None:
        super().__init__(session, to)
        self.line, self.back = session.sale.lines[to.line], to.back
        self.digits = ""
        self.is_party = session.sale.is_party

    @property
    def people(self) -> int:
        return int(self.digits or "0")

    def view(self) -> AmountView:
        sale, people = self.session.sale, self.people
        product = sale.catalogue.products_by_id[self.line.product_id]
        others = sale.count_of(product.id) - self.line.quantity
        each = sale.price_of(product, self.line.price_kind, max(people, 1) + others)
        is_good = 1 <= people <= MAX_QUANTITY
        label = say("Make a group of {people}", people=number(people)) if is_good else say("Type a number")
        if people > MAX_QUANTITY:
            label = say("The most is {most}", most=number(MAX_QUANTITY))
        total = "" if each is None or not is_good else f" · {money(each)} × {number(people)} = {money(each * people)}"
        return AmountView(
            title=product.name,
            hint=" ".join([say("How many people come together?"), *self._group_prices()]),
            typed=count(people, "person", "people") + total if people else "0",
            quick=(*(ButtonView(number(each), ChooseCount(each)) for each in _USUAL), self._codes()),
            finish=ButtonView(label, Do.FINISH, "primary", "check" if is_good else "", "Enter", is_on=is_good),
            back=back_to_sale(),
        )

    def _codes(self) -> ButtonView:
        """Returns the button that says whether each has a code, or all have one."""
        label = say("One code for all") if self.is_party else say("One code each")
        return ButtonView(
            label, Pick(Of.WAY, int(not self.is_party)), "strong", "people" if self.is_party else "", key="C"
        )

    def _group_prices(self) -> tuple[str, ...]:
        sale = self.session.sale
        product = sale.catalogue.products_by_id[self.line.product_id]
        return tuple(
            say("From {count}: {price} each.", count=number(size), price=money(price))
            for size, price in sale.group_sizes(product)
        )

    def typed(self, key: Key) -> Next:
        if key.text.upper() == "C":
            return self.act(Pick(Of.WAY, int(not self.is_party)))
        return self.act(TypeDigits(key.text)) if key.text.isascii() and key.text.isdigit() else None

    def act(self, action: Action) -> Next:
        match action:
            case TypeDigits(text) if text.isdigit():
                self.digits = (self.digits + text).lstrip("0")[:4]
            case Pick(Of.WAY, index):
                self.is_party = bool(index)
            case Do.DELETE_DIGIT:
                self.digits = self.digits[:-1]
            case ChooseCount(people):
                self.digits = str(people)
            case Do.FINISH if 1 <= self.people <= MAX_QUANTITY:
                self._set()
                return self.back
            case Do.BACK:
                return self.back
            case _:
                pass
        return None

    def _set(self) -> None:
        """Makes the line as long as the group; as many as there are, if there are fewer."""
        session, sale = self.session, self.session.sale
        if self.line not in sale.lines:
            return
        sale.is_party = self.is_party
        index, more = sale.lines.index(self.line), self.people - self.line.quantity
        sale.choose(index)
        if more < 0 or self.line.price_kind is not None:
            sale.set_count(index, self.people)
        elif more:
            add_to_sale(session, sale.catalogue.products_by_id[self.line.product_id], more, self.line.option)

    def heard(self, told: TillEvent) -> Next:
        return self.back if isinstance(told, CatalogueChanged) and self.line not in self.session.sale.lines else None
