"""Names of people: kept as they are written, in one Unicode form, without characters nobody can see."""

import unicodedata

import regex

from services.accounts.domain.errors import NAME_INVALID, NAME_MIXED_SCRIPTS

_SHORTEST, _LONGEST = 2, 120
_PUNCTUATION = frozenset(" .'-’ʼ´`·")
# Format (bidi marks, zero-width joiners), control, surrogate, private-use and unassigned characters, and line breaks.
_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks by category that show nothing: fillers, the grapheme joiner, variation selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(n) for n in range(0xFE00, 0xFE10)}

# One name, one script: Unicode Technical Standard 39 (Security Mechanisms), 5.2, level "Highly Restrictive": any one
# of the scripts in everyday use (Unicode Standard Annex 31, table 5), or Latin with those that Chinese, Japanese or
# Korean names are written in. `Аna` with a Cyrillic А would otherwise be another name than `Ana` and look the same.
_EVERYDAY = """
    Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew
    Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan
"""
_TOGETHER = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")
_ONE_WRITING = regex.compile(
    "|".join(
        "[{}]+".format(
            "".join(rf"\p{{Script={script}}}" for script in ("Common", "Inherited", *group.split()))
        )
        for group in (*_TOGETHER, *_EVERYDAY.split())
    )
)


def parse_person_name(text: str, *, field: str = "name") -> str:
    """Return the name in NFC with single spaces; raise `name_invalid`.

    Letters of any script with their marks, spaces, dots, hyphens and apostrophes; digits and invisible or
    direction-changing characters are refused, and letters of two scripts in one name (`name_mixed_scripts`): two
    names that look alike must be alike.
    """
    name = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    letters = sum(character.isalpha() for character in name)
    if not _SHORTEST <= len(name) <= _LONGEST or letters < _SHORTEST or not all(map(_allowed, name)):
        raise NAME_INVALID.error(field=field)
    if _ONE_WRITING.fullmatch(name) is None:
        raise NAME_MIXED_SCRIPTS.error(field=field)
    return name


def _allowed(character: str) -> bool:
    category = unicodedata.category(character)
    if category in _INVISIBLE or character in _BLANK:
        return False
    return category[0] in "LM" or character in _PUNCTUATION
