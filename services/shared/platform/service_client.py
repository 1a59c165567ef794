"""Calls another service with this service's own token (OAuth 2 client credentials, RFC 6749 4.4) and the trace."""

import asyncio
import time
from typing import Any

import httpx

from services.shared.kernel.errors import UNAVAILABLE
from services.shared.platform.settings import ServiceClientSettings
from services.shared.platform.spans.outgoing import calling
from services.shared.platform.tracing import current_traceparent

_RENEW_BEFORE_S = 60


class ServiceClient:
    def __init__(self, http: httpx.AsyncClient, settings: ServiceClientSettings) -> None:
        self._http = http
        self._settings = settings
        self._token = ""
        self._expires_at = 0.0
        self._renewing = asyncio.Lock()

    async def get(self, url: str, **params: str) -> httpx.Response:
        """GET with a service token; raise `unavailable` when the other side does not answer or fails (5xx)."""
        try:
            answer = await self._send(url, params, await self._valid_token())
            if answer.status_code == httpx.codes.UNAUTHORIZED:  # keys rotated or revoked: once more, anew
                self._expires_at = 0.0
                answer = await self._send(url, params, await self._valid_token())
        except httpx.HTTPError as error:
            raise UNAVAILABLE.error() from error
        if answer.is_server_error:
            raise UNAVAILABLE.error()
        return answer

    async def _send(self, url: str, params: dict[str, str], token: str) -> httpx.Response:
        with calling("GET", httpx.URL(url).host) as said:
            headers = {"Authorization": f"Bearer {token}", "traceparent": current_traceparent()}
            answer = await self._http.get(url, params=params, headers=headers, timeout=10)
            said["http.response.status_code"] = answer.status_code
            return answer

    async def _valid_token(self) -> str:
        async with self._renewing:
            if time.monotonic() < self._expires_at:
                return self._token
            answer = await self._http.post(
                self._settings.token_url,
                json={"grant_type": "client_credentials"},
                auth=(self._settings.client_id, self._settings.client_secret.get_secret_value()),
                timeout=5,
            )
            answer.raise_for_status()
            granted: dict[str, Any] = answer.json()
            self._token = str(granted["access_token"])
            self._expires_at = time.monotonic() + float(granted["expires_in"]) - _RENEW_BEFORE_S
            return self._token
