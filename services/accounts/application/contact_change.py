"""Puts a confirmed contact in the place of the old one: account, login, clinics, and word to the old contact."""

from datetime import datetime

from services.accounts.application.contact_messages import word_to_old_contact
from services.accounts.application.ports import Work
from services.accounts.application.tell_clinics import tell_clinics
from services.accounts.domain.account import Account
from services.accounts.domain.identity_errors import CONTACT_LOGIN_TAKEN
from services.accounts.domain.login import Login
from services.accounts.domain.new_contact import NewContact


async def put_contact(work: Work, account: Account, contact: NewContact, now: datetime) -> Account:
    """The work is in the person's scope. Consumers learn of it only now that it is confirmed. The contact on
    file already, confirmed now, changes neither login nor contact.
    """
    contact.must_differ_from(account)
    is_same = contact.is_on(account)
    if not is_same and contact.channel == "email":
        if not await work.accounts.claim_login(Login.typed(contact.value), account.id):
            raise CONTACT_LOGIN_TAKEN.error(field="email")
        if account.email is not None:
            await work.accounts.release_login(Login.typed(account.email), account.id)
    if not is_same and account.contact(contact.channel) is not None:
        work.record(word_to_old_contact(account, contact.channel, now))
    changed = contact.put_on(account)
    await work.accounts.save(changed)
    await tell_clinics(work, changed, now)
    return changed
