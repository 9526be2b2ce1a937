"""What was changed, in a sentence that people read: one table for what organizers change, one for all the others."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.languages import LANGUAGES, later
from boxoffice.core.money import Currency, Money
from boxoffice.documents.languages import Language
from sync.http.web.organizers import ROLES
from sync.http.web.staff import STAFF_ROLES
from sync.orders.personal import KEPT
from sync.organizers.audit import About, Change
from sync.organizers.roles import Role
from sync.organizers.sessions import IDLE, SECOND
from sync.payments.switches import CHANNELS

ABOUT: Final[Mapping[About, str]] = {
    About.EVENTS: later("Events"),
    About.STAFF: later("People at the tills"),
    About.ORGANIZERS: later("Organizers and sessions"),
    About.TILLS: later("Tills and their keys"),
    About.SALES: later("Sales stopped or slowed"),
    About.CARDS: later("Gift cards"),
    About.SETTINGS: later("Settings"),
    About.PERSONAL: later("Personal data"),
}
_STAFF: Final[Mapping[str, str]] = {
    "added": later("Added {whom} as {role}"),
    "changed": later("Changed {whom}: {role}, {language}, discounts alone up to {limit} %"),
    "pin": later("Set a PIN of {whom}"),
    "pin_link": later("Mailed {whom} a link to choose a PIN"),
    "badge": later("Gave {whom} badge {badge}"),
    "badge_lost": later("Ended the lost badge of {whom}"),
    "ended": later("Ended {whom}: signs in at no till any more"),
    "back": later("Took {whom} back"),
}
_OFFICE: Final[Mapping[tuple[str, str], str]] = {
    ("organizer", "added"): later("Set a password of {whom}, {after}"),
    ("organizer", "invited"): later("Invited {whom}, {after}"),
    ("organizer", "joined"): later("{whom} took the invitation"),
    ("organizer", "role"): later("Changed the role of {whom}: {before}, then {after}"),
    ("organizer", "event_role"): later("Changed the role of {whom} at {event}: {before}, then {after}"),
    ("organizer", "ended"): later("Ended the account of {whom}"),
    ("organizer", "password"): later("{whom} set a new password"),
    ("organizer", "totp"): later("{whom} added a telephone as second proof"),
    ("organizer", "totp_off"): later("{whom} took the telephone off"),
    ("organizer", "passkey"): later("{whom} added a passkey"),
    ("organizer", "passkey_off"): later("{whom} removed a passkey"),
    ("organizer", "codes"): later("{whom} made new recovery codes"),
    ("organizer", "code_used"): later("{whom} signed in with a recovery code"),
    ("organizer", "second_reset"): later("Took telephone, passkeys and codes off the account of {whom}"),
    ("organizer", "session_ended"): later("Ended a session of {whom}"),
    ("organizer", "sessions_ended"): later("{whom} ended all other sessions"),
    ("till", "code"): later("Made a pairing code for a till"),
    ("till", "paired"): later("{till} was paired"),
    ("till", "revoked"): later("Shut out {till}"),
    ("till", "recalled"): later("Asked {till} for its {after} places"),
    ("key", "key_set"): later("Set a Stripe key of tills: {after}"),
    ("key", "key_ended"): later("Noted that the Stripe key {before} was ended"),
    ("switch", "turned"): later("{channel}: {after} of 100 buyers may buy"),
    ("line", "line"): later("Waiting line: {after} people a minute, before {before}; 0 is none"),
    ("setting", "set"): later("{setting}: {after}, before {before}"),
    ("contact", "exported"): later("Exported the personal data of a person"),
}
_OTHERS: Final[Mapping[FactKind, str]] = {
    FactKind.CATALOGUE_REVISED: later("Published revision {revision} of {event}"),
    FactKind.LEASE_RECLAIMED: later("Took {units} places back from {till}"),
    FactKind.VALUE_RECLAIMED: later("Took a gift card's share back from {till}"),
    FactKind.GIFT_CARD_WRITTEN_OFF: later("Wrote {amount} of a gift card off"),
}
_ERASED: Final = {
    False: later("Erased the personal data of {orders} orders on request"),
    True: later("Erased the personal data of {orders} orders, as it was due"),
}
_BLOCKED: Final = {True: later("Blocked a gift card"), False: later("Unblocked a gift card")}
SETTINGS: Final[Mapping[str, str]] = {
    KEPT: later("Days that people are known after an event"),
    IDLE: later("Idle sessions end after (minutes)"),
    SECOND: later("Second proof"),
}
"""What the settings are called that organizers change for the whole hub."""
_VALUES: Final[Mapping[str, str]] = {
    **{role.value: name for role, (name, _) in ROLES.items()},
    "own choice": later("Everyone chooses"),
    "admins": later("Admins must"),
    "all": later("Everyone must"),
    "forever": later("for ever"),
}


def sentence(change: Change, speaks: Language) -> str:
    """Returns what was changed, in the reader's language."""
    words = _words(change)
    if words is None:  # of a later version of the hub
        return f"{change.kind.value} {change.payload.get('what', '')}".strip()
    return speaks.say(words).format(**_values(change, speaks.say))


def _words(change: Change) -> str | None:
    payload = change.payload
    if change.kind is FactKind.STAFF_CHANGED:
        return _STAFF.get(payload.get("what", "changed"))
    if change.kind is FactKind.OFFICE_CHANGED:
        return _OFFICE.get((payload["subject"], payload["what"]))
    if change.kind is FactKind.GIFT_CARD_BLOCKED:
        return _BLOCKED[bool(payload.get("is_blocked"))]
    if change.kind is FactKind.CONTACTS_ERASED:
        return _ERASED[bool(payload.get("why"))]
    return _OTHERS.get(change.kind)


def _values(change: Change, say: Callable[[str], str]) -> dict[str, Any]:
    p, nobody = change.payload, say("somebody whom nobody knows any more")
    role = {each.value: name for each, (name, _) in STAFF_ROLES.items()}.get(p.get("role", ""), "")
    amount = Money(int(p["amount"]), Currency(p["currency"])) if "currency" in p and "amount" in p else ""
    subject = str(p.get("subject_id", ""))
    return {
        "whom": change.whom or nobody,
        "till": change.till or say("a till"),
        "event": change.event or say("an event"),
        "role": say(role) if role else "",
        "language": LANGUAGES.get(p.get("language", ""), ""),
        "limit": p.get("discount_limit", 0),
        "badge": p.get("badge", 0),
        "before": _said(p.get("before", ""), say),
        "after": _said(p.get("after", ""), say),
        "channel": say(CHANNELS.get(subject, subject)),
        "setting": say(SETTINGS.get(subject, subject)),
        "revision": p.get("revision", ""),
        "units": p.get("units", ""),
        "orders": len(p.get("order_ids", ())),
        "amount": amount,
    }


def _said(value: str, say: Callable[[str], str]) -> str:
    if value == Role.NONE.value:
        return say("nothing")
    return say(_VALUES[value]) if value in _VALUES else value
