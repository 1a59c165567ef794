"""How often the doors of accounts may be tried; counted over all processes.

Beside the pauses after wrong passwords and codes (domain/attempts.py), which count failures, these count requests.
Those of a login count from one address alone, so that nobody keeps another person out from elsewhere; those of an
address leave room for a clinic that goes online behind one.
"""

from services.shared.platform.rate_limits.limit import By, Limit

_MINUTE = 60

SIGN_IN = (
    Limit("sign-in", 20, 5 * _MINUTE, By.LOGIN, shared=True),
    Limit("sign-in-address", 120, _MINUTE, By.ADDRESS, shared=True),
)
SIGN_IN_STEP = (Limit("sign-in-step-address", 240, _MINUTE, By.ADDRESS, shared=True),)
SIGN_IN_CODE = (Limit("sign-in-code-address", 60, 15 * _MINUTE, By.ADDRESS, shared=True),)
CODE_REQUEST = (
    Limit("code-request", 5, 15 * _MINUTE, By.LOGIN, shared=True),
    Limit("code-request-address", 30, 15 * _MINUTE, By.ADDRESS, shared=True),
)
FIRST_ACCESS = (
    Limit("first-access", 10, 5 * _MINUTE, By.LOGIN, shared=True),
    Limit("first-access-address", 60, 5 * _MINUTE, By.ADDRESS, shared=True),
)
RESET = (Limit("reset-address", 60, 5 * _MINUTE, By.ADDRESS, shared=True),)
REFRESH = (Limit("refresh", 300, 5 * _MINUTE, By.ADDRESS, shared=True),)
STEP_UP = (Limit("step-up", 20, 5 * _MINUTE, By.PERSON, shared=True),)
STEP_UP_CODE = (Limit("step-up-code", 5, 15 * _MINUTE, By.PERSON, shared=True),)
INVITATION = (Limit("invitation-address", 60, 5 * _MINUTE, By.ADDRESS, shared=True),)
SIGN_UP = (Limit("sign-up-address", 30, 15 * _MINUTE, By.ADDRESS, shared=True),)
CLINICS = (Limit("clinics-address", 240, _MINUTE, By.ADDRESS, shared=True),)
MACHINE_TOKEN = (Limit("machine-token", 120, _MINUTE, By.ADDRESS, shared=True),)
SIGN_UP_CODE = (Limit("sign-up-code-address", 60, 15 * _MINUTE, By.ADDRESS, shared=True),)
RECORD_LINK = (Limit("record-link", 10, 15 * _MINUTE, By.PERSON, shared=True),)
ERASURE = (Limit("erasure", 10, 15 * _MINUTE, By.PERSON, shared=True),)
CORRECTION = (Limit("correction", 20, 60 * _MINUTE, By.PERSON, shared=True),)
CONSENT = (Limit("consent", 60, 15 * _MINUTE, By.PERSON, shared=True),)
CONSENT_TEXT = (Limit("consent-text-address", 240, _MINUTE, By.ADDRESS, shared=True),)
RECEIPT = (Limit("receipt-address", 30, 15 * _MINUTE, By.ADDRESS, shared=True),)
CONTACT = (Limit("contact", 10, 15 * _MINUTE, By.PERSON, shared=True),)
