"""Makes the page of a destination, by the one table. A page is first imported when somebody goes there."""

from importlib import import_module

from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.destinations import PLACES
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session


def make_page(session: Session, to: Destination) -> BasePage:
    """Returns the page that answers at the destination, begun."""
    return page_class(to)(session, to)


def page_class(to: Destination) -> type[BasePage]:
    """Returns the kind of page that answers at the destination."""
    module, name = PLACES[type(to)].page.split(".")
    found: object = getattr(import_module(f"boxoffice.till.ui.flow.{module}"), name)
    if not isinstance(found, type) or not issubclass(found, BasePage):
        raise TypeError(f"{name} is no page")
    return found
