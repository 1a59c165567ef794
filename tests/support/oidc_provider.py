"""An OpenID Connect provider behind a real HTTP server: discovery, keys, tokens, rotation; it counts who asks."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/protocol/certs"


def new_key(kid: str, kind: str = "RSA") -> Key:
    if kind == "RSA":
        return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


class OidcProvider:
    def __init__(self, address: str, path: str = "/realms/clinic") -> None:
        self.issuer = address + path
        self.path = path
        self.keys: list[Key] = [new_key("r1")]
        self.more_keys: list[dict[str, Any]] = []  # published as they are
        self.says_issuer = self.issuer  # in its discovery document
        self.up = True
        self.asked: list[str] = []

    def rotate(self, kid: str, kind: str = "RSA") -> None:
        self.keys.append(new_key(kid, kind))

    def token(
        self, claims: dict[str, Any], *, key: Key | None = None, header: dict[str, Any] | None = None
    ) -> str:
        """Sign with the newest key; None takes a claim out."""
        key = key or self.keys[-1]
        now = int(time.time())
        body = {
            "iss": self.issuer,
            "sub": str(uuid4()),
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid4()),
            **claims,
        }
        head = {"alg": "RS256" if isinstance(key, RSAKey) else "ES256", "kid": key.kid, **(header or {})}
        return jwt.encode(head, {name: value for name, value in body.items() if value is not None}, key)

    def answer(self, path: str) -> dict[str, Any] | None:
        self.asked.append(path.removeprefix(self.path))
        if not self.up:
            return None
        if path == self.path + DISCOVERY:
            return {"issuer": self.says_issuer, "jwks_uri": self.issuer + KEYS}
        if path == self.path + KEYS:
            return {"keys": [*self.more_keys, *(key.as_dict(private=False) for key in self.keys)]}
        return None


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = provider.answer(self.path)
            body = json.dumps(document).encode()
            self.send_response(503 if document is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = OidcProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
