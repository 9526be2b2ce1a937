"""How pages are made: templates that escape everything, money and time for people, and the files they load."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from boxoffice.resources import resource_path
from boxoffice.sandbox.currencies import digits_of
from boxoffice.sandbox.errors import StripeError

_SYMBOLS: Final = {"usd": "$", "cad": "CA$", "aud": "A$", "eur": "€", "gbp": "£"}
_FONTS: Final = ("bebas-neue", "open-sans-400", "open-sans-600", "open-sans-700")

Page = Callable[[Request], Awaitable[Response]]


def money(minor: int, currency: str) -> str:
    """Returns an amount for people."""
    symbol, digits = _SYMBOLS.get(currency), digits_of(currency)
    amount = f"{Decimal(abs(minor)).scaleb(-digits):,.{digits}f}"
    sign = "−" if minor < 0 else ""
    return f"{sign}{amount} {currency.upper()}" if symbol is None else f"{sign}{symbol}{amount}"


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _environment() -> Environment:
    loader = FileSystemLoader(resource_path("templates", "sandbox"))
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    found.filters.update(money=money, moment=moment)
    return found


_templates: Final = _environment()


def render(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(name).render(**values), status)


def file_routes() -> list[Route]:
    async def style(_request: Request) -> Response:
        return FileResponse(resource_path("styles", "sandbox.css"), media_type="text/css")

    async def font(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FONTS:
            return Response(status_code=404)
        return FileResponse(resource_path("fonts", f"{name}.woff2"), media_type="font/woff2")

    return [Route("/static/sandbox.css", style), Route("/static/{name}.woff2", font)]


def guarded(page: Page) -> Page:
    """Turns what can't be found or done into a page that says so."""

    async def answered(request: Request) -> Response:
        try:
            return await page(request)
        except StripeError as error:
            return render("message.html", error.status, title="This can’t be done", message=str(error))

    return answered
