"""Keyset pagination: an opaque cursor that holds the last row's sort key, and one envelope for every list."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

import orjson

from services.shared.kernel.errors import Category, ErrorKind

CURSOR_INVALID = ErrorKind(
    "cursor_invalid",
    Category.INVALID,
    "O marcador de página não é válido. Volte ao início da lista.",
    "The page marker is not valid. Go back to the start of the list.",
)


def encode_cursor(key: list[str]) -> str:
    """Return an opaque cursor for sort-key parts (ids and times only, never names or CPF)."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """Return the sort-key parts; raise `cursor_invalid` for anything not made by `encode_cursor`."""
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise CURSOR_INVALID.error(field="cursor") from None
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise CURSOR_INVALID.error(field="cursor")
    return key


def cursor_moment(text: str) -> datetime:
    """Read a moment out of a cursor, aware and in UTC; raise `cursor_invalid` for what no database can compare."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise CURSOR_INVALID.error(field="cursor")


def page(items: list[Any], next_cursor: str | None) -> dict[str, Any]:
    return {"items": items, "next_cursor": next_cursor}


def page_of_json(items: list[str], next_cursor: str | None) -> bytes:
    """The same envelope for items that are JSON already."""
    return f'{{"items":[{",".join(items)}],"next_cursor":{orjson.dumps(next_cursor).decode()}}}'.encode()
