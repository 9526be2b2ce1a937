"""What a provider has signed, as an event that can be kept: whatever has an id and a type, odd or not."""

from collections.abc import Mapping
from typing import Any, Final

from boxoffice.core.errors import BoxofficeError
from sync.bounded_json import BadJson, read
from sync.ports import ProviderEvent

_LONGEST: Final = 255
_TYPE_FIELDS: Final[Mapping[str, str]] = {"stripe": "type", "paypal": "event_type"}
_SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {"stripe": ("data", "object"), "paypal": ("resource",)}
"""Where each provider says what its event is about."""


class NotKept(BoxofficeError):
    """The provider's signature is right, and what it signed can't be kept; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The signature is right, but this is no event that can be kept: {why}.")


class NoSubject(BoxofficeError):
    """An event does not say what it is about; asked again, it says no more."""


def event_in(body: bytes, most_bytes: int, provider: str) -> ProviderEvent:
    """Returns the event that a provider has signed.

    Raises:
        NotKept: if it can't be read within bounds, or has no id or no type to be kept by.
    """
    try:
        document = read(body, most_bytes)
    except BadJson as error:
        raise NotKept(f"the body {error}") from error
    if not isinstance(document, dict):
        raise NotKept("the body is no object")
    return ProviderEvent(_name(document, "id"), _name(document, _TYPE_FIELDS[provider]), document)


def subject_of(provider: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what a kept event is about: the provider's own payment, refund, dispute.

    Raises:
        NoSubject: if it does not say.
    """
    found: Any = document
    for name in _SUBJECTS[provider]:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise NoSubject(f"It does not say what it is about: `{'.'.join(_SUBJECTS[provider])}` is no object.")
    return found


def _name(document: Mapping[str, Any], field: str) -> str:
    found = document.get(field)
    if not isinstance(found, str) or not found.strip():
        raise NotKept(f"`{field}` is missing" if found in (None, "") else f"`{field}` is no text")
    if len(found) > _LONGEST:
        raise NotKept(f"`{field}` is longer than {_LONGEST} letters")
    return found
