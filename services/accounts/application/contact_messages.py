"""What is sent while a contact changes: codes to both, and word to the one that was replaced."""

from datetime import datetime, timedelta

from services.accounts.application.confirmation_codes import Channel
from services.accounts.domain.account import Account
from services.accounts.domain.events import AddressedMessage

_WORD_USEFUL = timedelta(days=1)


def contact_of(account: Account, channel: Channel) -> str | None:
    """Return where the channel reaches the person; SMS goes to mobile numbers only."""
    if channel == "email":
        return account.email
    return account.phone.e164 if account.phone and account.phone.sms_capable else None


def word_to_old_contact(account: Account, channel: Channel, now: datetime) -> AddressedMessage:
    """Return the word to the account's present contact that it was replaced: the last it hears."""
    old = contact_of(account, channel)
    assert old is not None, "there is a contact to tell"
    return AddressedMessage(
        occurred_at=now,
        recipient_id=account.id,
        clinic_id=account.home_clinic_id,
        template="contact_changed",
        channel=channel,
        address=old,
        first_name=account.name.split()[0],
        locale=account.locale,
        at=now,
        useful_until=now + _WORD_USEFUL,
    )
