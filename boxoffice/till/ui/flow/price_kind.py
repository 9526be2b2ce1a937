"""Who shows a card: which kind of price it is, then what to look at, and only then is it cheaper."""

from typing import ClassVar

from boxoffice.core.catalogue import Product
from boxoffice.core.ids import PriceKindId
from boxoffice.core.money import Money
from boxoffice.core.tariffs import PriceKind, PriceKindTexts
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next, PriceKinds
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.sell_view import kind_name
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.sale_actions import ChoosePriceKind
from boxoffice.till.ui.speech import code, later, say
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import OptionsView
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, TillEvent


class PriceKindPage(BasePage):
    """Shows the kinds of price; the one that is chosen says what to look at, and is taken when that was seen."""

    section = Do.SELL
    keys: ClassVar = {Named.ESC: Do.BACK, Named.ENTER: Do.FINISH}
    help_lines = (
        ("1 2 3", later("choose by number")),
        ("Enter", later("the card was seen")),
        ("Esc", later("back")),
    )

    def __init__(self, session: Session, to: PriceKinds) -> None:
        super().__init__(session, to)
        self.line, self.back = session.sale.lines[to.line], to.back
        self.count = min(to.count, self.line.quantity)
        kinds = self._kinds
        self.kind: PriceKind | None = kinds[0] if len(kinds) == 1 and self.line.price_kind is None else None

    @property
    def _product(self) -> Product:
        return self.session.sale.catalogue.products_by_id[self.line.product_id]

    @property
    def _kinds(self) -> tuple[PriceKind, ...]:
        return self.session.sale.kinds_of(self._product)

    def _price(self, kind: PriceKindId | None) -> Money:
        sale = self.session.sale
        price = sale.price_of(self._product, kind, sale.count_of(self.line.product_id))
        if price is None:
            raise ValueError("what is free has no kinds of price")
        return price

    def view(self) -> OptionsView:
        many = f"{self.count} × {self._product.name}"
        if self.kind is not None:
            return OptionsView(
                title=_prompt(self.kind),
                hint=say(
                    "{name}: {many} for {price} each, not {usual}.",
                    name=kind_name(self.kind),
                    many=many,
                    price=money(self._price(self.kind.id)),
                    usual=money(self._price(None)),
                ),
                options=(ButtonView(say("Card seen"), Do.FINISH, "primary", "check", "Enter"),),
                back=back_to_sale(),
            )
        chosen = [(None, say("Everybody")), *((kind.id, kind_name(kind)) for kind in self._kinds)]
        return OptionsView(
            title=many,
            hint=say("Who are they for?"),
            options=tuple(
                ButtonView(f"{name} · {money(self._price(kind))}", ChoosePriceKind(kind), key=str(i))
                for i, (kind, name) in enumerate(chosen, 1)
            ),
            back=back_to_sale(),
        )

    def typed(self, key: Key) -> Next:
        choices = [None, *(kind.id for kind in self._kinds)]
        if self.kind is None and key.text.isdigit() and 1 <= int(key.text) <= len(choices):
            return self.act(ChoosePriceKind(choices[int(key.text) - 1]))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case ChoosePriceKind(kind):
                self.kind = next((each for each in self._kinds if each.id == kind), None)
                return None if self.kind is not None else self._set(None)
            case Do.FINISH if self.kind is not None:
                return self._set(self.kind.id)
            case Do.BACK:
                return self.back
            case _:
                return None

    def _set(self, kind: PriceKindId | None) -> Next:
        sale = self.session.sale
        if self.line in sale.lines:
            sale.set_kind(sale.lines.index(self.line), self.count, kind)
        return self.back

    def heard(self, told: TillEvent) -> Next:
        """Goes back where the sale is another one by now: what it would cost is no longer what is shown."""
        if isinstance(told, CatalogueChanged) and self.line not in self.session.sale.lines:
            return self.back
        return None


def _prompt(kind: PriceKind) -> str:
    """Returns what to do first, in the language of who sells."""
    return kind.texts.get(code(), PriceKindTexts()).prompt or kind.prompt
