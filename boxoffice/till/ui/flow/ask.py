"""Two small questions on the way into a sale: how much, and which one."""

from typing import ClassVar

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.charging import step_of
from boxoffice.core.money import Money
from boxoffice.core.pricing import most_donation
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.adding import add_to_sale
from boxoffice.till.ui.flow.destinations import Next, ProductOption
from boxoffice.till.ui.flow.questions import AmountPage, AskPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.sale_actions import ChooseOption, Give
from boxoffice.till.ui.speech import later, number, say
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import AmountView, OptionsView
from boxoffice.till.ui.words import money, short_money

_USUAL = (5, 10, 20, 50)


class DonationPage(AmountPage):
    """How much they give."""

    help_lines = (
        ("2 0", later("an amount of $20")),
        (".", later("cents")),
        ("Enter", later("add it to the sale")),
        ("Esc", later("back")),
    )

    @property
    def is_asked(self) -> bool:
        return self.product.kind is ProductKind.DONATION

    @property
    def is_good(self) -> bool:
        amount = self.amount
        return (
            0 < amount.minor <= most_donation(amount.currency).minor
            and not amount.minor % step_of(amount.currency).minor
        )

    def view(self) -> AmountView:
        amount, is_good = self.amount, self.is_good
        most = most_donation(amount.currency)
        label = say("Add {amount} to the sale", amount=money(amount)) if is_good else say("Type an amount")
        if amount > most:
            label = say("The most is {most}", most=money(most))
        elif amount.minor and not is_good:
            label = say("Only in steps of {amount}", amount=money(step_of(amount.currency)))
        unit = 10**amount.currency.exponent
        return AmountView(
            title=self.product.name,
            hint=self.product.detail or say("Any amount. Thank them before they answer."),
            typed=money(amount),
            quick=tuple(
                ButtonView(short_money(Money(each * unit, amount.currency)), Give(each * unit)) for each in _USUAL
            ),
            finish=ButtonView(label, Do.FINISH, "primary", "heart" if is_good else "", "Enter", is_on=is_good),
            back=back_to_sale(),
        )


class OptionPage(AskPage):
    """Which size or kind."""

    section = Do.SELL
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("1 2 3", later("choose by number")), ("Esc", later("back")))

    def __init__(self, session: Session, to: ProductOption) -> None:
        super().__init__(session, to)
        self.count = to.count

    @property
    def is_asked(self) -> bool:
        return bool(self.product.options)

    def view(self) -> OptionsView:
        many = f"{self.count} × " if self.count > 1 else ""
        return OptionsView(
            title=f"{many}{self.product.name}",
            hint=say("Which one?"),
            options=tuple(self._option(i, option) for i, option in enumerate(self.product.options, 1)),
            back=back_to_sale(),
        )

    def _option(self, i: int, option: str) -> ButtonView:
        """Returns the button of an option: with what is left of it, if that is counted; off if that is none."""
        key = str(i) if i < 10 else ""
        room = self._room(option)
        if room is None:
            return ButtonView(option, ChooseOption(option), key=key)
        left = say("Sold out") if room <= 0 else say("{left} left", left=number(room))
        return ButtonView(option, ChooseOption(option), key=key, sub=left, is_on=room > 0, name=f"{option}. {left}")

    def _room(self, option: str) -> int | None:
        """Returns how many more of an option fit into the sale; None where it is not counted by itself."""
        if option not in self.product.option_pools:
            return None
        return self.session.sale.room_for(self.product, self.session.status, option)

    def typed(self, key: Key) -> Next:
        if key.text.isdigit() and 1 <= int(key.text) <= len(self.product.options):
            return self.act(ChooseOption(self.product.options[int(key.text) - 1]))
        return None

    def act(self, action: Action) -> Next:
        if isinstance(action, ChooseOption) and action.option in self.product.options:
            room = self._room(action.option)
            if room is not None and room <= 0:
                name = f"{self.product.name}, {action.option}"
                self.session.say(say("{name} is sold out.", name=name), state="warn", icon="warning")
                return None
            add_to_sale(self.session, self.product, self.count, action.option)
            return self.sell
        return self.sell if action is Do.BACK else None
