"""What a JSON body may not be, before anything reads it: two parsers must not understand two different things.

RFC 8259 leaves open what a repeated name means (section 4) and what an unpaired surrogate is (8.2), and has no NaN
or Infinity (6); RFC 7493 (I-JSON, section 2) forbids the first two, and so do we: of two values for one result nobody
could say which one was meant. NUL is a character that PostgreSQL cannot store and nobody types.
"""

import json
import re
from typing import Any

from services.shared.kernel.errors import Category, ErrorKind
from services.shared.platform.http.problems import MALFORMED_JSON

DUPLICATE_KEY = ErrorKind(
    "json_duplicate_key",
    Category.MALFORMED,
    "O pedido traz o mesmo campo duas vezes, e não se sabe qual vale. Deixe um só e envie de novo.",
    "The request states the same field twice, and nobody knows which one counts. Keep one and send again.",
)
CHARACTER_REFUSED = ErrorKind(
    "character_refused",
    Category.INVALID,
    "O texto contém um caractere que não pode ser gravado (NUL). Retire-o e envie de novo.",
    "The text contains a character that cannot be stored (NUL). Remove it and send again.",
)
_NUL_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class _Duplicate(ValueError):
    pass


def fault_of(body: bytes) -> ErrorKind | None:
    """Return what is wrong with a JSON body, or None. An empty one is no fault here: its route knows if it may be."""
    if not body:
        return None
    try:
        text = body.decode(json.detect_encoding(body))
        content = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_unique, parse_constant=_refuse)
        if "\\u" in text:
            json.dumps(content, ensure_ascii=False).encode()  # an unpaired surrogate cannot be encoded
    except _Duplicate:
        return DUPLICATE_KEY
    except (ValueError, RecursionError):
        return MALFORMED_JSON
    return CHARACTER_REFUSED if _NUL_ESCAPED.search(text) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Duplicate
    return found


def _refuse(constant: str) -> Any:
    raise ValueError
