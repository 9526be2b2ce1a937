"""Providers' documents, read by the names of their fields. Nothing outside this folder knows any of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.money import Currency, Money
from sync.payments.ours import Mark, Reference, reference_of
from sync.ports import NoSubject, NotKept, UnreadableEvent
from sync.provider_states import PROVIDER_NAMES, Provider

_LONGEST: Final = 255


def value_in(document: object, *path: str) -> object:
    """Returns what lies in a document under these names; None if nothing does."""
    found = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def id_in(document: object, *path: str) -> Reference | None:
    """Returns the id that lies in a document under these names; Stripe may have put the object there."""
    found = value_in(document, *path)
    return reference_of(value_in(found, "id") if isinstance(found, Mapping) else found)


def mark_in(document: object, *path: str) -> Mark | None:
    """Returns the id of ours that lies in a document under these names."""
    found = reference_of(value_in(document, *path))
    return None if found is None else Mark(found)


def objects_in(document: object, *path: str) -> list[Mapping[str, Any]]:
    """Returns the objects of the list that lies in a document under these names."""
    found = value_in(document, *path)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def instant_in(document: object, *path: str) -> datetime | None:
    """Returns the time that lies in a document under these names, if it is one."""
    try:
        found = datetime.fromisoformat(str(value_in(document, *path)))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def name_in(document: object, field: str) -> str:
    """Returns the text that names an event: what it is kept by, or of which type it is.

    Raises:
        NotKept: if there is none, or none that can be kept.
    """
    if not isinstance(document, Mapping):
        raise NotKept("the body is no object")
    found = document.get(field)
    if not isinstance(found, str) or not found.strip():
        raise NotKept(f"`{field}` is missing" if found in (None, "") else f"`{field}` is no text")
    if len(found) > _LONGEST:
        raise NotKept(f"`{field}` is longer than {_LONGEST} letters")
    return found


def subject_in(document: object, *path: str) -> Mapping[str, Any]:
    """Returns what an event is about: the provider's own payment, refund, dispute.

    Raises:
        NoSubject: if it does not say.
    """
    found = value_in(document, *path)
    if not isinstance(found, Mapping):
        raise NoSubject(f"It does not say what it is about: `{'.'.join(path)}` is no object.")
    return found


def money_of(minor: int, code: str) -> Money | None:
    """Returns an amount; None in a currency that no payment of ours can be in."""
    return Money(minor, Currency(code)) if code in CURRENCIES else None


@contextmanager
def reading(provider: Provider, event_type: str) -> Iterator[None]:
    """Reads an event; what is missing or odd in it is told as what it is.

    Raises:
        UnreadableEvent: if the document is not what its provider says that it sends.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UnreadableEvent(
            f"{PROVIDER_NAMES[provider]} sent “{event_type}” in a form that can't be read.",
            "Nothing was changed by it.",
            "Look at it there, and update the hub.",
        ) from error
