"""A clinic answers a patient's correction."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Transactions, Work
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.application.tell_clinics import tell_clinics
from services.accounts.domain.correction import Correction, corrected
from services.accounts.domain.events import PatientRegistered
from services.accounts.domain.merge_errors import checked_reason
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class DecideCorrection:
    """Accepted, the record changes as proposed and everybody who keeps it is told as of any change; the account's name
    and birth date follow in the clinic that registered the person first. Refused, nothing changes. Either way the
    patient reads the answer, and what stood there before is kept. An exam under way goes back if its ranges change.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self, correction_id: UUID, caller: Principal, *, accept: bool, answer: str, address: str | None
    ) -> None:
        now, clinic_id, why = self._clock.now(), clinic_of(caller), checked_reason(answer)
        async with self._transactions.write(clinic_id=clinic_id) as work:
            asked = await work.corrections.get(correction_id)
            if asked is None or asked.clinic_id != clinic_id:
                raise NOT_FOUND.error()
            decided = asked.decided(accept=accept, answer=why, by=caller.account_id, now=now)
            if accept:
                await self._correct(work, asked, now)
            await work.corrections.save(decided)
            await work.audit(
                read_entry(
                    caller,
                    f"patient.correction_{'accept' if accept else 'refuse'}",
                    now,
                    clinic_id=clinic_id,
                    address=address,
                    patient_id=asked.patient_id,
                    purpose="administration",
                )
            )

    async def _correct(self, work: Work, asked: Correction, now: datetime) -> None:
        await work.act_for(asked.person_id)
        record = await work.patients.get(asked.patient_id, lock=True)
        account = await work.accounts.get(asked.person_id, lock=True)
        assert record is not None, "a correction is of a record"
        assert account is not None, "a record is of a person"
        changed = corrected(record, asked)
        await work.patients.save(changed)
        account = account.changed()
        if account.home_clinic_id == changed.clinic_id:
            name = changed.social_name or changed.name
            account = replace(account, name=name, birth_date=changed.birth_date)
        await work.accounts.save(account)
        owner = None
        if changed.merged_into is not None:
            survivor = await work.patients.get(changed.merged_into)
            owner = survivor.person_id if survivor else None
        work.record(PatientRegistered(occurred_at=now, record=changed, owner_id=owner))
        await tell_clinics(work, account, now)
