"""Whether a visitor may be counted: asked once, no until it is allowed, and never asked of a browser that says no."""

import re
import time
from secrets import randbelow
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from sync.http.access import TheHub, says_no
from sync.http.web import baskets
from sync.http.web.forms import must_be_ours
from sync.ledger.hub import Hub
from sync.orders.analytics import forget_client

router: Final = APIRouter(include_in_schema=False)
COOKIE: Final = "boxoffice_counting"
_NO: Final = "no"
_CLIENT: Final = re.compile(r"[0-9]{1,10}\.[0-9]{1,10}")
_PAGE: Final = re.compile(r"/[a-z]+(/[a-z]+)?")
_YEAR_S: Final = 365 * 24 * 3600


def client_of(request: Request) -> str | None:
    """Returns what stands for this browser in the statistics; None if it may not be counted."""
    kept = request.cookies.get(COOKIE, "")
    return kept if _CLIENT.fullmatch(kept) and not says_no(request) else None


def consent_of(request: Request, hub: Hub) -> Literal["off", "ask", "yes", "no"]:
    """Returns how the footer of a page asks for it, or that there is nothing to ask."""
    if hub.settings.lacks("analytics") or says_no(request):
        return "off"
    kept = request.cookies.get(COOKIE)
    return "no" if kept == _NO else "ask" if client_of(request) is None else "yes"


@router.post("/counting")
def answer(
    request: Request,
    hub: TheHub,
    csrf: Annotated[str, Form(max_length=300)],
    may: Annotated[Literal["yes", "no"], Form()],
    back: Annotated[str, Form(max_length=100)] = "/tickets",
) -> Response:
    """Keeps the visitor's answer; a no forgets what stood for the browser, at the hub too."""
    must_be_ours(request, csrf)
    page = RedirectResponse(back if _PAGE.fullmatch(back) else "/tickets", 303)
    before = client_of(request)
    if may == "no" and before is not None:
        with hub.database.transaction() as connection:
            forget_client(connection, before)
    kept = _NO if may == "no" else before or f"{1 + randbelow(2**31)}.{int(time.time())}"
    secure = baskets.is_https(hub)
    page.set_cookie(COOKIE, kept, max_age=_YEAR_S, httponly=True, samesite="lax", secure=secure)
    return page
