"""Payment by phone: a Checkout Session behind a short link, from its opening to its end."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from secrets import choice
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from boxoffice.core.books import Books
from boxoffice.core.charging import step_of
from boxoffice.core.errors import BadInput, BoxofficeError, OperationFailed, Problem, TryAgainLater
from boxoffice.core.facts import FactKind, instant_text
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import PAID_FOR
from boxoffice.core.rows import OrderRow
from boxoffice.core.wire import CheckoutAnswer, CheckoutRequest, FactMessage
from sync.services.declined import note_decline
from sync.services.hub import Hub
from sync.services.intake import Device
from sync.services.lost_payments import LOST, note_lost
from sync.services.ports import NewSession, Refused, Session, SessionLine, Sessions, ShutOut
from sync.services.provider_states import PaymentState
from sync.services.settling import HELD, LIVE, settle, settle_unopened
from sync.services.shut_out import tell_shut_out
from sync.services.switches import must_be_open
from sync.services.taking import Taking
from sync.store import tables as t
from sync.store.chain import new_id, read_facts
from sync.store.ledger import load_books, lock_orders
from sync.store.queue import defer

CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SESSION_LASTS: Final = timedelta(minutes=61)
"""At Stripe; the hub closes much earlier, by ending the session there first. Stripe's least is 30 minutes."""
EXTENSION: Final = timedelta(minutes=5)
_MARGIN: Final = timedelta(minutes=2)
_OVER: Final = frozenset({PaymentState.ENDED, PaymentState.REFUSED})
_NOT_TAKEN: Final = (PaymentState.OPEN, PaymentState.REFUSED)
"""How a payment stands that the customer had approved, and that was refused when it was taken."""
_STALE: Final = timedelta(seconds=2)
_c: Final = t.checkouts.c
_UNPAID: Final = ("open", "opened")


class UnknownCheckout(BoxofficeError):
    """There is no such payment, or it is another till's."""


class PaymentRefused(OperationFailed):
    """The provider refused the payment for good: it has failed, and what a web order held is free again."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a payment page is asked for, besides money: kept from the beginning until the page is there.

    A request whose answer was lost can be sent again only word for word, whatever was changed or translated since.
    `names` are what the customer reads as the names of the order's lines.
    """

    names: Sequence[str]
    language: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Checkouts:
    """The use cases of payment by phone."""

    hub: Hub
    sessions: Sessions | None
    others: Mapping[str, Sessions] = field(default_factory=dict)
    """By provider: `stripe_intent`, `paypal`."""

    @property
    def taking(self) -> Taking:
        """Returns whom this hub takes money through."""
        stripe = {} if self.sessions is None else {"stripe": self.sessions}
        return Taking(self.hub.settings, {**stripe, **self.others})

    def provider(self, name: str) -> Sessions:
        """Returns a provider of payments; raises as `Taking.provider`."""
        return self.taking.provider(name)

    def open(self, device: Device, request: CheckoutRequest) -> CheckoutAnswer:
        """Returns the payment's link; asking again for the same tender gives the same one.

        Raises:
            BadInput: if the order is not known, does not ask for this payment, or asks for what no card can pay.
            TryAgainLater: if Stripe can't be reached; the same request may be sent again.
        """
        self.provider("stripe")
        self.hub.database.run(lambda connection: self._prepare(connection, device, request))
        with suppress(PaymentRefused):  # the answer says so
            self.ensure_session(request.tender_id)
        return self.answer(device, request.tender_id)

    def look(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Returns where the payment stands, asking Stripe itself if nobody did so just now."""
        row = self._row(device, tender_id)
        if row.status in LIVE:
            try:
                if row.closes_at <= row.now:
                    self.close(tender_id, "expired")
                elif self._may_ask(tender_id):
                    self.settle_tender(tender_id)
            except OperationFailed:  # what the hub knows is still true; the next poll asks again
                pass
        return self.answer(device, tender_id)

    def cancel(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Ends the payment at Stripe; returns paid if the customer was faster.

        Raises:
            TryAgainLater: if Stripe can't be reached; nobody knows then whether it can still be paid.
        """
        self._row(device, tender_id)
        self.close(tender_id, "canceled")
        return self.answer(device, tender_id)

    def extend(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Gives the customer five minutes more, as far as Stripe's own limit goes."""
        self._row(device, tender_id)
        longest = _c.session_expires_at - _MARGIN
        longer = func.least(func.greatest(_c.closes_at, func.now()) + EXTENSION, longest)
        with self.hub.database.transaction() as connection:
            live = (_c.tender_id == tender_id, _c.status.in_(LIVE))
            connection.execute(update(t.checkouts).where(*live).values(closes_at=longer))
        return self.answer(device, tender_id)

    def close(self, tender_id: str, code: str) -> None:
        """Ends the session at its provider first, then writes down how it ended.

        Where there is none, nobody need be asked: no customer was ever sent to a page, so none can have paid.

        Raises:
            TryAgainLater: if the provider can't be asked, or does not say how it ended; it may be paid.
        """
        while not settle_unopened(self.hub, tender_id, code, "expired"):
            with self.hub.database.transaction() as connection:
                query = select(t.checkouts, func.now().label("now")).where(_c.tender_id == tender_id)
                row = connection.execute(query).one()
            if row.status not in LIVE:
                return
            if row.status == HELD:
                self._look_at_held(row, code)
                return
            if row.session_id is not None:  # else the customer has gone on to another provider just now
                settle(self.hub, self._ended_at_provider(row), code)
                return

    def close_if_due(self, tender_id: str) -> None:
        """Ends the payment if its time is over; if it was given more, comes back then."""
        with self.hub.database.transaction() as connection:
            row = connection.execute(
                select(t.checkouts, func.now().label("now")).where(_c.tender_id == tender_id)
            ).one()
            if row.status in LIVE and row.closes_at > row.now:
                defer(connection, "close_checkout", {"tender_id": tender_id}, at=row.closes_at)
                return
        self.close(tender_id, "expired")

    def settle_session(self, session_id: str, failure: str | None = None) -> str | None:
        """Reads a session at its provider and writes down how it ended, if it did; returns its tender, if it is ours.

        What the customer has approved is taken, unless its places were given away.
        """
        with self.hub.database.reading() as connection:
            query = select(_c.tender_id, _c.provider, _c.status).where(_c.session_id == session_id)
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.status == "paid":  # nothing that its provider could say changes that any more
            return str(row.tender_id)
        provider = self.provider(row.provider)
        session = provider.retrieve(session_id)
        if session.state is PaymentState.APPROVED and row.status in LIVE:
            session = provider.take(session_id)
            if session.state in _NOT_TAKEN:
                with self.hub.database.transaction() as connection:
                    note_decline(connection, row.tender_id, new_id(), "INSTRUMENT_DECLINED")
        return settle(self.hub, session, "expired", failure)

    def settle_tender(self, tender_id: str) -> bool:
        """Does the same for the tender's session, if it has one and is not settled; returns whether it is a tender."""
        with self.hub.database.transaction() as connection:
            row = connection.execute(select(_c.session_id, _c.status).where(_c.tender_id == tender_id)).one_or_none()
        if row is not None and row.session_id is not None and row.status in LIVE:
            self.settle_session(row.session_id)
        return row is not None

    def answer(self, device: Device, tender_id: str) -> CheckoutAnswer:
        """Returns what the hub knows, with its own facts about the order."""
        row = self._row(device, tender_id)
        with self.hub.database.transaction() as connection:
            facts = read_facts(connection, _hub_facts(row.order_id))
        left = (row.closes_at - row.now).total_seconds() if row.status in LIVE else 0
        return CheckoutAnswer(
            tender_id=tender_id,
            code=row.code,
            url=f"{self.hub.public_url}/p/{row.code}",
            state=row.status,
            seconds_left=max(0, int(left)),
            opened_at=None if row.opened_at is None else instant_text(row.opened_at),
            facts=tuple(FactMessage.of(fact) for fact in facts),
        )

    def _ended_at_provider(self, row: Row[Any]) -> Session:
        """Returns the session as it ended. One that its provider does not tell of ends when nobody can pay it any more.

        Should it have been paid all the same, its money is taken when the provider tells of it.

        Raises:
            TryAgainLater: if it may still be paid, or nobody could be asked.
        """
        provider = self.provider(row.provider)
        try:
            return provider.expire(row.session_id)
        except OperationFailed as error:
            is_outage = isinstance(error, TryAgainLater) and not isinstance(error, ShutOut)
            if is_outage or row.session_expires_at + _MARGIN > row.now:
                words = "The provider does not say how the payment ended."
                raise TryAgainLater(words, "It may have been paid.", "It is asked again by itself.") from error
            return _never_paid(row)

    def _look_at_held(self, row: Row[Any], code: str) -> None:
        """Asks about what the provider holds, since nobody can end it; one that is lost for long enough has ended.

        Should it have been paid all the same, its money is taken when the provider tells of it.

        Raises:
            TryAgainLater: if nobody could be asked, or the provider does not know it just now.
        """
        try:
            settle(self.hub, self.provider(row.provider).retrieve(row.session_id), code)
        except TryAgainLater:
            raise
        except OperationFailed as error:
            if not note_lost(self.hub, row.tender_id):
                words = "The provider does not know this payment now."
                raise TryAgainLater(words, "It may have been paid.", "It is asked again by itself.") from error
            settle(self.hub, _never_paid(row), LOST)

    def _row(self, device: Device, tender_id: str) -> Row[Any]:
        mine = select(t.checkouts, func.now().label("now")).where(_c.tender_id == tender_id, _c.device_id == device.id)
        with self.hub.database.transaction() as connection:
            row = connection.execute(mine).one_or_none()
        if row is None:
            raise UnknownCheckout("There is no such payment.")
        return row

    def _may_ask(self, tender_id: str) -> bool:
        """Returns whether this caller is the one to ask Stripe now: one every two seconds is enough."""
        stale = _c.asked_at.is_(None) | (_c.asked_at < func.now() - _STALE)
        mine = (_c.tender_id == tender_id, stale, _c.session_id.is_not(None))
        with self.hub.database.transaction() as connection:
            return bool(connection.execute(update(t.checkouts).where(*mine).values(asked_at=func.now())).rowcount)

    def _prepare(self, connection: Connection, device: Device, request: CheckoutRequest) -> None:
        lock_orders(connection, [request.order_id])
        if connection.execute(select(_c.tender_id).where(_c.tender_id == request.tender_id)).one_or_none():
            return
        books = load_books(connection, [request.order_id])
        problems = list(_problems(connection, books, device, request))
        if problems:
            raise BadInput(problems)
        self.taking.must_take("stripe", Money(request.amount, Currency(request.currency)))
        must_be_open(connection, "phone", request.order_id)
        now: datetime = connection.execute(select(func.now())).scalar_one()
        add_checkout(
            connection,
            tender_id=request.tender_id,
            order=books.orders[request.order_id],
            device_id=device.id,
            amount=request.amount,
            closes_at=now + self.hub.settings.checkout_lasts,
        )

    def ensure_session(self, tender_id: str) -> str | None:
        """Returns the id of the tender's session, made at its provider if it is not there yet; None if it has ended.

        Raises:
            PaymentRefused: if the provider refused it for good.
            TryAgainLater: if the provider can't be reached; asking again gives the same session.
        """
        with self.hub.database.reading() as connection:
            row = connection.execute(select(t.checkouts).where(_c.tender_id == tender_id)).one()
            if row.session_id is not None:
                return str(row.session_id)
            if row.status not in LIVE:
                return None
            placed = load_books(connection, [row.order_id]).placed[row.order_id]
        wording = Wording(**row.wording) if row.wording else Wording([line.name for line in placed.lines])
        names = wording.names
        named = [(f"{line.quantity} × {name}", line.total) for line, name in zip(placed.lines, names, strict=True)]
        lines = [SessionLine(name, total) for name, total in named if total > 0]
        step = step_of(Currency(row.currency)).minor
        if sum(line.amount for line in lines) != row.amount or any(line.amount % step for line in lines):
            lines = [SessionLine(f"Part of order {placed.order_number}", row.amount)]
        success_url, cancel_url = self._ways_back(placed.channel, row.provider, row.code)
        is_at_the_door = placed.channel == "door" and row.provider == "stripe"
        has_choice = is_at_the_door and self.taking.takes("paypal", Money(row.amount, Currency(row.currency)))
        new = NewSession(
            key=f"checkout-{tender_id}" + (f"-{row.switches}" if row.switches else ""),
            order_id=row.order_id,
            metadata={
                "order_id": row.order_id,
                "tender_id": tender_id,
                "order_number": placed.order_number,
                "event_id": row.event_id,
            },
            currency=row.currency,
            lines=lines,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=int(row.session_expires_at.timestamp()),
            hint="To pay with PayPal, go back." if has_choice else None,
            language=wording.language,
            email=wording.email,
        )
        return self._opened(row, new)

    def _opened(self, row: Row[Any], new: NewSession) -> str | None:
        """Makes the session at its provider, and keeps it if the payment still waits for it there."""
        provider = self.provider(row.provider)
        try:
            session = provider.create(new)
        except Refused as error:
            why = error.what_happened
            if settle_unopened(self.hub, row.tender_id, "refused", "failed", switches=row.switches, message=why):
                raise PaymentRefused(
                    why, "Nothing was charged, and the places are free again.", "Choose again, or pay in another way."
                ) from error
            return self.ensure_session(row.tender_id)
        except ShutOut as error:
            tell_shut_out(self.hub, row.provider, error)
            raise
        with self.hub.database.transaction() as connection:
            values = {"session_id": session.id, "session_url": session.url, "wording": None}
            wanted = (_c.tender_id == row.tender_id, _c.switches == row.switches, _c.status.in_(LIVE))
            is_wanted = connection.execute(update(t.checkouts).where(*wanted).values(values)).rowcount == 1
        if not is_wanted:  # it was ended meanwhile, or the customer has gone on to another provider
            with suppress(OperationFailed):  # nobody knows its page but we
                provider.expire(session.id)
            return self.ensure_session(row.tender_id)
        return session.id

    def switch(self, code: str, provider: str) -> None:
        """Moves a payment at the door that nobody has made to `provider`: it is ended where it was first of all.

        Whoever paid in the meantime has paid, and nothing is moved.

        Raises:
            UnknownCheckout: for a code that nobody made.
            Stopped: if PayPal is not taken just now.
            CantBeCharged: if the provider does not take such an amount.
            PaymentRefused: if the provider refused it for good.
            TryAgainLater: if a provider can't be reached; the same press may be made again.
        """
        self.provider(provider)
        with self.hub.database.transaction() as connection:
            query = select(t.checkouts, func.now().label("now")).join(t.orders, t.orders.c.id == _c.order_id)
            row = connection.execute(query.where(_c.code == code.upper(), t.orders.c.channel == "door")).one_or_none()
            if row is None:
                raise UnknownCheckout("There is no such payment.")
            if provider == "paypal":
                must_be_open(connection, "paypal", row.order_id)
        self.taking.must_take(provider, Money(row.amount, Currency(row.currency)))
        if row.status not in _UNPAID:
            return
        if row.provider != provider and not self._leave(row, provider):
            return
        self.ensure_session(row.tender_id)

    def _leave(self, row: Row[Any], provider: str) -> bool:
        """Ends the payment where it is; returns whether it is free to go on at `provider`."""
        if row.session_id is not None:
            before = self._ended_at_provider(row)
            if before.state not in _OVER:
                settle(self.hub, before, "expired")
                return False
        # A page that was opened since the payment was read is not ended yet: then nothing is moved.
        same_page = _c.session_id.is_not_distinct_from(row.session_id)
        same = (_c.tender_id == row.tender_id, _c.switches == row.switches, same_page, _c.status.in_(_UNPAID))
        move = {"provider": provider, "switches": _c.switches + 1, "session_id": None, "session_url": None}
        with self.hub.database.transaction() as connection:
            return connection.execute(update(t.checkouts).where(*same).values(move)).rowcount == 1

    def _ways_back(self, channel: str, provider: str, code: str) -> tuple[str, str]:
        """Returns where the provider sends the customer after paying, and after giving up."""
        base = self.hub.public_url
        if channel == "web" and provider == "paypal":  # PayPal adds `token`, which is the id of its order
            return f"{base}/payment/success", f"{base}/tickets?canceled=true"
        if channel == "web":
            return f"{base}/payment/success?session_id={{CHECKOUT_SESSION_ID}}", f"{base}/tickets?canceled=true"
        return f"{base}/p/{code}/done", f"{base}/p/{code}/back"


def _never_paid(row: Row[Any]) -> Session:
    return Session(row.session_id, None, PaymentState.ENDED, amount=0, currency="", payment=None)


def add_checkout(
    connection: Connection,
    *,
    tender_id: str,
    order: OrderRow,
    device_id: str,
    amount: int,
    closes_at: datetime,
    provider: str = "stripe",
    wording: Wording | None = None,
) -> None:
    """Adds the payment of an order, closed on time by a job.

    Without a `wording` the page says what the facts say.
    """
    connection.execute(
        insert(t.checkouts).values(
            tender_id=tender_id,
            order_id=order.id,
            device_id=device_id,
            event_id=order.event_id,
            provider=provider,
            code="".join(choice(CODE_LETTERS) for _ in range(8)),
            amount=amount,
            currency=order.currency,
            wording=None if wording is None else asdict(wording),
            closes_at=closes_at,
            session_expires_at=func.date_trunc("second", func.now() + SESSION_LASTS),
        )
    )
    defer(connection, "close_checkout", {"tender_id": tender_id}, at=closes_at)


def _problems(connection: Connection, books: Books, device: Device, request: CheckoutRequest) -> Sequence[Problem]:
    order = books.orders.get(request.order_id)
    placed_by = select(t.orders.c.placed_by).where(t.orders.c.id == request.order_id)
    if order is None or connection.execute(placed_by).scalar_one() != device.id:
        return [Problem("order_id", "this till has not sent the order's facts")]
    problems = []
    if connection.execute(select(t.events.c.id).where(t.events.c.id == order.event_id)).first() is None:
        problems.append(Problem("order_id", f"the order's event “{order.event_id}” is not known"))
    if order.status != "processing":
        problems.append(Problem("order_id", f"the order is {order.status}, not processing"))
    payment = books.payments.get(request.tender_id)
    if payment is None or (payment.order_id, payment.tender) != (request.order_id, "checkout"):
        problems.append(Problem("tender_id", "the order has no such payment by phone"))
    elif payment.status != "started":
        problems.append(Problem("tender_id", f"this payment is {payment.status} already"))
    elif (payment.amount, payment.currency) != (request.amount, request.currency):
        problems.append(Problem("amount", f"the order's facts say {payment.amount} {payment.currency}"))
    if not problems and request.amount > books.due(request.order_id):
        problems.append(Problem("amount", f"only {books.due(request.order_id)} is still to be paid"))
    return problems


def _hub_facts(order_id: str) -> Any:
    kinds = (
        FactKind.PAYMENT_CAPTURED,
        FactKind.PAYMENT_FAILED,
        FactKind.ORDER_STATE_CHANGED,
        FactKind.TICKETS_ISSUED,
    )
    f = t.facts.c
    return (
        select(t.facts)
        .join(t.devices, t.devices.c.id == f.device_id)
        .where(
            f.payload["order_id"].astext == order_id,
            f.kind.in_([kind.value for kind in kinds]),
            func.coalesce(f.payload["from"].astext, "").not_in([state.value for state in PAID_FOR]),  # by the feed
            t.devices.c.kind == "hub",
        )
        .order_by(f.position)
    )
