"""Reading a number as a laboratory types it, and showing it with exactly those digits."""

import re
from dataclasses import dataclass
from decimal import Decimal

# ASCII digits only (other scripts' digits would pass `isdigit`), one decimal comma or point, no sign, no exponent, no
# thousands separator, no leading zeros: whatever is not plainly one number is refused rather than guessed.
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:[.,][0-9]{1,6})?", re.ASCII)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the digits of its source; `text` has a decimal point, `>` or `<` in front where it is a bound."""

    text: str

    @staticmethod
    def parse(typed: str) -> "Quantity | None":
        """Return the number, or None when `typed` is not plainly one."""
        if len(typed) > _LONGEST:
            return None
        stripped = typed.strip(" ")
        return Quantity(stripped.replace(",", ".")) if _NUMBER.fullmatch(stripped) else None

    @property
    def number(self) -> Decimal:
        return Decimal(self.text.lstrip("<>"))

    @property
    def reads_like_thousands(self) -> bool:
        """True for `1.234` typed with a point: in Portuguese that may have been meant as one thousand and more."""
        _, _, decimals = self.text.partition(".")
        return len(decimals) == 3

    def shown(self, locale: str) -> str:
        """Return the same digits with the decimal sign of the language."""
        return self.text if locale.startswith("en") else self.text.replace(".", ",")


def shown(number: Decimal, locale: str) -> str:
    """Return a limit of the catalogue with the digits the catalogue gives it."""
    return Quantity(format(number, "f")).shown(locale)
