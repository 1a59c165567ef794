"""Tells every clinic of a person that the account changed."""

from datetime import datetime

from services.accounts.application.ports import Work
from services.accounts.domain.account import Account
from services.accounts.domain.events import AccountUpdated, MessageChoice


async def tell_clinics(
    work: Work, account: Account, now: datetime, messages: MessageChoice | None = None
) -> bool:
    """Record one `AccountUpdated` per clinic: each clinic's consumers know the person under that clinic alone.

    False: the person has neither record nor work, and nobody was told.
    """
    records = await work.patients.of_person(account.id)
    for record in records:
        work.record(AccountUpdated(occurred_at=now, account=account, patient=record, messages=messages))
    memberships = await work.memberships.of_account(account.id)
    for membership in memberships:
        work.record(
            AccountUpdated(occurred_at=now, account=account, membership=membership, messages=messages)
        )
    return bool(records or memberships)
