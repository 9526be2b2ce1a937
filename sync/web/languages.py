"""The language of a visitor of the shop: the chosen one, or what the browser asks for first."""

from typing import Final

from starlette.requests import Request

from boxoffice.core.languages import LANGUAGES
from boxoffice.documents.languages import Language, language

COOKIE: Final = "boxoffice_language"


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
