"""Passwords by NIST SP 800-63B: a length, no composition rules, and not one of those everybody tries."""

import unicodedata
from itertools import pairwise

from services.accounts.domain.common_passwords import COMMON
from services.accounts.domain.errors import PASSWORD_COMMON, PASSWORD_LENGTH
from services.accounts.domain.login import Login

_SHORTEST, _LONGEST = 8, 128


def normal_password(text: str) -> str:
    """Return the form that is hashed: NFKC (SP 800-63B, 5.1.1.2), so that keyboards do not lock people out."""
    return unicodedata.normalize("NFKC", text)


def accept_password(text: str, login: Login) -> str:
    """Return the new password in its normal form; raise what is wrong with it."""
    password = normal_password(text)
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise PASSWORD_LENGTH.error(field="password")
    folded = password.casefold()
    if folded in COMMON or folded in _about(login) or _one_pattern(folded):
        raise PASSWORD_COMMON.error(field="password")
    return password


def _about(login: Login) -> frozenset[str]:
    value = login.value.casefold()
    return frozenset({value, value.partition("@")[0]})


def _one_pattern(text: str) -> bool:
    """True for one repeated character or a run such as 12345678 or hgfedcba."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
