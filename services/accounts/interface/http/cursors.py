"""Pages that go on after an id."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.shared.platform.http.pages import CURSOR_INVALID, decode_cursor, encode_cursor

Search = Annotated[str, Query(max_length=120)]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


def cursor_of(last: UUID | None) -> str | None:
    return encode_cursor([str(last)]) if last else None


def cursor_after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(decode_cursor(cursor, 1)[0])
    except ValueError:
        raise CURSOR_INVALID.error(field="cursor") from None
