"""Where a till goes by itself: at its start, to a section of the rail, and when it was revoked."""

from typing import assert_never

from boxoffice.till.ui.actions import Destination, Do
from boxoffice.till.ui.flow.destinations import (
    BeginKiosk,
    CheckIn,
    Drills,
    EventChoices,
    HandingOver,
    MissingRecords,
    Next,
    Orders,
    Pairing,
    Problems,
    ThisTill,
)
from boxoffice.till.ui.flow.page_port import Page
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import Shift
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.speech import count, say
from boxoffice.till.usecases.gateway.standing import HandOver, Incomplete, NeedsEvent, NeedsPairing, Ready, TillState


def enter(session: Session, state: TillState) -> Destination:
    """Returns where the till's state leads."""
    session.hand_over = session.incomplete = None
    match state:
        case HandOver():
            session.hand_over = state
            return HandingOver(state)
        case Incomplete():
            session.incomplete = None if state.is_done else state
            return MissingRecords(state)
        case NeedsPairing(hub_url):
            return Pairing(hub_url)
        case NeedsEvent():
            return EventChoices()
        case Ready():
            return _begin_to_sell(session, state)
        case _:
            assert_never(state)


def _begin_to_sell(session: Session, ready: Ready) -> Destination:
    session.set_catalogue(ready.catalogue)
    session.team = ready.team
    session.update_status(ready.status)
    session.speak_theirs()
    session.unknown = ready.unknown
    session.last_order = None  # what was sold before may be another till's, or another event's
    waiting = [order for order in ready.parked if order.paid.minor]
    if waiting:
        text = say("{sales}, paid in part.", sales=count(len(waiting), "sale waits", "sales wait"))
        detail = say("F10 shows what is parked: take it up, or give the money back.")
        session.say(
            text, state="warn", icon="pause", detail=detail, stays=True, waiting=[order.id for order in waiting]
        )
    session.call(session.till.last_sale, session.note_last_sale, lane=Lane.LOOK)
    if session.begins_as_kiosk or ready.is_kiosk:
        return BeginKiosk()
    if ready.unknown:
        return Problems(is_start=True)
    return to_sale(session) if session.trainer is None else Drills()


def section(session: Session, of: Do) -> Destination:
    """Returns where a rail entry leads; a sale that is partly paid comes back as it was."""
    match of:
        case Do.SELL:
            return to_sale(session)
        case Do.ORDERS:
            return Orders()
        case Do.CHECK_IN:
            return CheckIn()
        case Do.SHIFT:
            return Shift()
        case Do.PROBLEMS:
            return Problems()
        case _:
            return ThisTill()


def instead_of(session: Session, page: Page) -> Next:
    """Returns where a till goes instead that may not sell, once nobody's payment is under way.

    One that lacks records says so; a revoked one goes to handing over.
    """
    if page.comes_to_its_end or _is_part_paid(session):
        return None
    if session.incomplete is not None:
        return MissingRecords(session.incomplete)
    return None if session.hand_over is None else HandingOver(session.hand_over)


def _is_part_paid(session: Session) -> bool:
    order = session.order
    return order is not None and bool(order.paid.minor) and not order.is_paid
