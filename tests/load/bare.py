"""The bare route that speed is compared with: FastAPI returning N bytes of JSON from memory.

GET /bytes/25000  ->  200, application/json, 25000 bytes
"""

from fastapi import FastAPI, Response

app = FastAPI()
_cache: dict[int, bytes] = {}


@app.get("/bytes/{size}")
async def bare(size: int) -> Response:
    """Return `size` bytes (2 to 1,000,000) of valid JSON."""
    size = max(2, min(size, 1_000_000))
    body = _cache.setdefault(size, b'"' + b"x" * (size - 2) + b'"')
    return Response(body, media_type="application/json")
