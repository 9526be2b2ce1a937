"""Stripe's error answers: one exception that carries status, type, code and what else the body says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

Document = dict[str, Any]
"""A resource as Stripe's JSON has it: the stand-in's whole substance, so it is kept as it is sent."""

_DOCS: Final = "https://docs.stripe.com/error-codes/"
_LOGS: Final = "https://dashboard.stripe.com/test/logs/"


class StripeError(Exception):
    """An answer that is an error. `is_saved` says whether an idempotency key keeps it (only once work had begun)."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        type: str = "invalid_request_error",
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        is_saved: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_saved = is_saved
        self.headers = dict(headers or {})
        said = {"type": type, "code": code, "message": message, "param": param, **(more or {})}
        if code is not None:
            said["doc_url"] = _DOCS + code.replace("_", "-")
        self.error: Document = {name: value for name, value in said.items() if value is not None}

    def body(self, request_id: str) -> Document:
        """Returns the JSON body; absent keys are left out, as Stripe does."""
        return {"error": {**self.error, "request_log_url": _LOGS + request_id}}


def no_such(kind: str, id: str, param: str = "id") -> StripeError:
    message = f"No such {kind.replace('.', '_')}: '{id}'"
    return StripeError(404, message, code="resource_missing", param=param)


def missing(param: str) -> StripeError:
    return StripeError(400, f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown(param: str) -> StripeError:
    return StripeError(400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def invalid(message: str, param: str, code: str | None = None) -> StripeError:
    return StripeError(400, message, code=code, param=param)


def exclusive(params: Sequence[str]) -> StripeError:
    names = " and ".join(f"`{param}`" for param in params)
    message = f"You may only specify one of these parameters: {names}."
    return StripeError(400, message, code="parameters_exclusive", param=params[0])


def wrong_state(message: str, intent: Document) -> StripeError:
    return StripeError(400, message, code="payment_intent_unexpected_state", more={"payment_intent": intent})
