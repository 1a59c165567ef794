"""What a person can prove besides the password, and which proofs count for what."""

from collections.abc import Collection
from enum import Enum, StrEnum

STEP_S = 30
WINDOW = 1
"""Steps of clock skew accepted to either side (RFC 6238, 5.2)."""


class Factor(StrEnum):
    """`CONTACT_CODE` is a code sent to the e-mail and telephone on file: for people without an app."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    CONTACT_CODE = "contact_code"


ENROLLED = frozenset({Factor.TOTP, Factor.PASSKEY})
"""Factors that a person has set up: one of them makes the others but the contact code possible."""


class IdentifiedHow(StrEnum):
    """How a person who lost every factor was identified anew by whoever vouches for it."""

    PHOTO_DOCUMENT = "photo_document"  # seen in person, with the person
    PROFESSIONAL_CARD = "professional_card"  # of the council, with a photograph, in person
    VIDEO_DOCUMENT = "video_document"  # document and face on a call placed to a number known before


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


def factors_for(
    *, has: Collection[Factor], is_staff: bool, is_reachable: bool, by_contact: bool
) -> tuple[Factor, ...]:
    """What this person may prove at a sign-in now, the strongest first; nothing: the password is enough.

    `has`: what was set up (recovery codes while some are left). Who has an authenticator or a passkey is never let
    in by a code sent to the contact. Staff who have neither yet prove their contact, and then must set one up.
    """
    if ENROLLED & set(has):
        order = (Factor.PASSKEY, Factor.TOTP, Factor.RECOVERY_CODE)
        return tuple(factor for factor in order if factor in has)
    return (Factor.CONTACT_CODE,) if is_reachable and (is_staff or by_contact) else ()


def steps_up_with(*, has: Collection[Factor], is_staff: bool, is_reachable: bool) -> tuple[Factor, ...]:
    """What this person may prove again before a release or a sensitive result.

    A code to the contact serves patients without an app or a passkey; it never releases a report.
    """
    return factors_for(
        has=has, is_staff=False, is_reachable=is_reachable and not is_staff, by_contact=not is_staff
    )
