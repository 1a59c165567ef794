"""Names compared as PostgreSQL's `search_text` and `search_words` do: without accents and case."""

import re
import unicodedata


def search_text(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name)
    return "".join(part for part in decomposed if not unicodedata.combining(part)).lower()


def search_words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", search_text(name)) if word]


def begins_words_of(typed: str, name: str) -> bool:
    """True when every typed word begins a word of the name."""
    words = search_words(name)
    asked = search_words(typed)
    return bool(asked) and all(any(word.startswith(part) for word in words) for part in asked)
