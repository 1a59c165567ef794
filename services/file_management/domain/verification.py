"""The code printed on a report, by which anybody holding it can later ask whether it is genuine."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to be misread
_GROUPS = 4
_GROUP_SIZE = 4
_MISREAD = str.maketrans("ILO", "110")  # what Crockford lets a reader take for a digit
_CODE = re.compile(f"[{_ALPHABET}]{{{_GROUPS * _GROUP_SIZE}}}")


@dataclass(frozen=True, slots=True)
class ReleaseMark:
    """What only a released report carries: its code, where it can be checked, and what its signature is worth."""

    code: str
    address: str
    notice: str


def verification_code(secret: bytes, exam_id: UUID, report_version: int) -> str:
    """Return 80 bits as `XXXX-XXXX-XXXX-XXXX`: the same for the same version, not to be guessed without `secret`."""
    digest = hmac.new(secret, f"{exam_id}/{report_version}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:10])
    letters = [_ALPHABET[(number >> (5 * place)) & 31] for place in range(_GROUPS * _GROUP_SIZE)]
    return _grouped("".join(letters))


def canonical_code(typed: str) -> str | None:
    """Return a typed code as it is printed: blanks, hyphens, case and misread letters forgiven. None: it is no code."""
    letters = re.sub(r"[\s-]+", "", typed).upper().translate(_MISREAD)
    return _grouped(letters) if _CODE.fullmatch(letters) else None


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP_SIZE] for start in range(0, len(letters), _GROUP_SIZE))
