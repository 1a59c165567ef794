"""Whatever the published description allows, and what it forbids, is answered: never with a failure of our own.

Schemathesis makes the requests from each service's OpenAPI, valid and broken ones, with ids that exist among them;
the seed is fixed, so a failure comes again.
"""

import contextlib
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from services.accounts.domain.machine_scopes import MachineScope
from services.shared.kernel.principal import STAFF, Role
from tests.integration.apis.served import Served

EXAMPLES = 8  # of each kind for each operation: some forty seconds for the four services
SCOPES = frozenset({"snapshot:read", "identifiers:read"})
PROBLEM = "application/problem+json"


def assert_said(answer: Any) -> None:
    """problem+json, or for the token route RFC 6749's shape, whichever layer refused."""
    body = answer.json()
    if answer.headers["content-type"] == ["application/json"] and answer.request.url.endswith("/oauth/token"):
        assert set(body) == {"error", "error_description"}
        return
    assert answer.headers["content-type"] == [PROBLEM]
    assert body["status"] == answer.status_code
    assert body["detail"]


def operations(service: Served) -> list[Any]:
    schema: Any = schemathesis.openapi.from_dict(service.app.openapi())
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_no_request_makes_a_service_fail(service: Served, mode: schemathesis.GenerationMode) -> None:
    tokens = [
        service.token(*sorted(STAFF)),
        service.token(Role.PATIENT),
        service.token(Role.SERVICE, scopes=SCOPES),
        service.token(Role.INTEGRATION, scopes=frozenset(MachineScope)),
        {},
    ]
    answered: set[int] = set()
    for operation in operations(service):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            token=st.sampled_from(tokens),
            exists=st.booleans(),
        )
        def ask(case: Any, token: dict[str, str], exists: bool) -> None:
            if exists:
                case.path_parameters |= {
                    name: service.known[name] for name in case.path_parameters if name in service.known
                }
            answer = case.call(base_url=service.address, headers=token)
            answered.add(answer.status_code)
            assert answer.status_code < 500, case.as_curl_command()
            if answer.status_code >= 400:
                assert_said(answer)

        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong with a request that states nothing
            ask()
    if mode is schemathesis.GenerationMode.POSITIVE:
        assert answered & {200, 201, 202, 204, 302}
    assert not [line for line in service.lines() if line["event"] == "request.failed"]
