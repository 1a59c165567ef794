"""Comparing what people type without accents and case."""

import unicodedata
from collections.abc import Iterable


def plain(text: str) -> str:
    """Return lower case without accents, single spaces: `José  DA Silva` becomes `jose da silva`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def searchable(parts: Iterable[str | None]) -> str:
    return plain(" ".join(part for part in parts if part))
