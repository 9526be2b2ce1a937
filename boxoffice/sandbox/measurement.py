"""What GA4's Measurement Protocol takes as events, and what is wrong with the rest."""

import re
from collections.abc import Iterator
from typing import Any, Final

from boxoffice.sandbox.errors import Document

MOST_BYTES: Final = 130_000
_MOST_EVENTS: Final = 25
_MOST_PARAMS: Final = 25
_LONGEST_NAME: Final = 40
_LONGEST_VALUE: Final = 100
_OLDEST_S: Final = 72 * 3600
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED_EVENTS: Final = frozenset(
    {"ad_activeview", "ad_click", "ad_exposure", "ad_query", "ad_reward", "adunit_exposure", "app_clear_data"}
    | {"app_exception", "app_install", "app_remove", "app_store_refund", "app_update", "app_upgrade", "error"}
    | {"first_open", "first_visit", "in_app_purchase", "session_start", "user_engagement"}
)
_RESERVED_PREFIXES: Final = ("_", "firebase_", "ga_", "google_", "gtag.")
_KNOWN: Final = frozenset(
    {"client_id", "user_id", "timestamp_micros", "user_properties", "user_data", "consent", "events"}
    | {"non_personalized_ads", "validation_behavior", "ip_override", "user_location", "device", "user_agent"}
)
_EXPECTED: Final = {
    "purchase": ("transaction_id", "value", "currency", "items"),
    "refund": ("transaction_id", "value", "currency"),
    "begin_checkout": ("value", "currency", "items"),
    "add_to_cart": ("value", "currency", "items"),
}
"""What GA4 recommends that an event has; asked for only where recommendations are enforced."""


def message(field: str, description: str, code: str) -> Document:
    return {"fieldPath": field, "description": description, "validationCode": code}


def request_problems(body: Any, now: float, *, is_strict: bool = False) -> list[Document]:
    """Returns what is wrong with a request as a whole; none of its events counts then."""
    if not isinstance(body, dict):
        return [message("", "The body is no JSON object.", "VALUE_INVALID")]
    return list(_request_problems(body, now, is_strict=is_strict))


def event_problems(event: Any, place: int, *, is_strict: bool = False) -> list[Document]:
    """Returns what is wrong with one event; the others may count nevertheless."""
    if not isinstance(event, dict):
        return [message("events", f"Event at index: [{place}] is no object.", "VALUE_INVALID")]
    name, params = event.get("name"), event.get("params", {})
    found = [*_name_problems(name, place)]
    if not isinstance(params, dict):
        return [*found, message(f"events[{place}].params", "The params are no object.", "VALUE_INVALID")]
    found += _params_problems(params, f"events[{place}].params")
    if is_strict:
        missing = [each for each in _EXPECTED.get(str(name), ()) if each not in params]
        found += [
            message(f"events[{place}].params.{each}", f"[{name}] should have [{each}].", "VALUE_REQUIRED")
            for each in missing
        ]
    return found


def _request_problems(body: Document, now: float, *, is_strict: bool) -> Iterator[Document]:
    if not isinstance(body.get("client_id"), str) or not body["client_id"]:
        yield message("client_id", "Measurement requires a client_id.", "VALUE_REQUIRED")
    events = body.get("events")
    if not isinstance(events, list) or not events:
        yield message("events", "Measurement requires at least one event.", "VALUE_REQUIRED")
    elif len(events) > _MOST_EVENTS:
        yield message("events", f"A request has at most {_MOST_EVENTS} events.", "EXCEEDED_MAX_ENTITIES")
    at = body.get("timestamp_micros")
    if at is not None and not str(at).isdecimal():
        yield message("timestamp_micros", "The timestamp must be a whole number of microseconds.", "VALUE_INVALID")
    elif at is not None and int(at) / 1_000_000 < now - _OLDEST_S:
        yield message("timestamp_micros", "The timestamp lies more than 72 hours back.", "VALUE_OUT_OF_BOUNDS")
    for name in body if is_strict else ():
        if name not in _KNOWN:
            yield message(name, f"[{name}] is no field of a request.", "VALUE_INVALID")


def _name_problems(name: Any, place: int) -> Iterator[Document]:
    at = f"Event at index: [{place}] has"
    if not isinstance(name, str) or not name:
        yield message("events", f"{at} no name.", "VALUE_REQUIRED")
    elif not _NAME.fullmatch(name):
        words = "Names must start with an alphabetic character and have only letters, digits and underscores."
        yield message("events", f"{at} invalid name [{name}]. {words}", "NAME_INVALID")
    elif len(name) > _LONGEST_NAME:
        yield message("events", f"{at} a name longer than {_LONGEST_NAME}: [{name}].", "NAME_INVALID")
    elif name in _RESERVED_EVENTS:
        yield message("events", f"{at} the reserved name [{name}].", "NAME_RESERVED")


def _params_problems(params: Document, at: str) -> Iterator[Document]:
    if len(params) > _MOST_PARAMS:
        yield message(at, f"An event has at most {_MOST_PARAMS} params.", "EXCEEDED_MAX_ENTITIES")
    for name, value in params.items():
        if name.startswith(_RESERVED_PREFIXES):
            yield message(f"{at}.{name}", f"The name [{name}] is reserved.", "NAME_RESERVED")
        elif not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
            yield message(f"{at}.{name}", f"The name [{name}] is invalid.", "NAME_INVALID")
        if isinstance(value, str) and len(value) > _LONGEST_VALUE:
            yield message(f"{at}.{name}", f"Values have at most {_LONGEST_VALUE} characters.", "VALUE_INVALID")
    yield from _money_problems(params, at)
    items = params.get("items", [])
    if not isinstance(items, list) or not all(_is_item(each) for each in items):
        yield message(f"{at}.items", "Each item must have an item_id or an item_name.", "VALUE_REQUIRED")


def _money_problems(params: Document, at: str) -> Iterator[Document]:
    value, currency = params.get("value"), params.get("currency")
    if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
        yield message(f"{at}.value", "The value must be a number.", "VALUE_INVALID")
    if value is not None and currency is None:
        yield message(f"{at}.currency", "A value needs a currency.", "VALUE_REQUIRED")
    if currency is not None and not re.fullmatch(r"[A-Z]{3}", str(currency)):
        yield message(f"{at}.currency", "The currency must be three letters of ISO 4217.", "VALUE_INVALID")


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and bool(item.get("item_id") or item.get("item_name"))
