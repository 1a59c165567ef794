"""Authenticator codes (TOTP, RFC 6238): which time step a code belongs to, and that no step serves twice."""

import base64
import secrets
from enum import Enum
from urllib.parse import quote

STEP_S = 30
WINDOW = 1
"""Steps of clock skew accepted to either side (RFC 6238, 5.2)."""


class CodeVerdict(Enum):
    ACCEPTED = "accepted"
    REPLAYED = "replayed"
    WRONG = "wrong"


def judge_code(step: int | None, last_used_step: int | None) -> CodeVerdict:
    """`step` is the time step whose code was typed, None when the code fits none in the window.

    A code is refused when its step, or a later one, was used already: whoever looked over the shoulder gains
    nothing. A replay is no guess, so it does not count towards the pause after failures.
    """
    if step is None:
        return CodeVerdict.WRONG
    if last_used_step is not None and step <= last_used_step:
        return CodeVerdict.REPLAYED
    return CodeVerdict.ACCEPTED


def new_totp_secret() -> str:
    """Return 160 random bits in base32, as RFC 4226, 4 recommends and every authenticator app takes them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def totp_uri(secret: str, login: str) -> str:
    """Return the address an authenticator app reads from a picture (Google's Key URI format, which all apps read)."""
    return f"otpauth://totp/Laudo:{quote(login)}?secret={secret}&issuer=Laudo"
