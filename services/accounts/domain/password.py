"""Passwords by NIST SP 800-63B-4, 3.1.1.2: a length, no composition rules, and none that everybody tries.

A password that is the only proof needs 15 characters; one that a second factor stands beside needs 8. Every code
point counts as one character, all of them are hashed, and nothing is ever cut off.
"""

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise
from typing import Protocol

from services.accounts.domain.errors import PASSWORD_COMMON, PASSWORD_LENGTH
from services.accounts.domain.login import Login

SHORTEST_ALONE, SHORTEST_WITH_FACTOR, LONGEST = 15, 8, 128
PRODUCT_WORDS = frozenset(
    {
        *("laudo", "laudos", "portal", "exame", "exames", "resultado", "resultados"),
        *(
            "clinica",
            "clinicas",
            "laboratorio",
            "hospital",
            "paciente",
            "medico",
            "medica",
            "doutor",
            "doutora",
        ),
        *("saude", "senha", "acesso", "admin", "administrador", "administradora", "recepcao", "biomedico"),
    }
)
"""Without accents. docs/security/authentication.md lists them, and a test holds it to them (ASVS 5.0, 6.1.2)."""
_SHORTEST_PART = 3  # of a name: "da" and "e" say nothing


class PasswordBlocklist(Protocol):
    def holds(self, folded: str) -> bool:
        """True for a password, case-folded, of eight characters or more, that is known from breaches or word lists."""
        ...


def normal_password(text: str) -> str:
    """Return the form that is hashed: NFKC, so that keyboards do not lock people out."""
    return unicodedata.normalize("NFKC", text)


def shortest(*, has_factor: bool) -> int:
    return SHORTEST_WITH_FACTOR if has_factor else SHORTEST_ALONE


def accept_password(
    text: str, login: Login, blocklist: PasswordBlocklist, *, has_factor: bool, names: Collection[str] = ()
) -> str:
    """Return the new password in its normal form; raise what is wrong with it.

    `names`: what the person is called. `has_factor`: a second factor is asked for at every sign-in.
    """
    password = normal_password(text)
    least = shortest(has_factor=has_factor)
    if not least <= len(password) <= LONGEST:
        raise PASSWORD_LENGTH.error(field="password", shortest=least, longest=LONGEST)
    folded = password.casefold()
    if blocklist.holds(folded) or _one_pattern(folded) or _made_of(folded, _context(login, names)):
        raise PASSWORD_COMMON.error(field="password")
    return password


def _context(login: Login, names: Collection[str]) -> frozenset[str]:
    """The words a stranger would try for this person on this site."""
    value = login.value.casefold()
    parts = {part for name in (value, *names) for part in re.split(r"[\W_]+", name.casefold())}
    whole = {value, value.partition("@")[0], *("".join(name.casefold().split()) for name in names)}
    return frozenset(part for part in parts | whole if len(part) >= _SHORTEST_PART) | PRODUCT_WORDS


def _made_of(password: str, words: Collection[str]) -> bool:
    """True when it is one of these words or more, with nothing but digits and separators: `laudo-2026`, `ana1988`."""
    text, reached = _without_accents(password), {0}
    words = {_without_accents(word) for word in words}
    for at in range(len(text)):
        if at in reached:
            reached |= {at + len(word) for word in words if text.startswith(word, at)}
            reached |= set() if text[at].isalpha() else {at + 1}
    return len(text) in reached and any(word in text for word in words)


def _without_accents(text: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", text) if not unicodedata.combining(part))


def _one_pattern(text: str) -> bool:
    """True for one repeated character or a run such as 12345678 or hgfedcba."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
