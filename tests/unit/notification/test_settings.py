"""What the environment may say."""

import pytest
from pydantic import ValidationError

from services.notification.bootstrap.settings import NotificationSettings
from services.notification.domain.quiet_hours import NEVER_QUIET, QuietHours

NEEDED = {"mongo_url": "mongodb://x", "redis_url": "redis://x", "issuer": "i", "jwks_url": "j"}


def made(**values: str) -> NotificationSettings:
    return NotificationSettings(**(NEEDED | values))  # type: ignore[arg-type]


def test_quiet_hours_are_on_unless_switched_off() -> None:
    assert made().quiet() == QuietHours()
    assert made(quiet_hours="off").quiet() == NEVER_QUIET


@pytest.mark.parametrize("wrong", ["night", "21-08", "25:00-08:00", ""])
def test_quiet_hours_that_cannot_be_read_stop_the_start(wrong: str) -> None:
    with pytest.raises(ValidationError):
        made(quiet_hours=wrong)


def test_an_address_too_long_for_an_sms_stops_the_start() -> None:
    with pytest.raises(ValidationError):
        made(public_url="https://" + "x" * 21)
