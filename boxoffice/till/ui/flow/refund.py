"""Gives money back of an order: which things or how much, what that will do, and one press that does it."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.limits import Extent
from boxoffice.core.money import Money
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.rights import Right
from boxoffice.core.tenders import TENDERS
from boxoffice.till.ui.actions import Action, Do, TypeDigits
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next, Refund
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.typing import edit_amount
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import TickThing
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.after_sale import RefundView
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView
from boxoffice.till.ui.words import amount_typed, explain, money, tender_name
from boxoffice.till.usecases.gateway.after_sale import Payback, RefundChoice, RefundStep, RefundWish, Thing

_DIGIT_ROWS: Final = 9
"""Rows that have a digit of their own."""
_BACK_TO: Final = {False: later("to the card"), True: later("in cash")}


class RefundPage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {
        Named.ENTER: Do.GIVE_BACK,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        (later("1 to 9"), later("choose a thing, or leave it there")),
        ("A", later("all that is there")),
        ("N", later("another amount; then type it")),
        ("Enter", later("give it back")),
        ("Esc", later("keep the order as it is")),
    )

    def __init__(self, session: Session, to: Refund) -> None:
        super().__init__(session, to)
        self.to = to
        self.choice: RefundChoice | None = None
        self.chosen: frozenset[PartKey] = frozenset()
        self.digits: str | None = None
        self.step: RefundStep | None = None
        self.given: tuple[Payback, ...] = ()
        self.problem: NoticeView | None = None
        self.is_loading = True
        self._look()

    def _look(self) -> None:
        session, order_id = self.session, self.to.order_id

        def found(choice: RefundChoice) -> None:
            self.choice, self.is_loading = choice, False
            there = [thing.key for thing in choice.things if self._can_go(thing)]
            self.chosen = frozenset(there if self.to.is_undo or len(there) == 1 else ()) & frozenset(there)

        session.call(lambda: session.till.refund_choice(order_id), found, failed=self._failed, keys_wait=True)

    def _failed(self, error: BoxofficeError) -> None:
        title, text = explain(error, self.session.catalogue)
        self.problem, self.is_loading = NoticeView(title, text, "danger", "warning"), False

    # Words

    @property
    def amount(self) -> Money | None:
        """What will go back; None while nothing is chosen, or more was typed than is left."""
        choice = self.choice
        if choice is None or choice.left is None:
            return None
        if self.digits is None:
            worth = choice.worth(tuple(self.chosen))
            return worth if worth is not None and worth.minor else None
        typed = amount_typed(self.digits, choice.left.currency)
        return typed if 0 < typed.minor <= choice.left.minor else None

    @property
    def is_void(self) -> bool:
        """Whether nothing goes back, as nothing was paid: tickets end."""
        return self.choice is not None and self.choice.is_for_nothing

    @property
    def shares(self) -> tuple[Payback, ...]:
        amount = self.amount
        return () if self.choice is None or amount is None else self.choice.over(amount)

    def view(self) -> RefundView:
        choice, is_done = self.choice, self.step is not None
        number = choice.number if choice is not None else ""
        return RefundView(
            title=(
                say("Void order {number}", number=number)
                if self.is_void
                else say("Refund order {number}", number=number).strip()
            ),
            close=ButtonView("", Do.BACK, "quiet", "cross", "Esc", name=say("Close")),
            rows=() if choice is None or is_done else tuple(self._row(i, each) for i, each in enumerate(choice.things)),
            is_loading=self.is_loading,
            problem=self.problem,
            way=self._way(),
            detail="" if is_done else self._detail(),
            amount_label="" if is_done or self.is_void else say("Refund"),
            amount="" if is_done else self._amount_words(),
            amounts=() if is_done or choice is None else self._amounts(),
            keep=None if is_done else ButtonView(say("Keep order"), Do.BACK, "plain", key="Esc"),
            go=ButtonView(say("Done"), Do.BACK, "primary", "check", "Enter") if is_done else self._go(),
            done=self._done() if is_done else None,
        )

    def _row(self, index: int, thing: Thing) -> RowView:
        is_chosen = thing.key in self.chosen and self.digits is None
        effect = say("Its ticket stops working") if thing.ticket_id is not None else say("Put it back in stock")
        detail = effect if is_chosen else thing.detail
        return RowView(
            thing.name,
            detail if thing.is_there else say("Given back before, or void"),
            amount=money(thing.worth),
            action=TickThing(index) if self._can_go(thing) else None,
            is_chosen=is_chosen,
            tick=is_chosen,
            key=str(index + 1) if self._can_go(thing) and index < _DIGIT_ROWS else "",
        )

    def _amount_words(self) -> str:
        choice = self.choice
        if self.digits is not None and choice is not None and choice.left is not None:
            return money(amount_typed(self.digits, choice.left.currency))
        return money(self.amount) if self.amount is not None else ""

    def _amounts(self) -> tuple[ButtonView, ...]:
        is_typed = self.digits is not None
        if self.is_void:
            return (ButtonView(say("All"), Do.ALL, key="A"),)
        return (
            ButtonView(say("All"), Do.ALL, key="A"),
            ButtonView(say("Another amount"), Do.AMOUNT, icon="check" if is_typed else "", key="N"),
        )

    def _way(self) -> str:
        if self.step is not None or self.choice is None:
            return ""
        if self.choice.left is None:
            given = say("Given for nothing: no money goes back")
            return given if self.is_void else say("Nothing of this order can be given back")
        way = " + ".join(_way(share, is_split=len(self.shares) > 1) for share in self.shares)
        return way[:1].upper() + way[1:]

    def _detail(self) -> str:
        choice = self.choice
        if self.is_void:
            return self._void_detail()
        if choice is None or choice.left is None:
            return ""
        if self.digits is not None:
            return say("At most {left}. Tickets keep working.", left=money(choice.left))
        if not self.chosen:
            return say("Choose what goes back. {left} of this order can.", left=money(choice.left))
        cash = any(share.is_cash for share in self.shares)
        tickets = sum(thing.ticket_id is not None for thing in choice.things if thing.key in self.chosen)
        parts = (
            say("The drawer opens.") if cash else "",
            say("Through the hub; a bank takes 5 to 10 days.")
            if any(not share.is_cash for share in self.shares)
            else "",
            say("{tickets} at once.", tickets=count(tickets, "ticket stops working", "tickets stop working"))
            if tickets
            else "",
            self._offline(),
        )
        return " ".join(part for part in parts if part)

    def _void_detail(self) -> str:
        if not self.chosen:
            return say("Choose what ends.")
        tickets = count(len(self.chosen), "ticket stops working", "tickets stop working")
        return say("{tickets} at once, and can be sold again.", tickets=tickets)

    def _offline(self) -> str:
        status = self.session.status
        if status is None or status.is_online or all(share.is_cash for share in self.shares):
            return ""
        return say("No network: it is asked for as soon as there is one.")

    def _go(self) -> ButtonView:
        amount, shares = self.amount, self.shares
        if self.is_void:
            what = say("Void {tickets}", tickets=count(len(self.chosen), "ticket")) if self.chosen else ""
            label = what or say("Choose what ends")
            return ButtonView(label, Do.GIVE_BACK, "primary", "back", "Enter", is_on=bool(self.chosen))
        if amount is None:
            label = say("Type an amount") if self.digits is not None else say("Choose what goes back")
            return ButtonView(label, Do.GIVE_BACK, "primary", is_on=False)
        ways = dict.fromkeys(
            say("in cash") if share.is_cash else say("to {what}", what=_short(share)) for share in shares
        )
        where = f" {next(iter(ways))}" if len(ways) == 1 else ""
        return ButtonView(
            say("Refund {amount}{where}", amount=money(amount), where=where), Do.GIVE_BACK, "primary", "back", "Enter"
        )

    def _done(self) -> NoticeView:
        if self.is_void:
            if self.step is RefundStep.QUEUED:
                return NoticeView(say("Asked for, not done"), say("It waits for the network."), "warn", "clock")
            return NoticeView(say("Void"), say("Whoever comes with it is not let in."), "ok", "back")
        cash = [share.left for share in self.given if share.is_cash]
        other = [share for share in self.given if not share.is_cash]
        goes = say(" and ").join(say("{left} to {what}", left=money(share.left), what=_short(share)) for share in other)
        if self.step is RefundStep.QUEUED:
            wait = say("Hand out no cash before the hub has it.") if cash else say("It is asked for by itself.")
            return NoticeView(
                say("Asked for, not done"),
                say("{goes} waits for the network. {wait}", goes=goes, wait=wait),
                "warn",
                "clock",
            )
        if cash:
            rest = (
                say("{goes} is on its way; a bank takes some days.", goes=goes)
                if other
                else say("Out of this till's drawer.")
            )
            return NoticeView(say("Give back {amount} in cash", amount=money(cash[0])), rest, "ok", "cash")
        return NoticeView(
            say("{goes} is on its way", goes=goes), say("The hub sees to it. Orders shows how far it is."), "ok", "back"
        )

    # Doing

    def typed(self, key: Key) -> Next:
        text = key.text.upper()
        if self.digits is not None and key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        if text == "A":
            return self.act(Do.ALL)
        if text == "N":
            return self.act(Do.AMOUNT)
        if key.text.isdigit() and key.text != "0":
            return self.act(TickThing(int(key.text) - 1))
        return None

    def act(self, action: Action) -> Next:
        if action is Do.BACK or (action is Do.GIVE_BACK and self.step is not None):
            return self.to.back
        if self.step is not None or self.choice is None:
            return None
        match action:
            case TickThing(index) if 0 <= index < len(self.choice.things):
                self._tick(self.choice.things[index])
            case Do.ALL:
                self.digits = None
                there = frozenset(thing.key for thing in self.choice.things if self._can_go(thing))
                self.chosen = frozenset() if self.chosen == there else there
            case Do.AMOUNT if not self.is_void:
                self.digits = "" if self.digits is None else None
            case TypeDigits() | Do.DELETE_DIGIT if self.digits is not None and self.choice.left is not None:
                self.digits = edit_amount(self.digits, action, self.choice.left.currency)
            case Do.GIVE_BACK if self.is_void:
                self._void(self.choice)
            case Do.GIVE_BACK:
                self._give_back(self.choice)
            case _:
                pass
        return None

    def _can_go(self, thing: Thing) -> bool:
        """Goods that were given for nothing have no code that could end."""
        return thing.is_there and (not self.is_void or thing.ticket_id is not None)

    def _tick(self, thing: Thing) -> None:
        if self._can_go(thing):
            self.digits = None
            self.chosen ^= {thing.key}

    def _give_back(self, choice: RefundChoice) -> None:
        amount, shares, session = self.amount, self.shares, self.session
        if amount is None or session.is_busy:
            return
        is_amount = self.digits is not None
        wish = RefundWish(
            things=() if is_amount else tuple(sorted(self.chosen)),
            amount=amount.minor if is_amount else None,
            total=amount.minor,
            cash=sum(share.left.minor for share in shares if share.is_cash),
            before=choice.given_back,
        )
        self.problem = None

        def given(step: RefundStep) -> None:
            self.step, self.given = step, shares

        notes = tuple(("next", _way(share, is_split=True)) for share in shares)
        extent, what = Extent(minor=wish.total + wish.before), say("Refund of order {number}", number=choice.number)
        act = Act(Right.REFUND, say("to refund"), what, amount, notes, extent)
        allowed(session, act, lambda: session.till.refund(choice.order_id, wish), given, failed=self._not_given)

    def _void(self, choice: RefundChoice) -> None:
        session, chosen = self.session, tuple(sorted(self.chosen))
        if not chosen or session.is_busy:
            return
        self.problem = None

        def ended(step: RefundStep) -> None:
            self.step = step

        act = Act(Right.VOID, say("to void"), say("Void of order {number}", number=choice.number))
        allowed(session, act, lambda: session.till.void(choice.order_id, chosen), ended, failed=self._not_given)

    def _not_given(self, error: BoxofficeError) -> None:
        """What stands in the way may be what others did meanwhile: the order is looked at anew."""
        self._failed(error)
        self.is_loading = True
        self._look()


def _way(share: Payback, *, is_split: bool) -> str:
    amount = f"{money(share.left)} " if is_split else ""
    if share.is_cash:
        return amount + say("back in cash, the way they paid")
    return amount + say("back to {what}", what=_short(share))


def _short(share: Payback) -> str:
    if share.words:
        return (
            told(share.words)
            if TENDERS[share.kind].is_card and " " in share.words and not share.words.startswith("ending")
            else say("the card {words}", words=told(share.words))
        )
    return say("the card") if TENDERS[share.kind].is_card else tender_name(share.kind)
