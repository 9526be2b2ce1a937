"""The OpenAPI document: what FastAPI derives from the routes, with our problem documents in place of its own."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_JSON_SCHEMAS: Final = "#/components/schemas/"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_PROBLEM: Final[Mapping[str, Any]] = {
    "title": "FieldError",
    "description": "What went wrong, as RFC 9457 has it. `error` is the same text as `detail`, for older callers.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "error", "details"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "error": {"type": "string"},
        "details": {"type": "array", "items": {"$ref": f"{_JSON_SCHEMAS}ProblemDetail"}},
    },
}
_DETAIL: Final[Mapping[str, Any]] = {
    "title": "ProblemDetail",
    "description": "One thing that is wrong, and where; for tickets that are gone, which, how many were asked for "
    "and how many there are.",
    "type": "object",
    "required": ["place", "message"],
    "properties": {
        "place": {"type": "string"},
        "message": {"type": "string"},
        "id": {"type": "string"},
        "requested": {"type": "integer"},
        "available": {"type": "integer"},
    },
}
_RETRY_AFTER: Final = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}


def describe(app: FastAPI) -> None:
    """Makes the app publish this document at `/openapi.json`."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's documentation does it


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {"FieldError": _PROBLEM, "ProblemDetail": _DETAIL}
    for path, item in document["paths"].items():
        for method in item.keys() & _METHODS:
            responses = item[method]["responses"]
            responses.pop("422", None)
            responses |= _problems(path, has_body="requestBody" in item[method])
    return document


def _problems(path: str, *, has_body: bool) -> dict[str, Any]:
    found = {"default": _problem("Anything else that goes wrong")}
    if path.startswith("/api/"):
        found["422"] = _problem("The request can't be used; `details` has every problem with its place")
        found["429"] = _problem("Too many requests") | {"headers": _RETRY_AFTER}
        found["503"] = _problem("Something that is needed can't be reached; nothing was half done")
    if path.startswith(("/api/payment/", "/api/orders/", "/api/inventory/")) and has_body:
        found["404"] = _problem("There is no such order, or it is not for this caller; or nothing is on sale")
        found["409"] = _problem("Tickets are gone (`details` says what is left of each), or the order has ended")
    return found


def _problem(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": f"{_JSON_SCHEMAS}Problem"}}}
    return {"description": description, "content": content}
