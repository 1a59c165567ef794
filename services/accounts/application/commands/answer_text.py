"""A person notes that a notice was read, or gives or withdraws a consent."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.consent_ports import ConsentTexts
from services.accounts.application.consent_record import consent_entry, entry_for, take_effect
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.queries.read_consents import must_be_guardian
from services.accounts.domain.account import Account, Locale
from services.accounts.domain.consent import (
    ConsentAct,
    ConsentChannel,
    ConsentEntry,
    ConsentKind,
    ConsentText,
    check_act,
)
from services.accounts.domain.consent_errors import CHILD_CONSENT, TEXT_OUTDATED
from services.accounts.domain.proxy import HOME_ZONE
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal
from services.shared.kernel.relations import years_reached

ADOLESCENT_AT = 12  # Law 8.069/1990, art. 2; LGPD, art. 14, par. 1: of a child, a parent or guardian consents


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`locale` is the language in which the text was shown; `version` the one that was shown."""

    kind: ConsentKind
    act: ConsentAct
    version: int
    locale: Locale


class AnswerText:
    """Only the current version can be read or consented to; withdrawing is possible always, at once, without a reason
    or a confirmation. Answering the same again adds nothing. A guardian answers for a minor as themself, and the ledger
    holds both; a child under 12 may withdraw and not consent. The desk writes down what the patient says there.
    """

    def __init__(self, transactions: Transactions, texts: ConsentTexts, clock: Clock) -> None:
        self._transactions = transactions
        self._texts = texts
        self._clock = clock

    async def __call__(
        self, answer: Answer, caller: Principal, *, on_behalf_of: UUID | None, address: str | None
    ) -> None:
        person_id, now = on_behalf_of or caller.account_id, self._clock.now()
        if person_id != caller.account_id:
            async with self._transactions.read(person_id=caller.account_id) as reading:
                await must_be_guardian(reading, caller, person_id, now)
        async with self._transactions.write(person_id=person_id) as work:
            account = await _account(work, person_id)
            gives_alone = answer.act is ConsentAct.GIVEN and person_id == caller.account_id
            if gives_alone and _is_child(account, now):
                raise CHILD_CONSENT.error()
            await self._record(work, account, answer, ConsentChannel.PORTAL, caller, address)

    async def at_desk(
        self, patient_id: UUID, answer: Answer, caller: Principal, *, address: str | None
    ) -> None:
        clinic_id = clinic_of(caller)
        async with self._transactions.write(clinic_id=clinic_id) as work:
            record = await work.patients.get(patient_id)
            if record is None or record.clinic_id != clinic_id or record.erased:
                raise NOT_FOUND.error()
            await work.act_for(record.person_id)
            account = await _account(work, record.person_id)
            await self._record(work, account, answer, ConsentChannel.DESK, caller, address, patient_id)

    async def _record(  # noqa: PLR0917
        self,
        work: Work,
        account: Account,
        answer: Answer,
        channel: ConsentChannel,
        caller: Principal,
        address: str | None,
        patient_id: UUID | None = None,
    ) -> None:
        check_act(answer.kind, answer.act)
        newest = {each.kind: each for each in await work.consents.newest(account.id)}.get(answer.kind)
        text = self._answered(answer, newest)
        if newest is not None and (newest.act, newest.version) == (answer.act, text.version):
            return
        shown_in = replace(account, locale=answer.locale)
        entry = entry_for(shown_in, text, answer.act, channel, self._clock.now())
        entry = replace(entry, actor_id=caller.account_id)
        await work.consents.add(entry)
        await work.audit(replace(consent_entry(caller, entry, address), patient_id=patient_id))
        await take_effect(work, account, entry)

    def _answered(self, answer: Answer, newest: ConsentEntry | None) -> ConsentText:
        """Withdrawn is what was given, whichever version that was."""
        texts = self._texts.of(answer.kind)
        if answer.act is ConsentAct.WITHDRAWN:
            return texts[newest.version - 1] if newest else texts[-1]
        if answer.version != texts[-1].version:
            raise TEXT_OUTDATED.error()
        return texts[-1]


async def _account(work: Work, person_id: UUID) -> Account:
    account = await work.accounts.get(person_id, lock=True)
    if account is None:
        raise NOT_FOUND.error()
    return account


def _is_child(account: Account, now: datetime) -> bool:
    return years_reached(ADOLESCENT_AT, account.birth_date, now.astimezone(HOME_ZONE).date()) is False
