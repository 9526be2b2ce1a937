"""Makes the page of a destination, by the one table. A page is first imported when somebody goes there."""

from importlib import import_module

from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.kiosk_places import place_of
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session


def make_page(session: Session, to: Destination) -> BasePage:
    """Returns the page that answers at the destination, begun."""
    return page_class(to, is_kiosk=session.kiosk is not None)(session, to)


def page_class(to: Destination, *, is_kiosk: bool = False) -> type[BasePage]:
    """Returns the kind of page that answers at the destination."""
    module, name = place_of(to, is_kiosk=is_kiosk).page.split(".")
    found: object = getattr(import_module(f"boxoffice.till.ui.flow.{module}"), name)
    if not isinstance(found, type) or not issubclass(found, BasePage):
        raise TypeError(f"{name} is no page")
    return found
