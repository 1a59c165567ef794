"""Authenticator codes by pyotp (RFC 6238: SHA-1, six digits, 30 seconds, as every app has it)."""

import hmac
from datetime import datetime

import pyotp

from services.accounts.domain.second_factor import STEP_S, WINDOW

_ISSUER = "Laudo"


class TotpAuthenticator:
    def new_secret(self) -> str:
        return pyotp.random_base32()

    def address_of(self, secret: str, account_name: str) -> str:
        return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=account_name, issuer_name=_ISSUER)

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """All steps of the window are compared, so that the time taken tells nothing."""
        totp = pyotp.TOTP(secret, interval=STEP_S)
        current = int(now.timestamp()) // STEP_S
        typed = code.strip().encode()
        matching = [
            step
            for step in range(current - WINDOW, current + WINDOW + 1)
            if hmac.compare_digest(totp.generate_otp(step).encode(), typed)
        ]
        return matching[-1] if matching else None
