"""What an answer to a text leaves behind: a line in the ledger, an audit row, and word to whoever must act on it."""

from dataclasses import replace
from datetime import datetime

from services.accounts.application.ports import Work
from services.accounts.application.tell_clinics import tell_clinics
from services.accounts.domain.account import Account
from services.accounts.domain.consent import (
    ConsentAct,
    ConsentChannel,
    ConsentEntry,
    ConsentKind,
    ConsentText,
)
from services.accounts.domain.events import AccountUpdated, MessageChannel, MessageChoice
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal

_CHANNELS: dict[ConsentKind, MessageChannel] = {
    ConsentKind.EMAIL_MESSAGES: "email",
    ConsentKind.SMS_MESSAGES: "sms",
}
_ACTIONS = {
    ConsentAct.ACKNOWLEDGED: "consent.acknowledge",
    ConsentAct.GIVEN: "consent.give",
    ConsentAct.WITHDRAWN: "consent.withdraw",
}


def entry_for(
    account: Account, text: ConsentText, act: ConsentAct, channel: ConsentChannel, now: datetime
) -> ConsentEntry:
    """Return the line for an answer that the person gives as themself, in the language they are addressed in."""
    return ConsentEntry(
        id=new_id(),
        person_id=account.id,
        actor_id=account.id,
        kind=text.kind,
        version=text.version,
        locale=account.locale,
        text_sha256=text.wordings[account.locale].sha256,
        act=act,
        channel=channel,
        at=now,
    )


async def take_effect(work: Work, account: Account, entry: ConsentEntry) -> None:
    """Tell of a channel that was opened or silenced, under the account's next version, once to each clinic."""
    channel = _CHANNELS.get(entry.kind)
    if channel is None:
        return
    changed = account.changed()
    await work.accounts.save(changed)
    choice = MessageChoice(channel=channel, allowed=entry.act is ConsentAct.GIVEN)
    if not await tell_clinics(work, changed, entry.at, choice):
        work.record(AccountUpdated(occurred_at=entry.at, account=changed, messages=choice))


def consent_entry(caller: Principal, entry: ConsentEntry, address: str | None) -> AuditEntry:
    """For the clinic's desk the clinic's row; the person's own otherwise."""
    row = AuditEntry(
        at=entry.at,
        actor_id=caller.account_id,
        actor_roles=tuple(sorted(caller.roles)),
        action=_ACTIONS[entry.act],
        clinic_id=None,
        resource=f"consent/{entry.id}",
        purpose="own_data",
        address=address,
    )
    if entry.channel is ConsentChannel.DESK:
        return replace(row, clinic_id=caller.clinic_id, purpose="administration")
    return row
