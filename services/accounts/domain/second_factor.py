"""Authenticator codes (TOTP, RFC 6238): which time step a code belongs to, and that no step serves twice."""

from enum import Enum

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
