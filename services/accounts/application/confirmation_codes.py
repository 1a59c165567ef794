"""Makes and checks the codes of a confirmation; each of its codes goes to another contact."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.account import Locale
from services.accounts.domain.confirmation import Confirmation, Purpose
from services.accounts.domain.contact import Channel
from services.accounts.domain.events import AddressedMessage
from services.accounts.domain.one_time_code import LIFETIME, new_code


class ConfirmationCodes:
    def __init__(self, vault: IdentifierVault) -> None:
        self._vault = vault

    def new(
        self, person_id: UUID, purpose: Purpose, facts: Mapping[str, str], now: datetime, count: int = 1
    ) -> tuple[Confirmation, list[str]]:
        """Return a confirmation with `count` codes, and the codes in the order in which they will be asked for."""
        codes = [new_code() for _ in range(count)]
        hashes = tuple(self._hash(person_id, purpose, at, code) for at, code in enumerate(codes))
        confirmation = Confirmation(
            person_id=person_id,
            purpose=purpose,
            facts=facts,
            code_hashes=hashes,
            issued_at=now,
            expires_at=now + LIFETIME,
        )
        return confirmation, codes

    def proves(self, confirmation: Confirmation, typed: Sequence[str]) -> bool:
        """True when every code is right; all are compared, so that the time taken tells nothing."""
        if len(typed) != len(confirmation.code_hashes):
            return False
        right = [
            hmac.compare_digest(
                self._hash(confirmation.person_id, confirmation.purpose, at, code.strip()), known
            )
            for at, (code, known) in enumerate(zip(typed, confirmation.code_hashes, strict=True))
        ]
        return all(right)

    def _hash(self, person_id: UUID, purpose: Purpose, at: int, code: str) -> bytes:
        return self._vault.lookup(f"{person_id}|{at}|{code}", purpose=f"confirmation/{purpose}")


def code_for_address(
    confirmation: Confirmation,
    code: str,
    *,
    channel: Channel,
    address: str,
    clinic_id: UUID,
    locale: Locale,
) -> AddressedMessage:
    """Return the message that carries a confirmation's code to a contact that is on no file yet."""
    return AddressedMessage(
        occurred_at=confirmation.issued_at,
        recipient_id=confirmation.person_id,
        clinic_id=clinic_id,
        template="contact_code",
        channel=channel,
        address=address,
        locale=locale,
        code=code,
        at=confirmation.expires_at,
        useful_until=confirmation.expires_at,
    )
