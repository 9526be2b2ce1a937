"""Where a request comes from, in words that people know their devices by."""

from typing import Final

from starlette.requests import Request

from sync.http.access import address_of
from sync.organizers.sessions import Seen

_BROWSERS: Final = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS: Final = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Macintosh", "Mac"), ("Linux", "Linux")),
)
"""What stands in what browsers say of themselves; the first that is found counts, as most name others, too."""


def seen_in(request: Request) -> Seen:
    return Seen(address_of(request), browser_words(request.headers.get("user-agent", "")))


def browser_words(said: str) -> str:
    """Returns such as `Firefox, Windows`; empty for what is no browser that we know."""
    found = (next((words for mark, words in marks if mark in said), "") for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(each for each in found if each)
