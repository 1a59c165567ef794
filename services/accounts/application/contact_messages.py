"""Word to a contact about itself and the account: that it was replaced, that the second step was removed."""

from datetime import datetime, timedelta
from typing import Literal

from services.accounts.domain.account import Account
from services.accounts.domain.contact import Channel
from services.accounts.domain.events import AddressedMessage

_WORD_USEFUL = timedelta(days=1)


def word_to_old_contact(account: Account, channel: Channel, now: datetime) -> AddressedMessage:
    """Return the word to the account's present contact that it was replaced: the last it hears."""
    return _word(account, channel, "contact_changed", now)


def word_of_reset(account: Account, channel: Channel, now: datetime) -> AddressedMessage:
    """Return the word that somebody vouched for the person and every second factor was removed."""
    return _word(account, channel, "factors_reset", now)


def _word(
    account: Account, channel: Channel, template: Literal["contact_changed", "factors_reset"], now: datetime
) -> AddressedMessage:
    place = account.contact(channel)
    assert place is not None, "there is a contact to tell"
    return AddressedMessage(
        occurred_at=now,
        recipient_id=account.id,
        clinic_id=account.home_clinic_id,
        template=template,
        channel=channel,
        address=place,
        first_name=account.name.split()[0],
        locale=account.locale,
        at=now,
        useful_until=now + _WORD_USEFUL,
    )
