"""Who is signed in behind a request, and whether the role is enough: the rule of every organizers' route."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Final

from fastapi import Depends, Request

from boxoffice.core.errors import BoxofficeError
from sync.http.access import TheHub
from sync.http.web.languages import language_of
from sync.ledger.hub import Hub
from sync.organizers.organizers import is_same
from sync.organizers.roles import MAY, Role
from sync.organizers.sessions import Organizer, organizer_of
from sync.store.events import event_of_order

SESSION: Final = "boxoffice_session"


class SignInFirst(BoxofficeError):
    """Nobody is signed in."""

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class SecondFactorFirst(BoxofficeError):
    """The account must prove itself twice, and can't yet."""

    def __init__(self) -> None:
        super().__init__("Add a second proof of who you are first.")


class NotYours(BoxofficeError):
    """The account may not do this, or the form is not one of ours."""


def organizer_of_request(request: Request, hub: Hub) -> Organizer | None:
    """Returns who is signed in in this browser, if anyone."""
    with hub.database.transaction() as connection:
        found = organizer_of(connection, request.cookies.get(SESSION))
    return None if found is None else replace(found, language=language_of(request).code)


def at_least(role: Role) -> Callable[[Request, Hub], Organizer]:
    """Returns a dependency that lets in who has the role."""

    def rule(request: Request, hub: TheHub) -> Organizer:
        organizer = _ready(request, hub)
        if not organizer.role.includes(role):
            raise not_yours(organizer)
        return organizer

    rule.role = role  # type: ignore[attr-defined]  # for whoever asks what a route asks for
    return rule


def somewhere(role: Role) -> Callable[[Request, Hub], Organizer]:
    """Returns a dependency that lets in who has the role everywhere, or at some event: pages then keep to theirs."""

    def rule(request: Request, hub: TheHub) -> Organizer:
        organizer = _ready(request, hub)
        if not any(each.includes(role) for each in (organizer.role, *organizer.at_events.values())):
            raise not_yours(organizer)
        return organizer

    rule.role = role  # type: ignore[attr-defined]  # as above
    return rule


def of_order(role: Role) -> Callable[[Request, Hub], Organizer]:
    """Returns a dependency that lets in who has the role everywhere, or at the event of the path's `order_id`."""

    def rule(request: Request, hub: TheHub) -> Organizer:
        organizer = _ready(request, hub)
        if organizer.role.includes(role):
            return organizer
        with hub.database.transaction() as connection:
            event = event_of_order(connection, request.path_params["order_id"])
        if not organizer.may_at(event, role):
            raise not_yours(organizer)
        return replace(organizer, role=organizer.at_events[event or ""])

    rule.role = role  # type: ignore[attr-defined]  # as above
    return rule


def oneself(request: Request, hub: TheHub) -> Organizer:
    """Returns who is signed in, for the pages of one's own account, whatever else it may do."""
    return _signed_in(request, hub)


oneself.role = Role.NONE  # type: ignore[attr-defined]  # as above


def not_yours(organizer: Organizer) -> NotYours:
    return NotYours(f"Your account ({organizer.role.value}) {MAY[organizer.role]}. Ask an admin for more.")


def _ready(request: Request, hub: Hub) -> Organizer:
    organizer = _signed_in(request, hub)
    if organizer.must_add_second:
        raise SecondFactorFirst
    return organizer


def _signed_in(request: Request, hub: Hub) -> Organizer:
    organizer = organizer_of_request(request, hub)
    if organizer is None:
        raise SignInFirst
    return organizer


Oneself = Annotated[Organizer, Depends(oneself)]
Viewer = Annotated[Organizer, Depends(at_least(Role.VIEWER))]
Anywhere = Annotated[Organizer, Depends(somewhere(Role.VIEWER))]
OrderViewer = Annotated[Organizer, Depends(of_order(Role.VIEWER))]
OrderFinance = Annotated[Organizer, Depends(of_order(Role.FINANCE))]
Finance = Annotated[Organizer, Depends(at_least(Role.FINANCE))]
Admin = Annotated[Organizer, Depends(at_least(Role.ADMIN))]


def must_be_ours(organizer: Organizer, csrf: str) -> None:
    """Does nothing if the form was ours.

    Raises:
        NotYours: if not.
    """
    if not is_same(csrf, organizer.csrf):
        raise NotYours("This form is not one of ours, or too old. Load the page again.")
