"""Calls for help: from a kiosk, and told at the tills as long as nobody has answered."""

from collections.abc import Collection
from functools import partial

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.kiosk import Call
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.speech import say
from boxoffice.till.usecases.gateway.kiosk import CallForHelp


def tell_calls(session: Session, calls: Collection[CallForHelp]) -> None:
    """Says what is new about the calls, and takes away what is over."""
    waiting = {each.id: each for each in calls if not each.is_own and not each.answered_by}
    session.drop_words_of_calls(waiting)
    for call_id in waiting.keys() - session.called:
        call = waiting[call_id]
        session.say(
            say("{kiosk} needs help.", kiosk=call.till),
            state="warn",
            icon="help",
            detail=say(call.doing) if call.doing else "",
            stays=True,
            undo=partial(_go, session, call_id),
            button=say("I am coming"),
            call_id=call_id,
        )
    session.called = frozenset(waiting)


def _go(session: Session, call_id: str) -> Next:
    session.call(lambda: session.till.kiosk.answer_help(call_id), lambda _: None, lane=Lane.LOOK)
    return None


def call_help(session: Session, doing: str) -> None:
    """Calls somebody, who sees at every till of the event what this kiosk is doing."""
    kiosk = session.kiosk
    if kiosk is None:
        return
    kiosk.call = Call.CALLING if kiosk.call is not Call.HEARD else kiosk.call

    def heard(_: None) -> None:
        kiosk.call = Call.HEARD

    def failed(_: BoxofficeError) -> Next:
        kiosk.call = Call.UNHEARD
        return None

    session.call(lambda: session.till.kiosk.call_help(doing), heard, failed=failed, lane=Lane.LOOK)
