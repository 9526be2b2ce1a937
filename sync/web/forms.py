"""Forms of the shop carry a token of the browser that got them; those of other sites don't."""

from starlette.requests import Request

from boxoffice.core.errors import BoxofficeError
from sync.services.organizers import is_same
from sync.web import baskets


class StaleForm(BoxofficeError):
    """The form is not one of ours, or the browser has forgotten it."""

    def __init__(self) -> None:
        super().__init__("This form is not one of ours, or too old. Load the page again.")


def must_be_ours(request: Request, csrf: str) -> None:
    """Does nothing for a form that this browser got from us.

    Raises:
        StaleForm: for any other.
    """
    if not is_same(csrf, request.cookies.get(baskets.FORM)):
        raise StaleForm
