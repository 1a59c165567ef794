"""What verifying a token for the first time costs beside the library's own call.

A fresh verifier has the key set, and has never seen the token; afterwards a token is remembered for half a minute and
costs nothing worth a figure. Both sides take turns over the same new tokens, in this process, with the collector set
as in an API's process.
"""

import asyncio
import gc
import time
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.process import spare_the_collector
from tests.load.figures import Figure, at_most_ratio
from tests.support.revocations import KnownRevocations

ISSUER, AUDIENCE = "http://localhost:8080/api/v1/accounts", "laudo"
TURNS, PER_TURN = 25, 100
_GOAL = 1.2


def token_figures() -> list[Figure]:
    before = gc.get_threshold()
    spare_the_collector()
    try:
        ratios = asyncio.run(_ratios())
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
    return [at_most_ratio("accounts.token_verify_ratio", ratios, "x jwt.decode of joserfc", _GOAL)]


async def _ratios() -> list[float]:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "one"})
    published = {"keys": [key.as_dict(private=False)]}
    keys, ratios = KeySet.import_key_set(published), list[float]()  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=published))
    ) as http:
        for _ in range(TURNS):
            verifier = JwksTokenVerifier(
                issuer=ISSUER,
                audience=AUDIENCE,
                jwks_url="http://accounts/jwks",
                http=http,
                revocations=KnownRevocations(),
            )
            await verifier.verify(_token(key))  # the key set is loaded
            tokens = [_token(key) for _ in range(PER_TURN)]
            began = time.process_time()
            for token in tokens:
                jwt.decode(token, keys, algorithms=["ES256"])
            bare = time.process_time() - began
            began = time.process_time()
            for token in tokens:
                await verifier.verify(token)
            ratios.append((time.process_time() - began) / bare)
    return ratios


def _token(key: ECKey) -> str:
    """As accounts issues it for staff."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(uuid4()),
        "iat": now,
        "exp": now + 600,
        "jti": str(uuid4()),
        "roles": ["doctor"],
        "locale": "pt-BR",
        "clinic": str(uuid4()),
        "sid": str(uuid4()),
    }
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}, claims, key)
