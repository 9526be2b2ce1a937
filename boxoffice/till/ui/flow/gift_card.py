"""Gift cards: how much is put on a new one, and what one that is scanned or typed can pay, or pays out."""

from collections.abc import Sequence
from typing import ClassVar

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.gift_cards import LEAST, MOST, is_small_rest, masked, problem_of, read_scanned, suggested, whole
from boxoffice.core.money import Money
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do, Give, TypeCode, TypeDigits
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import GiftCard, GiftCardAmount, Next, Sell
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.questions import AmountPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale, summary
from boxoffice.till.ui.flow.tenders import paid, placed_order, step_back, with_order
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.gift_card import GiftCardView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView
from boxoffice.till.ui.views.sell import AmountView
from boxoffice.till.ui.words import explain, money, short_money
from boxoffice.till.usecases.gateway.gift_cards import CardAtHand, CashedOut, Holder
from boxoffice.till.usecases.gateway.orders import Order

_WHY_CASHED = later("The holder asked for the rest")


def _most(amount: Money) -> str:
    return short_money(whole(MOST, amount.currency))


class SellCardPage(AmountPage):
    """How much is on it."""

    help_lines = (
        ("Q W E R", later("one of the usual amounts")),
        ("6 0", later("an amount of $60")),
        ("Enter", later("add it to the sale")),
        ("Esc", later("back")),
    )

    def __init__(self, session: Session, to: GiftCardAmount) -> None:
        super().__init__(session, to)
        usual = suggested(session.sale.catalogue.currency)
        self.digits = str(usual[1].minor // 10 ** usual[1].currency.exponent)
        self._is_fresh = True

    @property
    def is_asked(self) -> bool:
        return self.product.kind is ProductKind.GIFT_CARD and self.product.price is None

    @property
    def is_good(self) -> bool:
        return not problem_of(self.amount)

    def view(self) -> AmountView:
        amount, is_good = self.amount, self.is_good
        usual = suggested(amount.currency)
        label = say("Add a card with {amount}", amount=money(amount)) if is_good else say("Type an amount")
        if amount.minor and not is_good:
            label = say("From {least} to {most}", least=short_money(whole(LEAST, self.currency)), most=_most(amount))
        return AmountView(
            title=self.product.name,
            hint=say("It is money, not a ticket: no tax now, no end date. Its code is printed once it is paid."),
            typed=money(amount),
            quick=tuple(
                ButtonView(short_money(each), Give(each.minor), key=TILE_LETTERS[i]) for i, each in enumerate(usual)
            ),
            finish=ButtonView(label, Do.FINISH, "primary", "gift" if is_good else "", "Enter", is_on=is_good),
            back=back_to_sale(),
        )

    def typed(self, key: Key) -> Next:
        usual = suggested(self.currency)
        if key.tile is not None and key.tile < len(usual):
            return self.act(Give(usual[key.tile].minor))
        return super().typed(key)

    def act(self, action: Action) -> Next:
        if isinstance(action, TypeDigits) and self._is_fresh:
            self.digits = ""  # what was suggested is not typed on
        self._is_fresh = False
        return super().act(action)


class GiftCardPage(BasePage):
    """A card pays for the sale at hand; without one it is looked at, and its rest can be paid out."""

    section = Do.SELL
    types_codes = False
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (
        ("GC-…", later("scan the card, or type its code")),
        ("Enter", later("look it up; then use it")),
        ("Esc", later("back")),
    )

    def __init__(self, session: Session, to: GiftCard) -> None:
        super().__init__(session, to)
        self.pays = session.bill is not None or not session.sale.is_empty
        self.bill = session.start_bill() if self.pays else None
        self.code, self.problem = "", ""
        self.card: CardAtHand | None = None
        if to.code:
            self._look(to.code)

    @property
    def amount(self) -> Money | None:
        """What it pays now: what is due, as far as it can be spent here."""
        if self.card is None or self.bill is None:
            return None
        return min(self.card.here, self.bill.amount, key=lambda each: each.minor)

    def view(self) -> GiftCardView:
        card = self.card
        is_known = card is not None and not self.problem
        return GiftCardView(
            summary=None if self.bill is None else summary(self.session, self.bill),
            title=say("Gift card") if card is None else say("Gift card {card}", card=masked(card.last4)),
            hint=say("Scan it, or type its code"),
            typed=self.code,
            problem=self.problem,
            is_asking=self.session.is_busy,
            here_label=say("Can be spent here now") if is_known else "",
            here=money(card.here) if card is not None and is_known else "",
            balance_label=say("On the card") if card is not None and card.balance is not None and is_known else "",
            balance=money(card.balance) if card is not None and card.balance is not None and is_known else "",
            advice=self._advice() if is_known else (),
            note=self._note() if is_known else None,
            finish=self._finish(),
            other=self._other() if is_known else None,
            back=back_to_sale() if self.pays else ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc"),
        )

    def _advice(self) -> tuple[AdviceView, ...]:
        card, amount = self.card, self.amount
        if card is None:
            return ()
        lines = [_held_by(each) for each in card.holders]
        if amount is not None and self.bill is not None and amount.minor and amount < self.bill.due:
            rest = money(self.bill.due - amount)
            lines.append(AdviceView("split", say("**{rest}** is then still to pay, in any other way.", rest=rest)))
        elif amount is not None and amount.minor:
            stays = money(card.here - amount)
            lines.append(AdviceView("gift", say("**{stays}** stays on the card.", stays=stays)))
        lines.append(AdviceView("safe", say("Saved on this till first. Never spent twice.")))
        return tuple(lines)

    def _note(self) -> NoticeView | None:
        card = self.card
        if card is None:
            return None
        if card.is_blocked:
            title = say("This card is blocked.")
            return NoticeView(title, say("Nothing can be spent of it. Take another payment."), "danger", "lock")
        if card.balance is None and card.here.minor:
            title = say("Up to {amount} can be spent here without the network.", amount=money(card.here))
            return NoticeView(title, say("No other till can spend it."), "warn", "offline")
        if card.balance is None:
            title = say("Nothing of it is kept for this till.")
            return NoticeView(title, say("The hub knows what is on it. Take another payment."), "warn", "offline")
        if not card.balance.minor:
            return NoticeView(say("It is used up."), say("Nothing is left on this card."), "info", "info")
        return None

    def _finish(self) -> ButtonView | None:
        card, amount = self.card, self.amount
        if card is None or self.problem:
            return ButtonView(
                say("Look it up"), Do.FINISH, "primary", "search", "Enter", is_on=not self.session.is_busy
            )
        if not self.pays:
            return None
        if amount is None or not amount.minor or card.is_blocked:
            return ButtonView(say("Nothing can be used here"), Do.FINISH, "primary", is_on=False)
        is_all = self.bill is not None and amount == self.bill.due
        used = say("Use {amount}", amount=money(amount))
        label = used if is_all else say("Use {amount}, then the rest", amount=money(amount))
        return ButtonView(label, Do.FINISH, "primary", "gift", "Enter")

    def _other(self) -> ButtonView | None:
        """Without a sale, what is left can be paid out, if all of it is here."""
        card = self.card
        if card is None or self.pays or not card.here.minor or card.is_blocked or card.here != card.balance:
            return None
        words = say("Pay out {amount} in cash", amount=money(card.here))
        sub = say("by law, to whoever asks") if is_small_rest(card.here) else say("needs somebody who may refund")
        return ButtonView(words, Do.GIVEN, "strong", "cash", "P", sub=sub)

    def scanned(self, readings: Sequence[str]) -> bool:
        code = read_scanned(readings)
        if code is not None:
            self._look(code.shown)
        return code is not None

    def typed(self, key: Key) -> Next:
        return self.act(Do.GIVEN) if key.text.upper() == "P" and self._other() is not None else None

    def act(self, action: Action) -> Next:
        match action:
            case TypeCode(text) if text != self.code:
                self.code, self.card, self.problem = text, None, ""
            case Do.FINISH if self.card is None and self.code.strip():
                self._look(self.code)
            case Do.FINISH if self.amount is not None and self.amount.minor and not self.session.is_busy:
                return with_order(self.session, self._use)
            case Do.GIVEN if self._other() is not None:
                self._pay_out()
            case Do.BACK:
                return Sell() if self.bill is None else step_back(self.session, self.bill)
            case _:
                pass
        return None

    def _look(self, code: str) -> None:
        self.code, self.card, self.problem = code, None, ""

        def found(card: CardAtHand) -> None:
            self.card, self.code = card, masked(card.last4)

        def failed(error: BoxofficeError) -> None:
            self.problem = " ".join(part for part in explain(error) if part)

        self._typed_code = code
        self.session.call(lambda: self.session.till.look_at_card(code), found, failed=failed, keys_wait=True)

    def _use(self) -> None:
        session, code, amount = self.session, self._typed_code, self.amount
        if amount is None:
            return
        order_id = placed_order(session).id

        def used(order: Order) -> Next:
            return paid(session, order)

        session.call(lambda: session.till.pay_by_card(order_id, code, amount), used, keys_wait=True)

    def _pay_out(self) -> None:
        session, code, card = self.session, self._typed_code, self.card
        if card is None:
            return

        def pay_out() -> CashedOut:
            return session.till.cash_out_card(code, _WHY_CASHED)

        def done(told: CashedOut) -> Next:
            words = say("Give {amount} in cash.", amount=money(told.given))
            detail = say("Gift card {card} is used up.", card=masked(told.last4))
            session.say(words, state="ok", icon="cash", detail=detail, stays=True)
            return Sell()

        if is_small_rest(card.here):
            session.call(pay_out, done, keys_wait=True)
        else:
            what = say("Gift card {card}", card=masked(card.last4))
            act = Act(Right.REFUND, say("to pay out a gift card"), what, card.here)
            allowed(session, act, pay_out, done)


def _held_by(holder: Holder) -> AdviceView:
    """Returns who else has some of a card, and what becomes of that."""
    amount = money(holder.amount)
    if holder.is_shop:
        return AdviceView("sync", say("**{amount}** pays for an order in the web shop just now.", amount=amount))
    if holder.is_there:
        words = say("**{amount}** is at {till}, and is asked back: look again.", amount=amount, till=holder.till)
        return AdviceView("till", words)
    words = say("**{amount}** is kept at {till}, which does not answer.", amount=amount, till=holder.till)
    return AdviceView("offline", words)
