"""Holds every answer to Stripe's own OpenAPI document, where STRIPE_OPENAPI names it."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import httpx
import requests

from boxoffice.sandbox.form import decode

if TYPE_CHECKING:
    from referencing import Registry

_URN: Final = "urn:stripe"


class Broken(AssertionError):
    """An answer or a request that is not as Stripe's document says."""


class CheckedSession(requests.Session):
    """What the SDK sends by: each answer is held to the document."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        response = super().send(request, **kwargs)
        path = httpx.URL(request.url or "").path
        hold(request.method or "", path, str(request.body or ""), response.status_code, response.content)
        return response


def checked_client(base_url: str, key: str) -> httpx.Client:
    """Returns a plain client whose every answer is held to the document."""

    def check(response: httpx.Response) -> None:
        response.read()
        request = response.request
        hold(request.method, request.url.path, request.content.decode(), response.status_code, response.content)

    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=base_url, headers=headers, event_hooks={"response": [check]})


def hold(method: str, path: str, body: str, status: int, answer: bytes) -> None:
    """Raises if an answer, or a request that was taken, is not as the document says."""
    if not os.environ.get("STRIPE_OPENAPI") or not path.startswith("/v1/"):
        return
    said = json.loads(answer)
    operation = _operation(method, path)
    if operation is None:
        assert status == 404, f"{method} {path} is not in Stripe's document"
        _check({"$ref": f"{_URN}#/components/schemas/error"}, said, f"{method} {path}")
        return
    key = "200" if status == 200 else "default"
    _check(operation["responses"][key]["content"]["application/json"]["schema"], said, f"{method} {path} {status}")
    if status == 200 and method == "POST":
        schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        _check(schema, _typed(decode(body), schema), f"the request {method} {path}")


def hold_event(event: dict[str, Any]) -> None:
    """Raises if an event, or what it is about, is not as the document says."""
    if not os.environ.get("STRIPE_OPENAPI"):
        return
    _check({"$ref": f"{_URN}#/components/schemas/event"}, event, event["type"])
    about = event["data"]["object"]
    _check({"$ref": f"{_URN}#/components/schemas/{about['object']}"}, about, f"{event['type']} data.object")


@cache
def _document() -> dict[str, Any]:
    text = Path(os.environ["STRIPE_OPENAPI"]).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text.replace('"#/', f'"{_URN}#/')))


@cache
def _registry() -> "Registry[Any]":
    from referencing import Registry  # as below
    from referencing.jsonschema import DRAFT202012  # as below

    empty: Registry[Any] = Registry()
    found: Registry[Any] = empty.with_resource(_URN, DRAFT202012.create_resource(_document()))
    return found


def _check(schema: dict[str, Any], value: Any, about: str) -> None:
    from jsonschema import Draft202012Validator  # 3 s of each process that runs tests, of any kind

    found = Draft202012Validator(schema, registry=_registry()).iter_errors(value)
    # `enum: [""]` is how the document writes "a string, or empty to unset it".
    true = [error for error in found if not (error.validator == "enum" and error.validator_value == [""])]
    errors = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in true]
    if errors:
        raise Broken(f"{about}: {errors}")


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in sorted(_document()["paths"].items(), key=lambda item: "{" in item[0]):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) and method.lower() in operations:
            return cast("dict[str, Any]", operations[method.lower()])
    return None


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    """Returns form values, which are strings, as the types that the schema asks for."""
    if "anyOf" in schema:
        return _typed_any(value, schema["anyOf"])
    match schema.get("type"):
        case "integer" if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        case "boolean" if value in ("true", "false"):
            return value == "true"
        case "array" if isinstance(value, list):
            return [_typed(each, schema.get("items", {})) for each in value]
        case "object" if isinstance(value, dict):
            known, other = schema.get("properties", {}), schema.get("additionalProperties") or {}
            return {name: _typed(each, known.get(name, other)) for name, each in value.items()}
    return value


def _typed_any(value: Any, choices: list[dict[str, Any]]) -> Any:
    if isinstance(value, str):
        return next((typed for each in choices if (typed := _typed(value, each)) != value), value)
    wanted = "array" if isinstance(value, list) else "object"
    return _typed(value, next((each for each in choices if each.get("type") == wanted), {}))
