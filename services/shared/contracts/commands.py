"""Commands to notification: secrets are never events.

One-time codes travel on the encrypted queue `notification-commands` with short retention; what must arrive even
after a long outage (alerts, critical contacts) on `notification-critical`.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class SendOneTimeCode(BaseModel):
    """Send a short-lived code to the person's contacts on file. The code is never stored nor logged.

    `channels`: the contacts it may go to; a code that lets somebody in goes to confirmed ones alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_id: UUID
    code: str
    expires_at: datetime
    purpose: Literal["first_access", "sign_in", "step_up", "password_reset", "record_link"]
    channels: list[Literal["email", "sms"]] = ["email", "sms"]


class SendSignInAlert(BaseModel):
    """Tell the person that somebody signed in to the account from a device not seen before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_id: UUID
    signed_in_at: datetime


class SendEmergencyAccess(BaseModel):
    """Tell the person that somebody of a clinic opened the person's record under the emergency rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_id: UUID
    accessed_at: datetime


class SendToAddress(BaseModel):
    """Send a security message to an address that is on no account's file: not yet, or not any more.

    `recipient_id` is the account, or the invitation or sign-up that may become one. `code` and address are never
    stored in clear nor logged.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient_id: UUID
    template: Literal[
        "staff_invitation",
        "contact_code",
        "contact_changed",
        "account_exists",
        "erasure_requested",
        "factors_reset",
    ]
    channel: Literal["email", "sms"]
    address: str
    first_name: str = ""
    locale: Literal["pt-BR", "en"] = "pt-BR"
    code: str | None = None
    at: datetime  # the moment the text speaks of: when the code ends, when the contact changed
    useful_until: datetime  # after that, silence is better
