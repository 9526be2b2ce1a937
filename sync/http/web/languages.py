"""The language of a visitor: the chosen one, or what the browser asks for first; and pages that speak it."""

from functools import cache
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from boxoffice.core.languages import LANGUAGES
from boxoffice.documents.languages import Language, language
from boxoffice.resources import resource_path

COOKIE: Final = "boxoffice_language"
KEPT_S: Final = 31_536_000


def language_of(request: Request) -> Language:
    """Returns what the visitor chose, or what the browser asks for first."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return language(chosen)
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].split("-")[0].strip().lower()
        if code in LANGUAGES:
            return language(code)
    return language("en")


@cache
def templates_in(code: str) -> Environment:
    """Returns the pages' templates in a language; every value is escaped."""
    loader = FileSystemLoader(resource_path("templates"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"])
    environment.install_gettext_translations(language(code).texts, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["link"] = quote
    return environment
