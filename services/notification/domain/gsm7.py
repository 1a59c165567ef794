"""The GSM 7-bit alphabet: one SMS segment holds 160 of its characters, or only 70 once any other appears.

Source: 3GPP TS 23.038 (default alphabet and its extension table).
"""

import unicodedata

SEGMENT = 160
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")


def is_gsm7(text: str) -> bool:
    return all(character in _BASIC or character in _EXTENDED for character in text)


def septets(text: str) -> int:
    """Return the length in 7-bit units: characters of the extension table take two."""
    return sum(2 if character in _EXTENDED else 1 for character in text)


def fits_one_segment(text: str) -> bool:
    return is_gsm7(text) and septets(text) <= SEGMENT


def fold(text: str) -> str:
    """Return the text without accents, and without what GSM-7 still cannot carry."""
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character)
    )
    return "".join(character for character in plain if character in _BASIC and character.isprintable())
