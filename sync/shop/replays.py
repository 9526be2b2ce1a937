"""Idempotency keys: the same request again gets the same answer. The key is stored with the work it stands for."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.facts import canonical
from sync.store import tables as t

KEPT: Final = timedelta(hours=24)
LONGEST: Final = 255
_k: Final = t.idempotency_keys.c


class OtherBody(BoxofficeError):
    """The key was used for another request before; nothing was done."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request. Nothing was done.")


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key for one request of one path."""

    key: str
    path: str
    body_hash: str

    @classmethod
    def of(cls, key: str | None, path: str, body: Any) -> "Key | None":
        """Returns the key of a request, or None if the caller gave none.

        Raises:
            BadInput: if it is too long or empty.
        """
        if key is None:
            return None
        if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
            raise BadInput([FieldError("Idempotency-Key", f"must be 1 to {LONGEST} printable ASCII letters")])
        return cls(key, path, sha256(canonical(body)).hexdigest())


def claim(connection: Connection, key: Key, order_id: str) -> str | None:
    """Returns None if the key is new and now stands for this order, or the order that it stands for already.

    Two requests with one key queue here: the second one sees what the first one did.

    Raises:
        OtherBody: if it was used with another body.
    """
    row = {"key": key.key, "path": key.path, "body_hash": key.body_hash, "order_id": order_id}
    stale = (_k.key == key.key, _k.path == key.path, _k.created_at < func.now() - KEPT)
    connection.execute(delete(t.idempotency_keys).where(*stale))
    new = insert(t.idempotency_keys).values(row).on_conflict_do_nothing().returning(_k.order_id)
    if connection.execute(new).first() is not None:
        return None
    mine = (_k.key == key.key, _k.path == key.path)
    found = connection.execute(select(_k.body_hash, _k.order_id).where(*mine)).one()
    if found.body_hash != key.body_hash:
        raise OtherBody
    return str(found.order_id)


def kept_answer(connection: Connection, key: Key) -> dict[str, Any] | None:
    """Returns the answer that was given before, if one was.

    Raises:
        OtherBody: if the key was used with another body.
    """
    mine = (_k.key == key.key, _k.path == key.path, _k.created_at >= func.now() - KEPT)
    found = connection.execute(select(_k.body_hash, _k.answer).where(*mine)).one_or_none()
    if found is None:
        return None
    if found.body_hash != key.body_hash:
        raise OtherBody
    answer: dict[str, Any] | None = found.answer
    return answer


def keep_answer(connection: Connection, key: Key, answer: dict[str, Any]) -> None:
    """Keeps what was answered, to be answered again."""
    mine = (_k.key == key.key, _k.path == key.path, _k.answer.is_(None))
    connection.execute(update(t.idempotency_keys).where(*mine).values(answer=answer))


def forget_old(connection: Connection) -> None:
    """Drops the keys of more than a day ago."""
    connection.execute(delete(t.idempotency_keys).where(_k.created_at < func.now() - KEPT))
