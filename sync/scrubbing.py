"""Takes what must not leave the hub out of its logs and error reports: card numbers, people's data, keys and tokens."""

import re
from collections.abc import Mapping
from typing import Any, Final

REMOVED: Final = "[removed]"
_NAMES: Final = (
    *("authorization", "cookie", "password", "passwd", "secret", "token", "signature", "csrf", "api_key", "apikey"),
    *("email", "e_mail", "phone", "customer", "card", "cvc", "pin", "session", "dsn"),
    *("private_key", "master_key", "badge"),
)
_KEEP: Final = frozenset({"session_id", "pinned"})
_DEEPEST: Final = 20

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?i)(\w[\w+.-]*://)[^/\s@]*@"), rf"\1{REMOVED}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {REMOVED}"),
    (re.compile(r"\b(?:sk|rk|pk)_(?:test|live)_\w+|\bwhsec_[\w+/=]+|\bSG\.[\w.-]+"), REMOVED),
    (re.compile(r"\b((?:pi|seti|cs)_\w+?_secret_)\w+"), rf"\1{REMOVED}"),
    # What PINs of staff are held to, and what badges hold.
    (re.compile(r"\$argon2\w*\$[^\s\"']+|(?i:BOXSTAFF)\W?\w+"), REMOVED),
    (
        re.compile(r"(?i)([?&;\s\"']|^)([\w-]*(?:token|secret|password|signature|api_?key|email|csrf))=[^&\s\"']+"),
        rf"\1\2={REMOVED}",
    ),
    # An address may be written for a URL.
    (re.compile(r"[^\s@<>\[\]/\"'(),:;=%]+(?:@|%40)[^\s@<>\"'(),:;=&]+\.[^\s@<>\"'(),:;=&.]+"), REMOVED),
    # Longer than any id of ours: signed links, ticket codes, session tokens.
    (re.compile(r"[\w-]{40,}={0,2}"), REMOVED),
)
_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def scrub(value: Any, depth: int = 0) -> Any:
    """Returns the value without secrets, at every level; what is not text, number, list or map is told as text."""
    if depth > _DEEPEST:
        return REMOVED
    if isinstance(value, str):
        return scrub_text(value)
    if value is None or isinstance(value, bool | int | float):
        return REMOVED if _is_card(str(value)) else value
    if isinstance(value, Mapping):
        return {
            scrub_text(str(name)): REMOVED if _is_secret(str(name), inner) else scrub(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub(inner, depth + 1) for inner in value]
    return scrub_text(value.decode(errors="replace") if isinstance(value, bytes) else str(value))


def scrub_text(text: str) -> str:
    """Returns the text without what looks like a secret or a person's address."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return _DIGITS.sub(lambda found: REMOVED if _is_card(found.group()) else found.group(), text)


def _is_secret(name: str, value: Any) -> bool:
    plain = name.lower().replace("-", "_")
    is_named = plain not in _KEEP and any(part in plain for part in _NAMES)
    return is_named and not isinstance(value, bool) and value is not None and not isinstance(value, Mapping | list)


def _is_card(text: str) -> bool:
    """Returns whether the digits are as many as a card's and end in its check digit (ISO/IEC 7812)."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
