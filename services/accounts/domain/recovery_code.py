"""Recovery codes (SP 800-63B-4, 3.1.2, look-up secrets): ten, shown once, each good once, for a lost telephone."""

import secrets

HOW_MANY = 10
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30: none that is easily taken for another
_LENGTH = 10


def new_recovery_codes() -> tuple[str, ...]:
    """Return ten codes of 49 random bits, as people read them: `ABCDE-FGH23`."""
    codes = ("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(HOW_MANY))
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def plain_recovery_code(typed: str) -> str:
    """Return the code as it is hashed: capitals, no hyphen, no blanks."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def looks_like_recovery_code(typed: str) -> bool:
    return len(plain_recovery_code(typed)) == _LENGTH
