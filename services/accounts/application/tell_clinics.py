"""Tells every clinic of a person that the account changed."""

from datetime import datetime

from services.accounts.application.ports import Work
from services.accounts.domain.account import Account
from services.accounts.domain.events import AccountUpdated


async def tell_clinics(work: Work, account: Account, now: datetime) -> None:
    """Record one `AccountUpdated` per clinic: each clinic's consumers know the person under that clinic alone."""
    for record in await work.patients.of_person(account.id):
        work.record(AccountUpdated(occurred_at=now, account=account, patient=record))
    for membership in await work.memberships.of_account(account.id):
        work.record(AccountUpdated(occurred_at=now, account=account, membership=membership))
