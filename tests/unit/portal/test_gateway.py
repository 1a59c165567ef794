"""How the portal calls the services: whose token, which language, and what becomes of failures."""

from collections.abc import Callable

import httpx
import pytest

from services.portal.application.ports import Caller, Service
from services.portal.application.problems import ApiProblem
from services.portal.infrastructure.api import gateway as module
from services.portal.infrastructure.api.gateway import HttpGateway

BASES: dict[Service, str] = {"accounts": "http://api.test/api/v1/accounts"}
ME = Caller("en", "token", "203.0.113.7")


def _gateway(answer: Callable[[httpx.Request], httpx.Response]) -> HttpGateway:
    return HttpGateway(httpx.AsyncClient(transport=httpx.MockTransport(answer)), BASES)


async def test_a_call_carries_token_language_address_and_key() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201, json={"id": "1"})

    made = await _gateway(answer).call(ME, "accounts", "POST", "/patients", body={}, idempotency_key="key-1")
    assert made == {"id": "1"}
    headers = asked[0].headers
    assert headers["authorization"] == "Bearer token"
    assert headers["accept-language"] == "en"
    assert headers["x-forwarded-for"] == "203.0.113.7"
    assert headers["idempotency-key"] == "key-1"
    assert headers["traceparent"].startswith("00-")


async def test_a_stranger_sends_no_token() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return httpx.Response(204)

    assert await _gateway(answer).call(Caller("pt-BR"), "accounts", "DELETE", "/sessions/current") == {}


async def test_a_problem_keeps_its_code_detail_fields_and_extras() -> None:
    body = {
        "code": "accounts.patient_exists",
        "detail": "Já existe.",
        "existing_id": "42",
        "errors": [{"field": "cpf", "code": "c", "detail": "d"}],
        "trace_id": "t",
    }
    with pytest.raises(ApiProblem) as raised:
        await _gateway(lambda _: httpx.Response(409, json=body)).call(ME, "accounts", "GET", "/me")
    problem = raised.value
    assert problem.is_kind("patient_exists")
    assert problem.by_field() == {"cpf": "d"}
    assert problem.extra == {"existing_id": "42"}
    assert problem.trace_id == "t"
    assert str(problem) == "accounts.patient_exists"


@pytest.mark.parametrize("content", [b"<html>Bad gateway</html>", b"[]", b""])
async def test_an_answer_that_is_no_problem_json_is_still_a_problem(content: bytes) -> None:
    with pytest.raises(ApiProblem) as raised:
        await _gateway(lambda _: httpx.Response(502, content=content)).call(ME, "accounts", "GET", "/me")
    assert raised.value.status == 502


async def test_a_service_that_does_not_answer_is_unavailable() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(ApiProblem) as raised:
        await _gateway(refuse).call(ME, "accounts", "GET", "/me")
    assert raised.value.status == 503


async def test_a_second_click_waits_for_the_first_ones_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_FLIGHT_PAUSE_S", 0)
    answers = [
        httpx.Response(409, json={"code": "idempotency.in_flight"}),
        httpx.Response(409, json={"code": "idempotency.in_flight"}),
        httpx.Response(201, json={"id": "1"}),
    ]
    found = await _gateway(lambda _: answers.pop(0)).call(
        ME, "accounts", "POST", "/patients", body={}, idempotency_key="k"
    )
    assert found == {"id": "1"}
    assert answers == []


async def test_another_conflict_is_told_at_once() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(409, json={"code": "accounts.patient_exists"})

    with pytest.raises(ApiProblem):
        await _gateway(answer).call(ME, "accounts", "POST", "/patients", body={}, idempotency_key="k")
    assert len(asked) == 1
