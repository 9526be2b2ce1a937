"""Idempotency keys: one call is worked on once; its answer is kept for a day and replayed."""

from dataclasses import dataclass
from typing import Final

from boxoffice.sandbox.errors import StripeError

KEPT_S: Final = 24 * 3600
_LONGEST: Final = 255


@dataclass(slots=True)
class Kept:
    """A key in use: by which call, and its answer once there is one."""

    fingerprint: str
    request_id: str
    since: float
    status: int | None = None
    body: bytes = b""


class Keys:
    """The keys that were used."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def claim(self, key: str, fingerprint: str, request_id: str, now: float) -> Kept:
        """Returns the key's entry: a new one without an answer, or the old one with it.

        Raises:
            StripeError: 400 for other parameters, 409 while the first call is under way.
        """
        if len(key) > _LONGEST:
            raise StripeError(400, f"Idempotency keys can have up to {_LONGEST} characters.", is_saved=False)
        kept = self._kept.get(key)
        if kept is not None and now - kept.since < KEPT_S:
            return self._again(kept, key, fingerprint)
        new = Kept(fingerprint, request_id, now)
        self._kept[key] = new
        return new

    def release(self, key: str, kept: Kept) -> None:
        """Forgets a key whose call never began."""
        if self._kept.get(key) is kept:
            del self._kept[key]

    def clear(self) -> None:
        self._kept.clear()

    @staticmethod
    def _again(kept: Kept, key: str, fingerprint: str) -> Kept:
        if kept.fingerprint != fingerprint:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise StripeError(400, message, type="idempotency_error")
        if kept.status is None:
            message = (
                f"There is currently another in-progress request using this Idempotent Key: {key}. "
                "This probably means you submitted twice, and the other request is still going through."
            )
            raise StripeError(409, message, code="idempotency_key_in_use", type="idempotency_error")
        return kept
