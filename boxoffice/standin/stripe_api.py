"""Stripe's API as one function from request to answer: keys, permissions, parameters, idempotency, expansion."""

import base64
import binascii
import copy
import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from boxoffice.standin.account import API_VERSION, Json
from boxoffice.standin.errors import StripeError
from boxoffice.standin.expansion import expand
from boxoffice.standin.forms import decode
from boxoffice.standin.operations import OPERATIONS, Operation, Stand
from boxoffice.standin.params import read

TILL_KEY: Final = "rk_test_till"
_TILL_MAY: Final = ("payment_intent_", "terminal_")


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` have lower-case names."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Kept:
    """A request that came with an idempotency key; `answer` is None while it is worked on."""

    digest: str
    request_id: str
    answer: Answer | None = None


class StripeApi:
    """One account's API."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Answer:
        """Returns the answer, errors included."""
        request_id = self._stand.account.new_id("req_", 14)
        headers = {"Request-Id": request_id, "Stripe-Version": request.headers.get("stripe-version", API_VERSION)}
        try:
            answer = self._answer(request, request_id)
        except StripeError as error:
            answer = Answer(error.status, copy.deepcopy(error.body))
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def _answer(self, request: Request, request_id: str) -> Answer:
        key = _key_of(request.headers)
        operation, ids = _find(request)
        _check_permission(key, operation)
        idempotency = request.headers.get("idempotency-key")
        if request.method == "GET" or not idempotency:
            return self._run(request, operation, ids)
        return self._once(request, operation, ids, idempotency, request_id)

    def _once(self, request: Request, operation: Operation, ids: tuple[str, ...], key: str, request_id: str) -> Answer:
        """Runs what was not run under this key before, and replays what was (Stripe, “Idempotent requests”)."""
        digest = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()
        place = (request.path.rpartition("/")[0] if ids else request.path, key)
        with self._lock:
            kept = self._kept.get(place)
            if kept is None:
                self._kept[place] = kept = _Kept(digest, request_id)
            elif kept.digest != digest:
                raise StripeError(
                    "Keys for idempotent requests can only be used with the same parameters they were first used "
                    f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                    type="idempotency_error",
                )
            elif kept.answer is None:
                raise StripeError(
                    "There is currently another in-progress request using this Idempotent Key.",
                    status=409,
                    code="idempotency_key_in_use",
                )
            else:
                seen = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id, "Idempotency-Key": key}
                return Answer(kept.answer.status, kept.answer.body, seen)
        try:
            answer = self._run(request, operation, ids)
        except StripeError as error:
            answer = Answer(error.status, copy.deepcopy(error.body))
            if error.status == 400 and error.body["error"].get("code", "").startswith("parameter_"):
                with self._lock:  # what fails before it begins is not kept
                    del self._kept[place]
                return answer
        kept.answer = answer
        return Answer(answer.status, answer.body, {"Idempotency-Key": key})

    def _run(self, request: Request, operation: Operation, ids: tuple[str, ...]) -> Answer:
        raw = decode(request.query if request.method in ("GET", "DELETE") else request.body.decode())
        wanted = raw.pop("expand", [])
        if not isinstance(wanted, list):
            raise StripeError("Invalid array", param="expand")
        params = read(raw, operation.params)
        with self._stand.account.lock:
            thing = operation.run(self._stand, ids, params)
            return Answer(200, expand(self._stand.account, thing, [str(path) for path in wanted]))


def _find(request: Request) -> tuple[Operation, tuple[str, ...]]:
    for operation in OPERATIONS:
        ids = operation.match(request.method, request.path)
        if ids is not None:
            return operation, ids
    raise StripeError(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)


def _key_of(headers: Mapping[str, str]) -> str:
    kind, _, rest = headers.get("authorization", "").partition(" ")
    key = rest.strip()
    if kind.lower() == "basic":
        try:
            key = base64.b64decode(rest).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise StripeError(f"Invalid API Key provided: {_masked(key)}", status=401)
    return key


def _check_permission(key: str, operation: Operation) -> None:
    if key.startswith(TILL_KEY) and not operation.permission.startswith(_TILL_MAY):
        raise StripeError(
            f"The provided key '{_masked(key)}' does not have the required permissions for this endpoint. Having the "
            f"'rak_{operation.permission}' permission would allow this request to continue.",
            status=403,
        )


def _masked(key: str) -> str:
    return f"{key[:8]}{'*' * max(4, len(key) - 12)}{key[-4:]}" if len(key) > 12 else "****"


def as_bytes(body: Any) -> bytes:
    return json.dumps(body, indent=2).encode()
