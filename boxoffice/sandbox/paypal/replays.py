"""PayPal-Request-Id: work that was done once is answered again for six hours, and never done twice."""

from dataclasses import dataclass
from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.errors import in_progress, malformed

KEPT_S: Final = 6 * 3600
_LONGEST: Final = 108


@dataclass(slots=True)
class Claim:
    """A call that was begun under a request id, and its answer once the work is done."""

    since: float
    answer: Document | None = None


class Replays:
    """The request ids that were used, each for one kind of call on one resource."""

    def __init__(self) -> None:
        self._claims: dict[tuple[str, str], Claim] = {}

    def claim(self, path: str, request_id: str, now: float) -> Claim:
        """Returns the claim of a call: a new one, or an old one with its answer.

        Raises:
            PayPalError: 400 for an id that is too long, 409 while the first call is under way.
        """
        if len(request_id) > _LONGEST:
            raise malformed("INVALID_STRING_LENGTH", "PayPal-Request-Id", request_id)
        claim = self._claims.get((path, request_id))
        if claim is not None and now - claim.since < KEPT_S:
            if claim.answer is None:
                raise in_progress()
            return claim
        new = Claim(now)
        self._claims[path, request_id] = new
        return new

    def release(self, path: str, request_id: str, claim: Claim) -> None:
        """Forgets a claim whose work was not done, so that its id can be used again."""
        if claim.answer is None and self._claims.get((path, request_id)) is claim:
            del self._claims[path, request_id]

    def clear(self) -> None:
        self._claims.clear()
