"""The hub's API against its own OpenAPI document: what fits the document, or just doesn't, is answered as it says."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sync.config import Settings
from tests.examples import examples
from tests.integration.sync.conftest import Stand

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
_NOT_OURS = [positive_data_acceptance]
"""A document can't say which products and orders there are, so what fits it may still be refused."""
_LEFT_OUT = ("/api/till/wake", "/api/webhooks/paypal")
"""A stream without an end, and what this hub is not set up for."""


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """Those of a hub that lets one address ask as much as this test does."""
    return settings.model_copy(update={"requests_per_second": 100_000, "holds_per_address": 1_000_000})


@pytest.fixture(scope="module")
def operations(hub: Stand) -> list[APIOperation[Any, Any, Any, Any]]:
    api = schemathesis.openapi.from_url(f"{hub.base_url}/openapi.json")
    found = [result.ok() for result in api.get_all_operations() if isinstance(result, Ok)]
    return [operation for operation in found if operation.path not in _LEFT_OUT]


@pytest.fixture(scope="module")
def token(hub: Stand) -> str:
    return hub.door().me.token


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_the_document_says(
    operations: list[APIOperation[Any, Any, Any, Any]], token: str, mode: GenerationMode
) -> None:
    failures: list[str] = []
    for operation in operations:
        is_signed = mode is GenerationMode.POSITIVE and operation.path.startswith("/api/till/")
        headers = {"Authorization": f"Bearer {token}"} if is_signed else {}
        try:
            _ask(operation, mode, headers)
        except (AssertionError, BaseExceptionGroup) as error:
            failures.append(f"{operation.label}: {error}")
    assert len(operations) > 20
    assert not failures, "\n\n".join(failures)


def _ask(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=examples(6), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=_NOT_OURS)

    try:
        ask()
    except Unsatisfiable:  # nothing can be wrong with what takes nothing
        assert mode is GenerationMode.NEGATIVE
