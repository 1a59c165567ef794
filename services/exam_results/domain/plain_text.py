"""Free text that people read again: notes, reasons, results in words. What is seen must be all there is.

Control characters and those that hide or turn text around (bidirectional overrides, zero-width; Unicode categories
Cc and Cf) are refused: https://www.unicode.org/reports/tr36/ (Unicode Security Considerations), 3.5. What merely comes
from another program is made plain: lines end with `\\n`, tabs and no-break spaces are spaces.
"""

_PLAIN = str.maketrans({"\t": " ", "\u00a0": " ", "\u202f": " "})


def plain_text(typed: str) -> str | None:
    """Return the text without blanks around it, or None when it holds what cannot be seen."""
    text = typed.replace("\r\n", "\n").translate(_PLAIN).strip()
    return text if all(character.isprintable() or character == "\n" for character in text) else None
