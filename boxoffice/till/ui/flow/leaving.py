"""Begins a kiosk on the screens, and ends it: the only two places where a session becomes another."""

from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.destinations import HandingOver, MissingRecords
from boxoffice.till.ui.flow.kiosk import Kiosk
from boxoffice.till.ui.flow.kiosk_places import KioskStart
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import give_up, to_sale


def begun(session: Session) -> Destination:
    """Lets customers come, once the till is a kiosk."""
    session.begins_as_kiosk = False
    session.kiosk = Kiosk()
    session.new_sale()
    session.uncover()
    session.on_look()
    return KioskStart()


def next_customer(session: Session) -> None:
    """Leaves nothing of who came before: neither their language, nor how they read the screen."""
    session.kiosk = Kiosk(wrong_codes=0 if session.kiosk is None else session.kiosk.wrong_codes)
    session.on_look()
    session.speak_theirs()


def left(session: Session) -> Destination:
    """Goes on as a till, where the till may go on: whoever sells signs in, where staff is kept."""
    give_up(session)
    session.kiosk = None
    session.uncover()
    session.on_look()
    session.speak_theirs()
    if session.incomplete is not None:
        return MissingRecords(session.incomplete)
    return to_sale(session) if session.hand_over is None else HandingOver(session.hand_over)
