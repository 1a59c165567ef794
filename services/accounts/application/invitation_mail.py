"""The code of an invitation, and the mail that carries it."""

from datetime import datetime, timedelta

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.events import AddressedMessage
from services.accounts.domain.invitation import Invitation, new_invitation_code, typed_invitation_code

_MAIL_USEFUL = timedelta(hours=1)  # when sending is delayed longer, somebody sends it again


class InvitationMail:
    def __init__(self, vault: IdentifierVault) -> None:
        self._vault = vault

    def new_code(self) -> tuple[str, bytes]:
        """Return a fresh code, and the keyed hash that is kept of it."""
        code = new_invitation_code()
        return code, self.hash_of(code)

    def hash_of(self, typed: str) -> bytes:
        return self._vault.lookup(typed_invitation_code(typed), purpose="invitation")

    def of(self, invitation: Invitation, code: str, now: datetime) -> AddressedMessage:
        return AddressedMessage(
            occurred_at=now,
            recipient_id=invitation.id,
            clinic_id=invitation.clinic_id,
            template="staff_invitation",
            channel="email",
            address=invitation.email,
            first_name=invitation.name.split()[0],
            locale=invitation.locale,
            code=code,
            at=invitation.expires_at,
            useful_until=now + _MAIL_USEFUL,
        )
