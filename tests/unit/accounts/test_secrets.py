"""Every secret comes from the system's own generator and is long enough (ASVS 5.0, 6.5.3, 6.5.4, 7.2.3)."""

import random
import re
from collections.abc import Callable

import pytest

from services.accounts.application.session_tokens import new_refresh_token
from services.accounts.application.tickets import new_ticket_token
from services.accounts.application.visitor import new_device_token
from services.accounts.domain.invitation import new_invitation_code
from services.accounts.domain.one_time_code import new_code
from services.accounts.domain.passkey import new_challenge
from services.accounts.domain.recovery_code import new_recovery_codes
from services.accounts.infrastructure.keys.signing import new_signing_key
from services.accounts.infrastructure.security.authenticator import TotpAuthenticator
from services.portal.application.sessions import new_session_id

TOKEN = r"[A-Za-z0-9_-]{43}"  # 32 bytes in base64url: 256 bits
LETTERS = "[23456789A-HJKMNP-Z]"
SECRETS: dict[str, tuple[Callable[[], str], str]] = {
    "refresh token": (lambda: new_refresh_token()[0], TOKEN),
    "ticket": (lambda: new_ticket_token()[0], TOKEN),
    "device": (new_device_token, TOKEN),
    "browser session": (new_session_id, TOKEN),
    "challenge": (lambda: new_challenge().hex(), "[0-9a-f]{64}"),
    "authenticator": (TotpAuthenticator().new_secret, "[A-Z2-7]{32}"),  # 160 bits
    "codes by message": (lambda: "".join(new_code() for _ in range(4)), r"\d{24}"),  # six digits each
    "recovery code": (lambda: new_recovery_codes()[0], f"{LETTERS}{{5}}-{LETTERS}{{5}}"),  # 49 bits
    "invitation": (new_invitation_code, "[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}"),  # 60 bits
    "signing key": (lambda: str(new_signing_key().as_dict(private=True)["d"]), TOKEN),
}


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_short_or_repeats_when_the_seed_does(name: str) -> None:
    make, shape = SECRETS[name]
    made = set()
    for _ in range(20):
        random.seed(7)
        made.add(make())
    assert len(made) == 20
    assert [secret for secret in made if not re.fullmatch(shape, secret)] == []
