"""What is shown of a request for erasure, to the person, to whoever holds the receipt code, and to a clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.account import Account
from services.accounts.domain.erasure import Erasure, typed_receipt_code
from services.accounts.domain.erasure_items import ErasureItem, items_of
from services.accounts.domain.events import AddressedMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    erasure: Erasure
    items: Sequence[ErasureItem]

    @classmethod
    def of(cls, erasure: Erasure) -> "Receipt":
        return cls(erasure, items_of(erasure))


def receipt_hash(vault: IdentifierVault, typed: str) -> bytes:
    return vault.lookup(typed_receipt_code(typed), purpose="erasure-receipt")


def word_of_request(account: Account, erasure: Erasure, now: datetime) -> list[AddressedMessage]:
    """Return the word to every contact on file: whoever holds the telephone must not erase somebody else unnoticed."""
    addresses: dict[Literal["email", "sms"], str | None] = {
        "email": account.email,
        "sms": account.phone.e164 if account.phone and account.phone.sms_capable else None,
    }
    return [
        AddressedMessage(
            occurred_at=now,
            recipient_id=account.id,
            clinic_id=account.home_clinic_id,
            template="erasure_requested",
            channel=channel,
            address=address,
            first_name=account.name.split()[0],
            locale=account.locale,
            at=erasure.due_at,
            useful_until=erasure.due_at,
        )
        for channel, address in addresses.items()
        if address
    ]
