"""Names of people: kept as they are written, in one Unicode form, without characters nobody can see."""

import unicodedata

from services.accounts.domain.errors import NAME_INVALID

_SHORTEST, _LONGEST = 2, 120
_PUNCTUATION = frozenset(" .'-’ʼ´`·")
# Format (bidi marks, zero-width joiners), control, surrogate, private-use and unassigned characters, and line breaks.
_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks by category that show nothing: fillers, the grapheme joiner, variation selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(n) for n in range(0xFE00, 0xFE10)}


def parse_person_name(text: str, *, field: str = "name") -> str:
    """Return the name in NFC with single spaces; raise `name_invalid`.

    Letters of any script with their marks, spaces, dots, hyphens and apostrophes; digits and invisible or
    direction-changing characters are refused: two names that look alike must be alike.
    """
    name = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    letters = sum(character.isalpha() for character in name)
    if not _SHORTEST <= len(name) <= _LONGEST or letters < _SHORTEST or not all(map(_allowed, name)):
        raise NAME_INVALID.error(field=field)
    return name


def _allowed(character: str) -> bool:
    category = unicodedata.category(character)
    if category in _INVISIBLE or character in _BLANK:
        return False
    return category[0] in "LM" or character in _PUNCTUATION
