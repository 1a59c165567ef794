"""Calls the four services over HTTP with the person's token, language and trace; turns problem+json into ApiProblem."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from services.portal.application.ports import Caller, Json, Method, Service
from services.portal.application.problems import ApiProblem, WrongField, unreachable
from services.shared.platform.logs import get_logger
from services.shared.platform.spans.outgoing import calling
from services.shared.platform.tracing import current_traceparent

TIMEOUT = httpx.Timeout(10, connect=2)
_IN_FLIGHT_TRIES = 10
_IN_FLIGHT_PAUSE_S = 0.3
_KNOWN = frozenset({"type", "title", "status", "code", "detail", "errors", "trace_id"})


class HttpGateway:
    """`bases` holds each service's whole prefix, e.g. `http://127.0.0.1:8101/api/v1/accounts`."""

    def __init__(self, http: httpx.AsyncClient, bases: Mapping[Service, str]) -> None:
        self._http = http
        self._bases = bases

    async def call(
        self,
        caller: Caller,
        service: Service,
        method: Method,
        path: str,
        *,
        body: Json | None = None,
        params: Mapping[str, str | Sequence[str]] | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        headers = {"Accept-Language": caller.locale, "Accept": "application/json"}
        if caller.token:
            headers["Authorization"] = f"Bearer {caller.token}"
        if caller.address:
            headers["X-Forwarded-For"] = caller.address
        if caller.agent:
            headers["User-Agent"] = caller.agent
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        request = self._http.build_request(
            method, self._bases[service] + path, json=body, params=params, headers=headers, timeout=TIMEOUT
        )
        return await self._answer(request, service)

    async def _answer(self, request: httpx.Request, service: Service) -> Json:
        """Send it; a second click that meets the first one still in flight waits for the first one's answer."""
        for attempt in range(1, _IN_FLIGHT_TRIES + 1):
            try:
                response = await self._send(request)
            except httpx.HTTPError as error:
                get_logger().warning("portal.service_unreachable", host=service, exc_info=error)
                raise unreachable() from error
            if response.is_success:
                return _object(response)
            problem = _problem(response)
            if not _in_flight(problem) or attempt == _IN_FLIGHT_TRIES:
                break
            await asyncio.sleep(_IN_FLIGHT_PAUSE_S)
        raise problem

    async def _send(self, request: httpx.Request) -> httpx.Response:
        with calling(request.method, request.url.host) as said:
            request.headers["traceparent"] = current_traceparent()
            response = await self._http.send(request)
            said["http.response.status_code"] = response.status_code
            return response


def _in_flight(problem: ApiProblem) -> bool:
    return problem.status == httpx.codes.CONFLICT and "idempotency" in problem.code


def _object(response: httpx.Response) -> Json:
    if not response.content:
        return {}
    answer: Any = response.json()
    return answer if isinstance(answer, dict) else {"items": answer}


def _problem(response: httpx.Response) -> ApiProblem:
    try:
        stated: Any = response.json()
    except ValueError:
        stated = {}
    if not isinstance(stated, dict):
        stated = {}
    return ApiProblem(
        status=response.status_code,
        code=str(stated.get("code", "portal.unexpected_answer")),
        detail=str(stated.get("detail", "")),
        errors=tuple(
            WrongField(str(item.get("field", "")), str(item.get("code", "")), str(item.get("detail", "")))
            for item in stated.get("errors") or []
        ),
        trace_id=stated.get("trace_id"),
        extra={name: value for name, value in stated.items() if name not in _KNOWN},
    )
