"""Who works at this till now, and who has approved the act under way: whatever is written carries their ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from boxoffice.core.ids import StaffId
from boxoffice.core.limits import NO_EXTENT, Extent, Limits
from boxoffice.core.rights import Answer, Right, may, must
from boxoffice.core.staff import NOBODY, Acting, Person, StaffRole


class Operator:
    """One per till. An act that takes its time stays with who began it, whoever signs in meanwhile."""

    def __init__(self) -> None:
        self._at_the_till = NOBODY
        self._is_kiosk = False
        self._act: ContextVar[Acting | None] = ContextVar("who acts", default=None)

    @property
    def acting(self) -> Acting:
        """Who acts now, in the act that this thread is about."""
        return self._act.get() or self._at_the_till

    @property
    def signed_in(self) -> Acting:
        """Who has signed in, whatever this thread is about."""
        return self._at_the_till

    def let_act(self, person: Person | None, *, is_staffed: bool) -> None:
        """Lets somebody act from now on, or nobody. A kiosk stays one, whatever is heard of the staff meanwhile."""
        self._at_the_till = replace(
            self._at_the_till,
            person=None if self._is_kiosk else person,
            is_staffed=is_staffed,
            is_kiosk=self._is_kiosk,
        )

    def go_by(self, limits: Limits) -> None:
        """Holds whoever acts from now on to what the event at hand lets sellers do."""
        self._at_the_till = replace(self._at_the_till, limits=limits)

    def serve_themselves(self, *, is_kiosk: bool) -> None:
        """Lets customers act from now on, who may buy and do nothing else; or ends that."""
        self._is_kiosk = is_kiosk
        self.let_act(None, is_staffed=self._at_the_till.is_staffed)

    @contextmanager
    def held(self) -> Iterator[Acting]:
        """Keeps an act with who acts now, to its end."""
        with self._as(self.acting) as acting:
            yield acting

    @contextmanager
    def approved(self, by: Person) -> Iterator[Acting]:
        """Lets the act be done with somebody's approval."""
        with self._as(replace(self.acting, approved_by=by)) as acting:
            yield acting

    @contextmanager
    def on_behalf_of(self, staff_id: StaffId | None) -> Iterator[Acting]:
        """Ends what somebody had begun, whoever has signed in since: only writing is done in that name."""
        acting = self.acting
        if acting.staff_id != staff_id:
            person = None if staff_id is None else Person(staff_id, "", StaffRole.SELLER)
            acting = Acting(person, acting.is_staffed, is_kiosk=acting.is_kiosk, limits=acting.limits)
        with self._as(acting):
            yield acting

    def may(self, right: Right, extent: Extent = NO_EXTENT) -> Answer:
        """Returns whether who acts now may do something; see `core.rights.may`."""
        return may(self.acting, right, extent)

    def must(self, right: Right, extent: Extent = NO_EXTENT) -> None:
        """Does nothing if who acts now may do something.

        Raises:
            NeedsApproval: if somebody else must approve it first.
            NotAllowed: if it is not theirs to do at all.
        """
        must(self.acting, right, extent)

    @contextmanager
    def _as(self, acting: Acting) -> Iterator[Acting]:
        before = self._act.set(acting)
        try:
            yield acting
        finally:
            self._act.reset(before)
