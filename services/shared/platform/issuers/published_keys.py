"""The keys that an issuer publishes (RFC 7517), fetched once and remembered.

A known key costs no network call. A token that names an unknown key makes one fetch, and no other follows for ten
seconds, however many names are made up. A fetch that fails leaves the known keys as they are. Keys older than five
minutes are fetched anew beside the requests, so that a key its issuer has withdrawn is forgotten.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from services.shared.kernel.errors import UNAVAILABLE
from services.shared.platform.logs import get_logger

VerifyingKey = ECKey | RSAKey
_AGAIN_AFTER_S = 10.0
_RETRY_AFTER_S = 1.0
_STALE_AFTER_S = 300.0
_TIMEOUT_S = 3
_WEAKEST_RSA_BITS = 2048


class PublishedKeys:
    """The keys of one issuer: at `jwks_url`, or where the issuer's discovery document says (OpenID Connect Discovery
    1.0, 4).
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        issuer: str,
        jwks_url: str | None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._seconds = seconds
        self._keys: dict[str, VerifyingKey] = {}
        self._next_fetch_at = self._stale_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> VerifyingKey | None:
        """Return the key of this name, None when there is none; raise `unavailable` while no key at all can be had."""
        key = self._keys.get(kid)
        if key is None:
            await self._fetch()
            if not self._keys:
                raise UNAVAILABLE.error()
            return self._keys.get(kid)
        if self._seconds() >= self._stale_at:
            self._stale_at = self._seconds() + _AGAIN_AFTER_S
            self._refreshing = asyncio.create_task(self._fetch())
        return key

    async def _fetch(self) -> None:
        async with self._fetching:
            if self._seconds() < self._next_fetch_at:
                return
            try:
                self._keys = usable_keys(await self._get(self._jwks_url or await self._discover()))
                self._stale_at = self._seconds() + _STALE_AFTER_S
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                get_logger().warning("jwks.unreachable", host=self._issuer, exc_info=error)
            self._next_fetch_at = self._seconds() + (_AGAIN_AFTER_S if self._keys else _RETRY_AFTER_S)

    async def _discover(self) -> str:
        """The document must be the issuer's own: it names the issuer exactly as it is trusted here, and does not lead
        from https to http. An address from the settings may: inside the network, say.
        """
        document = await self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise ValueError("the discovery document names another issuer")
        found = str(document.get("jwks_uri"))
        if self._issuer.startswith("https:") and not found.startswith("https:"):
            raise ValueError("the discovery document leads away from https")
        return found

    async def _get(self, url: str) -> Any:
        answer = await self._http.get(url, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        return orjson.loads(answer.content)


def usable_keys(document: Any) -> dict[str, VerifyingKey]:
    """Return the keys by name; those that are not for us (for encryption, of another kind, weak, without a name) are
    left out. Raise ValueError when none is left.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    found = [_imported(entry) for entry in (entries if isinstance(entries, list) else ())]
    keys = {str(key.kid): key for key in found if key is not None}
    if not keys:
        raise ValueError("no usable key")
    return keys


def _imported(entry: Any) -> VerifyingKey | None:
    try:
        key = JWKRegistry.import_key(entry)
        if not isinstance(key, ECKey | RSAKey) or not key.kid or key.get("use") not in (None, "sig"):
            return None
        is_weak = isinstance(key, RSAKey) and key.raw_value.key_size < _WEAKEST_RSA_BITS
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None if is_weak else key
