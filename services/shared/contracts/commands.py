"""Commands to notification: secrets are never events.

One-time codes travel on the encrypted queue `notification-commands` with short retention; what must arrive even
after a long outage (alerts, critical contacts) on `notification-critical`.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class SendOneTimeCode(BaseModel):
    """Send a short-lived code to the person's contacts on file. The code is never stored nor logged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_id: UUID
    code: str
    expires_at: datetime
    purpose: Literal["first_access", "sign_in", "step_up", "password_reset"]


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
