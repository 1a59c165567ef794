"""What this service is told by its environment."""

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from services.notification.domain.quiet_hours import NEVER_QUIET, QuietHours
from services.notification.domain.rendering import URL_BUDGET
from services.shared.platform.settings import ServiceSettings

_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


def _hours_or_off(text: str) -> str:
    if text != "off" and not _HOURS.match(text):
        raise ValueError("state quiet hours as HH:MM-HH:MM, or off")
    return text


def _short(url: str) -> str:
    if len(url) > URL_BUDGET:
        raise ValueError(f"the portal's address stands in SMS and may have {URL_BUDGET} characters at most")
    return url


class NotificationSettings(ServiceSettings):
    mongo_url: str  # the user that reads and writes documents
    owner_mongo_url: str = ""  # the user that makes indexes; told to the seeder alone
    mongo_database: str = "notification"
    public_url: Annotated[str, AfterValidator(_short)] = "http://localhost:8080"
    sender_email: str = "nao-responda@laudo.example"
    ses_configuration_set: str | None = None  # where SES learns whom to tell how messages went
    sms_origination: str | None = None  # short code or sender id; None: AWS chooses among the account's own
    secrets_key: str = "alias/laudo-secrets"  # the KMS key that seals one-time codes
    quiet_hours: Annotated[str, AfterValidator(_hours_or_off)] = "21:00-08:00"  # `off` in local runs
    time_zone: str = "America/Sao_Paulo"
    send_concurrency: int = Field(default=16, ge=2)

    def quiet(self) -> QuietHours:
        if self.quiet_hours == "off":
            return NEVER_QUIET
        start, end = (time.fromisoformat(part) for part in self.quiet_hours.split("-"))
        return QuietHours(start, end, ZoneInfo(self.time_zone))
