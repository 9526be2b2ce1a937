"""Does what not everybody may: at once, with the approval of somebody else at this till, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.rights import Answer, NeedsApproval, NotAllowed, may
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Approve, Next
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.speech import say

T = TypeVar("T")


def allowed(
    session: Session,
    act: Act,
    job: Callable[[], T],
    done: Callable[[T], Next],
    *,
    failed: Callable[[BoxofficeError], Next] | None = None,
    begun: Callable[[], None] = lambda: None,
    keys_wait: bool = True,
    lane: Lane = Lane.SALE,
) -> None:
    """Does an act as far as whoever has signed in may; `begun` is called if it is done.

    What turns out to need another right than it seemed is put before somebody who has that.
    """

    def run(job: Callable[[], T], failed: Callable[[BoxofficeError], Next] | None) -> None:
        begun()
        session.call(job, done, failed=failed, keys_wait=keys_wait, lane=lane)

    def ask(act: Act) -> None:
        session.put_over(Approve(act, lambda approval: run(lambda: session.till.approved(approval, job), ask_too)))

    def ask_too(error: BoxofficeError) -> Next:
        if isinstance(error, NeedsApproval):
            ask(replace(act, right=error.right, by=None, wants_second=False, is_signed=False))
        elif failed is not None:
            return failed(error)
        else:
            session.say_failed(error)
        return None

    match may(session.acting, act.right, act.extent):
        case Answer.NO:
            session.say_failed(NotAllowed(act.right, say("Let somebody sign in who may.")))
        case Answer.ASK:
            ask(replace(act, by=None, is_signed=False))
        case Answer.YES | Answer.LIMIT if act.wants_second or _signs(session, act):
            ask(replace(act, by=session.team.person) if act.is_signed else act)
        case Answer.YES | Answer.LIMIT:
            run(job, ask_too)


def _signs(session: Session, act: Act) -> bool:
    """Returns whether somebody is there whose name can be put to it."""
    return act.is_signed and session.team.person is not None
