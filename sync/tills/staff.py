"""The people who work at the tills: who they are, what they sign in with, and that tills hear of it at once.

Every change is a fact with who made it. A PIN is told once, to whoever sets it, and kept by nobody: what it is held to
is an argon2id verifier. What a badge holds is worked out from its number and never kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from secrets import randbelow
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.credentials import badge_hash, badge_text, new_pin, read_pin
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import LANGUAGES, later
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.reading import read_line, read_name
from boxoffice.core.rows import StaffRow
from boxoffice.core.staff import LONGEST_LIMIT, LONGEST_NAME, StaffRole, StaffStatus
from boxoffice.core.wire.staff import StaffAnswer, StaffMessage
from sync.ledger.hub import Hub
from sync.store.chain import new_id
from sync.store.staff import KeptStaff, keep_alone, note_badge, read_all, read_one, set_name, set_pin

_hasher: Final = PasswordHasher()
_BADGE: Final = "staff badge"


class NoSuchPerson(BadInput):
    """Nobody of this id or name works here."""

    def __init__(self) -> None:
        super().__init__([FieldError("person", "there is nobody of this name")])


@dataclass(frozen=True, slots=True)
class About:
    """What an organizer says of somebody."""

    name: str
    role: StaffRole = StaffRole.SELLER
    language: str = "en"
    discount_limit: int = 0


def add(hub: Hub, connection: Connection, about: About, by: str) -> str:
    """Adds somebody, who signs in once there is a PIN or a badge; returns the id.

    Raises:
        BadInput: if something can't be used, or somebody who works here has the name.
    """
    about = _read(connection, about, None)
    row = StaffRow(
        new_id(), about.role, StaffStatus.ACTIVE, about.language, about.discount_limit, badge=0, has_badge=False
    )
    _write(hub, connection, row, "added", by)
    set_name(connection, row.id, about.name)
    return row.id


def change(hub: Hub, connection: Connection, staff_id: str, about: About, by: str) -> None:
    """Says otherwise who somebody is.

    Raises:
        BadInput: as `add`, or if there is nobody of this id.
    """
    before = _one(connection, staff_id)
    about = _read(connection, about, staff_id)
    after = replace(before.row, role=about.role, language=about.language, discount_limit=about.discount_limit)
    if after != before.row or about.name != before.name:
        _write(hub, connection, after, "changed", by)
        set_name(connection, staff_id, about.name)


def give_pin(hub: Hub, connection: Connection, staff_id: str, by: str, wanted: str | None = None) -> str:
    """Sets a PIN: the one that is wanted, or a new one. Returns it, for the last time that anybody can.

    Raises:
        BadInput: if it is weak, or somebody who works here has it.
    """
    keep_alone(connection)
    mine = _one(connection, staff_id)
    others = [each.pin for each in read_all(connection) if each.is_active and each.row.id != staff_id and each.pin]
    if wanted is None:
        pin = new_pin(randbelow, lambda drawn: _is_one_of(drawn, others))
    else:
        pin = read_pin(wanted)
        if _is_one_of(pin, others):
            raise BadInput([FieldError("pin", later("can't be used, take another"))])
    _write(hub, connection, mine.row, "pin", by)
    set_pin(connection, staff_id, _hasher.hash(pin), len(pin))
    return pin


def note(hub: Hub, connection: Connection, staff_id: str, what: str, by: str) -> None:
    """Writes down that something was done about somebody who works here.

    Raises:
        BadInput: if nobody of this id does.
    """
    mine = _one(connection, staff_id)
    if not mine.is_active:
        raise NoSuchPerson
    _write(hub, connection, mine.row, what, by)


def give_badge(hub: Hub, connection: Connection, staff_id: str, by: str) -> str:
    """Gives a new badge, which ends the one before; returns the text of its QR."""
    before = _one(connection, staff_id)
    after = replace(before.row, badge=before.row.badge + 1, has_badge=True)
    _write(hub, connection, after, "badge", by)
    note_badge(connection, staff_id)
    return badge_of(hub, after)


def end_badge(hub: Hub, connection: Connection, staff_id: str, by: str) -> None:
    """Ends a badge that was lost."""
    before = _one(connection, staff_id)
    if before.row.has_badge:
        _write(hub, connection, replace(before.row, has_badge=False), "badge_lost", by)


def end(hub: Hub, connection: Connection, staff_id: str, by: str) -> None:
    """Lets somebody sign in nowhere any more; what they did stands."""
    before = _one(connection, staff_id)
    if before.is_active:
        _write(hub, connection, replace(before.row, status=StaffStatus.ENDED, has_badge=False), "ended", by)
        set_pin(connection, staff_id, "", 0)


def take_back(hub: Hub, connection: Connection, staff_id: str, by: str) -> None:
    """Lets somebody who had ended work here again, with a new PIN or badge."""
    before = _one(connection, staff_id)
    if not before.is_active:
        _read(connection, About(before.name, before.row.role, before.row.language), staff_id)
        _write(hub, connection, replace(before.row, status=StaffStatus.ACTIVE), "back", by)


def badge_of(hub: Hub, row: StaffRow) -> str:
    """Returns the text of the badge that somebody has; empty for none."""
    if not row.has_badge:
        return ""
    return badge_text(sha256(hub.sealer.sign(_BADGE, f"{row.id} {row.badge}").encode()).digest())


def told_to_tills(hub: Hub, connection: Connection) -> StaffAnswer:
    """Returns what facts don't say of staff, for tills."""
    kept = read_all(connection)
    return StaffAnswer(tag=_tag(kept), people=tuple(_told(hub, each) for each in kept))


def tag_of_staff(connection: Connection) -> str:
    """Returns a name for the staff as they are: another as soon as one of them is. Empty where there never were any."""
    return _tag(read_all(connection))


def staff_named(connection: Connection, name: str) -> KeptStaff:
    """Returns who has this name or id, before those who have ended.

    Raises:
        NoSuchPerson: if nobody has.
    """
    wanted = _folded(name)
    for each in read_all(connection):
        if wanted in (_folded(each.name), each.row.id):
            return each
    raise NoSuchPerson


def _tag(kept: Sequence[KeptStaff]) -> str:
    words = [(each.row, each.name, each.pin) for each in kept]
    return sha256(repr(words).encode()).hexdigest()[:16] if words else ""


def _told(hub: Hub, kept: KeptStaff) -> StaffMessage:
    badge = badge_of(hub, kept.row) if kept.is_active else ""
    return StaffMessage(
        id=kept.row.id,
        name=kept.name,
        pin=kept.pin if kept.is_active else "",
        pin_digits=kept.pin_digits if kept.is_active else 0,
        badge=badge_hash(badge) if badge else "",
    )


def _one(connection: Connection, staff_id: str) -> KeptStaff:
    found = read_one(connection, staff_id)
    if found is None:
        raise NoSuchPerson
    return found


def _read(connection: Connection, about: About, staff_id: str | None) -> About:
    """Returns what can be kept of what was said of somebody, who is `staff_id` if known."""
    name, problems = "", list[FieldError]()
    try:
        name = read_name(about.name, most=LONGEST_NAME)
    except BadInput as error:
        problems += error.problems
    if about.language not in LANGUAGES:
        problems.append(FieldError("language", f"must be one of {', '.join(LANGUAGES)}"))
    if not 0 <= about.discount_limit <= LONGEST_LIMIT:
        problems.append(FieldError("discount_limit", f"must be 0 to {LONGEST_LIMIT} percent"))
    same = (each for each in read_all(connection) if each.is_active and _folded(each.name) == _folded(name))
    if any(each.row.id != staff_id for each in same):
        problems.append(FieldError("name", later("somebody who works here has it: add a letter")))
    if problems:
        raise BadInput(problems)
    return replace(about, name=name)


def _folded(name: str) -> str:
    return read_line(name).casefold()


def _is_one_of(pin: str, verifiers: Sequence[str]) -> bool:
    return any(_matches(verifier, pin) for verifier in verifiers)


def _matches(verifier: str, pin: str) -> bool:
    try:
        return _hasher.verify(verifier, pin)
    except VerifyMismatchError:
        return False


def _write(hub: Hub, connection: Connection, row: StaffRow, what: str, by: str) -> None:
    changed = StaffChanged(
        staff_id=row.id,
        role=row.role,
        status=row.status,
        language=row.language,
        discount_limit=row.discount_limit,
        badge=row.badge,
        has_badge=row.has_badge,
        what=what,
        by=by,
    )
    hub.write(connection, [changed], None, Books())
