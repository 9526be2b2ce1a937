"""Forms of the shop carry a token of the browser that got them; those of other sites don't."""

from starlette.requests import Request

from boxoffice.core.errors import BoxofficeError
from sync.http.web import baskets
from sync.organizers.organizers import is_same


class StaleForm(BoxofficeError):
    """The form is not one of ours, or the browser has got another one since."""

    def __init__(self) -> None:
        super().__init__("This form is not one of ours, or too old. Load the page again.")


class NoCookies(BoxofficeError):
    """The browser sent none of the shop's cookies: it keeps none, or has forgotten them."""

    def __init__(self) -> None:
        super().__init__("The shop needs a cookie, and none came with this form. Allow cookies for this site.")


def must_be_ours(request: Request, csrf: str) -> None:
    """Does nothing for a form that this browser got from us.

    Raises:
        NoCookies: if the browser keeps no cookie of ours.
        StaleForm: for any other form.
    """
    kept = request.cookies.get(baskets.FORM)
    if not kept:
        raise NoCookies
    if not is_same(csrf, kept):
        raise StaleForm
