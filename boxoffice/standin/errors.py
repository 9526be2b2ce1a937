"""Stripe's errors: what its API answers when it will not do something."""

from typing import Any


class StripeError(Exception):
    """An error answer; keys that are None are left out, as Stripe does."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        fields = {"type": type, "code": code, "message": message, "param": param, **more}
        self.body = {"error": {name: value for name, value in fields.items() if value is not None}}


def no_such(kind: str, id_: str, param: str) -> StripeError:
    return StripeError(f"No such {kind}: '{id_}'", status=404, code="resource_missing", param=param)


def missing(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
