"""Publishes each service's OpenAPI 3.1 description to docs/apis, from the code; nothing is connected to."""

import importlib
import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fastapi import FastAPI

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs/apis"
SERVICES = ("accounts", "exam_results", "file_management", "notification")
# Settings a service asks for when it is built; nothing here is ever called.
PLACEHOLDERS = {
    "LAUDO_REDIS_URL": "redis://127.0.0.1:1",
    "LAUDO_ISSUER": "http://localhost:8080/api/v1/accounts",
    "LAUDO_JWKS_URL": "http://127.0.0.1:1/jwks.json",
    "LAUDO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "LAUDO_MONGO_URL": "mongodb://127.0.0.1:1",
    "LAUDO_AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "placeholder",
    "AWS_SECRET_ACCESS_KEY": "placeholder",
}


def build(service: str) -> FastAPI:
    """Return a service's API as its process builds it, unconnected."""
    module = importlib.import_module(f"services.{service}.bootstrap.api")
    settings = next(
        value for name, value in vars(module).items() if name.endswith("Settings") and isinstance(value, type)
    )
    with patch.dict(os.environ, PLACEHOLDERS):
        api: FastAPI = module.build_api(settings())
    return api


def published_files() -> dict[Path, str]:
    return {
        DOCS / f"{service.replace('_', '-')}.json": _text(build(service).openapi()) for service in SERVICES
    }


def _text(description: dict[str, Any]) -> str:
    return json.dumps(description, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    for path, text in published_files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
