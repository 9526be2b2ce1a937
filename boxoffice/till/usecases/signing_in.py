"""Signing in at the till, and approving what another does: by PIN or badge, with or without a network.

Wrong PINs shut a person out for a while, the longer the more there are: at this till, for this person, and whatever
any clock says. A try counts before it is looked at, so that pulling the plug gains nobody another one; a till that was
started again begins the wait anew.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from boxoffice.core.credentials import badge_hash, read_badge
from boxoffice.core.ids import StaffId
from boxoffice.core.rights import NeedsApproval, NotAllowed, Right, can_approve, may_sell
from boxoffice.core.staff import Person, StaffRole
from boxoffice.till.store import settings
from boxoffice.till.store import staff as kept
from boxoffice.till.store.staff import Credentials, Tries
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.team import Approval, Colleague, NoBadge, ShutOut, Team, WrongPin
from boxoffice.till.usecases.link import Link

T = TypeVar("T")

FREE_TRIES: Final = 5
FIRST_WAIT_S: Final = 60
LONGEST_WAIT_S: Final = 15 * 60
LOCK_AFTER_S: Final = 300
"""After so long without a touch the till asks who is there, if nobody has set another time."""
_LOCK_AFTER: Final = "lock_after_s"
_KIOSK: Final = "leave the kiosk"
_KIOSK_CODE: Final = "kiosk_code"
"""The setting of what a kiosk is left by, as it is held to."""


def wait_after(wrong: int) -> int:
    """Returns how long nobody may try again after so many wrong PINs in a row, in seconds."""
    return 0 if wrong < FREE_TRIES else min(FIRST_WAIT_S << min(wrong - FREE_TRIES, 10), LONGEST_WAIT_S)


class SigningIn:
    """One per till."""

    def __init__(self, context: TillContext, link: Link) -> None:
        self._context = context
        self._link = link
        self._until_s: dict[str, float] = {}
        """When each wait of this start ends, on the clock that only goes forward."""
        self._approvals: dict[str, Approval] = {}
        self._one_at_a_time = threading.Lock()
        self.on_change: Callable[[], None] = lambda: None
        """Called when who may sign in, or who has, is another."""

    # Who is there

    def begin(self) -> None:
        """Lets nobody act before they have signed in, where staff is kept: at the start, and to lock the till."""
        self._seat(None, is_staffed=bool(self._people()))

    def team(self) -> Team:
        """Returns who may sign in, and who has."""
        found = self._people()
        with self._context.store.reading() as connection:
            tries = [kept.tries(connection, each.person.id) for each in found]
            after = settings.get(connection, _LOCK_AFTER)
        people = tuple(
            Colleague(each.person, each.pin_digits, bool(each.badge), self._left_s(each.person.id, mine))
            for each, mine in zip(found, tries, strict=True)
        )
        return Team(people, self._context.operator.signed_in, LOCK_AFTER_S if after is None else int(after))

    def lock_after(self, seconds: int) -> None:
        """Asks again who is there after so long without a touch; 0 for never."""
        self._context.operator.must(Right.SETTINGS)
        with self._context.store.transaction() as connection:
            settings.put(connection, _LOCK_AFTER, str(seconds))
        self.on_change()

    def compare(self, tag: str) -> bool:
        """Takes who works here, if it is another than what is kept; returns whether it was.

        A hub of an older version tells no tag, and nothing.

        Raises:
            Unreachable: if the hub does not answer; what is kept stays.
        """
        with self._context.store.reading() as connection:
            is_same = kept.tag(connection) == tag
        if is_same or not tag:
            return False
        answer = self._link.call(lambda hub: hub.staff())
        with self._context.store.transaction() as connection:
            kept.keep(connection, answer)
        self.look_again()
        return True

    def look_again(self) -> None:
        """Lets whoever is signed in act as they are now; who has ended may finish, and is asked for at the next pause.

        A till whose staff is new goes on as before until it is locked.
        """
        now, people = self._context.operator.signed_in, self._people()
        if now.person is not None and people:
            self._seat(next((each.person for each in people if each.person.id == now.person.id), now.person))
        else:
            self._seat(None, is_staffed=now.is_staffed and bool(people))

    # Signing in

    def by_pin(self, staff_id: StaffId, pin: str) -> Person:
        """Signs somebody in.

        Raises:
            WrongPin: if it is not theirs.
            ShutOut: if too many were wrong before.
        """
        with self._context.store.reading() as connection:
            found = kept.one_active(connection, staff_id)
        person = self._tried(staff_id, pin, [] if found is None else [found])
        self._seat(person)
        return person

    def by_badge(self, readings: Sequence[str]) -> Person:
        """Signs in whose badge was scanned.

        Raises:
            NoBadge: if it is nobody's, or not any more.
        """
        person = self._badge(readings)
        self._seat(person)
        return person

    # Approving

    def approve(self, right: Right, pin: str, by: StaffId | None = None) -> Approval:
        """Returns the leave of whoever's PIN it is, for one act; of nobody else than `by`, where somebody is named.

        Nobody approves what they do themselves: who is named and acts signs it, which lets them do no more than before.

        Raises:
            WrongPin: if it is of nobody who may give it; it counts against who asks.
            ShutOut: if too many were wrong before.
        """
        who = self._context.operator.signed_in.staff_id or "nobody"
        may = [each for each in self._people() if self._may_give(each.person, right, by)]
        return self._allow(right, self._tried(f"approve {who}", pin, may))

    def approve_by_badge(self, right: Right, readings: Sequence[str], by: StaffId | None = None) -> Approval:
        """Returns the leave of whose badge was scanned, for one act; of nobody else than `by`, where one is named.

        Raises:
            NoBadge: if it is nobody's, or not any more.
            NotAllowed: if they may not give it.
        """
        person = self._badge(readings)
        if not self._may_give(person, right, by):
            raise NotAllowed(right, f"{person.name} can't approve it. Ask somebody else.")
        return self._allow(right, person)

    def _may_give(self, person: Person, right: Right, by: StaffId | None) -> bool:
        is_theirs = person.id == by if by is not None else person.id != self._context.operator.signed_in.staff_id
        return is_theirs and can_approve(person, right)

    # Leaving a kiosk

    def needs_code(self) -> bool:
        """Returns whether a kiosk can be left by nobody's PIN or badge, and no code was chosen yet."""
        return not self._people() and not self._code()

    def keep_code(self, code: str) -> None:
        """Keeps what a kiosk is left by where no staff is kept, as it is held to."""
        from argon2 import PasswordHasher  # noqa: PLC0415  # 0.1 s of a till's start

        with self._context.store.transaction() as connection:
            settings.put(connection, _KIOSK_CODE, PasswordHasher().hash(code))

    def check_code(self, pin: str) -> None:
        """Does nothing if it is the PIN of somebody who may sell; where no staff is kept, if it is the kiosk's code.

        Raises:
            WrongPin: if not.
            ShutOut: if too many were wrong before.
        """
        people = self._people()
        nobody = Person(StaffId(_KIOSK), "", StaffRole.SELLER)
        may = [each for each in people if may_sell(each.person.role)]
        self._tried(_KIOSK, pin, may if people else [Credentials(nobody, self._code(), 0, "")])

    def check_badge(self, readings: Sequence[str]) -> None:
        """Does nothing if it is the badge of somebody who may sell.

        Raises:
            NoBadge: if it is nobody's, or not any more.
            NotAllowed: if they may not.
        """
        person = self._badge(readings)
        if not may_sell(person.role):
            raise NotAllowed(Right.SELL, f"{person.name} can't leave it. Ask somebody else.")

    def _code(self) -> str:
        with self._context.store.reading() as connection:
            return settings.get(connection, _KIOSK_CODE) or ""

    def approved(self, approval: Approval, act: Callable[[], T]) -> T:
        """Does the one act that an approval is for; what it writes names both.

        Raises:
            NeedsApproval: if it was used before.
        """
        if self._approvals.pop(approval.id, None) != approval:
            raise NeedsApproval(approval.right)
        with self._context.operator.approved(approval.by):
            return act()

    def _seat(self, person: Person | None, *, is_staffed: bool = True) -> None:
        self._context.operator.let_act(person, is_staffed=is_staffed)
        self.on_change()

    def _allow(self, right: Right, by: Person) -> Approval:
        approval = Approval(self._context.new_id(), by, right)
        self._approvals[approval.id] = approval
        return approval

    def _people(self) -> Sequence[Credentials]:
        """Returns who may sign in; nobody while none of them could sell: a till must not shut itself for good."""
        with self._context.store.reading() as connection:
            people = [each for each in kept.active(connection) if each.can_sign_in]
        return people if any(may_sell(each.person.role) for each in people) else ()

    def _badge(self, readings: Sequence[str]) -> Person:
        for text in filter(None, map(read_badge, readings)):
            with self._context.store.reading() as connection:
                found = kept.with_badge(connection, badge_hash(text))
            if found is not None:
                return found.person
        what_to_do = "Type your PIN, or ask an organizer for a new badge."
        raise NoBadge("This badge is not good here.", "Nothing was changed.", what_to_do)

    def _tried(self, who: str, pin: str, candidates: Sequence[Credentials]) -> Person:
        """Counts one try, and returns whose PIN it is."""
        with self._one_at_a_time:
            wrong = self._count(who)
            found = next((each.person for each in candidates if each.pin and _matches(each.pin, pin)), None)
            if found is None:
                raise WrongPin(max(FREE_TRIES - wrong, 0), wait_after(wrong))
            self._until_s.pop(who, None)
            with self._context.store.transaction() as connection:
                kept.forget_tries(connection, who)
            return found

    def _count(self, who: str) -> int:
        """Counts a try as wrong until it is known to be right; returns how many there are now."""
        with self._context.store.transaction() as connection:
            before = kept.tries(connection, who)
            left_s = self._left_s(who, before)
            if left_s > 0:
                raise ShutOut(left_s)
            now = Tries(before.wrong + 1, wait_after(before.wrong + 1))
            kept.note_tries(connection, who, now)
        self._until_s[who] = self._context.clock.monotonic() + now.wait_s
        return now.wrong

    def _left_s(self, who: str, tries: Tries) -> int:
        """Returns how long a wait goes on; one from before this start begins anew."""
        if not tries.wait_s:
            return 0
        until = self._until_s.setdefault(who, self._context.clock.monotonic() + tries.wait_s)
        return max(0, -(-int((until - self._context.clock.monotonic()) * 1000) // 1000))


def _matches(verifier: str, pin: str) -> bool:
    from argon2 import PasswordHasher  # noqa: PLC0415  # 0.1 s of a till's start
    from argon2.exceptions import InvalidHashError, VerifyMismatchError  # noqa: PLC0415  # as above

    with suppress(VerifyMismatchError, InvalidHashError):
        return PasswordHasher().verify(verifier, pin)
    return False
