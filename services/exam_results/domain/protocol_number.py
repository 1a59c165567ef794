"""Protocol numbers: what a person reads over the telephone, e.g. `7KQ4-M2XD-P`.

Eight random symbols (40 bits, so that one number says nothing about the next) and a check symbol, in Crockford's
base 32, which has no I, L, O or U. The check is Damm's over GF(32): it finds every wrong symbol and every swap of
neighbours.
"""

import secrets
from collections.abc import Callable

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LENGTH = 8
_REDUCTION = 0b100101  # x^5 + x^2 + 1, irreducible over GF(2)


def new_protocol(choose: Callable[[str], str] = secrets.choice) -> str:
    body = "".join(choose(_ALPHABET) for _ in range(_LENGTH))
    return _grouped(body + _ALPHABET[_remainder(body)])


def read_protocol(typed: str) -> str | None:
    """Return the number as it is stored, or None when it cannot be one."""
    plain = typed.upper().translate(_LOOKALIKES).replace("-", "").replace(" ", "")
    if len(plain) != _LENGTH + 1 or any(symbol not in _ALPHABET for symbol in plain):
        return None
    return _grouped(plain) if _remainder(plain) == 0 else None


def _remainder(symbols: str) -> int:
    """Fold with r <- x * (r + s); appending the remainder itself folds to zero."""
    remainder = 0
    for symbol in symbols:
        doubled = (remainder ^ _ALPHABET.index(symbol)) << 1
        remainder = doubled ^ _REDUCTION if doubled > 0b11111 else doubled
    return remainder


def _grouped(plain: str) -> str:
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"
