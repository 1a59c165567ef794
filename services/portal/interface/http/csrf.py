"""A token on every form, made from the visitor's opaque cookie: another site can send the cookie but not the token."""

import hashlib
import hmac


class CsrfTokens:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, visitor_id: str) -> str:
        return hmac.new(self._key, visitor_id.encode(), hashlib.sha256).hexdigest()

    def accepts(self, visitor_id: str | None, token: str | None) -> bool:
        return bool(visitor_id and token) and hmac.compare_digest(self.of(str(visitor_id)), str(token))
