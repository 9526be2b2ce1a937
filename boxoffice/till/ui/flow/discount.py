"""Something off the price: how much of what, and why; above what they may give alone, somebody approves it."""

from dataclasses import replace
from typing import ClassVar, Final

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.comps import comps_wanted
from boxoffice.core.errors import BadInput
from boxoffice.core.limits import NO_EXTENT, Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine, PricedOrder
from boxoffice.core.reductions import REASONS, RIGHTS, Off, Reduction, can_be_reduced, problems_of
from boxoffice.core.rights import RIGHTS as TABLE
from boxoffice.core.rights import Answer, Right, may
from boxoffice.core.tenders import COMP_REASONS
from boxoffice.till.ui.actions import Action, Do, Of, Pick, TypeDigits
from boxoffice.till.ui.flow.comps import comps_cards
from boxoffice.till.ui.flow.destinations import Discount, Next
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.reasons import Reasons
from boxoffice.till.ui.flow.reducing import act_of, needs_of, reduced_views, words_of
from boxoffice.till.ui.flow.sell_view import line_detail
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale
from boxoffice.till.ui.flow.typing import as_digits, edit_amount
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.sale_actions import Give
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.form import ChoicesView, FormView, SideView
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView
from boxoffice.till.ui.words import amount_typed, money, short_money
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, TillEvent

_TABS: Final = (
    (Off.PERCENT, later("Percent"), "Q"),
    (Off.AMOUNT, later("Amount"), "W"),
    (Off.PRICE, later("New price"), "E"),
    (Off.COMP, later("Comp"), "R"),
)
_REACH: Final = ((later("This line"), "L"), (later("Whole sale"), "K"))
_PERCENTS: Final = (5, 10, 15, 20)
_AMOUNTS: Final = (5, 10, 20, 50)
_MOST_DIGITS: Final = 3
_WHOLE: Final = 100


class DiscountPage(BasePage):
    section = Do.SELL
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        ("Q W E R", later("percent, amount, new price, comp")),
        ("L K", later("this line, or the whole sale")),
        ("1 5", later("15 percent")),
        ("A S D F Z", later("the reason")),
        ("/", later("type another reason")),
        ("Enter", later("take it off")),
        ("Esc", later("back to the sale")),
    )

    def __init__(self, session: Session, to: Discount) -> None:
        super().__init__(session, to)
        self.to, self.line = to, session.sale.lines[to.index]
        self.off, self.digits = Off.PERCENT, ""
        self.is_whole = not self._can_have_line
        self.reasons = Reasons(REASONS, "A")
        self.given: CompsGiven | None = None

    @property
    def _can_have_line(self) -> bool:
        return can_be_reduced(self.session.sale.catalogue.products_by_id[self.line.product_id])

    def _can_be(self, off: Off) -> bool:
        """A whole sale has no price for each piece."""
        return off is not Off.PRICE or not self.is_whole

    @property
    def currency(self) -> Currency:
        return self.session.sale.catalogue.currency

    @property
    def value(self) -> int:
        """What was typed: percent, or minor units."""
        if self.off is Off.COMP:
            return 0
        return int(self.digits or 0) if self.off is Off.PERCENT else amount_typed(self.digits, self.currency).minor

    @property
    def reduction(self) -> Reduction:
        return Reduction(self.off, self.reasons.words, self.value)

    @property
    def cart(self) -> Cart:
        sale = self.session.sale
        return sale.reduced(self.reduction, None if self.is_whole else self.to.index, self.to.count)

    @property
    def problem(self) -> str:
        """Why it can't be taken off as it stands, but for a reason that is missing."""
        if self.off is Off.PERCENT and not 1 <= self.value <= _WHOLE:
            return say("Type 1 to 100 percent")
        if self.off in (Off.AMOUNT, Off.PRICE) and not self.digits:
            return say("Type an amount")
        product = self.session.sale.catalogue.products_by_id[self.line.product_id]
        wanted = replace(self.reduction, reason=self.reduction.reason or "-")
        found = problems_of(wanted, self.currency, None if self.is_whole else product)
        return next((told(each).capitalize() for each in found), "")

    def _quotes(self) -> tuple[PricedOrder, PricedOrder | None]:
        """Returns what the sale costs without the discount, and with it if it can be had."""
        sale = self.session.sale
        before = sale.priced_as(sale.reduced(None, None if self.is_whole else self.to.index, self.to.count))
        if self.problem:
            return before, None
        reason = self.reduction.reason or "-"
        index = None if self.is_whole else self.to.index
        try:
            return before, sale.priced_as(sale.reduced(replace(self.reduction, reason=reason), index, self.to.count))
        except BadInput:
            return before, None

    def view(self) -> FormView:
        before, after = self._quotes()
        off = Money(0, self.currency) if after is None else after.discount - before.discount
        product = self.session.sale.catalogue.products_by_id[self.line.product_id]
        many = f"{self.to.count} × " if self.to.count > 1 else ""
        is_comp = self.off is Off.COMP
        return FormView(
            title=say("Discount"),
            hint=say("the whole sale") if self.is_whole else f"{many}{product.name}",
            back=back_to_sale(),
            tabs=self._tabs(),
            typed=None if is_comp else self._typed(off),
            quick=() if is_comp else self._quick(),
            choices=(self._reach(), self.reasons.view(say("Why is it free?") if is_comp else say("Reason"))),
            reason=self.reasons.typed,
            cards=comps_cards(self.given, self.session.sale.catalogue.comps) if is_comp else (),
            side=self._side(before, after, off),
        )

    def _tabs(self) -> tuple[ButtonView, ...]:
        return tuple(
            ButtonView(
                say(label),
                Pick(Of.MODE, i),
                "strong" if off is self.off else "plain",
                key=key,
                is_on=self._can_be(off),
            )
            for i, (off, label, key) in enumerate(_TABS)
        )

    def _typed(self, off: Money) -> tuple[str, str]:
        label = say("{amount} off", amount=money(off))
        if self.off is Off.PERCENT:
            return label, f"{self.digits or 0}%"
        return label, money(Money(self.value, self.currency))

    def _quick(self) -> tuple[ButtonView, ...]:
        if self.off is Off.PERCENT:
            return tuple(ButtonView(f"{each}%", Give(each)) for each in _PERCENTS)
        unit = 10**self.currency.exponent
        amounts = (Money(each * unit, self.currency) for each in _AMOUNTS)
        return tuple(ButtonView(short_money(each), Give(each.minor)) for each in amounts)

    def _reach(self) -> ChoicesView:
        buttons = tuple(
            ButtonView(
                say(label),
                Pick(Of.WAY, i),
                "strong" if self.is_whole == bool(i) else "plain",
                key=key,
                is_on=bool(i) or self._can_have_line,
            )
            for i, (label, key) in enumerate(_REACH)
        )
        return ChoicesView(say("Off what?"), buttons)

    def _answer(self, after: PricedOrder | None) -> tuple[Answer, Extent]:
        """Returns whether they may give it alone, and how far it goes."""
        right = RIGHTS[self.off.value]
        extent = NO_EXTENT if after is None else needs_of(after).get(right, NO_EXTENT)
        return may(self.session.acting, right, extent), extent

    def _foot(self, extent: Extent) -> str:
        """Returns how far they may go by themselves, where that is a question."""
        person, right, limits = self.session.team.person, RIGHTS[self.off.value], self.session.acting.limits
        most = limits.discount if right is Right.DISCOUNT else limits.comp
        is_limited = person is not None and TABLE[right].of(person.role) is Answer.LIMIT
        if person is None or not is_limited or (right is Right.COMP and most is None):
            return say("The reason stays in the books. Write no names in it.")
        words = []
        if right is Right.DISCOUNT:
            words.append(
                say("{percent} % of your limit of {limit} %.", percent=extent.percent, limit=person.discount_limit)
            )
        if most is not None:
            taken, limit = (money(Money(each, self.currency)) for each in (extent.minor or 0, most))
            words.append(say("{amount} of your limit of {limit}.", amount=taken, limit=limit))
        return " ".join((*words, say("Above it, a supervisor approves it here.")))

    def _side(self, before: PricedOrder, after: PricedOrder | None, off: Money) -> SideView:
        sale, quote = self.session.sale, after or before
        answer, extent = self._answer(after)
        rows = [
            RowView(
                f"{line.quantity} × {line.product.name}",
                line_detail(line.product, line.option, line.unit_price if line.product.price is None else None),
                amount=money(line.subtotal),
            )
            for line in quote.lines
        ]
        tried = replace(sale)
        tried.take(self.cart if after is not None and self.reasons.is_given else sale.cart)
        rows += [RowView(each.title, each.detail, "tag", amount=each.amount) for each in reduced_views(tried)]
        note = None
        if answer is Answer.ASK and after is not None:
            text = say("They enter a PIN or show a badge. You stay signed in.")
            note = NoticeView(say("Needs a supervisor"), text, "warn", "lock")
        return SideView(
            title=say("Current sale"),
            hint=count(sum(line.quantity for line in quote.lines), "item"),
            rows=tuple(rows),
            note=note,
            total_label=say("Total"),
            total=money(quote.total),
            buttons=(self._finish(after, off, answer),),
            foot=self._foot(extent),
        )

    def _finish(self, after: PricedOrder | None, off: Money, answer: Answer) -> ButtonView:
        label = say("Give {amount} away") if self.off is Off.COMP else say("Take {amount} off")
        icon, is_on = "tag", after is not None and self.reasons.is_given
        if answer is Answer.ASK:
            label, icon = say("Ask for approval"), "lock"
        if not is_on:
            label, icon = self.problem or say("Choose a reason"), ""
        return ButtonView(
            label.format(amount=money(off)), Do.FINISH, "primary", icon, "Enter" if is_on else "", is_on=is_on
        )

    def typed(self, key: Key) -> Next:
        letter = "" if key.tile is None else TILE_LETTERS[key.tile]
        tab = next((i for i, each in enumerate(_TABS) if each[2] == letter), None)
        reach = next((i for i, each in enumerate(_REACH) if each[1] == key.text.upper()), None)
        if key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        if tab is not None:
            return self.act(Pick(Of.MODE, tab))
        if reach is not None:
            return self.act(Pick(Of.WAY, reach))
        self.reasons.take(key)
        return None

    def act(self, action: Action) -> Next:
        match action:
            case Pick(Of.MODE, index) if self._can_be(_TABS[index][0]):
                self._use(_TABS[index][0])
            case Pick(Of.WAY, index) if index or self._can_have_line:
                self._reach_for(is_whole=bool(index))
            case Pick(Of.REASON, index):
                self.reasons.choose(index)
            case GiveReason(why):
                self.reasons.write(why)
            case Give(minor):
                is_percent = self.off is Off.PERCENT
                self.digits = str(minor) if is_percent else as_digits(Money(minor, self.currency))
            case TypeDigits() | Do.DELETE_DIGIT:
                self._type(action)
            case Do.BACK:
                return self.to.back
            case Do.FINISH:
                self._ask()
            case _:
                pass
        return None

    def _reach_for(self, *, is_whole: bool) -> None:
        self.is_whole = is_whole
        if is_whole and self.off is Off.PRICE:
            self._use(Off.PERCENT)

    def _use(self, off: Off) -> None:
        if off is not self.off:
            self.off, self.digits = off, ""
            self.reasons.use(COMP_REASONS if off is Off.COMP else REASONS)
        if off is Off.COMP and self.session.sale.catalogue.comps.is_set:
            self.session.call(self.session.till.comps_given, self._counted, lane=Lane.LOOK)

    def _counted(self, given: CompsGiven) -> None:
        self.given = given

    def _type(self, action: TypeDigits | Do) -> None:
        if self.off is not Off.PERCENT:
            self.digits = edit_amount(self.digits, action, self.currency)
        elif isinstance(action, TypeDigits):
            more = "".join(each for each in action.text if each.isdigit())
            self.digits = (self.digits + more).lstrip("0")[:_MOST_DIGITS]
        else:
            self.digits = self.digits[:-1]

    def _ask(self) -> None:
        """Takes it off: at once, or with somebody's approval."""
        before, after = self._quotes()
        if after is None or not self.reasons.is_given:
            return
        session, reduction, right = self.session, self.reduction, RIGHTS[self.off.value]
        _, extent = self._answer(after)
        product = session.sale.catalogue.products_by_id[self.line.product_id]
        what = say("the whole sale") if self.is_whole else f"{self.to.count} × {product.name}"
        off = after.discount.minor - before.discount.minor
        act = act_of(right, off, session.sale, what, reduction.reason, extent)
        allowed(session, act, lambda: session.till.allow(reduction, extent, comps_wanted(after)), self._allowed)

    def _allowed(self, reduction: Reduction) -> Next:
        sale = self.session.sale
        if not _is_there(sale.lines, self.to.index, self.line):
            self.session.say(say("The sale has changed. Choose it again."), state="warn", icon="info", of_sale=True)
            return self.to.back
        before = sale.cart
        sale.take(sale.reduced(reduction, None if self.is_whole else self.to.index, self.to.count))
        after = sale.cart

        def undo() -> None:
            if sale.cart == after:
                sale.take(before)

        self.session.say(words_of(reduction), icon="tag", undo=undo, of_sale=True)
        return self.to.back

    def heard(self, told_: TillEvent) -> Next:
        """A revision of the catalogue may have taken the line out of the sale, or changed what it costs."""
        if isinstance(told_, CatalogueChanged) and not _is_there(self.session.sale.lines, self.to.index, self.line):
            return self.to.back
        return None


def _is_there(lines: tuple[CartLine, ...], index: int, line: CartLine) -> bool:
    return index < len(lines) and lines[index] == line
